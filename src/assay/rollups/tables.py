"""Tables of partials in memory, one class for each way of merging days.

Days are numbered from 1970; a window is `first` to `last`, both included.
"""

from __future__ import annotations

import copy
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from assay.planner.measures import Measure
from assay.rollups.columns import Whole, day_number, days_of, instants_of, running_total, scale_of, whole

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

Days = npt.NDArray[np.int64]
Column = TypeVar("Column")
BLOCK_DAYS = 32


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
    """Which dense numbers each day has seen, as roaring bitmaps: their union counts exactly over any window.

    The unions of blocks of days are kept, so that a year is a dozen of them and the days at its edges.
    """

    def __init__(self, days: Days, ids: npt.NDArray[np.uint32]) -> None:
        """`days` in order, with the ids that each has seen."""
        self._days, starts = np.unique(days, return_index=True)
        self._ends = [*starts.tolist()[1:], len(ids)]
        self._starts: list[int] = starts.tolist()
        self._ids = ids
        self._changed: dict[int, npt.NDArray[np.uint32]] = {}
        self._bitmaps: dict[int, Any] = {}
        self._blocks: dict[int, Any] = {}

    @classmethod
    def read(cls, rows: pa.Table) -> Distinct:
        days = days_of(rows["day"])
        order = np.argsort(days, kind="stable")
        return cls(days[order], rows["id"].to_numpy().astype(np.uint32)[order])

    def with_changes(self, changes: Iterable[Layer]) -> Distinct:
        """Return the same with the ids of some days replaced; what did not change is shared."""
        made = copy.copy(self)
        made._changed, made._bitmaps, made._blocks = dict(self._changed), dict(self._bitmaps), dict(self._blocks)
        for rows, replaced in changes:
            days, ids = days_of(rows["day"]), rows["id"].to_numpy().astype(np.uint32)
            for day in map(day_number, replaced):
                made._changed[day] = ids[days == day]
                made._bitmaps.pop(day, None)
                made._blocks.pop(day // BLOCK_DAYS, None)
        return made

    def count(self, first: int, last: int) -> int:
        """Return how many different values the window has seen."""
        from pyroaring import BitMap

        bitmaps = []
        day = first
        while day <= last:
            if day % BLOCK_DAYS == 0 and day + BLOCK_DAYS - 1 <= last:
                bitmaps.append(self._block(day // BLOCK_DAYS))
                day += BLOCK_DAYS
            else:
                bitmaps.append(self._day(day))
                day += 1
        return len(BitMap.union(*bitmaps)) if bitmaps else 0

    def _day(self, day: int) -> Any:
        known = self._bitmaps.get(day)
        if known is None:
            known = self._bitmaps[day] = self._seen(day, day)
        return known

    def _block(self, number: int) -> Any:
        known = self._blocks.get(number)
        if known is None:
            known = self._blocks[number] = self._seen(number * BLOCK_DAYS, (number + 1) * BLOCK_DAYS - 1)
        return known

    def _seen(self, first: int, last: int) -> Any:
        """Return what the days have seen."""
        from pyroaring import BitMap

        low, high = np.searchsorted(self._days, (first, last + 1)).tolist()
        changed = [day for day in range(first, last + 1) if day in self._changed] if self._changed else []
        if not changed:
            own = self._ids[self._starts[low] : self._ends[high - 1]] if low < high else self._ids[:0]
            return BitMap(np.sort(own))
        kept = [self._ids[self._starts[n] : self._ends[n]] for n in range(low, high) if int(self._days[n]) not in self._changed]
        return BitMap(np.sort(np.concatenate([*kept, *(self._changed[day] for day in changed)])))


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
