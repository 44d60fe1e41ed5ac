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
        ("{max: 0}", 0, "met", "zero"),
        ("{max: 0}", 1, "missed", "zero"),
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


TIERS = "tiers: [{name: gold, from: 100}, {name: bronze, from: 10}, {name: silver, from: 50}]"


@pytest.mark.parametrize(
    ("amount", "tier", "since", "coming", "threshold"),
    [
        (9, None, None, "bronze", "10"),
        (10, "bronze", "10", "silver", "50"),
        (99, "silver", "50", "gold", "100"),
        (100, "gold", "100", None, None),
    ],
)
def test_the_highest_tier_that_is_reached_is_named_and_the_next(
    amount: int, tier: str | None, since: str | None, coming: str | None, threshold: str | None
) -> None:
    kpis = catalog(revenue=f"target: {{{TIERS}}}")

    facts = ask(evaluator(kpis, Numbers({YESTERDAY: [amount]}), noon(DAY)), "revenue", "yesterday").target

    assert facts is not None
    assert (facts.tier, facts.tier_from, facts.next_tier, facts.next_tier_from) == (tier, since, coming, threshold)
    assert facts.status == "none"


@pytest.mark.parametrize(
    ("text", "tier"), [("yesterday", None), ("2026-03", "silver"), ("mtd", "silver"), ("7d", None), ("2026", None)]
)
def test_the_tiers_of_a_monthly_goal_speak_of_a_month_alone(text: str, tier: str | None) -> None:
    kpis = catalog(revenue=f"target: {{goal: 100, over: month, {TIERS}}}")

    facts = ask(evaluator(kpis, Numbers({YESTERDAY: [60]}), noon(DAY)), "revenue", text).target

    assert facts is not None
    assert facts.tier == tier


def test_the_tiers_of_a_day_say_nothing_of_a_month() -> None:
    kpis = catalog(revenue=f"target: {{{TIERS}}}")

    facts = ask(evaluator(kpis, Numbers({YESTERDAY: [60]}), noon(DAY)), "revenue", "2026-03").target

    assert facts is not None
    assert (facts.tier, facts.next_tier) == (None, None)


def test_a_withheld_value_has_reached_no_tier() -> None:
    kpis = catalog(revenue=f"target: {{{TIERS}}}")

    facts = ask(evaluator(kpis, Numbers(), noon(DAY), since=DAY), "revenue", "yesterday").target

    assert facts is not None
    assert (facts.tier, facts.next_tier) == (None, None)


def test_a_target_of_a_day_says_nothing_of_a_month() -> None:
    assert judged("{min: 10}", [20], "2026-02", date(2026, 2, 3))[0] == "other_grain"


def test_a_target_of_a_number_that_means_the_same_over_any_period_holds_for_each() -> None:
    kpis = catalog(revenue="any_period: true\ntarget: {min: 10}")
    worked = evaluator(kpis, Numbers({date(2026, 2, 3): [20]}), noon(DAY))
    found = [ask(worked, "revenue", text).target for text in ("2026-02", "2026-02-03", "2026-02-04")]
    assert [one.status if one else None for one in found] == ["met", "met", "missed"]


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


MILESTONES = "{milestones: {q1: 25, q2: 50, q3: 75, q4: 100}}"
SINCE_NEW_YEAR = """
kpi: orders_this_year
unit: count
direction: up
formula: orders
window: ytd
target: {target}
---
kpi: revenue_this_year
unit: number
direction: up
formula: revenue
window: ytd
target: {target}
---
kpi: progress
unit: number
direction: up
formula: 100 * orders_this_year / 200
target: {target}
"""


def reached(
    name: str, amount: int, text: str, today: date, *, target: str = MILESTONES, sold: date = date(2026, 1, 5)
) -> tuple[str | None, str, str | None]:
    """Return status or reason, words and due day, where so many orders of 1 were sold on a day of the year."""
    kpis = catalog(SINCE_NEW_YEAR.replace("{target}", target), revenue=f"target: {target}", aov=f"target: {target}")
    facts = ask(evaluator(kpis, Numbers({sold: [1] * amount}), noon(today)), name, text).target
    assert facts is not None
    return (facts.reason.code if facts.reason else facts.status), facts.text, str(facts.due)


@pytest.mark.parametrize(
    ("text", "status", "words", "due"),
    [
        ("2026-03-30", "period_open", "at least 25 by 2026-03-31", "2026-03-31"),
        ("2026-03-31", "missed", "at least 25 by 2026-03-31", "2026-03-31"),
        ("2026-04-01", "period_open", "at least 50 by 2026-06-30", "2026-06-30"),
        ("2026-09-30", "missed", "at least 75 by 2026-09-30", "2026-09-30"),
        ("2026-10-01", "period_open", "at least 100 by 2026-12-31", "2026-12-31"),
    ],
)
def test_a_day_is_held_to_the_milestone_it_heads_for_and_misses_it_on_its_last(
    text: str, status: str, words: str, due: str
) -> None:
    assert reached("orders_this_year", 24, text, date(2026, 11, 1)) == (status, words, due)


def test_on_its_last_day_a_milestone_is_not_missed_yet() -> None:
    assert reached("orders_this_year", 24, "day", date(2026, 3, 31))[0] == "period_open"
    assert reached("orders_this_year", 24, "yesterday", date(2026, 4, 1))[0] == "missed"


@pytest.mark.parametrize("name", ["orders_this_year", "progress"])
def test_what_only_grows_within_the_year_has_reached_its_milestone_as_soon_as_it_is_there(name: str) -> None:
    enough = 25 if name == "orders_this_year" else 50
    assert reached(name, enough, "yesterday", date(2026, 2, 10))[0] == "met"
    assert reached(name, enough - 1, "yesterday", date(2026, 2, 10))[0] == "period_open"
    assert reached(name, enough, "yesterday", date(2026, 4, 1))[0] == "met"


def test_a_sum_that_a_refund_can_lower_has_reached_its_milestone_when_the_quarter_is_over() -> None:
    assert reached("revenue_this_year", 30, "yesterday", date(2026, 2, 10))[0] == "period_open"
    assert reached("revenue_this_year", 30, "yesterday", date(2026, 4, 1))[0] == "met"


@pytest.mark.parametrize(
    ("text", "status"),
    [("ytd", "period_open"), ("2026", "period_open"), ("2026-Q1", "met"), ("day", "other_grain"), ("2026-Q2", "other_grain")],
)
def test_milestones_of_a_sum_speak_of_what_begins_with_the_year(text: str, status: str) -> None:
    assert reached("revenue", 30, text, date(2026, 5, 10))[0] == status


def test_a_rate_is_to_be_at_its_milestone_when_the_quarter_ends() -> None:
    rising = "{milestones: {q1: 1, q4: 3}}"
    assert reached("aov", 5, "2026-03-31", date(2026, 5, 10), target=rising, sold=date(2026, 3, 31))[0] == "met"
    assert reached("aov", 5, "2026-03-30", date(2026, 5, 10), target=rising, sold=date(2026, 3, 30))[0] == "period_open"


def test_a_quarter_without_a_milestone_heads_for_the_next() -> None:
    assert reached("orders_this_year", 5, "yesterday", date(2026, 2, 10), target="{milestones: {q3: 7, q4: 9}}")[1:] == (
        "at least 7 by 2026-09-30",
        "2026-09-30",
    )


def test_the_milestones_of_a_later_year_hold_from_their_day_on() -> None:
    rows = "[{milestones: {q4: 5}}, {from: 2027-01-01, milestones: {q4: 50}}]"
    assert reached("orders_this_year", 9, "2026-12-31", date(2027, 2, 1), target=rows)[0] == "met"
    assert reached("orders_this_year", 9, "day", date(2027, 2, 1), target=rows)[1] == "at least 50 by 2027-12-31"


def test_a_withheld_value_has_reached_no_milestone() -> None:
    kpis = catalog(SINCE_NEW_YEAR.replace("{target}", MILESTONES))
    worked = evaluator(kpis, Numbers(), noon(DAY), since=date(2026, 2, 1))
    facts = ask(worked, "orders_this_year", "yesterday").target
    assert facts is not None
    assert (facts.status, facts.reason.code if facts.reason else None) == (None, "withheld")


def test_a_goal_of_the_year_is_held_against_the_share_of_the_days_since_new_year() -> None:
    kpis = catalog(SINCE_NEW_YEAR.replace("{target}", "{goal: 3650, over: year}").split("---\nkpi: progress")[0])
    facts = ask(evaluator(kpis, Numbers({YESTERDAY: [1] * 680}), noon(DAY)), "orders_this_year", "yesterday").target
    assert facts is not None
    assert (facts.low, facts.status) == ("680", "met")  # 68 of 365 days


@pytest.mark.parametrize(
    ("target", "status"), [("{min: 'orders', max: 5}", "missed"), ("{min: 3, max: 'orders'}", "period_open")]
)
def test_a_bound_that_moves_settles_nothing_and_one_that_stays_does(target: str, status: str) -> None:
    kpis = catalog(visits=f"target: {target}")
    facts = ask(evaluator(kpis, Numbers(visits={DAY: [1] * 6}), noon(DAY)), "visits", "day").target
    assert facts is not None
    assert (facts.reason.code if facts.reason else facts.status) == status
