"""Which periods of a KPI are published: every closed day, week, month, quarter and year, and the current named ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from assay.calendar import Grain, Period, containing, parse_period, split

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


def touching(periods: Iterable[Period], dirty: frozenset[date] | None, reach: int) -> list[Period]:
    """Return the periods whose value can change when the `dirty` days do; all of them if `dirty` is None.

    A formula that looks back `reach` days carries a change that many days forward.
    """
    if dirty is None:
        return list(periods)
    if not dirty:
        return []
    days = sorted(dirty)
    first, last = days[0], days[-1]
    return [
        period
        for period in periods
        if period.end >= first
        and period.start - timedelta(days=reach) <= last
        and any(period.start - timedelta(days=reach) <= day <= period.end for day in days)
    ]
