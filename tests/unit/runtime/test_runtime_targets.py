"""Targets: met, missed, or not judged, with the reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.runtime.numbers import Numbers, ask, catalog, evaluator, noon

DAY = date(2026, 3, 10)
YESTERDAY = DAY - timedelta(days=1)


def judged(target: str, amounts: list[int], text: str = "yesterday", day: date = YESTERDAY) -> tuple[str | None, str]:
    """Return the status of revenue's target, or the reason that there is none, and its words."""
    kpis = catalog(revenue=f"target: {target}")
    answer = ask(evaluator(kpis, Numbers({day: amounts}), noon(DAY)), "revenue", text)
    assert answer.target is not None
    return (answer.target.reason.code if answer.target.reason else answer.target.status), answer.target.text


@pytest.mark.parametrize(
    ("target", "amount", "status", "text"),
    [
        ("{min: 10}", 10, "met", "at least 10"),
        ("{min: 10}", 9, "missed", "at least 10"),
        ("{max: 10}", 10, "met", "at most 10"),
        ("{max: 10}", 11, "missed", "at most 10"),
        ("{max: 0}", 0, "met", "none"),
        ("{max: 0}", 1, "missed", "none"),
        ("{above: 10}", 10, "missed", "more than 10"),
        ("{above: 10}", 11, "met", "more than 10"),
        ("{below: 10}", 10, "missed", "less than 10"),
        ("{below: 10}", 9, "met", "less than 10"),
        ("{between: [5, 10]}", 5, "met", "between 5 and 10"),
        ("{between: [5, 10]}", 10, "met", "between 5 and 10"),
        ("{between: [5, 10]}", 11, "missed", "between 5 and 10"),
        ("{between: [5, 10]}", 4, "missed", "between 5 and 10"),
        ("{note: as it comes}", 4, "none", "as it comes"),
        ("{min: '2 * orders'}", 2, "met", "at least 2"),
        ("{min: 'shift(orders, interval 1 day)'}", 0, "met", "at least 0"),
    ],
)
def test_a_target_is_met_or_missed_at_its_bounds(target: str, amount: int, status: str, text: str) -> None:
    assert judged(target, [amount]) == (status, text)


@pytest.mark.parametrize(
    ("day", "status"), [(date(2026, 2, 28), "missed"), (date(2026, 3, 1), "met"), (date(2026, 1, 31), "missed")]
)
def test_the_row_in_force_on_the_first_day_of_the_period_is_the_target(day: date, status: str) -> None:
    rows = "[{min: 100}, {from: 2026-02-01, min: 50}, {from: 2026-03-01, min: 10}]"

    assert judged(rows, [20], day.isoformat(), day)[0] == status


def test_before_its_first_row_there_is_no_target() -> None:
    kpis = catalog(revenue="target: [{from: 2026-03-09, min: 1}]")
    worked = evaluator(kpis, Numbers(), noon(DAY))

    assert ask(worked, "revenue", "2026-03-08").target is None
    assert ask(worked, "revenue", "2026-03-09").target is not None


@pytest.mark.parametrize(
    ("text", "day", "low"),
    [
        ("2026-02", date(2026, 2, 3), "2800"),
        ("2026-02-03", date(2026, 2, 3), "100"),
        ("2026-01", date(2026, 1, 3), "2800"),
        ("2026-02-27..2026-03-01", date(2026, 2, 27), "290.322581"),  # 2 of 28 days and 1 of 31
    ],
)
def test_a_goal_is_held_against_its_even_share(text: str, day: date, low: str) -> None:
    kpis = catalog(revenue="target: {goal: 2800, over: month}")

    answer = ask(evaluator(kpis, Numbers({day: [290]}), noon(DAY)), "revenue", text)

    assert answer.target is not None
    assert answer.target.low == low
    assert answer.target.status == ("met" if text == "2026-02-03" else "missed")


@pytest.mark.parametrize(("amount", "tier"), [(9, None), (10, "bronze"), (99, "silver"), (100, "gold")])
def test_the_highest_tier_that_is_reached_is_named(amount: int, tier: str | None) -> None:
    rows = "{tiers: [{name: gold, from: 100}, {name: bronze, from: 10}, {name: silver, from: 50}]}"
    kpis = catalog(revenue=f"target: {rows}")

    answer = ask(evaluator(kpis, Numbers({YESTERDAY: [amount]}), noon(DAY)), "revenue", "yesterday")

    assert answer.target is not None
    assert (answer.target.tier, answer.target.status) == (tier, "none")


def test_a_target_of_a_day_says_nothing_of_a_month() -> None:
    assert judged("{min: 10}", [20], "2026-02", date(2026, 2, 3))[0] == "other_grain"


def test_a_target_of_a_ratio_holds_for_every_period() -> None:
    kpis = catalog(aov="target: {min: 10}")
    worked = evaluator(kpis, Numbers({date(2026, 2, 3): [20]}), noon(DAY))

    statuses = [ask(worked, "aov", text).target for text in ("2026-02", "2026-02-03", "ytd")]

    assert [one.status if one else None for one in statuses] == ["met", "met", "met"]


@pytest.mark.parametrize(
    ("target", "amount"),
    [("{min: 10}", 5), ("{min: 10}", 10), ("{max: 10}", 5), ("{max: 10}", 11), ("{between: [5, 10]}", 7)],
)
def test_a_sum_of_a_day_that_goes_on_is_not_judged_for_a_refund_can_still_change_it(target: str, amount: int) -> None:
    assert judged(target, [amount], "day", DAY)[0] == "period_open"


def test_a_ratio_is_judged_while_its_day_goes_on() -> None:
    kpis = catalog(aov="target: {min: 10}")

    answer = ask(evaluator(kpis, Numbers({DAY: [5]}), noon(DAY)), "aov", "day")

    assert answer.target is not None
    assert answer.target.status == "missed"


def test_a_withheld_value_has_no_status() -> None:
    kpis = catalog(aov="target: {min: 10}")

    answer = ask(evaluator(kpis, Numbers(), noon(DAY)), "aov", "yesterday")

    assert answer.target is not None
    assert (answer.target.status, answer.target.reason.code if answer.target.reason else None) == (None, "withheld")


def test_a_target_that_is_itself_withheld_is_not_judged() -> None:
    assert judged("{min: 'revenue / (orders - 1)'}", [5])[0] == "withheld"
