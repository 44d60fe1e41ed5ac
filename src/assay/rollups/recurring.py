"""What recurs, in memory: the value of each entity before and after every moment at which it changes.

The value at an instant is a look-up in running totals. What moved between two instants is in the events between them alone: the
first one of an entity knows its value before the window, the last one its value at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from assay.catalog.expression import Movement
from assay.rollups.columns import Whole, day_number, days_of, instants_of, rescaled, running_total, scale_of, whole
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

Index = npt.NDArray[np.int64]
Moved = dict[Movement, tuple[int, int]]
"""Of each movement its amount, and how many entities it is about."""
MOST_WINDOWS = 4096
"""What moved is kept for so many windows: a client may ask for any instant."""


class _Rows(NamedTuple):
    """The rows of partials; where `worth` is false, the entity or the amount is not known, and only `nulls` counts."""

    day: npt.NDArray[np.int32]
    at: Index
    entity: Index
    delta: Whole
    worth: npt.NDArray[np.bool_]
    nulls: Index
    scale: int

    def replaced(self, days: Sequence[int], new: _Rows) -> _Rows:
        """Return the rows with those of some days replaced, in the finer of the two scales."""
        scale, stays = max(self.scale, new.scale), ~np.isin(self.day, days)
        kept = rescaled(self.delta[stays], self.scale, scale)
        return _Rows(
            np.concatenate([self.day[stays], new.day]),
            np.concatenate([self.at[stays], new.at]),
            np.concatenate([self.entity[stays], new.entity]),
            np.concatenate([kept, rescaled(new.delta, new.scale, scale)]),
            np.concatenate([self.worth[stays], new.worth]),
            np.concatenate([self.nulls[stays], new.nulls]),
            scale,
        )


@dataclass
class Recurring:
    """Changes of value in the order of their moments (microseconds since 1970), one for an entity and a moment."""

    rows: _Rows
    at: Index
    entity: Index
    before: Whole
    after: Whole
    first: Index
    """Of each entity the place of the event by which it first held; behind all events if it never did."""
    value: Whole
    holding: Index
    """What all entities are worth, and how many are worth something, before the first event and after each."""
    blank: tuple[Index, Index]
    """When phases without an amount begin and end, each in order."""
    _moved: dict[tuple[int, int], Moved] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: pa.Table) -> Recurring:
        """Return what a table of partials holds."""
        return cls._of_all(_rows_of(rows))

    def with_changes(self, changes: Iterable[Layer]) -> Recurring:
        """Return the same with the rows of some days replaced: entities that have none on these days keep their changes."""
        rows, touched = self.rows, [np.zeros(0, dtype=np.int64)]
        for layer, replaced in changes:
            new, days = _rows_of(layer), [day_number(day) for day in replaced]
            touched += [rows.entity[np.isin(rows.day, days)], new.entity]
            rows = rows.replaced(days, new)
        entities = np.concatenate(touched)
        chosen = np.zeros(
            1 + max((int(one.max()) for one in (entities, rows.entity, self.entity) if len(one)), default=0), bool
        )
        chosen[entities] = True
        own, kept = chosen[rows.entity] & rows.worth, ~chosen[self.entity]
        at, entity, before, after = _changes(rows.at[own], rows.entity[own], rows.delta[own])
        if rows.scale != self.rows.scale or before.dtype != self.before.dtype:
            return self._of_all(rows)
        places = self.at[kept].searchsorted(at)
        return self._of(
            rows,
            np.insert(self.at[kept], places, at),
            np.insert(self.entity[kept], places, entity),
            np.insert(self.before[kept], places, before),
            np.insert(self.after[kept], places, after),
        )

    @classmethod
    def _of_all(cls, rows: _Rows) -> Recurring:
        return cls._of(rows, *_changes(rows.at[rows.worth], rows.entity[rows.worth], rows.delta[rows.worth]))

    @classmethod
    def _of(cls, rows: _Rows, at: Index, entity: Index, before: Whole, after: Whole) -> Recurring:
        begun, held = (before > 0).astype(np.int64), (after > 0).astype(np.int64)
        places = np.flatnonzero(held)[::-1]
        first = np.full(int(entity.max()) + 1 if len(entity) else 0, len(at), dtype=np.int64)
        first[entity[places]] = places  # the last one written is the first in time
        value, holding = running_total(after - before), np.concatenate([[0], np.cumsum(held - begun)])
        unknown = rows.nulls != 0
        when, nulls = rows.at[unknown], rows.nulls[unknown]
        kind = value.dtype  # what adds up beyond int64 does so within a window as well
        before, after = before.astype(kind, copy=False), after.astype(kind, copy=False)
        blank = np.sort(np.repeat(when, np.maximum(nulls, 0))), np.sort(np.repeat(when, np.maximum(-nulls, 0)))
        return cls(rows, at, entity, before, after, first, value, holding, blank)

    def measure(self, movement: Movement, entities: bool, before: int, until: int) -> Measured:
        """Return the movement from just after the instant `before` to `until`, of entities or of their amounts.

        The rows it stands on are entities; those without an amount are phases that lie in the window.
        """
        if movement in ("start", "end"):
            place = int(self.at.searchsorted(before if movement == "start" else until, side="right"))
            amount, n = int(self.value[place]), int(self.holding[place])
        else:
            amount, n = self._between(before, until)[movement]
        begun, ended = self.blank
        nulls = int(begun.searchsorted(until, side="right") - ended.searchsorted(before, side="right")) if len(begun) else 0
        return Measured(Fraction(n) if entities else Fraction(amount, 10**self.rows.scale), n, nulls)

    def next_change(self, instant: int) -> int | None:
        """Return the first instant after this one at which a value changes."""
        place = int(np.searchsorted(self.at, instant, side="right"))
        return int(self.at[place]) if place < len(self.at) else None

    def _between(self, before: int, until: int) -> Moved:
        """Return what moves between two instants; asked for each movement in turn, so it is kept."""
        known = self._moved.get((before, until))
        if known is None:
            if len(self._moved) >= MOST_WINDOWS:
                self._moved.clear()
            low, high = (int(self.at.searchsorted(instant, side="right")) for instant in (before, until))
            known = self._moved[before, until] = self._moving(low, high)
        return known

    def _moving(self, low: int, high: int) -> Moved:
        own = self.entity[low:high]
        places = np.arange(len(own))
        seen = np.empty(len(self.first), dtype=np.int64)  # by entity; only what is written below is read
        seen[own] = places  # of places written twice the later one stays
        last = np.flatnonzero(seen[own] == places)
        entity = own[last]
        seen[own[::-1]] = places[::-1]
        start, end = self.before[low:high][seen[entity]], self.after[low:high][last]
        held, holds = start > 0, end > 0
        change = end - start
        gained, lost = holds & ~held, held & ~holds
        known = self.first[entity] < low
        stays = ~(gained | lost)
        return {
            "new": _sum(change, gained & ~known),
            "reactivation": _sum(change, gained & known),
            "churn": _sum(-change, lost),
            "expansion": _sum(change, stays & (change > 0)),
            "contraction": _sum(-change, stays & (change < 0)),
        }


def _rows_of(rows: pa.Table) -> _Rows:
    delta, worth = whole(rows["delta"])
    entity, nulls = whole(rows["id"])[0], whole(rows["nulls"])[0]
    return _Rows(days_of(rows["day"]), instants_of(rows["moment"]), entity, delta, worth, nulls, scale_of(rows["delta"].type))


def _changes(at: Index, entity: Index, delta: Whole) -> tuple[Index, Index, Whole, Whole]:
    """Return what happens to entities in the order of the moments, each with the entity's value before and after."""
    order = _by_entity(at, entity)
    at, entity, delta = _together(at[order], entity[order], delta[order])
    before, after = _values(entity, delta)
    order = np.argsort(at)
    return at[order], entity[order], before[order], after[order]


def _by_entity(at: Index, entity: Index) -> Index:
    """Return the order by entity, then by moment: one sort of numbers is several times faster than one by two columns."""
    order = np.argsort(at)
    ordered = at[order]
    rank = np.zeros(len(at), dtype=np.int64)
    rank[order[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
    return np.argsort(entity * len(at) + rank)


def _together(at: Index, entity: Index, delta: Whole) -> tuple[Index, Index, Whole]:
    """Add up what happens to an entity at one moment: one phase ends as the next begins. What changes nothing is left out."""
    if not len(at):
        return at, entity, delta
    starts = np.flatnonzero(np.r_[True, (at[1:] != at[:-1]) | (entity[1:] != entity[:-1])])
    total = running_total(delta)
    delta = total[np.r_[starts[1:], len(at)]] - total[starts]
    changes = delta != 0
    return at[starts][changes], entity[starts][changes], delta[changes]


def _values(entity: Index, delta: Whole) -> tuple[Whole, Whole]:
    """Return each entity's value before and after each of its events, which stand together in order."""
    total = running_total(delta)
    starts = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]]) if len(entity) else np.zeros(0, dtype=np.int64)
    base = np.repeat(total[starts], np.diff(np.r_[starts, len(entity)]))
    return total[:-1] - base, total[1:] - base


def _sum(numbers: Whole, chosen: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Add up the chosen changes and count them; `running_total` has seen that no sum of changes passes the bounds of int64."""
    return int((numbers * chosen).sum()) if len(numbers) else 0, int(np.count_nonzero(chosen))
