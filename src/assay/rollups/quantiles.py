"""Quantiles over any window: exact over few values, above from counts in the buckets of a sketch."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assay.planner.tables import SKETCH_GAMMA, SKETCH_OFFSET
from assay.rollups.columns import Whole, day_number, days_of, scale_of, whole
from assay.rollups.tables import Days, NotKeptError

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

_LOG_GAMMA = float(np.log(SKETCH_GAMMA))
Counted = tuple[Days, Days, Days]
"""Days, buckets, and how many values each bucket holds before the first day and after each: a window is a difference."""


class Quantiles:
    """The values of each day: one by one up to a thousand, above as counts in DDSketch's buckets."""

    def __init__(self, days: Days, values: Whole, scale: int, sketch: tuple[Days, Days, Days]) -> None:
        """`days` in order with their `values`, of which 10^`scale` make 1; `sketch` is day, bucket and count of large days."""
        self._days, self._values, self._scale = days, values, scale
        self._sketch = sketch
        self._sketched = np.unique(sketch[0])

    @classmethod
    def read(cls, values: pa.Table, sketch: pa.Table) -> Quantiles:
        days = days_of(values["day"])
        order = np.argsort(days, kind="stable")
        return cls(days[order], whole(values["value"])[0][order], scale_of(values["value"].type), _sketch_of(sketch))

    def merge(self, quantile: Fraction, first: int, last: int, most_exact: int) -> tuple[Fraction | None, bool]:
        """Return the quantile over the window's values, and whether it is a sketch's (within 1 % of a neighbour)."""
        low, high = np.searchsorted(self._days, (first, last + 1)).tolist()
        start, end = np.searchsorted(self._sketched, (first, last + 1)).tolist()
        if start == end and high - low <= most_exact:
            return interpolate(np.sort(self._values[low:high]), 10**self._scale, quantile), False
        days, buckets, seen = self._counted
        start, end = np.searchsorted(days, (first, last + 1)).tolist()
        return _from_sketch(buckets, seen[end] - seen[start], quantile), True

    def with_changes(self, values: Iterable[Layer], sketches: Iterable[Layer]) -> Quantiles:
        """Return the same with the values of some days replaced."""
        days, numbers, sketch, counted = self._days, self._values, self._sketch, vars(self).get("_counted")
        changed: set[int] = set()
        for rows, replaced in values:
            new_days, column = days_of(rows["day"]), rows["value"]
            new = _rescaled(whole(column)[0], scale_of(column.type), self._scale)
            for day in map(day_number, replaced):
                low, high = np.searchsorted(days, (day, day + 1)).tolist()
                own = new[new_days == day]
                numbers = np.concatenate([numbers[:low], own, numbers[high:]])
                days = np.concatenate([days[:low], np.full(len(own), day), days[high:]])
                changed.add(day)
        for rows, replaced in sketches:
            numbered = [day_number(day) for day in replaced]
            kept, new_sketch = ~np.isin(sketch[0], numbered), _sketch_of(rows)
            at, bucket, n = (np.concatenate([sketch[place][kept], new_sketch[place]]) for place in range(3))
            sketch = at, bucket, n
            changed.update(numbered)
        made = Quantiles(days, numbers, self._scale, sketch)
        if counted is not None:
            vars(made)["_counted"] = made._recounted(counted, sorted(changed))
        return made

    @cached_property
    def _counted(self) -> Counted:
        return _running(*self._counts(np.ones(len(self._days), dtype=bool), np.ones(len(self._sketch[0]), dtype=bool)))

    def _counts(self, values: npt.NDArray[np.bool_], sketch: npt.NDArray[np.bool_]) -> Counted:
        """Return the days, the buckets, and how many of the chosen values each day has in each bucket."""
        day = np.concatenate([self._sketch[0][sketch], self._days[values]])
        bucket = np.concatenate([self._sketch[1][sketch], _bucketed(self._values[values], self._scale)])
        n = np.concatenate([self._sketch[2][sketch], np.ones(int(values.sum()), dtype=np.int64)])
        days, row = np.unique(day, return_inverse=True)
        buckets, column = np.unique(bucket, return_inverse=True)
        flat = np.bincount(row * len(buckets) + column, weights=n, minlength=len(days) * len(buckets))
        return days, buckets, flat.astype(np.int64).reshape(len(days), len(buckets))

    def _recounted(self, counted: Counted, changed: list[int]) -> Counted:
        """Return what is counted when some days of it have changed."""
        days, buckets, seen = counted
        chosen = [np.isin(of, changed) for of in (self._days, self._sketch[0])]
        new_days, new_buckets, new = self._counts(*chosen)
        kept = ~np.isin(days, changed)
        every = np.union1d(buckets, new_buckets)
        counts = np.zeros((int(kept.sum()) + len(new_days), len(every)), dtype=seen.dtype)
        counts[: int(kept.sum()), np.searchsorted(every, buckets)] = np.diff(seen, axis=0)[kept]
        counts[int(kept.sum()) :, np.searchsorted(every, new_buckets)] = new
        every_day = np.concatenate([days[kept], new_days])
        order = np.argsort(every_day)
        return _running(every_day[order], every, counts[order])


def _sketch_of(rows: pa.Table) -> tuple[Days, Days, Days]:
    """Return day, bucket and count of each row."""
    return days_of(rows["day"]), rows["bucket"].to_numpy().astype(np.int64), rows["n"].to_numpy().astype(np.int64)


def _running(days: Days, buckets: Days, counts: Days) -> Counted:
    kind = np.int32 if counts.sum() < 2**31 else np.int64
    return days, buckets, np.concatenate([np.zeros((1, len(buckets)), kind), np.cumsum(counts, axis=0, dtype=kind)])


def _rescaled(numbers: Whole, scale: int, wanted: int) -> Whole:
    """Return whole numbers of one scale in another, exactly; raises `NotKeptError` where that loses a digit."""
    if scale > wanted:
        raise NotKeptError("values of another scale")
    return numbers if scale == wanted else numbers.astype(object) * 10 ** (wanted - scale)


def interpolate(ordered: Whole, unit: int, quantile: Fraction) -> Fraction | None:
    """Return the quantile of ordered values, of which `unit` make 1, between neighbours as SQL's `quantile_cont` has it."""
    if not len(ordered):
        return None
    position = quantile * (len(ordered) - 1)
    below = position.numerator // position.denominator
    low, high = int(ordered[below]), int(ordered[min(below + 1, len(ordered) - 1)])
    return (low + (position - below) * (high - low)) / unit


def _bucketed(numbers: Whole, scale: int) -> npt.NDArray[np.int64]:
    values = numbers.astype(np.float64) / 10**scale
    with np.errstate(divide="ignore"):
        steps = np.ceil(np.log(np.abs(values)) / _LOG_GAMMA) + SKETCH_OFFSET
    return np.where(values == 0, 0, np.sign(values) * np.where(values == 0, 0, steps)).astype(np.int64)


def _from_sketch(buckets: Days, counts: Days, quantile: Fraction) -> Fraction:
    held = np.cumsum(counts)
    rank = float(quantile) * (int(held[-1]) - 1)
    bucket = int(buckets[np.searchsorted(held, rank, side="right")])
    if bucket == 0:
        return Fraction(0)
    exponent = abs(bucket) - SKETCH_OFFSET
    middle = 2 * SKETCH_GAMMA**exponent / (SKETCH_GAMMA + 1)
    return Fraction(middle if bucket > 0 else -middle).limit_denominator(10**6)
