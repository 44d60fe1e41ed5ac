"""The shop's calendar: local days, named periods, the periods that they are compared with.

A day is the shop's local day; it may have 23, 24 or 25 hours. The shop may have moved between time zones, so a calendar
is made of dated zones: each holds from an instant on. Weeks start on Monday.
"""

from __future__ import annotations

import calendar as months
import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from assay.errors import UsageError

Grain = Literal["day", "week", "month", "quarter", "year", "range"]
Comparison = Literal["previous", "same_day_last_week", "last_year", "none"]
ONE_DAY = timedelta(days=1)
PERIOD_FORMS = (
    "day, yesterday, wtd, mtd, qtd, ytd, last_week, last_month, last_quarter, last_year, 7d, 3m, all, "
    "2026-01-31, 2026-W05, 2026-01, 2026-Q1, 2026 or 2026-01-01..2026-03-31"
)


def zone(name: str) -> ZoneInfo:
    """Return the IANA time zone of that name; a `UsageError` says what a right one looks like."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"{name!r} is not a time zone.", "Use an IANA name such as America/Los_Angeles or Europe/Berlin."
        ) from None


@dataclass(frozen=True)
class ShopCalendar:
    """The shop's dated time zones: `zones[i]` holds from `since[i]` on; `since` has one entry less."""

    zones: tuple[ZoneInfo, ...]
    since: tuple[datetime, ...] = ()
    _starts: dict[date, datetime] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, name: str) -> ShopCalendar:
        """Return the calendar of a shop that never moved."""
        return cls((zone(name),))

    def zone_at(self, instant: datetime) -> ZoneInfo:
        """Return the zone in force at the instant."""
        return self.zones[bisect_right(self.since, instant)]

    def local(self, instant: datetime) -> datetime:
        """Return the instant on the shop's wall clock."""
        return instant.astimezone(self.zone_at(instant))

    def day_of(self, instant: datetime) -> date:
        """Return the shop day in which the instant lies."""
        return self.local(instant).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant (UTC) of the shop day; where midnight does not exist, the first instant after it."""
        known = self._starts.get(day)
        if known is None:  # every verdict asks for a few of the same days
            known = self._starts[day] = self._start_of(day)
        return known

    def _start_of(self, day: date) -> datetime:
        if not self.since:
            return datetime(day.year, day.month, day.day, tzinfo=self.zones[0]).astimezone(UTC)
        starts = [datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) for zone in self.zones]
        right = [
            start for start in starts if self.day_of(start) >= day and self.day_of(start - timedelta(microseconds=1)) < day
        ]
        # A move across midnight can leave a day whose first instant is the move itself.
        return min(right) if right else min(move for move in self.since if self.day_of(move) >= day)

    def end_of(self, day: date) -> datetime:
        """Return the first instant after the shop day."""
        return self.start_of(day + ONE_DAY)

    def instant_of(self, day: date, minute: int) -> datetime:
        """Return the instant at which the shop's wall clock shows the minute of the day; the later one if it does so twice."""
        start, end = self.start_of(day), self.end_of(day)
        zones = {self.zone_at(start), self.zone_at(end - timedelta(microseconds=1))}
        wall = time(minute // 60, minute % 60, fold=1)
        found = max(datetime.combine(day, wall, zone).astimezone(UTC) for zone in zones)
        return min(max(start, found), end)

    def minute_of_day(self, instant: datetime) -> int:
        """Return the minutes on the shop's wall clock since midnight."""
        local = self.local(instant)
        return local.hour * 60 + local.minute


@dataclass(frozen=True, slots=True)
class Period:
    """Shop days `start` to `end`, both included, under the name that was asked."""

    name: str
    grain: Grain
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


class Window(NamedTuple):
    """The shop days that are measured; with `cut`, the last day only up to that minute of the wall clock."""

    start: date
    end: date
    cut: int | None = None

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=months.monthrange(day.year, day.month)[1])


def add_months(day: date, count: int) -> date:
    """Return the same day `count` months later; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + count
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def containing(day: date, grain: Grain) -> Period:
    """Return the day, week, month, quarter or year that holds the day, under its standard name."""
    match grain:
        case "day":
            return Period(day.isoformat(), "day", day, day)
        case "week":
            start = day - timedelta(days=day.weekday())
            year, week, _ = day.isocalendar()
            return Period(f"{year}-W{week:02d}", "week", start, start + timedelta(days=6))
        case "month":
            return Period(f"{day:%Y-%m}", "month", day.replace(day=1), month_end(day))
        case "quarter":
            quarter = (day.month - 1) // 3
            start = date(day.year, quarter * 3 + 1, 1)
            return Period(f"{day.year}-Q{quarter + 1}", "quarter", start, month_end(add_months(start, 2)))
        case "year":
            return Period(f"{day.year}", "year", date(day.year, 1, 1), date(day.year, 12, 31))
        case _:
            raise ValueError(grain)


def split(start: date, end: date, grain: Grain) -> list[Period]:
    """Return the whole days, weeks, months, quarters or years that touch the days from `start` to `end`."""
    found: list[Period] = []
    while start <= end:
        found.append(containing(start, grain))
        start = found[-1].end + ONE_DAY
    return found


_TO_DATE: dict[str, Grain] = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}
_LAST: dict[str, Grain] = {"last_week": "week", "last_month": "month", "last_quarter": "quarter", "last_year": "year"}
_DATE, _MONTH = r"[0-9]{4}-[0-9]{2}-[0-9]{2}", r"([0-9]{4})-([0-9]{2})"


@lru_cache(maxsize=4096)
def parse_period(text: str, today: date, everything: tuple[date, date] | None = None) -> Period:
    """Return the period that `text` names when it is asked on the shop day `today`.

    `everything` is what `all` means: the first to the last day that the data covers. Raises `UsageError` for a text
    that names no period.
    """
    text = text.strip()
    try:
        period = _relative(text.lower(), today, everything) or _explicit(text.upper())
    except (ValueError, OverflowError):
        period = None
    if period is None or period.start > period.end:
        raise UsageError(f"{text!r} is not a period.", f"Use one of: {PERIOD_FORMS}.")
    return period


def _relative(text: str, today: date, everything: tuple[date, date] | None) -> Period | None:
    if text in ("day", "today"):
        return Period("day", "day", today, today)
    if text == "yesterday":
        return Period(text, "day", today - ONE_DAY, today - ONE_DAY)
    if text in _TO_DATE:
        return Period(text, _TO_DATE[text], containing(today, _TO_DATE[text]).start, today)
    if text in ("week", "month", "quarter", "year"):
        return replace(containing(today, text), name=text, end=today)  # type: ignore[arg-type]
    if text in _LAST:
        return replace(containing(containing(today, _LAST[text]).start - ONE_DAY, _LAST[text]), name=text)
    if text == "all":
        start, end = everything or (today, today)
        return Period("all", "range", start, end)
    if match := re.fullmatch(r"([1-9][0-9]{0,3})([dm])", text):
        count = int(match[1])
        if match[2] == "d":
            return Period(text, "day" if count == 1 else "range", today - timedelta(days=count - 1), today)
        start = add_months(today.replace(day=1), 1 - count)
        return Period(text, "month" if count == 1 else "range", start, today)
    return None


def _explicit(text: str) -> Period | None:
    if match := re.fullmatch(rf"({_DATE})\.\.({_DATE})", text):
        return Period(text, "range", date.fromisoformat(match[1]), date.fromisoformat(match[2]))
    if re.fullmatch(_DATE, text):
        return containing(date.fromisoformat(text), "day")
    if match := re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text):
        return containing(date.fromisocalendar(int(match[1]), int(match[2]), 1), "week")
    if match := re.fullmatch(_MONTH, text):
        return containing(date(int(match[1]), int(match[2]), 1), "month")
    if match := re.fullmatch(r"([0-9]{4})-Q([1-4])", text):
        return containing(date(int(match[1]), int(match[2]) * 3, 1), "quarter")
    if re.fullmatch(r"[0-9]{4}", text):
        return containing(date(int(text), 1, 1), "year")
    return None


def shift_window(window: Window, count: int, unit: str) -> Window:
    """Return the window moved back by so many days, weeks, months, quarters or years.

    A window of whole months stays one of whole months: the end of the month maps to the end of the month.
    """
    if unit in ("day", "week"):
        back = timedelta(days=count * (7 if unit == "week" else 1))
        return Window(window.start - back, window.end - back, window.cut)
    by = -count * {"month": 1, "quarter": 3, "year": 12}[unit]
    start, end = add_months(window.start, by), add_months(window.end, by)
    if window.cut is None and window.start.day == 1 and window.end == month_end(window.end):
        end = month_end(end)
    return Window(start, end, window.cut)


def compared_with(period: Period, against: Comparison) -> Period:
    """Return the whole period that `period` is compared with; the elapsed part is cut out of it by `elapsed`."""
    if against == "same_day_last_week":
        window = shift_window(Window(period.start, period.end), 7, "day")
    elif against == "last_year":
        window = shift_window(Window(period.start, period.end), 1, "year")
    elif period.grain == "range":
        window = shift_window(Window(period.start, period.end), period.days, "day")
    else:
        before = containing(period.start - ONE_DAY, period.grain)
        window = Window(before.start, before.end)
    name = f"{window.start}..{window.end}" if window.days > 1 else f"{window.start}"
    return Period(name, period.grain, window.start, window.end)


def previous_windows(window: Window, count: int, unit: str) -> list[Window]:
    """Return the `count` complete days, weeks, months … that lie before the window, oldest first."""
    found: list[Window] = []
    end = window.start - ONE_DAY
    grain: Grain = unit  # type: ignore[assignment]
    if containing(end, grain).end > end:  # the window starts inside a week or month: that one is not complete
        end = containing(end, grain).start - ONE_DAY
    for _ in range(count):
        period = containing(end, grain)
        found.insert(0, Window(period.start, period.end))
        end = period.start - ONE_DAY
    return found
