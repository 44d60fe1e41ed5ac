"""Shop days: where they start and end, whatever the clocks of the place do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from assay.calendar import ShopCalendar, zone
from assay.errors import UsageError

HOUR = timedelta(hours=1)
NEW_YORK, TOKYO, AUCKLAND = ZoneInfo("America/New_York"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Auckland")


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("America/Los_Angeles", date(2026, 3, 8), 23),
        ("America/Los_Angeles", date(2026, 11, 1), 25),
        ("America/Los_Angeles", date(2026, 7, 1), 24),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Asia/Beirut", date(2022, 3, 27), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("America/Havana", date(2026, 11, 1), 25),
    ],
)
def test_a_day_lasts_as_long_as_its_clock_says(name: str, day: date, hours: float) -> None:
    calendar = ShopCalendar.of(name)

    assert (calendar.end_of(day) - calendar.start_of(day)) / HOUR == hours


def test_a_day_without_midnight_starts_at_the_first_instant_after_it() -> None:
    calendar = ShopCalendar.of("America/Sao_Paulo")

    start = calendar.start_of(date(2018, 11, 4))

    assert calendar.local(start).strftime("%Y-%m-%d %H:%M") == "2018-11-04 01:00"
    assert calendar.day_of(start - timedelta(microseconds=1)) == date(2018, 11, 3)


@pytest.mark.parametrize(
    "name", ["America/Los_Angeles", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Europe/Berlin", "America/Havana"]
)
@pytest.mark.parametrize("year", [2011, 2018, 2022, 2026])
def test_every_instant_lies_in_exactly_the_day_of_its_wall_clock(name: str, year: int) -> None:
    calendar = ShopCalendar.of(name)
    instant = datetime(year, 1, 1, tzinfo=UTC)
    while instant.year == year:
        day = calendar.day_of(instant)
        assert day == instant.astimezone(ZoneInfo(name)).date()
        assert calendar.start_of(day) <= instant < calendar.end_of(day), instant
        instant += timedelta(minutes=90) - timedelta(seconds=1)


def test_days_follow_one_another_without_gap_when_the_shop_moves() -> None:
    moved = datetime(2026, 6, 10, 15, tzinfo=UTC)
    calendar = ShopCalendar((NEW_YORK, TOKYO), (moved,))

    counted = Counter(calendar.day_of(moved + n * HOUR) for n in range(-72, 72))

    assert calendar.start_of(date(2026, 6, 10)) == datetime(2026, 6, 10, 4, tzinfo=UTC)
    assert calendar.end_of(date(2026, 6, 10)) == datetime(2026, 6, 10, 15, tzinfo=UTC)
    assert calendar.start_of(date(2026, 6, 12)) == datetime(2026, 6, 11, 15, tzinfo=UTC)
    assert counted[date(2026, 6, 10)] == 11  # from 04:00 UTC to the move, at which Tokyo has midnight
    assert counted.total() == 144


def test_a_date_that_comes_twice_holds_each_event_once() -> None:
    moved = datetime(2026, 6, 10, 12, 30, tzinfo=UTC)  # Auckland 11 June 00:30, New York 10 June 08:30
    calendar = ShopCalendar((AUCKLAND, NEW_YORK), (moved,))
    events = [moved + timedelta(minutes=10 * n) for n in range(-300, 300)]

    counted = Counter(calendar.day_of(event) for event in events)

    assert counted.total() == len(events)
    assert calendar.day_of(moved - timedelta(minutes=1)) == date(2026, 6, 11)
    assert calendar.day_of(moved) == date(2026, 6, 10)
    assert calendar.start_of(date(2026, 6, 10)) == datetime(2026, 6, 9, 12, tzinfo=UTC)


def test_history_keeps_its_days_when_the_shop_moves() -> None:
    before, after = (
        ShopCalendar.of("America/New_York"),
        ShopCalendar((NEW_YORK, TOKYO), (datetime(2026, 6, 10, 15, tzinfo=UTC),)),
    )

    assert [after.start_of(date(2026, 6, n)) for n in range(1, 11)] == [before.start_of(date(2026, 6, n)) for n in range(1, 11)]
    assert after.zone_at(datetime(2026, 6, 10, 15, tzinfo=UTC)) == TOKYO


def test_the_wall_clock_of_an_instant_is_counted_in_minutes_since_midnight() -> None:
    calendar = ShopCalendar.of("America/Los_Angeles")

    assert calendar.minute_of_day(datetime(2026, 3, 8, 9, 59, tzinfo=UTC)) == 119
    assert calendar.minute_of_day(datetime(2026, 3, 8, 10, 0, tzinfo=UTC)) == 180  # 02:00 does not exist
    assert calendar.minute_of_day(datetime(2026, 11, 1, 9, 30, tzinfo=UTC)) == 90  # 01:30, the second time


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "PST8PDT8", "/etc/localtime", "America", "a\0b"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a time zone"):
        zone(name)
