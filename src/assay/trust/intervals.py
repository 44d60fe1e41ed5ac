"""Arithmetic of the intervals that loads complete: union, intersection, and taking parts out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce

from assay.values.generation import Interval
from assay.values.load import EVER


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the intervals merged where they touch, in order."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda one: (one.start is not None, one.start or one.end)):
        last = merged[-1] if merged else None
        if last is not None and (interval.start is None or interval.start <= last.end):
            merged[-1] = Interval(start=last.start, end=max(last.end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def without(intervals: Iterable[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return the intervals with [start, end) cut out of them."""
    kept: list[Interval] = []
    for one in intervals:
        if start > EVER and (one.start is None or one.start < start):
            kept.append(Interval(start=one.start, end=min(start, one.end)))
        if one.end > end:
            kept.append(Interval(start=end if one.start is None else max(end, one.start), end=one.end))
    return tuple(kept)


def intersection(several: Sequence[tuple[Interval, ...]]) -> tuple[Interval, ...]:
    """Return what all of them hold, each given in order and without overlaps."""
    return reduce(_both, several) if several else ()


def _both(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    found: list[Interval] = []
    mine = theirs = 0
    while mine < len(left) and theirs < len(right):
        one, other = left[mine], right[theirs]
        starts = [start for start in (one.start, other.start) if start is not None]
        start, end = max(starts, default=None), min(one.end, other.end)
        if start is None or start < end:
            found.append(Interval(start=start, end=end))
        if one.end <= other.end:
            mine += 1
        else:
            theirs += 1
    return tuple(found)
