"""Named periods, and the periods that they are compared with."""

from __future__ import annotations

from datetime import date

import pytest

from assay.calendar import (
    Comparison,
    Period,
    Window,
    add_months,
    compared_with,
    containing,
    parse_period,
    previous_windows,
    shift_window,
    split,
)
from assay.errors import UsageError

WEDNESDAY = date(2026, 5, 13)


@pytest.mark.parametrize(
    ("text", "grain", "start", "end"),
    [
        ("day", "day", date(2026, 5, 13), date(2026, 5, 13)),
        ("today", "day", date(2026, 5, 13), date(2026, 5, 13)),
        ("yesterday", "day", date(2026, 5, 12), date(2026, 5, 12)),
        ("wtd", "week", date(2026, 5, 11), date(2026, 5, 13)),
        ("mtd", "month", date(2026, 5, 1), date(2026, 5, 13)),
        ("qtd", "quarter", date(2026, 4, 1), date(2026, 5, 13)),
        ("ytd", "year", date(2026, 1, 1), date(2026, 5, 13)),
        ("week", "week", date(2026, 5, 11), date(2026, 5, 13)),
        ("month", "month", date(2026, 5, 1), date(2026, 5, 13)),
        ("quarter", "quarter", date(2026, 4, 1), date(2026, 5, 13)),
        ("year", "year", date(2026, 1, 1), date(2026, 5, 13)),
        ("last_week", "week", date(2026, 5, 4), date(2026, 5, 10)),
        ("last_month", "month", date(2026, 4, 1), date(2026, 4, 30)),
        ("last_quarter", "quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("last_year", "year", date(2025, 1, 1), date(2025, 12, 31)),
        ("1d", "day", date(2026, 5, 13), date(2026, 5, 13)),
        ("7d", "range", date(2026, 5, 7), date(2026, 5, 13)),
        ("365d", "range", date(2025, 5, 14), date(2026, 5, 13)),
        ("1m", "month", date(2026, 5, 1), date(2026, 5, 13)),
        ("3m", "range", date(2026, 3, 1), date(2026, 5, 13)),
        ("12m", "range", date(2025, 6, 1), date(2026, 5, 13)),
        ("all", "range", date(1997, 1, 1), date(1998, 6, 30)),
        ("2024-02-29", "day", date(2024, 2, 29), date(2024, 2, 29)),
        ("2026-W20", "week", date(2026, 5, 11), date(2026, 5, 17)),
        ("2020-W53", "week", date(2020, 12, 28), date(2021, 1, 3)),
        ("1997-01", "month", date(1997, 1, 1), date(1997, 1, 31)),
        ("2024-02", "month", date(2024, 2, 1), date(2024, 2, 29)),
        ("1997-Q1", "quarter", date(1997, 1, 1), date(1997, 3, 31)),
        ("2026-q4", "quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("1997", "year", date(1997, 1, 1), date(1997, 12, 31)),
        ("1997-01-01..1997-03-31", "range", date(1997, 1, 1), date(1997, 3, 31)),
        ("2026-05-13..2026-05-13", "range", date(2026, 5, 13), date(2026, 5, 13)),
        (" MTD ", "month", date(2026, 5, 1), date(2026, 5, 13)),
    ],
)
def test_each_form_of_a_period_means_its_days(text: str, grain: str, start: date, end: date) -> None:
    period = parse_period(text, WEDNESDAY, (date(1997, 1, 1), date(1998, 6, 30)))

    assert (period.grain, period.start, period.end) == (grain, start, end)


@pytest.mark.parametrize(
    "text",
    [
        *("", "d", "0d", "-1d", "0m", "7x", "99999d", "last week", "wtd7", "tomorrow"),
        *("2026-02-29", "2026-13", "2026-00", "2026-Q0", "2026-Q5", "2026-W54", "2026-W00", "2025-W53", "0000", "20260"),
        *("2026-1-1", "2026-05-13..2026-05-12", "2026-05-13..", "..2026-05-13", "2026-05..2026-06", "٢٠٢٦", "2026-05-13 "[:9]),
        "9999-12-31..10000-01-01",
    ],
)
def test_a_text_that_names_no_days_is_refused_with_the_forms_that_do(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_period(text, WEDNESDAY)

    assert repr(text.strip()) in refused.value.problem
    assert "2026-Q1" in refused.value.remedy


@pytest.mark.parametrize("text", ["9999-12", "9999", "9999-12-31"])
def test_the_last_days_of_the_calendar_are_days_too(text: str) -> None:
    assert parse_period(text, WEDNESDAY).end == date(9999, 12, 31)


def test_periods_that_reach_before_the_first_year_are_refused() -> None:
    with pytest.raises(UsageError):
        parse_period("9999d", date(2, 1, 1))
    with pytest.raises(UsageError):
        parse_period("9999m", date(800, 1, 1))


@pytest.mark.parametrize(
    ("text", "today", "start"),
    [
        ("wtd", date(2021, 1, 3), date(2020, 12, 28)),  # Sunday of ISO week 53
        ("wtd", date(2021, 1, 4), date(2021, 1, 4)),
        ("3m", date(2024, 3, 31), date(2024, 1, 1)),
        ("1m", date(2024, 2, 29), date(2024, 2, 1)),
        ("12m", date(2024, 2, 29), date(2023, 3, 1)),
        ("qtd", date(2025, 12, 31), date(2025, 10, 1)),
    ],
)
def test_relative_periods_start_right_at_odd_days(text: str, today: date, start: date) -> None:
    period = parse_period(text, today)

    assert (period.start, period.end) == (start, today)


@pytest.mark.parametrize(
    ("asked", "today", "against", "start", "end"),
    [
        ("day", date(2026, 3, 8), "previous", date(2026, 3, 7), date(2026, 3, 7)),
        ("day", date(2026, 3, 8), "same_day_last_week", date(2026, 3, 1), date(2026, 3, 1)),  # over the clock change
        ("day", date(2024, 2, 29), "last_year", date(2023, 2, 28), date(2023, 2, 28)),
        ("day", date(2025, 2, 28), "last_year", date(2024, 2, 28), date(2024, 2, 28)),
        ("2025-02", date(2026, 1, 1), "last_year", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-02", date(2026, 1, 1), "last_year", date(2023, 2, 1), date(2023, 2, 28)),
        ("2024-03", date(2026, 1, 1), "previous", date(2024, 2, 1), date(2024, 2, 29)),
        ("2020-W53", date(2026, 1, 1), "previous", date(2020, 12, 21), date(2020, 12, 27)),
        ("2021-W01", date(2026, 1, 1), "previous", date(2020, 12, 28), date(2021, 1, 3)),
        ("2026-Q1", date(2026, 6, 1), "previous", date(2025, 10, 1), date(2025, 12, 31)),
        ("2026", date(2026, 6, 1), "previous", date(2025, 1, 1), date(2025, 12, 31)),
        ("mtd", date(2026, 3, 31), "previous", date(2026, 2, 1), date(2026, 2, 28)),
        ("7d", date(2026, 3, 8), "previous", date(2026, 2, 23), date(2026, 3, 1)),
        ("7d", date(2026, 3, 8), "same_day_last_week", date(2026, 2, 23), date(2026, 3, 1)),
        ("2026-01-10..2026-01-12", date(2026, 6, 1), "previous", date(2026, 1, 7), date(2026, 1, 9)),
    ],
)
def test_the_other_period_of_a_comparison_is_the_documented_one(
    asked: str, today: date, against: Comparison, start: date, end: date
) -> None:
    other = compared_with(parse_period(asked, today), against)

    assert (other.start, other.end) == (start, end)


@pytest.mark.parametrize(
    ("window", "count", "unit", "start", "end"),
    [
        (Window(date(2024, 2, 29), date(2024, 2, 29)), 1, "year", date(2023, 2, 28), date(2023, 2, 28)),
        (Window(date(2024, 3, 31), date(2024, 3, 31)), 1, "month", date(2024, 2, 29), date(2024, 2, 29)),
        (Window(date(2024, 2, 1), date(2024, 2, 29)), 1, "month", date(2024, 1, 1), date(2024, 1, 31)),
        (Window(date(2024, 2, 1), date(2024, 2, 15)), 1, "month", date(2024, 1, 1), date(2024, 1, 15)),
        (Window(date(2024, 4, 1), date(2024, 6, 30)), 1, "quarter", date(2024, 1, 1), date(2024, 3, 31)),
        (Window(date(2026, 3, 8), date(2026, 3, 8)), 7, "day", date(2026, 3, 1), date(2026, 3, 1)),
        (Window(date(2026, 3, 8), date(2026, 3, 14)), 2, "week", date(2026, 2, 22), date(2026, 2, 28)),
    ],
)
def test_a_window_is_moved_back_by_the_calendar(window: Window, count: int, unit: str, start: date, end: date) -> None:
    assert shift_window(window, count, unit) == Window(start, end)


def test_a_moved_window_keeps_the_minute_at_which_it_is_cut() -> None:
    assert shift_window(Window(date(2026, 3, 8), date(2026, 3, 9), 615), 7, "day").cut == 615


@pytest.mark.parametrize(
    ("start", "count", "unit", "expected"),
    [
        (date(2026, 3, 1), 2, "day", [(date(2026, 2, 27), date(2026, 2, 27)), (date(2026, 2, 28), date(2026, 2, 28))]),
        (date(2026, 5, 13), 1, "week", [(date(2026, 5, 4), date(2026, 5, 10))]),  # its own week is not complete
        (date(2026, 5, 11), 1, "week", [(date(2026, 5, 4), date(2026, 5, 10))]),
        (date(2021, 1, 4), 1, "week", [(date(2020, 12, 28), date(2021, 1, 3))]),
        (date(2024, 3, 15), 2, "month", [(date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 2, 1), date(2024, 2, 29))]),
        (date(2024, 3, 1), 1, "month", [(date(2024, 2, 1), date(2024, 2, 29))]),
        (date(2026, 5, 1), 1, "quarter", [(date(2026, 1, 1), date(2026, 3, 31))]),
        (date(2026, 5, 1), 1, "year", [(date(2025, 1, 1), date(2025, 12, 31))]),
    ],
)
def test_periods_before_a_window_are_the_complete_ones_oldest_first(
    start: date, count: int, unit: str, expected: list[tuple[date, date]]
) -> None:
    found = previous_windows(Window(start, start), count, unit)

    assert [(one.start, one.end) for one in found] == expected


def test_months_are_added_to_the_last_day_that_there_is() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2023, 12, 31), -22) == date(2022, 2, 28)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_a_grain_that_is_none_has_no_containing_period() -> None:
    with pytest.raises(ValueError, match="range"):
        containing(WEDNESDAY, "range")


def test_splitting_covers_the_days_once_with_whole_periods() -> None:
    weeks = split(date(2020, 12, 30), date(2021, 1, 5), "week")

    assert [one.name for one in weeks] == ["2020-W53", "2021-W01"]
    assert weeks[1].start == date(2021, 1, 4)
    assert Period("x", "range", date(2026, 1, 1), date(2026, 1, 31)).days == 31
