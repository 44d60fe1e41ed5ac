"""Formulas over formulas: what is missing, empty, estimated or old goes up through the graph."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from assay.calendar import Window
from assay.values.answer import DataQuality
from tests.unit.runtime.numbers import Numbers, ask, catalog, evaluator, noon

DAY = date(2026, 3, 10)
YESTERDAY = DAY - timedelta(days=1)
TIMES = """
kpi: mean7
unit: number
formula: avg_over(revenue, interval 7 days)
---
kpi: mean7_aov
unit: number
formula: avg_over(aov, interval 7 days)
---
kpi: growth
unit: percent
formula: pct_change(revenue, interval 7 days)
---
kpi: deep
unit: number
formula: greatest(aov, mean7) + round(rate_pct, 0)
"""


def days_before(count: int, *amounts: int) -> dict[date, list[int]]:
    return {DAY - timedelta(days=n): list(amounts) for n in range(1, count + 1)}


def test_nothing_divided_by_nothing_is_null_with_its_reason() -> None:
    answer = ask(evaluator(catalog(), Numbers(), noon(DAY)), "aov", "yesterday")

    assert (answer.value, answer.display) == (None, "–")
    assert [reason.code for reason in answer.reasons] == ["division_by_zero"]
    assert answer.data_quality is DataQuality.INSUFFICIENT_DATA
    assert answer.coverage.covered == 1


def test_an_empty_covered_day_is_zero_of_a_sum_and_of_a_count() -> None:
    worked = evaluator(catalog(), Numbers(), noon(DAY))

    assert [ask(worked, name, "yesterday").value for name in ("revenue", "orders")] == ["0", "0"]


def test_growth_from_nothing_is_null_never_infinite_and_to_nothing_is_a_hundred_percent_down() -> None:
    week_ago = YESTERDAY - timedelta(days=7)
    from_nothing = evaluator(catalog(TIMES), Numbers({YESTERDAY: [5]}), noon(DAY))
    to_nothing = evaluator(catalog(TIMES), Numbers({week_ago: [5]}), noon(DAY))
    of_nothing = evaluator(catalog(TIMES), Numbers(), noon(DAY))

    assert [reason.code for reason in ask(from_nothing, "growth", "yesterday").reasons] == ["no_base"]
    assert ask(from_nothing, "growth", "yesterday").value is None
    assert ask(to_nothing, "growth", "yesterday").value == "-100"
    assert ask(of_nothing, "growth", "yesterday").value is None


def test_growth_from_a_negative_base_is_null() -> None:
    numbers = Numbers({YESTERDAY: [5], YESTERDAY - timedelta(days=7): [-5]})

    assert ask(evaluator(catalog(TIMES), numbers, noon(DAY)), "growth", "yesterday").value is None


def test_a_missing_input_withholds_everything_above_it() -> None:
    kpis = catalog(TIMES)
    until = {"visits": noon(DAY - timedelta(days=3))}
    worked = evaluator(kpis, Numbers(days_before(30, 5), days_before(30, 1)), noon(DAY), until=until)

    deep, aov = ask(worked, "deep", "yesterday"), ask(worked, "aov", "yesterday")

    assert (deep.value, aov.value) == (None, "5")
    assert [reason.input for reason in deep.reasons] == ["visits"]
    assert deep.coverage.missing == (YESTERDAY,)


def test_the_mean_of_the_days_before_counts_covered_empty_days_as_zero() -> None:
    worked = evaluator(catalog(TIMES), Numbers({DAY - timedelta(days=2): [70], YESTERDAY: [1000]}), noon(DAY))

    assert ask(worked, "mean7", "yesterday").value == "10"


def test_the_mean_of_a_ratio_is_the_ratio_of_the_sums() -> None:
    numbers = Numbers({DAY - timedelta(days=2): [10, 20, 30], DAY - timedelta(days=3): [100]})

    assert ask(evaluator(catalog(TIMES), numbers, noon(DAY)), "mean7_aov", "yesterday").value == "40"


def test_an_uncovered_day_withholds_the_mean_over_it() -> None:
    numbers, since = Numbers(days_before(30, 5)), DAY - timedelta(days=8)
    worked = evaluator(catalog(TIMES), numbers, noon(DAY), since=since)

    assert ask(worked, "mean7", "yesterday").value == "5"
    assert ask(worked, "mean7", (YESTERDAY - timedelta(days=1)).isoformat()).value is None


def test_a_rate_carries_the_size_of_what_it_is_a_rate_of() -> None:
    numbers = Numbers({YESTERDAY: [5]}, {YESTERDAY: [1]})

    answer = ask(evaluator(catalog(), numbers, noon(DAY)), "rate_pct", "yesterday")

    assert (answer.value, answer.n) == ("100", 1)


def test_an_estimate_is_given_only_to_who_asks_and_goes_up() -> None:
    kpis = catalog("kpi: profit\nunit: number\nformula: revenue / visits\n", visits="estimate: 2 * orders")
    numbers, until = Numbers(days_before(9, 6), {}), {"visits": noon(DAY - timedelta(days=5))}

    withheld = ask(evaluator(kpis, numbers, noon(DAY), until=until), "profit", "yesterday")
    estimated = ask(evaluator(kpis, numbers, noon(DAY), until=until, estimates=True), "profit", "yesterday")

    assert (withheld.value, withheld.data_quality) == (None, DataQuality.INSUFFICIENT_DATA)
    assert (estimated.value, estimated.data_quality) == ("3", DataQuality.ESTIMATED)
    assert "estimated" in [reason.code for reason in estimated.reasons]


def test_thirds_are_exact_until_they_are_published() -> None:
    kpis = catalog("kpi: whole\nunit: number\nformula: 3 * (revenue / orders)\n")
    worked = evaluator(kpis, Numbers({YESTERDAY: [1, 0, 0]}), noon(DAY))

    assert worked.kpi("aov", Window(YESTERDAY, YESTERDAY)).number == Fraction(1, 3)
    assert ask(worked, "aov", "yesterday").value == "0.333333"
    assert ask(worked, "whole", "yesterday").value == "1"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("abs(0 - revenue)", "5"),
        ("-revenue", "-5"),
        ("round(revenue / 2, 0)", "2"),
        ("least(revenue, orders)", "1"),
        ("greatest(revenue, orders)", "5"),
        ("nullif(revenue, 5)", None),
        ("nullif(revenue, 4)", "5"),
        ("revenue / (orders - 1)", None),
        ("0 * (revenue / (orders - 1))", None),
        ("shift(revenue, interval 1 day)", "7"),
        ("sum_over(revenue, interval 2 days)", "7"),
    ],
)
def test_functions_of_numbers_mean_what_sql_means(formula: str, value: str | None) -> None:
    kpis = catalog(f"kpi: asked\nunit: number\nformula: {formula}\n")
    numbers = Numbers({YESTERDAY: [5], YESTERDAY - timedelta(days=1): [7]})

    assert ask(evaluator(kpis, numbers, noon(DAY)), "asked", "yesterday").value == value
