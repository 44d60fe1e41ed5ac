"""The unbroken run of proved periods: what ends it, and what is only waited for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assay.calendar import ShopCalendar, containing
from assay.runtime.forecasting.proved import Because, Run, after, run_of
from assay.state.reader import Published

NEWEST = date(2026, 3, 10)
CALENDAR = ShopCalendar.of("UTC")
ACTUAL, ESTIMATED, WITHHELD, PROVISIONAL = 0, 1, 2, 4
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def row(back: int, value: str | None = "1.00", state: int = ACTUAL) -> Published:
    """Return what is published of the day so many days before the newest closed one."""
    day = NEWEST - timedelta(days=back)
    return Published("revenue", "day", day, day, value, state, 1, NOON, "fact")


def run(*rows: Published, complete_until: datetime | None = None, odd: int | None = None) -> Run:
    """Return the run of ten proved days and of what `rows` say otherwise; the day `odd` days back is by another definition."""
    days = {one.start: one for one in (*(row(back) for back in range(10)), *rows)}

    def fault(one: Published) -> Because | None:
        return "redefined" if odd is not None and one.start == row(odd).start else None

    return run_of(days, containing(NEWEST, "day"), CALENDAR, complete_until, fault)


def seen(found: Run) -> tuple[int, int, str]:
    """Return how many days are in it, how many newer ones are waited for, and why it ends."""
    return len(found.periods), found.lead, found.because


def test_all_that_is_actual_and_settled_is_in_it_the_oldest_first() -> None:
    found = run()
    assert seen(found) == (10, 0, "begins")
    assert [one.start for one in found.periods] == [NEWEST - timedelta(days=back) for back in reversed(range(10))]


@pytest.mark.parametrize(
    ("value", "state", "why"),
    [
        (None, WITHHELD, "withheld"),
        ("1.00", ESTIMATED, "estimated"),
        ("1.00", PROVISIONAL, "unsettled"),
        (None, WITHHELD + PROVISIONAL, "withheld"),
        ("1.00", ESTIMATED + PROVISIONAL, "unsettled"),
    ],
)
def test_a_period_that_is_not_proved_ends_it(value: str | None, state: int, why: str) -> None:
    found = run(row(4, value, state))
    assert seen(found) == (4, 0, why)
    assert found.before.start == NEWEST - timedelta(days=4)


def test_newer_periods_that_have_not_settled_are_waited_for() -> None:
    assert seen(run(row(0, state=PROVISIONAL), row(1, state=PROVISIONAL))) == (8, 2, "begins")


def test_what_is_withheld_is_never_waited_for_unless_the_data_has_not_come_so_far() -> None:
    withheld = row(0, None, WITHHELD)
    assert seen(run(withheld)) == (0, 0, "withheld")
    assert seen(run(withheld, complete_until=NOON)) == (9, 1, "begins")  # the day ends at midnight
    assert seen(run(withheld, complete_until=NOON + timedelta(hours=12))) == (0, 0, "withheld")


def test_a_gap_behind_days_that_are_waited_for_ends_it_before_it_begins() -> None:
    assert seen(run(row(0, state=PROVISIONAL), row(1, None, WITHHELD))) == (0, 1, "withheld")


def test_what_was_published_by_another_definition_ends_it() -> None:
    assert seen(run(odd=3)) == (3, 0, "redefined")


def test_of_nothing_there_is_an_empty_run() -> None:
    assert seen(run_of({}, containing(NEWEST, "day"), CALENDAR, None, lambda _row: None)) == (0, 1, "begins")


def test_the_periods_after_a_day_follow_the_calendar() -> None:
    assert [one.name for one in after(date(2025, 12, 31), "month", 3)] == ["2026-01", "2026-02", "2026-03"]
    assert [one.name for one in after(date(2026, 3, 8), "week", 2)] == ["2026-W11", "2026-W12"]
