"""Tables of partials in memory, one class for each way of merging days.

Days are numbered from 1970; a window is `first` to `last`, both included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from assay.planner.measures import Measure, Parts
from assay.rollups.columns import Whole, day_number, days_of, instants_of, running_total, runs, scale_of, whole
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

Days = npt.NDArray[np.signedinteger[Any]]
Column = TypeVar("Column")
BLOCK_DAYS = 8
"""Of so many days what is counted of a distinct value is kept together: more take less memory, and longer to look up."""
Ids = npt.NDArray[np.uint32]
Places = npt.NDArray[np.unsignedinteger[Any]]
_NOTHING: Ids = np.zeros(0, dtype=np.uint32)


class NotKeptError(Exception):
    """The partials do not hold what was asked; the warehouse has to be asked."""


def _kept(columns: dict[str, Column], measure: Measure) -> Column:
    """Return the measure's column; partials of an older catalogue may not have it."""
    if measure.id not in columns:
        raise NotKeptError(measure.id)
    return columns[measure.id]


def _present(rows: pa.Table, measures: tuple[Measure, ...]) -> list[Measure]:
    return [measure for measure in measures if measure.id in rows.column_names]


def _sum(numbers: Whole) -> int:
    """Add whole numbers exactly, whatever their size."""
    if numbers.dtype == object or not len(numbers):
        return int(sum(numbers.tolist()))
    total = running_total(numbers)
    return int(total[-1])


@dataclass
class ByDay:
    """Scalar measures of each day: sums by running totals, so that any window costs two look-ups.

    Days and totals are lists: a look-up in a list costs a tenth of one in an array, and a board makes thousands.
    """

    days: list[int]
    totals: dict[str, tuple[list[int], int]]
    extremes: dict[str, tuple[Whole, npt.NDArray[np.bool_], int]]

    @classmethod
    def read(cls, rows: pa.Table, measures: tuple[Measure, ...]) -> ByDay:
        order = np.argsort(days_of(rows["day"]), kind="stable")
        totals, extremes = {}, {}
        for measure in _present(rows, measures):
            column = rows[measure.id]
            numbers, valid = whole(column)
            if measure.additive:
                totals[measure.id] = (running_total(numbers[order]).tolist(), scale_of(column.type))
            else:
                extremes[measure.id] = (numbers[order], valid[order], scale_of(column.type))
        return cls(days_of(rows["day"])[order].tolist(), totals, extremes)

    def counting(self, parts: Parts) -> Callable[[int, int], tuple[int, int]]:
        """Return what tells of a window how many rows an aggregate has there, and how many of them are null."""
        days, (rows, _) = self.days, _kept(self.totals, parts.rows)
        known = _kept(self.totals, parts.nonnull)[0] if parts.nonnull else rows

        def counted(first: int, last: int) -> tuple[int, int]:
            low, high = bisect_left(days, first), bisect_right(days, last)
            n = rows[high] - rows[low]
            return n, n - (known[high] - known[low])

        return counted

    def adding(self, parts: Parts, *, mean: bool) -> Callable[[int, int], Measured]:
        """Return what tells an aggregate whose days add up, or the mean of its rows, of a window."""
        assert parts.value is not None
        days, (rows, _) = self.days, _kept(self.totals, parts.rows)
        known = _kept(self.totals, parts.nonnull)[0] if parts.nonnull else rows
        totals, scale = _kept(self.totals, parts.value)
        unit = 10**scale

        def added(first: int, last: int) -> Measured:
            low, high = bisect_left(days, first), bisect_right(days, last)
            n, present, total = rows[high] - rows[low], known[high] - known[low], totals[high] - totals[low]
            if mean:
                return Measured(Fraction(total, unit * present) if present else None, n, n - present)
            return Measured(Fraction(total) if unit == 1 else Fraction(total, unit), n, n - present)

        return added

    def merge(self, measure: Measure, first: int, last: int) -> Fraction | None:
        """Return the measure over the window; a sum over no rows is 0, a smallest or largest value is None."""
        low, high = bisect_left(self.days, first), bisect_right(self.days, last)
        if measure.additive:
            totals, scale = _kept(self.totals, measure)
            return Fraction(totals[high] - totals[low], 10**scale) if scale else Fraction(totals[high] - totals[low])
        numbers, valid, scale = _kept(self.extremes, measure)
        found = numbers[low:high][valid[low:high]]
        if not len(found):
            return None
        return Fraction(int(found.min() if measure.kind == "min" else found.max()), 10**scale)

    def holds(self, day: int) -> bool:
        """Return whether there are rows on the day."""
        return self.newest(day) == day

    def newest(self, last: int) -> int | None:
        """Return the newest day that is not later than `last`."""
        index = bisect_right(self.days, last)
        return self.days[index - 1] if index else None


@dataclass
class ByKey:
    """Scalar measures of each day and dimension value."""

    days: Days
    keys: npt.NDArray[np.int64]
    names: list[str | None]
    columns: dict[str, tuple[Whole, npt.NDArray[np.bool_], int]]

    @classmethod
    def read(cls, rows: pa.Table, measures: tuple[Measure, ...]) -> ByKey:
        import pyarrow as pa

        encoded = rows["key"].combine_chunks().cast(pa.string()).dictionary_encode(null_encoding="encode")
        keys = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        columns = {
            measure.id: (*whole(rows[measure.id]), scale_of(rows[measure.id].type)) for measure in _present(rows, measures)
        }
        return cls(days_of(rows["day"]), keys, encoded.dictionary.to_pylist(), columns)

    def merge(self, measure: Measure, first: int, last: int) -> dict[str | None, Fraction | None]:
        """Return the measure over the window for each dimension value that has rows in it."""
        inside = (self.days >= first) & (self.days <= last)
        numbers, valid, scale = _kept(self.columns, measure)
        keys, numbers, valid = self.keys[inside], numbers[inside], valid[inside]
        order = np.argsort(keys, kind="stable")
        keys, numbers, valid = keys[order], numbers[order], valid[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.array([], dtype=int)
        merged: dict[str | None, Fraction | None] = {}
        for start, end in zip(starts, np.r_[starts[1:], len(keys)][: len(starts)], strict=True):
            own = numbers[start:end][valid[start:end]]
            name = self.names[keys[start]]
            if measure.additive:
                merged[name] = Fraction(_sum(own), 10**scale)
            elif len(own):
                merged[name] = Fraction(int(own.min() if measure.kind == "min" else own.max()), 10**scale)
            else:
                merged[name] = None
        return merged


@dataclass
class Slots:
    """Additive measures of each quarter of an hour by the shop's wall clock, for a day that is cut."""

    days: Days
    slots: npt.NDArray[np.int64]
    columns: dict[str, tuple[Whole, int]]

    @classmethod
    def read(cls, rows: pa.Table, measures: tuple[Measure, ...]) -> Slots:
        columns = {
            measure.id: (whole(rows[measure.id])[0], scale_of(rows[measure.id].type)) for measure in _present(rows, measures)
        }
        return cls(days_of(rows["day"]), rows["slot"].to_numpy().astype(np.int64), columns)

    def holds(self, day: int) -> bool:
        """Return whether the day's quarters are kept."""
        return bool((self.days == day).any())

    def merge(self, measure: Measure, day: int, slots: int) -> Fraction:
        """Return the measure over the first `slots` quarters of the day."""
        numbers, scale = _kept(self.columns, measure)
        return Fraction(_sum(numbers[(self.days == day) & (self.slots < slots)]), 10**scale)


class Distinct:
    """Which dense numbers each day has seen, and on which day each of them was seen before: a window counts exactly.

    A window counts each number on the first of its days that has seen it: where it was seen last before the window, or never.
    How many of those there are is kept up to each block of days, so that any window costs a look-up and a few days.
    """

    def __init__(self, seen: dict[int, Ids], before: Distinct | None = None, since: int = 0) -> None:
        """`seen` by day; of `before`, what it knows of the days before `since` still holds."""
        self._days = sorted(seen)
        self._ids = [seen[day] for day in self._days]
        self._rows = [0, *accumulate(map(len, self._ids))]
        taken = bisect_left(before._days, since) if before is not None else 0
        numbers = max((int(ids.max()) + 1 for ids in self._ids[taken:] if len(ids)), default=0)
        numbers = max(numbers, len(before._last)) if before is not None else numbers
        self._last: Places = np.zeros(numbers, dtype=np.min_scalar_type(len(self._days)))
        """Of each number how many days there are up to the newest that has seen it; 0 where none has."""
        self._earlier: list[Places] = []
        """The same by day for each of its numbers, as it was before that day."""
        self._unseen: list[npt.NDArray[np.int64]] = [np.zeros(1, dtype=np.int64)]
        """Of the days before each block, by n: how many of their numbers no day after the first n had seen before."""
        if before is not None:
            self._take_over(before, taken)
        self._link()

    @classmethod
    def read(cls, rows: pa.Table, changes: Iterable[Layer] = ()) -> Distinct:
        """Return what the partials say, with those of some days replaced."""
        return cls(_replaced(_by_day(rows), changes)[0])

    def with_changes(self, changes: Iterable[Layer]) -> Distinct:
        """Return the same with the ids of some days replaced; what is known of the days before these is shared."""
        seen, changed = _replaced(dict(zip(self._days, self._ids, strict=True)), changes)
        return Distinct(seen, self, min(changed)) if changed else self

    def count(self, first: int, last: int) -> int:
        """Return how many different values the window has seen."""
        low, high = bisect_left(self._days, first), bisect_right(self._days, last)
        block = high // BLOCK_DAYS
        start = block * BLOCK_DAYS
        new = 0
        if low < start:  # all numbers of the days before the window were seen before it as well
            new = int(self._unseen[block][low]) - self._rows[low]
        return new + sum(int(np.count_nonzero(earlier <= low)) for earlier in self._earlier[max(low, start) : high])

    def _take_over(self, before: Distinct, days: int) -> None:
        """Take over what is known of the first days, and forget what the later ones have seen, newest first."""
        last = before._last.copy()
        for ids, earlier in zip(reversed(before._ids[days:]), reversed(before._earlier[days:]), strict=True):
            last[ids.astype(np.intp)] = earlier
        self._last[: len(last)] = last
        self._earlier = before._earlier[:days]
        self._unseen = before._unseen[: days // BLOCK_DAYS + 1]

    def _link(self) -> None:
        for place in range(len(self._earlier), len(self._days)):
            ids = self._ids[place].astype(np.intp)  # numpy looks up by no other kind of number as fast
            self._earlier.append(self._last.take(ids))
            self._last[ids] = place + 1
        for block in range(len(self._unseen), len(self._days) // BLOCK_DAYS + 1):
            own = np.concatenate(self._earlier[(block - 1) * BLOCK_DAYS : block * BLOCK_DAYS])
            unseen = np.cumsum(np.bincount(own, minlength=block * BLOCK_DAYS + 1))
            unseen[: len(self._unseen[-1])] += self._unseen[-1]
            unseen[len(self._unseen[-1]) :] += self._unseen[-1][-1]
            self._unseen.append(unseen)


def _by_day(rows: pa.Table) -> dict[int, Ids]:
    """Return the dense numbers of each day, whose rows stand together in a batch."""
    found: dict[int, Ids] = {}
    for batch in rows.to_batches():
        ids = batch["id"].to_numpy(zero_copy_only=False)
        for day, low, high in runs(days_of(batch["day"])):
            own = ids[low:high].astype(np.uint32)
            found[day] = np.concatenate([found[day], own]) if day in found else own
    return found


def _replaced(seen: dict[int, Ids], changes: Iterable[Layer]) -> tuple[dict[int, Ids], set[int]]:
    """Return what days have seen with some days replaced, and which."""
    changed: set[int] = set()
    for rows, replaced in changes:
        own = _by_day(rows)
        days = [day_number(day) for day in replaced]
        seen |= {day: own.get(day, _NOTHING) for day in days}
        changed.update(days)
    return seen, changed


@dataclass
class Events:
    """Starts (+1) and ends (−1) of intervals, for counting how many hold at an instant (microseconds since 1970)."""

    days: Days
    at: npt.NDArray[np.int64]
    delta: npt.NDArray[np.int64]

    @classmethod
    def read(cls, rows: pa.Table) -> Events:

        at = instants_of(rows["moment"])
        return cls(days_of(rows["day"]), at, rows["delta"].to_numpy().astype(np.int64))

    def holding(self, instant: int, first: int | None, last: int | None) -> int:
        """Return how many intervals hold at the instant, of the rows whose day is in the window (of all, if None)."""
        if first is None or last is None:
            at, held = self._all
            return int(held[np.searchsorted(at, instant, side="right")])
        chosen = (self.at <= instant) & (self.days >= first) & (self.days <= last)
        return int(self.delta[chosen].sum())

    def next_change(self, instant: int) -> int | None:
        """Return the first instant after this one at which the count changes."""
        later = self.at[self.at > instant]
        return int(later.min()) if len(later) else None

    @cached_property
    def _all(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The instants in order, and how many intervals hold before the first and after each, whatever their day.

        A number over all rows is asked for every published day: a look-up instead of a pass over the events.
        """
        order = np.argsort(self.at, kind="stable")
        return self.at[order], np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self.delta[order])])
