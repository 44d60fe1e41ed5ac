"""Comparisons: the same elapsed part, the documented other period, or the reason why there is no percentage."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assay.values.answer import ComparisonFacts
from tests.unit.runtime.numbers import Numbers, ask, catalog, evaluator, noon

DAY = date(2026, 3, 10)  # a Tuesday
YESTERDAY = DAY - timedelta(days=1)


def compared(name: str, text: str, against: str, numbers: Numbers, now_is: date = DAY) -> ComparisonFacts:
    answer = ask(evaluator(catalog(), numbers, noon(now_is)), name, text, compare=against)
    assert answer.comparison is not None
    return answer.comparison


def every_day(amounts: list[int], last: date = DAY, days: int = 500) -> dict[date, list[int]]:
    return {last - timedelta(days=n): amounts for n in range(days)}


def test_a_closed_day_is_compared_with_the_whole_other_day() -> None:
    facts = compared("revenue", "yesterday", "previous", Numbers({YESTERDAY: [15], YESTERDAY - timedelta(days=1): [10]}))

    assert (facts.value, facts.current, facts.change, facts.change_pct) == ("10", "15", "5", "50")
    assert (facts.better, facts.until, facts.reason) == (True, None, None)


def test_a_day_that_goes_on_is_compared_with_the_same_part_of_the_other() -> None:
    facts = compared("revenue", "day", "same_day_last_week", Numbers(every_day([1, 1, 7, 7])))

    assert facts.until == "12:00"
    assert (facts.current, facts.value, facts.change_pct) == ("2", "2", "0")
    assert facts.better is None


def test_a_month_that_goes_on_is_compared_with_as_many_days_of_the_one_before() -> None:
    facts = compared("revenue", "mtd", "previous", Numbers(every_day([1, 1])))

    assert (facts.period.start, facts.period.end) == (date(2026, 2, 1), date(2026, 2, 10))
    assert (facts.current, facts.value) == ("19", "19")  # nine whole days and half a day


def test_an_earlier_period_that_is_shorter_than_what_has_passed_is_not_compared() -> None:
    end = date(2026, 3, 30)

    facts = compared("revenue", "mtd", "previous", Numbers(every_day([1, 1], end)), end)

    assert facts.reason is not None
    assert facts.reason.code == "shorter_period"
    assert (facts.value, facts.change_pct) == (None, None)


def test_same_day_last_week_is_seven_days_before_across_a_clock_change() -> None:
    sunday, before = date(2026, 3, 8), date(2026, 3, 1)  # the 8th has 23 hours
    facts = compared("revenue", "2026-03-08", "same_day_last_week", Numbers({sunday: [30], before: [20]}))

    assert (facts.period.start, facts.value, facts.change_pct) == (before, "20", "50")


def test_the_29th_of_february_is_compared_with_the_28th_of_the_year_before() -> None:
    later = date(2025, 3, 10)
    facts = compared("revenue", "2024-02-29", "last_year", Numbers({date(2024, 2, 29): [3]}), later)

    assert facts.period.start == date(2023, 2, 28)
    assert facts.reason is not None  # that year was never loaded
    assert facts.reason.code == "not_comparable"


def test_week_53_is_compared_with_week_52() -> None:
    worked = evaluator(catalog(), Numbers(every_day([1], date(2021, 2, 1))), noon(date(2021, 2, 1)), since=date(2020, 1, 1))

    facts = ask(worked, "revenue", "2020-W53", compare="previous").comparison

    assert facts is not None
    assert (facts.period.start, facts.period.end, facts.value) == (date(2020, 12, 21), date(2020, 12, 27), "7")


@pytest.mark.parametrize(("before", "pct", "reason"), [([0], None, "zero_base"), ([-5], None, "zero_base"), ([4], "25", None)])
def test_a_percentage_needs_a_positive_base(before: list[int], pct: str | None, reason: str | None) -> None:
    facts = compared("revenue", "yesterday", "previous", Numbers({YESTERDAY: [5], YESTERDAY - timedelta(days=1): before}))

    assert facts.change_pct == pct
    assert (facts.reason.code if facts.reason else None) == reason


def test_an_empty_last_week_is_no_infinite_growth() -> None:
    facts = compared("revenue", "yesterday", "same_day_last_week", Numbers({YESTERDAY: [5]}))

    assert (facts.value, facts.current, facts.change, facts.change_pct) == ("0", "5", "5", None)


def test_an_empty_day_beside_an_empty_day_of_a_rate_is_not_compared() -> None:
    facts = compared("aov", "yesterday", "previous", Numbers({YESTERDAY: [5]}))

    assert facts.reason is not None
    assert (facts.reason.code, facts.change, facts.change_pct) == ("not_comparable", None, None)


def test_percentages_change_by_points_and_have_no_percentage_of_their_own() -> None:
    sold = {YESTERDAY: [1, 1], YESTERDAY - timedelta(days=1): [1]}
    seen = {YESTERDAY: [1] * 4, YESTERDAY - timedelta(days=1): [1] * 4}

    facts = compared("rate_pct", "yesterday", "previous", Numbers(sold, seen))

    assert (facts.value, facts.current, facts.change, facts.change_pct) == ("25", "50", "25", None)


def test_more_of_what_should_be_little_is_not_better() -> None:
    facts = compared("visits", "yesterday", "previous", Numbers({}, {YESTERDAY: [1, 1], YESTERDAY - timedelta(days=1): [1]}))

    assert (facts.change, facts.better) == ("1", False)
