"""Quantiles over any window: exact over few values, above from counts in the buckets of a sketch."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from assay.planner.tables import SKETCH_GAMMA, SKETCH_OFFSET
from assay.rollups.columns import Whole, by_day, day_number, days_of, rescaled, scale_of, whole
from assay.rollups.tables import Days, NotKeptError

if TYPE_CHECKING:
    import pyarrow as pa

    from assay.rollups.segments import Layer

_LOG_GAMMA = float(np.log(SKETCH_GAMMA))
Sketch = tuple[Days, Days]
"""Buckets, and how many values each holds."""
_NOTHING = np.zeros(0, dtype=np.int64)
_NO_SKETCH: Sketch = (_NOTHING, _NOTHING)


class Quantiles:
    """The values of each day: one by one up to a thousand, above as counts in DDSketch's buckets."""

    def __init__(
        self,
        values: dict[int, Whole],
        sketches: dict[int, Sketch],
        scale: int,
        before: Quantiles | None = None,
        since: int = 0,
    ) -> None:
        """`values` by day, of which 10^`scale` make 1; of `before`, what was counted of the days before `since` still holds."""
        self._days = sorted(values.keys() | sketches.keys())
        self._values = [values.get(day, _NOTHING) for day in self._days]
        self._sketches = [sketches.get(day, _NO_SKETCH) for day in self._days]
        self._scale = scale
        self._exact = [0, *accumulate(map(len, self._values))]
        self._sketched = [0, *accumulate(len(buckets) for buckets, _ in self._sketches)]
        """How many values are kept one by one, and how many buckets of sketches, before each day."""
        self._carried: tuple[Days, list[Days]] = _NOTHING, []
        if before is not None and (counted := vars(before).get("_counted")) is not None:
            self._carried = counted[0], counted[1][: bisect_left(before._days, since) + 1]

    @classmethod
    def read(cls, values: pa.Table, sketch: pa.Table) -> Quantiles:
        return cls(_values_of(values), _sketches_of(sketch), scale_of(values["value"].type))

    def merge(self, quantile: Fraction, first: int, last: int, most_exact: int) -> tuple[Fraction | None, bool]:
        """Return the quantile over the window's values, and whether it is a sketch's (within 1 % of a neighbour)."""
        start, end = bisect_left(self._days, first), bisect_right(self._days, last)
        if self._sketched[start] == self._sketched[end] and self._exact[end] - self._exact[start] <= most_exact:
            own = np.concatenate([_NOTHING, *self._values[start:end]])
            return interpolate(np.sort(own), 10**self._scale, quantile), False
        buckets, seen = self._counted
        return _from_sketch(buckets, seen[end] - seen[start], quantile), True

    def with_changes(self, values: Iterable[Layer], sketches: Iterable[Layer]) -> Quantiles:
        """Return the same with the values of some days replaced; what is counted of the days before these is shared."""
        held = dict(zip(self._days, self._values, strict=True))
        sketched = dict(zip(self._days, self._sketches, strict=True))
        changed: set[int] = set()
        for rows, replaced in values:
            own, scale = _values_of(rows), scale_of(rows["value"].type)
            days = [day_number(day) for day in replaced]
            if scale > self._scale:
                raise NotKeptError("values of another scale")
            held |= {day: rescaled(own.get(day, _NOTHING), scale, self._scale) for day in days}
            changed.update(days)
        for rows, replaced in sketches:
            new = _sketches_of(rows)
            days = [day_number(day) for day in replaced]
            sketched |= {day: new.get(day, _NO_SKETCH) for day in days}
            changed.update(days)
        return Quantiles(held, sketched, self._scale, self, min(changed)) if changed else self

    @cached_property
    def _counted(self) -> tuple[Days, list[Days]]:
        """The buckets, and how many values each holds before the first day and after each: a window is a difference."""
        buckets, seen = self._carried
        counts = [self._counts(place) for place in range(max(len(seen) - 1, 0), len(self._days))]
        every = _different(np.concatenate([buckets, *(own for own, _ in counts)]))
        if seen and len(every) > len(buckets):  # one of them was never seen before
            seen, counts = [], [self._counts(place) for place in range(len(self._days))]
        seen = seen or [np.zeros(len(every), dtype=np.int64)]
        for own, n in counts:
            held = np.bincount(every.searchsorted(own), n, len(every)).astype(np.int64) + seen[-1]
            seen.append(held.astype(np.int32) if int(held.max()) < 2**31 else held)
        return every, seen

    def _counts(self, place: int) -> Sketch:
        """Return the buckets of a day's values, and how many of them each holds."""
        buckets, n = self._sketches[place]
        if not len(self._values[place]):
            return buckets, n
        exact = _bucketed(self._values[place], self._scale)
        return np.concatenate([buckets, exact]), np.concatenate([n, np.ones(len(exact), dtype=np.int64)])


def _values_of(rows: pa.Table) -> dict[int, Whole]:
    """Return the values of each day."""
    return by_day(days_of(rows["day"]), whole(rows["value"])[0])


def _sketches_of(rows: pa.Table) -> dict[int, Sketch]:
    """Return the sketch of each day."""
    days = days_of(rows["day"])
    buckets, counts = (by_day(days, rows[name].to_numpy().astype(np.int64)) for name in ("bucket", "n"))
    return {day: (own, counts[day]) for day, own in buckets.items()}


def interpolate(ordered: Whole, unit: int, quantile: Fraction) -> Fraction | None:
    """Return the quantile of ordered values, of which `unit` make 1, between neighbours as SQL's `quantile_cont` has it."""
    if not len(ordered):
        return None
    position = quantile * (len(ordered) - 1)
    below = position.numerator // position.denominator
    low, high = int(ordered[below]), int(ordered[min(below + 1, len(ordered) - 1)])
    return (low + (position - below) * (high - low)) / unit


def _different(buckets: Days) -> Days:
    """Return the different ones of many numbers in order; they lie close together, so that marks are quicker than a sort."""
    if not len(buckets):
        return buckets
    first = int(buckets.min())
    seen = np.zeros(int(buckets.max()) - first + 1, dtype=bool)
    seen[buckets - first] = True
    return np.flatnonzero(seen) + first


def _bucketed(numbers: Whole, scale: int) -> npt.NDArray[np.int64]:
    values = numbers.astype(np.float64) / 10**scale
    with np.errstate(divide="ignore"):
        steps = np.ceil(np.log(np.abs(values)) / _LOG_GAMMA) + SKETCH_OFFSET
    return np.where(values == 0, 0, np.sign(values) * np.where(values == 0, 0, steps)).astype(np.int64)


def _from_sketch(buckets: Days, counts: Days, quantile: Fraction) -> Fraction:
    held = counts.cumsum()
    rank = float(quantile) * (int(held[-1]) - 1)
    return _middle(int(buckets[held.searchsorted(rank, side="right")]))


@lru_cache(maxsize=65536)
def _middle(bucket: int) -> Fraction:
    """Return the number that stands for the values of a bucket."""
    if bucket == 0:
        return Fraction(0)
    exponent = abs(bucket) - SKETCH_OFFSET
    middle = 2 * SKETCH_GAMMA**exponent / (SKETCH_GAMMA + 1)
    return Fraction(middle if bucket > 0 else -middle).limit_denominator(10**6)
