"""Which periods of a KPI are published: every closed day, week, month, quarter and year, and the current named ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from assay.calendar import Grain, Period, containing, parse_period, split

Span = tuple[str, str, str]
"""A period as the ledger names it: grain or name, first day, last day."""
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
CURRENT = ("day", "wtd", "mtd", "qtd", "ytd", "7d", "30d", "90d", "365d", "3m", "12m")


def closed_periods(first: date, last: date, today: date) -> Iterator[Period]:
    """Yield the closed periods of every grain that touch the days from `first` to `last`, the shortest grain first."""
    for grain in GRAINS:
        for period in split(first, last, grain):
            if period.end < today:
                yield period


def current_periods(today: date) -> Iterator[Period]:
    """Yield the periods that end today, under their names."""
    for name in CURRENT:
        yield parse_period(name, today)


def series_name(period: Period) -> str:
    """Return the ledger's name of a period: its grain if it is a whole day, week, month …, else the name it was asked by."""
    if period.grain in GRAINS:
        whole = containing(period.start, period.grain)
        if (period.start, period.end) == (whole.start, whole.end):
            return period.grain
    return period.name


class PeriodSet:
    """Periods in their order, by span and by the days that they hold."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self.periods = tuple(periods)

    @cached_property
    def by_span(self) -> dict[Span, Period]:
        """The periods under their grain, first and last day."""
        return {(one.grain, one.start.isoformat(), one.end.isoformat()): one for one in self.periods}

    def touching(self, dirty: frozenset[date] | None, reach: int) -> list[Period]:
        """Return the periods whose value can change when the `dirty` days do; all of them if `dirty` is None.

        A formula that looks back `reach` days carries a change that many days forward.
        """
        if dirty is None:
            return list(self.periods)
        if not dirty or not self.periods:
            return []
        starts, ends = self._edges
        days = np.array(sorted(day.toordinal() for day in dirty))
        first = np.searchsorted(days, starts - reach)  # the place of the first dirty day that reaches into each period
        hit = (first < len(days)) & (days[np.minimum(first, len(days) - 1)] <= ends)
        return [self.periods[place] for place in np.flatnonzero(hit).tolist()]

    @cached_property
    def _edges(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        starts, ends = (
            [edge.toordinal() for edge in edges] for edges in zip(*((p.start, p.end) for p in self.periods), strict=True)
        )
        return np.array(starts), np.array(ends)


@lru_cache(maxsize=8)
def closed_set(first: date, last: date, today: date) -> PeriodSet:
    """Return the closed periods of every grain that touch the days: the same object for the same days."""
    return PeriodSet(closed_periods(first, last, today))
