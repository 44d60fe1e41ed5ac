"""The shop's days, their length in a zone with clock changes, and how busy each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from assay.demo import company
from assay.demo.dice import Dice, Flags, Floats, Ints, places

HOUR = 3600
DAY = 24 * HOUR
FRIDAY, SUNDAY = 4, 6


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(FRIDAY - 1 - first.weekday()) % 7 + 22)


@dataclass(frozen=True)
class ShopDays:
    """Local days by index (0 is the first day); instants are seconds since 1970 in UTC."""

    first: date
    count: int
    zone: ZoneInfo

    @cached_property
    def starts(self) -> Ints:
        """The instant at which each day begins, and that at which the last one ends."""
        return np.array([self.start_of(i) for i in range(self.count + 1)], dtype=np.int64)

    def start_of(self, index: int) -> int:
        """The instant at which a day begins, also one that lies beyond the last."""
        day = self.date_of(index)
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp())

    @cached_property
    def lengths(self) -> Ints:
        """Seconds of each day: 86,400 but for the days on which the clock changes."""
        return np.diff(self.starts)

    def date_of(self, index: int) -> date:
        """The date of the day at `index`."""
        return self.first + timedelta(days=index)

    def index(self, day: date) -> int:
        """The place of a date among the days; before the first it is negative."""
        return (day - self.first).days

    def of(self, instants: Ints) -> Ints:
        """The day on which each instant falls."""
        return places(self.starts, instants) - 1

    def weekday(self, index: Ints) -> Ints:
        """The weekday of each day: Monday is 0."""
        return (self.first.weekday() + index) % 7

    def at(self, index: Ints, seconds: Ints) -> Ints:
        """The instant `seconds` after the day's beginning."""
        return self.starts[index] + seconds

    def changes(self, until: int) -> list[int]:
        """The days before `until` that are not 24 hours long."""
        return [int(i) for i in np.flatnonzero(self.lengths[:until] != DAY)]


def busyness(days: ShopDays, planned: int) -> Floats:
    """Expected orders of each day at scale 1: growth over the planned days, times weekday, month and special days."""
    growth = company.ORDERS_A_DAY_LAST / company.ORDERS_A_DAY_FIRST
    return np.array(
        [company.ORDERS_A_DAY_FIRST * growth ** (i / planned) * _season(days.date_of(i)) for i in range(days.count)]
    )


def _season(day: date) -> float:
    factor = company.WEEKDAY_FACTORS[day.weekday()] * company.MONTH_FACTORS[day.month - 1]
    factor *= company.SPECIAL_DAYS.get((day.month, day.day), 1.0)
    return factor * company.BLACK_FRIDAY_FACTORS.get((day - black_friday(day.year)).days, 1.0)


def sale_days(days: ShopDays) -> Flags:
    """The days of the Black Friday sale."""
    return _days_after_black_friday(days, -3, 3)


def rush_days(days: ShopDays) -> Flags:
    """The days on which the warehouse is behind: the sale's weekend and the week after it."""
    return _days_after_black_friday(days, 0, 10)


def _days_after_black_friday(days: ShopDays, low: int, high: int) -> Flags:
    dates = (days.date_of(i) for i in range(days.count))
    return np.array([low <= (day - black_friday(day.year)).days <= high for day in dates], dtype=np.bool_)


def times_of_day(days: ShopDays, dice: Dice, day: Ints, place: Ints) -> Ints:
    """Seconds after the day's beginning for the order at `place` of its day, by the hours at which people shop."""
    who = (day << 24) + place
    hour = dice.choose("hour", who, company.HOUR_WEIGHTS)
    within = dice.between("within the hour", who, 0, HOUR - 1)
    for change in np.unique(day[days.lengths[day] != DAY]):
        these = day == change
        hour[these] = dice.choose("hour", who[these], _hour_weights(days, int(change)))
    seconds = np.minimum(hour * HOUR + within, days.lengths[day] - 1)
    return _around_the_change(days, day, place, seconds)


def _hour_weights(days: ShopDays, index: int) -> list[float]:
    """Weights of a changed day's 23 or 25 elapsed hours: each weighs what its hour on the clock weighs."""
    elapsed = range(int(days.starts[index]), int(days.starts[index + 1]), HOUR)
    return [company.HOUR_WEIGHTS[datetime.fromtimestamp(instant, days.zone).hour] for instant in elapsed]


CHANGE_ORDERS = 4
"""A day on which the clock changes has at least this many orders: its first and last second, and both sides of the change."""


def _around_the_change(days: ShopDays, day: Ints, place: Ints, seconds: Ints) -> Ints:
    for change in np.unique(day[days.lengths[day] != DAY]):
        jump = _second_of_change(days, int(change))
        planned = np.array([0, int(days.lengths[change]) - 1, jump - 1200, jump + 1200], dtype=np.int64)
        these = (day == change) & (place < CHANGE_ORDERS)
        seconds[these] = planned[place[these]]
    return seconds


def _second_of_change(days: ShopDays, index: int) -> int:
    """How long after the day's beginning the clock is changed (in the autumn the hour before it and after it have one name)."""
    start = int(days.starts[index])
    before = datetime.fromtimestamp(start, days.zone).utcoffset()
    steps = range(900, int(days.lengths[index]), 900)
    return next((s for s in steps if datetime.fromtimestamp(start + s, days.zone).utcoffset() != before), DAY // 2)
