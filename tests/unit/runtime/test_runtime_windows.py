"""Rolling numbers, and numbers that count the alert rules that hold: checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from assay.calendar import Window
from assay.catalog.compiling import compile_draft
from assay.catalog.loader import CatalogRoot, read_draft
from assay.runtime.publishing.invalidation import models_under, reach_of
from tests.unit.runtime.numbers import BASES, CALENDAR, MODELS, Numbers, ask, catalog, evaluator, noon

WEEK = """
kpi: revenue_7d
unit: number
direction: up
formula: revenue
window: 7d
target: {min: 60}
---
kpi: aov_7d
unit: number
direction: up
formula: revenue / orders
window: 7d
target: {min: 10}
---
kpi: revenue_ytd
unit: number
formula: revenue
window: ytd
---
kpi: share_of_year
unit: percent
formula: 100 * revenue_7d / revenue_ytd
"""
DAY = date(2026, 3, 10)


def amounts(first: date, *by_day: list[int]) -> dict[date, list[int]]:
    return {first + timedelta(days=place): one for place, one in enumerate(by_day)}


def test_a_rolling_number_of_a_day_is_that_of_the_days_up_to_it() -> None:
    sales = {date(2025, 12, 31): [1000], date(2026, 1, 1): [500]} | amounts(
        date(2026, 3, 3), [99], [1], [2], [3], [4], [5], [6], [7]
    )
    worked = evaluator(catalog(WEEK), Numbers(sales), noon(DAY, 24))
    assert worked.kpi("revenue_7d", Window(DAY, DAY)).shown() == 1 + 2 + 3 + 4 + 5 + 6 + 7
    assert worked.kpi("revenue_7d", Window(date(2026, 3, 1), DAY)).shown() == 28, "a longer period is that of its last day"
    assert worked.kpi("aov_7d", Window(DAY, DAY)).shown() == 4
    assert worked.kpi("revenue_ytd", Window(DAY, DAY)).shown() == 500 + 99 + 28
    assert worked.kpi("share_of_year", Window(DAY, DAY)).shown() == Fraction(100 * 28, 627)


def test_other_times_of_a_rolling_number_are_rolling_as_well() -> None:
    more = "\n---\nkpi: before\nunit: number\nformula: shift(revenue_7d, interval 1 day)"
    more += "\n---\nkpi: mean\nunit: number\nformula: avg_over(revenue_7d, interval 2 days)"
    sales = amounts(date(2026, 3, 3), [99], [1], [2], [3], [4], [5], [6], [7])
    worked = evaluator(catalog(WEEK + more), Numbers(sales), noon(DAY, 24))
    assert worked.kpi("before", Window(DAY, DAY)).shown() == 99 + 1 + 2 + 3 + 4 + 5 + 6
    assert worked.kpi("mean", Window(DAY, DAY)).shown() == Fraction((99 + 21) + (99 + 15), 2)


def test_a_day_that_is_not_covered_withholds_every_rolling_number_over_it() -> None:
    worked = evaluator(catalog(WEEK), Numbers(amounts(DAY, [7])), noon(DAY, 24), since=DAY - timedelta(days=5))
    answer = ask(worked, "revenue_7d", "2026-03-10")
    assert answer.value is None
    assert (answer.coverage.days, answer.coverage.covered) == (7, 6)
    assert answer.coverage.missing == (DAY - timedelta(days=6),)


def test_the_target_of_a_rolling_number_speaks_of_every_period_that_has_ended() -> None:
    sales = amounts(date(2026, 3, 4), [10], [10], [10], [10], [10], [10], [10])
    worked = evaluator(catalog(WEEK), Numbers(sales), noon(DAY, 24))
    for text in ("2026-03-10", "2026-03-01..2026-03-10"):
        target = ask(worked, "revenue_7d", text).target
        assert target is not None
        assert target.status == "met", text
    today = ask(evaluator(catalog(WEEK), Numbers(sales), noon(DAY)), "revenue_7d", "day").target
    assert today is not None
    assert today.reason is not None
    assert today.reason.code == "period_open"
    ratio = ask(evaluator(catalog(WEEK), Numbers(sales), noon(DAY)), "aov_7d", "day").target
    assert ratio is not None
    assert ratio.status == "met"


@pytest.mark.parametrize(("name", "days"), [("revenue_7d", 7), ("revenue_ytd", 366), ("share_of_year", 373), ("revenue", 0)])
def test_a_changed_day_reaches_the_days_whose_window_holds_it(name: str, days: int) -> None:
    made = catalog(WEEK)
    assert max(reach_of(name, made, model) for model in models_under(name, made)) >= min(days, 366)


# Counting the alert rules that hold

BOARD = """
board: daily
label: Daily
sections:
  - label: All
    tiles:
      - {kpi: revenue, period: day, at: yesterday}
      - {kpi: visits, period: day}
      - {kpi: alarms}
"""
ALARMS = """
kpi: alarms
unit: count
direction: down
kind: breaches
formula: breaches(critical)
"""
RULES = {
    "revenue": "alerts: [{when: value < 10, severity: critical, name: low}, {when: value < 100, severity: high, name: lowish}]",
    "visits": "alerts: [{when: value > 5, severity: critical, name: crowd}]",
    "aov": "alerts: [{when: value < 1000000, severity: critical, name: not_on_a_board}]",
}


def alarms(tmp_path, numbers: Numbers, now, **more):  # type: ignore[no-untyped-def]
    text = BASES.format(**dict.fromkeys(("rate_pct",), "") | RULES) + "---" + ALARMS
    for file, content in (("kpis/k.yml", text), ("models/m.yml", MODELS), ("boards/b.yml", BOARD)):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(content)
    draft, problems = read_draft([CatalogRoot(tmp_path, project=True)])
    assert not problems, [str(problem) for problem in problems]
    return ask(evaluator(compile_draft(draft), numbers, now, **more), "alarms", "day")


def test_breaches_are_counted_as_the_boards_show_the_numbers(tmp_path) -> None:  # type: ignore[no-untyped-def]
    yesterday = DAY - timedelta(days=1)
    numbers = Numbers({yesterday: [9], DAY: [5000]}, {yesterday: [1], DAY: [1] * 6})
    answer = alarms(tmp_path, numbers, noon(DAY))
    assert answer.value == "2", "revenue of yesterday, visits of today; the high rule and the KPI on no board are not counted"
    assert answer.n == 2


def test_no_breach_is_a_proved_zero(tmp_path) -> None:  # type: ignore[no-untyped-def]
    numbers = Numbers({DAY - timedelta(days=1): [10]}, {DAY: [1] * 5})
    assert alarms(tmp_path, numbers, noon(DAY)).value == "0"


def test_a_withheld_number_withholds_the_count_of_breaches(tmp_path) -> None:  # type: ignore[no-untyped-def]
    numbers = Numbers({DAY - timedelta(days=1): [9]}, {DAY: [1] * 9})
    until = {"sales": CALENDAR.start_of(DAY - timedelta(days=1)) + timedelta(hours=3)}
    answer = alarms(tmp_path, numbers, noon(DAY), until=until)
    assert answer.value is None
    assert [(reason.code, reason.input) for reason in answer.reasons] == [("not_covered", "sales")]
