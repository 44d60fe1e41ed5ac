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
from operator import sub
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from assay.planner.measures import Measure, Parts
from assay.rollups.columns import Whole, day_number, days_of, instants_of, running_total, scale_of, whole
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

Days = npt.NDArray[np.signedinteger[Any]]
Column = TypeVar("Column")


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

    def with_changes(self, changes: Iterable[Layer], measures: tuple[Measure, ...]) -> ByDay | None:
        """Return the same with the days of changes replaced; None where only a new reading can tell: of other columns, say."""
        now = self
        for rows, replaced in changes:
            found = now._laid(ByDay.read(rows, measures), sorted(map(day_number, replaced)))
            if found is None:
                return None
            now = found
        return now

    def _laid(self, new: ByDay, replaced: list[int]) -> ByDay | None:
        """Return the same with the replaced days as `new` has them."""
        scales = ({name: scale for name, (_, scale) in one.totals.items()} for one in (self, new))
        if self.extremes or new.extremes or len({tuple(sorted(one.items())) for one in scales}) > 1 or not replaced:
            return None
        low, high = bisect_left(self.days, replaced[0]), bisect_right(self.days, replaced[-1])
        days = sorted({*self.days[low:high]}.difference(replaced).union(new.days))
        totals = {}
        for name, (total, scale) in self.totals.items():
            own = dict(zip(self.days[low:high], map(sub, total[low + 1 : high + 1], total[low:high]), strict=True))
            own |= dict(zip(new.days, map(sub, new.totals[name][0][1:], new.totals[name][0]), strict=False))
            changed = [*accumulate((own[day] for day in days), initial=total[low])]
            more = changed[-1] - total[high]
            totals[name] = [*total[:low], *changed, *(one + more for one in total[high + 1 :])], scale
        return ByDay([*self.days[:low], *days, *self.days[high:]], totals, {})

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
