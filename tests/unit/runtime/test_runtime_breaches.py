"""Alert conditions: what raises a breach, and what pages nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assay.values.answer import Breach
from tests.unit.runtime.numbers import Numbers, ask, catalog, evaluator, noon

DAY = date(2026, 3, 10)
YESTERDAY = DAY - timedelta(days=1)


def alert(when: str, more: str = "") -> str:
    return f'alerts: [{{name: low, when: "{when}", severity: high{more}}}]'


def breaches_of(field: str, numbers: Numbers, text: str = "yesterday", name: str = "revenue") -> tuple[Breach, ...]:
    return ask(evaluator(catalog(**{name: field}), numbers, noon(DAY)), name, text).breaches


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("value < 10", True),
        ("value < 5", False),
        ("value <= 5", True),
        ("value >= 5 and orders = 1", True),
        ("value > 5 or orders <> 1", False),
        ("not value > 5", True),
        ("value between 5 and 6", True),
        ("value < 0.9 * avg_over(revenue, interval 7 days)", True),
        ("value < shift(revenue, interval 1 day)", True),
        ("aov < 4", False),
        ("revenue / (orders - 1) < 100", False),  # unknown: no breach
        ("revenue / (orders - 1) < 100 or value = 5", True),  # true whatever the unknown part is
        ("not revenue / (orders - 1) < 100", False),
        ("not (revenue / (orders - 1) < 100 and value = 6)", True),
    ],
)
def test_a_condition_breaches_when_it_certainly_holds(when: str, holds: bool) -> None:
    before = {YESTERDAY - timedelta(days=n): [100] for n in range(1, 9)}

    assert bool(breaches_of(alert(when), Numbers({**before, YESTERDAY: [5]}))) is holds


def test_a_breach_says_its_severity_its_condition_and_the_number() -> None:
    (breach,) = breaches_of(alert("value < 10", ", message: 'Only {value}!'"), Numbers({YESTERDAY: [5]}))

    assert (breach.alert, breach.severity, breach.sentence, breach.condition) == ("low", "high", "Only 5!", "value < 10")


def test_one_of_one_is_shown_and_pages_nobody() -> None:
    field = "requires: {sample: 20}\n" + alert("value >= 100")
    one, many = {YESTERDAY: [1]}, {YESTERDAY: [1] * 20}

    small = ask(evaluator(catalog(rate_pct=field), Numbers(one, one), noon(DAY)), "rate_pct", "yesterday")
    large = ask(evaluator(catalog(rate_pct=field), Numbers(many, many), noon(DAY)), "rate_pct", "yesterday")

    assert (small.value, small.n, small.breaches) == ("100", 1, ())
    assert [reason.code for reason in small.reasons] == ["small_sample"]
    assert (large.n, len(large.breaches), large.reasons) == (20, 1, ())


def test_a_rate_of_nothing_pages_nobody() -> None:
    assert breaches_of(alert("value < 50"), Numbers(), name="rate_pct") == ()


def test_a_sum_of_a_day_that_goes_on_pages_nobody() -> None:
    numbers = Numbers({DAY: [5], YESTERDAY: [5]})

    assert breaches_of(alert("value < 10"), numbers, "day") == ()
    assert len(breaches_of(alert("value < 10"), numbers, "yesterday")) == 1


def test_too_much_of_what_should_be_little_breaches_before_the_day_is_over() -> None:
    assert len(breaches_of(alert("value > 2"), Numbers({}, {DAY: [1, 1, 1]}), "day", "visits")) == 1


def test_conditions_of_a_day_do_not_speak_of_a_week() -> None:
    assert breaches_of(alert("value < 10"), Numbers({YESTERDAY: [5]}), "2026-W10") == ()


def test_a_withheld_number_breaches_nothing() -> None:
    late = {"sales": noon(DAY - timedelta(days=4))}
    worked = evaluator(catalog(revenue=alert("value < 10")), Numbers(), noon(DAY), until=late)

    assert ask(worked, "revenue", "yesterday").breaches == ()
