"""What recurs, in memory: the value of each entity before and after every moment at which it changes.

The value at an instant is a look-up in running totals. What moved between two instants is in the events between them alone: the
first one of an entity knows its value before the window, the last one its value at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from assay.catalog.expression import Movement
from assay.rollups.columns import INT64_SAFE, Whole, day_number, days_of, instants_of, rescaled, running_total, scale_of, whole
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

Index = npt.NDArray[np.int64]
Moved = dict[Movement, tuple[int, int]]
"""Of each movement its amount, and how many entities it is about."""
BEGINNING, END = np.iinfo(np.int64).min, np.iinfo(np.int64).max
MOST_WINDOWS = 4096
"""What moved is kept for so many windows: a client may ask for any instant."""
FEW_EVENTS = 8192
"""A window of so many events is added up as quickly as it is carried over from another one."""


class _Rows(NamedTuple):
    """The rows of partials; where `worth` is false, the entity or the amount is not known, and only `nulls` counts."""

    day: npt.NDArray[np.int32]
    at: Index
    entity: Index
    delta: Whole
    worth: npt.NDArray[np.bool_]
    nulls: Index
    scale: int

    def chosen(self, which: npt.NDArray[np.bool_]) -> _Rows:
        """Return some of the rows."""
        places = np.flatnonzero(which)
        return _Rows._make((*(column[places] for column in self[:-1]), self.scale))

    @staticmethod
    def joined(parts: Sequence[_Rows]) -> _Rows:
        """Return the rows of all parts, in the finest of their scales."""
        scale = max(part.scale for part in parts)
        parts = [part._replace(delta=rescaled(part.delta, part.scale, scale)) for part in parts]
        columns = list(zip(*parts, strict=True))[:-1]
        return _Rows._make((*map(np.concatenate, columns), scale))


class _Events(NamedTuple):
    """What happens to entities, one event for an entity and a moment: the entity's value before and after."""

    at: Index
    entity: Index
    before: Whole
    after: Whole
    earlier: Index
    """The moment of the entity's event before this one, `BEGINNING` if there is none."""
    later: Index
    """The moment of its next event, `END` if there is none."""
    held: npt.NDArray[np.bool_]
    """Whether the entity had been worth something at any time before."""

    @property
    def change(self) -> Whole:
        return self.after - self.before

    def taken(self, places: Index | slice | npt.NDArray[np.bool_]) -> _Events:
        """Return the events at these places."""
        return _Events._make(column[places] for column in self)

    def with_inserted(self, new: _Events) -> _Events:
        """Return these events and new ones in the order of their moments."""
        places = self.at.searchsorted(new.at)
        return _Events._make(np.insert(old, places, column) for old, column in zip(self, new, strict=True))


class _Earlier(NamedTuple):
    """What moved in windows before the last changes, and the events of the entities that these changed, before and after."""

    moved: dict[tuple[int, int], Moved]
    untils: dict[int, int]
    old: _Events
    new: _Events


@dataclass
class Recurring:
    """Changes of value in the order of their moments (microseconds since 1970)."""

    events: _Events
    value: Whole
    holding: Index
    """What all entities are worth, and how many are worth something, before the first event and after each."""
    bound: float
    """What no sum of changes passes."""
    blank: tuple[Index, Index]
    """When phases without an amount begin and end, each in order."""
    rows: _Rows
    replaced: dict[int, _Rows]
    """The rows of days that changed since `rows` were read."""
    scale: int
    earlier: _Earlier | None = None
    _moved: dict[tuple[int, int], Moved] = field(default_factory=dict)
    """What moved from just after an instant to another."""
    _untils: dict[int, int] = field(default_factory=dict)
    """Of each first instant the other one that was asked last."""
    _asked: tuple[tuple[int, int], _Events] | None = None

    @classmethod
    def read(cls, rows: pa.Table) -> Recurring:
        """Return what a table of partials holds."""
        return cls._of(_rows_of(rows))

    def with_changes(self, changes: Iterable[Layer]) -> Recurring:
        """Return the same with the rows of some days replaced.

        Only entities that changed are worked out again, and of the events only those from the first change on.
        """
        replaced, gone, come = dict(self.replaced), [], []
        for layer, days in changes:
            new, numbers = _rows_of(layer), [day_number(day) for day in days]
            unread = [day for day in numbers if day not in replaced]
            gone += [self.rows.chosen(np.isin(self.rows.day, unread)), *(replaced[day] for day in numbers if day in replaced)]
            replaced |= {day: new.chosen(new.day == day) for day in numbers}
            come.append(new)
        now = replace(self, replaced=replaced)
        if not come:
            return now
        old, new = _Rows.joined(gone), _Rows.joined(come)
        if old.scale != new.scale or object in (self.value.dtype, old.delta.dtype, new.delta.dtype):
            return self._of(now._all_rows())
        if old.nulls.any() or new.nulls.any():
            now.blank = _blank(now._all_rows())
        both = _Rows.joined([old._replace(delta=-old.delta), new])
        at, entity, delta = _summed(both.at[both.worth], both.entity[both.worth], both.delta[both.worth])
        return now._with(at, entity, delta) if len(at) else now

    def _with(self, at: Index, entity: Index, delta: Whole) -> Recurring:
        """Return the same with further changes of value, or with less of them."""
        events, low = self.events, int(self.events.at.searchsorted(at.min()))
        chosen = np.zeros(1 + int(max(entity.max(), events.entity.max(initial=0))), dtype=bool)
        chosen[entity] = True
        own = np.flatnonzero(chosen[events.entity])
        known = events.taken(own)
        new = _changes(*(np.concatenate(pair) for pair in ((known.at, at), (known.entity, entity), (known.change, delta))))
        if new.after.dtype == object:
            return self._of(self._all_rows())
        first, kept = events.taken(slice(low)), events.taken(slice(low, None))
        # Of the events before the first change, only what comes next can have become another.
        early, old = new.taken(new.at < at.min()), own[own < low]
        stays = np.ones(len(kept.at), dtype=bool)
        stays[own[own >= low] - low] = False
        rest = kept.taken(stays).with_inserted(new.taken(new.at >= at.min()))
        bound = self.bound + _bound(rest.change)
        if bound >= INT64_SAFE:
            return self._of(self._all_rows())
        events = _Events._make(map(np.concatenate, zip(first, rest, strict=True)))
        events.later[old[np.lexsort((first.entity[old], first.at[old]))]] = early.later[np.lexsort((early.entity, early.at))]
        held = (rest.after > 0).astype(np.int64) - (rest.before > 0)
        return replace(
            self,
            events=events,
            value=np.concatenate([self.value[: low + 1], self.value[low] + np.cumsum(rest.change)]),
            holding=np.concatenate([self.holding[: low + 1], self.holding[low] + np.cumsum(held)]),
            bound=bound,
            earlier=_Earlier(self._moved, self._untils, known, new),
            _moved={},
            _untils={},
            _asked=None,
        )

    def _all_rows(self) -> _Rows:
        """Return the rows of every day as they are now."""
        stays = ~np.isin(self.rows.day, list(self.replaced))
        return _Rows.joined([self.rows.chosen(stays), *self.replaced.values()])

    @classmethod
    def _of(cls, rows: _Rows) -> Recurring:
        events = _changes(rows.at[rows.worth], rows.entity[rows.worth], rows.delta[rows.worth])
        value = running_total(events.change)
        kind = value.dtype  # what adds up beyond int64 does so within a window as well
        events = events._replace(before=events.before.astype(kind, copy=False), after=events.after.astype(kind, copy=False))
        held = (events.after > 0).astype(np.int64) - (events.before > 0)
        holding = np.concatenate([[0], np.cumsum(held)])
        return cls(events, value, holding, _bound(events.change), _blank(rows), rows, {}, rows.scale)

    def measure(self, movement: Movement, entities: bool, before: int, until: int) -> Measured:
        """Return the movement from just after the instant `before` to `until`, of entities or of their amounts.

        The rows it stands on are entities; those without an amount are phases that lie in the window.
        """
        if movement in ("start", "end"):
            place = int(self.events.at.searchsorted(before if movement == "start" else until, side="right"))
            amount, n = int(self.value[place]), int(self.holding[place])
        else:
            amount, n = self._between(before, until)[movement]
        begun, ended = self.blank
        nulls = int(begun.searchsorted(until, side="right") - ended.searchsorted(before, side="right")) if len(begun) else 0
        return Measured(Fraction(n) if entities else Fraction(amount, 10**self.scale), n, nulls)

    def next_change(self, instant: int) -> int | None:
        """Return the first instant after this one at which a value changes."""
        place = int(np.searchsorted(self.events.at, instant, side="right"))
        return int(self.events.at[place]) if place < len(self.events.at) else None

    def _between(self, before: int, until: int) -> Moved:
        """Return what moves between two instants; asked for each movement in turn, so it is kept."""
        known = self._moved.get((before, until))
        if known is None:
            if len(self._moved) >= MOST_WINDOWS:
                self._moved.clear()
                self._untils.clear()
            known = self._moved[before, until] = self._carried(before, until) or _moving(self.events, before, until)
            self._untils[before] = until
        return known

    def _carried(self, before: int, until: int) -> Moved | None:
        """Return what moves from what is known of the window until another instant, or of before the last changes.

        Only entities that changed since, or have an event between the two instants, move otherwise than was known.
        """
        low, high = self.events.at.searchsorted((before, until), side="right").tolist()
        if high - low <= FEW_EVENTS:
            return None
        moved, then = None, until
        if (earlier := self.earlier) is not None:
            then = until if (before, until) in earlier.moved else earlier.untils.get(before, until)
            if (moved := earlier.moved.get((before, then))) is not None:
                moved = _instead(moved, _moving(earlier.old, before, then), _moving(earlier.new, before, then))
        if moved is None:
            then = self._untils.get(before, until)
            moved = self._moved.get((before, then))
        if moved is not None and then != until:
            place = int(self.events.at.searchsorted(then, side="right"))
            if abs(high - place) > FEW_EVENTS:
                return None
            own = self._own(min(place, high), max(place, high))
            moved = _instead(moved, _moving(own, before, then), _moving(own, before, until))
        return moved

    def _own(self, low: int, high: int) -> _Events:
        """Return all events of the entities that have one at these places; asked for one window after the other."""
        known = self._asked  # other threads ask as well
        if known is None or known[0] != (low, high):
            chosen = np.zeros(1 + int(self.events.entity.max(initial=0)), dtype=bool)
            chosen[self.events.entity[low:high]] = True
            known = self._asked = (low, high), self.events.taken(np.flatnonzero(chosen[self.events.entity]))
        return known[1]


def _moving(events: _Events, before: int, until: int) -> Moved:
    """Return what moves between two instants."""
    low, high = events.at.searchsorted((before, until), side="right").tolist()
    own = events.taken(slice(low, high))
    begins, ends = own.earlier <= before, own.later > until
    alone = begins & ends  # the entity's one event in the window
    several = [np.flatnonzero(edge & ~alone) for edge in (begins, ends)]
    first, last = (
        np.concatenate([np.flatnonzero(alone), places[np.argsort(own.entity[places])]]) if len(places) else alone
        for places in several
    )
    start, end, known = own.before[first], own.after[last], own.held[first]
    held, holds, change = start > 0, end > 0, end - start
    gained, lost = holds & ~held, held & ~holds
    stays = ~(gained | lost)
    return {
        "new": _sum(change, gained & ~known),
        "reactivation": _sum(change, gained & known),
        "churn": _sum(-change, lost),
        "expansion": _sum(change, stays & (change > 0)),
        "contraction": _sum(-change, stays & (change < 0)),
    }


def _instead(moved: Moved, old: Moved, new: Moved) -> Moved:
    """Return what moves where some entities move as they do in `new`, not in `old`."""
    return {
        movement: (amount - old[movement][0] + new[movement][0], n - old[movement][1] + new[movement][1])
        for movement, (amount, n) in moved.items()
    }


def _rows_of(rows: pa.Table) -> _Rows:
    delta, worth = whole(rows["delta"])
    entity, nulls = whole(rows["id"])[0], whole(rows["nulls"])[0]
    return _Rows(days_of(rows["day"]), instants_of(rows["moment"]), entity, delta, worth, nulls, scale_of(rows["delta"].type))


def _blank(rows: _Rows) -> tuple[Index, Index]:
    """Return when phases without an amount begin and end, each in order."""
    unknown = rows.nulls != 0
    when, nulls = rows.at[unknown], rows.nulls[unknown]
    return np.sort(np.repeat(when, np.maximum(nulls, 0))), np.sort(np.repeat(when, np.maximum(-nulls, 0)))


def _changes(at: Index, entity: Index, delta: Whole) -> _Events:
    """Return what happens to entities in the order of the moments."""
    at, entity, delta = _summed(at, entity, delta)
    total = running_total(delta)
    begins = np.append(np.ones(min(1, len(entity)), dtype=bool), entity[1:] != entity[:-1])
    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(entity))
    base = np.repeat(total[starts], lengths)
    before, after = total[:-1] - base, total[1:] - base
    worth = np.concatenate([[0], np.cumsum(after > 0)])
    earlier, later = np.full(len(at), BEGINNING), np.full(len(at), END)
    earlier[~begins], later[:-1][~begins[1:]] = at[:-1][~begins[1:]], at[1:][~begins[1:]]
    found = _Events(at, entity, before, after, earlier, later, worth[:-1] > np.repeat(worth[starts], lengths))
    return found.taken(np.argsort(at))


def _summed(at: Index, entity: Index, delta: Whole) -> tuple[Index, Index, Whole]:
    """Add up what happens to an entity at one moment, by entity and then by moment; what changes nothing is left out.

    One phase ends as the next begins.
    """
    if not len(at):
        return at, entity, delta
    order = _by_entity(at, entity)
    at, entity, delta = at[order], entity[order], delta[order]
    starts = np.flatnonzero(np.append(True, (at[1:] != at[:-1]) | (entity[1:] != entity[:-1])))
    total = running_total(delta)
    delta = total[np.append(starts[1:], len(at))] - total[starts]
    changes = delta != 0
    return at[starts][changes], entity[starts][changes], delta[changes]


def _by_entity(at: Index, entity: Index) -> Index:
    """Return the order by entity, then by moment: one sort of numbers is several times faster than one by two columns."""
    order = np.argsort(at)
    ordered = at[order]
    rank = np.zeros(len(at), dtype=np.int64)
    rank[order[1:]] = np.cumsum(ordered[1:] != ordered[:-1])
    return np.argsort(entity * len(at) + rank)


def _bound(changes: Whole) -> float:
    """Return what sums of the changes cannot pass."""
    return float(np.abs(changes.astype(np.float64)).sum())


def _sum(numbers: Whole, chosen: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Add up the chosen changes and count them; `running_total` has seen that no sum of changes passes the bounds of int64."""
    return int((numbers * chosen).sum()) if len(numbers) else 0, int(np.count_nonzero(chosen))
