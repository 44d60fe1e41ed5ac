"""Every event lies in one shop day, whatever the clock does, and the silent day is silent."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.demo import DemoBatch, DemoCompany, first_day
from assay.demo.days import ShopDays, add_months, black_friday
from tests.unit.demo.pulls import END, SHOP_ZONE, STREAM_NAMES, WITHOUT_SILENT_DAY, Record, shop_day

Delivered = dict[str, list[Record]]


def first_orders(delivered: Delivered) -> list[datetime]:
    """The instant of each order, once."""
    return list({r.key: datetime.fromisoformat(r.fields["ordered_at"]) for r in delivered["orders"]}.values())


def test_the_story_lasts_24_months_that_end_with_the_day_of_the_end(company: DemoCompany, delivered: Delivered) -> None:
    days = {shop_day(instant) for instant in first_orders(delivered)}
    assert (min(days), max(days)) == (date(2024, 11, 22), date(2026, 11, 21))
    assert company.start == date(2024, 11, 22)
    silent = company.planted()["silent_day"]
    assert len(days) == 730 - 1
    assert silent not in days


def test_nothing_happens_on_the_silent_day_and_no_load_completes_it(
    company: DemoCompany, batches: list[DemoBatch], delivered: Delivered
) -> None:
    silent = company.planted()["silent_day"]
    assert silent == date(2024, 12, 6)
    start = datetime(2024, 12, 6, tzinfo=SHOP_ZONE).astimezone(UTC)
    end = datetime(2024, 12, 7, tzinfo=SHOP_ZONE).astimezone(UTC)
    silent_streams = STREAM_NAMES - WITHOUT_SILENT_DAY
    assert not [r for stream in silent_streams for r in delivered[stream] if start <= r.event_at < end]
    over_it = [b for b in batches if b.complete_until and b.complete_until > start and (b.complete_from or start) < end]
    hidden = [b for b in over_it if b.stream in silent_streams]
    assert len(hidden) == 10  # each list of products completes everything since the shop opened
    assert all(b.gaps == ((start, end),) for b in hidden)
    assert all(b.gaps == () for b in batches if b not in hidden)


def test_helpdesk_and_office_go_on_while_the_shop_is_silent(delivered: Delivered) -> None:
    on_the_day = {stream for stream in WITHOUT_SILENT_DAY for r in delivered[stream] if r.day == date(2024, 12, 6)}
    assert on_the_day == {"conversations", "sla_breaches", "time_savings", "automation_runs"}  # no shop registered then


def test_orders_fall_on_both_sides_of_each_clock_change(company: DemoCompany, delivered: Delivered) -> None:
    changes = company.planted()["clock_changes"]
    assert changes == [date(2025, 3, 9), date(2025, 11, 2), date(2026, 3, 8), date(2026, 11, 1)]
    instants = [instant.astimezone(SHOP_ZONE) for instant in first_orders(delivered)]
    for day in changes:
        of_day = [i for i in instants if i.date() == day]
        assert {str(i.time()) for i in of_day} >= {"00:00:00", "23:59:59"}
        if day.month == 11:  # the hour from one to two comes twice
            repeated = {i.utcoffset() for i in of_day if i.hour == 1}
            assert repeated == {timedelta(hours=-7), timedelta(hours=-8)}
        else:  # the hour from two to three does not come at all
            assert [i for i in of_day if i.hour == 1]
            assert [i for i in of_day if i.hour == 3]
            assert not [i for i in of_day if i.hour == 2]


def test_orders_by_shop_day_are_all_orders(delivered: Delivered) -> None:
    starts = [datetime(2024, 11, 22, tzinfo=SHOP_ZONE) + timedelta(days=n) for n in range(731)]
    instants = sorted(first_orders(delivered))
    by_interval = [sum(1 for i in instants if a <= i < b) for a, b in [(starts[107], starts[108]), (starts[345], starts[346])]]
    assert by_interval == [sum(1 for i in instants if shop_day(i) == a.date()) for a in (starts[107], starts[345])]
    assert all(starts[0] <= i < starts[-1] for i in instants)


def test_the_numbers_of_orders_rise_with_time_and_leave_out_the_silent_days(company: DemoCompany, delivered: Delivered) -> None:
    orders = sorted(
        (r.key, r.fields["ordered_at"]) for r in {r.key: r for r in delivered["orders"]}.values() if len(r.key) == 8
    )
    assert [instant for _, instant in orders] == sorted(instant for _, instant in orders)
    silent = company.planted()["silent_day"].isoformat()
    before = [key for key, instant in orders if instant < f"{silent}T08:00:00Z"]
    after = [key for key, instant in orders if instant > f"{silent}T08:00:00Z"]
    assert int(after[0][2:]) - int(before[-1][2:]) > 15


@given(
    zone=st.sampled_from(["America/Los_Angeles", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"]),
    first=st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    second=st.integers(min_value=0, max_value=400 * 86_400),
)
def test_an_instant_belongs_to_the_day_that_the_zone_says(zone: str, first: date, second: int) -> None:
    days = ShopDays(first, 402, ZoneInfo(zone))
    instant = int(days.starts[0]) + second
    index = int(days.of(days.starts[:1] + second)[0])
    assert days.date_of(index) == datetime.fromtimestamp(instant, ZoneInfo(zone)).date()


@pytest.mark.parametrize(("year", "day"), [(2024, 29), (2025, 28), (2026, 27), (2028, 24)])
def test_black_friday_follows_the_fourth_thursday_of_november(year: int, day: int) -> None:
    assert black_friday(year) == date(year, 11, day)


def test_the_first_day_is_worked_out_from_the_local_day_of_the_end() -> None:
    assert first_day(datetime(2026, 11, 22, 7, 59, tzinfo=UTC)) == date(2024, 11, 22)
    assert first_day(datetime(2026, 11, 22, 8, 0, tzinfo=UTC)) == date(2024, 11, 23)
    assert first_day(END, months=3) == date(2026, 8, 22)
    assert add_months(date(2028, 2, 29), -12) == date(2027, 2, 28)
