"""Tables of partials in memory, one class for each way of merging days.

Days are numbered from 1970; a window is `first` to `last`, both included.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from assay.planner.measures import Measure
from assay.planner.tables import SKETCH_GAMMA, SKETCH_OFFSET
from assay.rollups.columns import Whole, days_of, running_total, scale_of, whole

if TYPE_CHECKING:
    import pyarrow as pa

Days = npt.NDArray[np.int64]
Column = TypeVar("Column")
_LOG_GAMMA = float(np.log(SKETCH_GAMMA))


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
    """Scalar measures of each day: sums by running totals, so that any window costs two look-ups."""

    days: Days
    totals: dict[str, tuple[Whole, int]]
    extremes: dict[str, tuple[Whole, npt.NDArray[np.bool_], int]]

    @classmethod
    def read(cls, rows: pa.Table, measures: tuple[Measure, ...]) -> ByDay:
        order = np.argsort(days_of(rows["day"]), kind="stable")
        totals, extremes = {}, {}
        for measure in _present(rows, measures):
            column = rows[measure.id]
            numbers, valid = whole(column)
            if measure.additive:
                totals[measure.id] = (running_total(numbers[order]), scale_of(column.type))
            else:
                extremes[measure.id] = (numbers[order], valid[order], scale_of(column.type))
        return cls(days_of(rows["day"])[order], totals, extremes)

    def merge(self, measure: Measure, first: int, last: int) -> Fraction | None:
        """Return the measure over the window; a sum over no rows is 0, a smallest or largest value is None."""
        low, high = np.searchsorted(self.days, first), np.searchsorted(self.days, last, side="right")
        if measure.additive:
            totals, scale = _kept(self.totals, measure)
            return Fraction(int(totals[high]) - int(totals[low]), 10**scale)
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
        index = int(np.searchsorted(self.days, last, side="right"))
        return int(self.days[index - 1]) if index else None


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
class Distinct:
    """Which dense numbers each day has seen, as roaring bitmaps: their union counts exactly over any window."""

    days: Days
    ids: npt.NDArray[np.int64]
    _bitmaps: dict[int, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: pa.Table) -> Distinct:
        days = days_of(rows["day"])
        order = np.argsort(days, kind="stable")
        return cls(days[order], rows["id"].to_numpy().astype(np.int64)[order])

    def count(self, first: int, last: int) -> int:
        """Return how many different values the window has seen."""
        from pyroaring import BitMap

        low, high = np.searchsorted(self.days, first), np.searchsorted(self.days, last, side="right")
        days = np.unique(self.days[low:high])
        for day in days:
            if int(day) not in self._bitmaps:
                start, end = np.searchsorted(self.days, day), np.searchsorted(self.days, day, side="right")
                self._bitmaps[int(day)] = BitMap(self.ids[start:end].astype(np.uint32))
        return len(BitMap.union(*(self._bitmaps[int(day)] for day in days))) if len(days) else 0


@dataclass
class Quantiles:
    """The values of each day: one by one up to a thousand, above as counts in DDSketch's buckets."""

    days: Days
    values: Whole
    scale: int
    sketch_days: Days
    buckets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int64]

    @classmethod
    def read(cls, values: pa.Table, sketch: pa.Table) -> Quantiles:
        days = days_of(values["day"])
        order = np.argsort(days, kind="stable")
        return cls(
            days[order],
            whole(values["value"])[0][order],
            scale_of(values["value"].type),
            days_of(sketch["day"]),
            sketch["bucket"].to_numpy().astype(np.int64),
            sketch["n"].to_numpy().astype(np.int64),
        )

    def merge(self, quantile: Fraction, first: int, last: int, most_exact: int) -> tuple[Fraction | None, bool]:
        """Return the quantile over the window's values, and whether it is a sketch's (within 1 % of a neighbour)."""
        low, high = np.searchsorted(self.days, first), np.searchsorted(self.days, last, side="right")
        own = self.values[low:high]
        inside = (self.sketch_days >= first) & (self.sketch_days <= last)
        if not inside.any() and len(own) <= most_exact:
            return interpolate([Fraction(int(value), 10**self.scale) for value in np.sort(own)], quantile), False
        counts: dict[int, int] = defaultdict(int)
        for bucket, n in zip(self.buckets[inside].tolist(), self.counts[inside].tolist(), strict=True):
            counts[bucket] += n
        for bucket, n in zip(*np.unique(_bucketed(own, self.scale), return_counts=True), strict=True):
            counts[int(bucket)] += int(n)
        return _from_sketch(counts, quantile), True


def interpolate(ordered: list[Fraction], quantile: Fraction) -> Fraction | None:
    """Return the quantile of ordered values, interpolated between neighbours as SQL's `quantile_cont` does."""
    if not ordered:
        return None
    position = quantile * (len(ordered) - 1)
    below = position.numerator // position.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def _bucketed(numbers: Whole, scale: int) -> npt.NDArray[np.int64]:
    values = numbers.astype(np.float64) / 10**scale
    with np.errstate(divide="ignore"):
        steps = np.ceil(np.log(np.abs(values)) / _LOG_GAMMA) + SKETCH_OFFSET
    return np.where(values == 0, 0, np.sign(values) * np.where(values == 0, 0, steps)).astype(np.int64)


def _from_sketch(counts: dict[int, int], quantile: Fraction) -> Fraction:
    rank = float(quantile) * (sum(counts.values()) - 1)
    seen = 0
    bucket = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen > rank:
            break
    if bucket == 0:
        return Fraction(0)
    exponent = abs(bucket) - SKETCH_OFFSET
    middle = 2 * SKETCH_GAMMA**exponent / (SKETCH_GAMMA + 1)
    return Fraction(middle if bucket > 0 else -middle).limit_denominator(10**6)


@dataclass
class Events:
    """Starts (+1) and ends (−1) of intervals, for counting how many hold at an instant (microseconds since 1970)."""

    days: Days
    at: npt.NDArray[np.int64]
    delta: npt.NDArray[np.int64]

    @classmethod
    def read(cls, rows: pa.Table) -> Events:
        import pyarrow as pa

        at = rows["moment"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy().astype(np.int64)
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
