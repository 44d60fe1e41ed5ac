"""What recurs, in memory: the value of each entity before and after every moment at which it changes.

The value at an instant is a look-up in running totals. What moved between two instants is in the events between them alone: the
first one of an entity knows its value before the window, the last one its value at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assay.catalog.expression import Movement
from assay.rollups.columns import Whole, instants_of, running_total, scale_of, whole
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

Index = npt.NDArray[np.int64]
Moved = dict[Movement, tuple[int, int]]
"""Of each movement its amount, and how many entities it is about."""


@dataclass
class Recurring:
    """Changes of value in the order of their moments (microseconds since 1970), one for an entity and a moment."""

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
    scale: int
    _moved: dict[tuple[int, int], Moved] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: pa.Table) -> Recurring:
        """Return the events of a table of partials."""
        at = instants_of(rows["moment"])
        nulls, _ = whole(rows["nulls"])
        blank = np.sort(np.repeat(at, np.maximum(nulls, 0))), np.sort(np.repeat(at, np.maximum(-nulls, 0)))
        delta, worth = whole(rows["delta"])
        at, entity, delta = at[worth], whole(rows["id"])[0][worth], delta[worth]
        order = _by_entity(at, entity)
        at, entity, delta = _together(at[order], entity[order], delta[order])
        before, after = _values(entity, delta)
        order = np.argsort(at)
        at, entity, before, after = at[order], entity[order], before[order], after[order]
        begun, held = (before > 0).astype(np.int64), (after > 0).astype(np.int64)
        places = np.flatnonzero(held)[::-1]
        first = np.full(int(entity.max()) + 1 if len(entity) else 0, len(at), dtype=np.int64)
        first[entity[places]] = places  # the last one written is the first in time
        value, holding = running_total(delta[order]), np.r_[0, np.cumsum(held - begun)]
        return cls(at, entity, before, after, first, value, holding, blank, scale_of(rows["delta"].type))

    def measure(self, movement: Movement, entities: bool, before: int, until: int) -> Measured:
        """Return the movement from just after the instant `before` to `until`, of entities or of their amounts.

        The rows it stands on are entities; those without an amount are phases that lie in the window.
        """
        low, high = (int(place) for place in np.searchsorted(self.at, (before, until), side="right"))
        if movement in ("start", "end"):
            place = low if movement == "start" else high
            amount, n = int(self.value[place]), int(self.holding[place])
        else:
            amount, n = self._between(low, high)[movement]
        begun, ended = self.blank
        nulls = int(np.searchsorted(begun, until, side="right") - np.searchsorted(ended, before, side="right"))
        return Measured(Fraction(n) if entities else Fraction(amount, 10**self.scale), n, nulls)

    def next_change(self, instant: int) -> int | None:
        """Return the first instant after this one at which a value changes."""
        place = int(np.searchsorted(self.at, instant, side="right"))
        return int(self.at[place]) if place < len(self.at) else None

    def _between(self, low: int, high: int) -> Moved:
        """Return what the events between two places move; asked for each movement in turn, so it is kept."""
        if (low, high) not in self._moved:
            self._moved[low, high] = self._moving(low, high)
        return self._moved[low, high]

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
