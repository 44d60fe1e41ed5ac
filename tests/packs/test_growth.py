"""Revenue on its way to $10MM, from planted files to answers, against sums that share nothing with the product."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from assay.clock import FixedClock
from tests.scenarios.shop import Stage

from .planted import rounded, shown
from .planted_sales import DAY, NOW, TODAY, plan, shop_day

PLAN = plan()
MONTHS = [date(2024, 10, 1), date(2024, 11, 1), date(2024, 12, 1), *(date(2025, n, 1) for n in range(1, 13)), date(2026, 1, 1)]


def last_of(month: date, months: int = 0) -> date:
    """Return the last day of the month that is so many later."""
    index = month.year * 12 + month.month + months
    return date(index // 12, index % 12 + 1, 1) - DAY


def first_of(month: date, back: int) -> date:
    """Return the first day of the month that is so many earlier."""
    index = month.year * 12 + month.month - 1 - back
    return date(index // 12, index % 12 + 1, 1)


def dollars(cents: int | Fraction) -> Decimal:
    return rounded(Fraction(cents) / 100)


def ask(stage: Stage, kpi: str, period: str, at: datetime = NOW) -> Decimal | None:
    answer = Stage(stage.folder, FixedClock(at)).ask(kpi, period)
    assert answer.value is not None or answer.reasons
    return shown(answer.value)


@pytest.mark.parametrize(
    "day", [date(2025, 1, 1), date(2025, 3, 9), date(2025, 12, 31), date(2026, 1, 1), TODAY - DAY, TODAY], ids=str
)
def test_revenue_of_the_year_is_captures_less_refunds_since_january(sold: Stage, day: date) -> None:
    expected = PLAN.revenue(date(day.year, 1, 1), day)
    assert expected or day.month == 1
    assert ask(sold, "ytd_revenue", f"{day}") == dollars(expected)
    assert ask(sold, "progress_to_10mm_pct", f"{day}") == rounded(Fraction(expected, 10**7))


def test_the_year_begins_in_january_whatever_period_is_asked(sold: Stage) -> None:
    assert ask(sold, "ytd_revenue", "2025-06") == dollars(PLAN.revenue(date(2025, 1, 1), date(2025, 6, 30)))
    assert ask(sold, "ytd_revenue", "2025-06-10..2025-06-12") == dollars(PLAN.revenue(date(2025, 1, 1), date(2025, 6, 12)))


def test_a_year_that_is_not_whole_is_withheld(sold: Stage) -> None:
    answer = sold.ask("ytd_revenue", "2024-12-31")
    assert (answer.value, answer.reasons[0].code) == (None, "not_covered")
    assert sold.ask("progress_to_10mm_pct", "2024-12-31").value is None


@pytest.mark.parametrize("month", MONTHS[2:], ids=str)
def test_the_trailing_mean_is_three_months_by_three(sold: Stage, month: date) -> None:
    expected = PLAN.revenue(first_of(month, 2), last_of(month))
    shown_value = ask(sold, "trailing_3mo_avg_revenue", f"{month:%Y-%m}")
    assert shown_value is not None
    assert abs(shown_value - dollars(Fraction(expected, 3))) < Decimal("0.01")


@pytest.mark.parametrize("month", MONTHS[:2], ids=str)
def test_two_months_make_no_mean_of_three(sold: Stage, month: date) -> None:
    assert sold.ask("trailing_3mo_avg_revenue", f"{month:%Y-%m}").value is None


def test_a_mean_that_fell_twice_is_a_breach_and_one_that_fell_once_is_none(sold: Stage) -> None:
    means = {month: PLAN.revenue(first_of(month, 2), last_of(month)) for month in MONTHS[2:]}
    declined = {month: means[month] < means[first_of(month, 1)] < means[first_of(month, 2)] for month in MONTHS[4:]}
    assert set(declined.values()) == {True, False}
    found = {month: bool(sold.ask("trailing_3mo_avg_revenue", f"{month:%Y-%m}").breaches) for month in declined}
    assert found == declined


def test_the_tiers_and_milestones_say_how_far_it_is(sold: Stage) -> None:
    assert sold.ask("ytd_revenue", "2026-02-28").target.tier == "Foundation"  # type: ignore[union-attr]
    target = sold.ask("progress_to_10mm_pct", "2025-12-31").target
    assert target is not None
    assert (target.status, Decimal(target.low or 0)) == ("missed", Decimal(100))
    assert Decimal(sold.ask("progress_to_10mm_pct", "2025-02-10").target.low or 0) == 25  # type: ignore[union-attr]


def test_the_tables_of_the_requirement_say_the_same(sold: Stage) -> None:
    with duckdb.connect(str(sold.project.warehouse), read_only=True) as connection:
        days = connection.execute(
            "select metric_on, total_revenue, total_orders, paid_orders from sales_metrics_daily"
        ).fetchall()
        months = connection.execute(
            "select month, monthly_revenue, ytd_revenue, progress_to_10mm_pct, trailing_3mo_avg from v_growth_milestones"
        ).fetchall()
        pulse = connection.execute("select metric_on, total_revenue from v_sales_pulse_current").fetchall()
        summary = dict(connection.execute("select kpi, value from v_kpi_summary").fetchall())
    revenue = {row[0]: row[1] for row in days}
    assert revenue == {day: PLAN.revenue(day, day) for day in revenue}
    assert sum(revenue.values()) == PLAN.revenue(date(2000, 1, 1), date(2100, 1, 1))
    placed = [shop_day(o.ordered_at) for o in PLAN.orders if not o.is_test]
    paid = [shop_day(o.ordered_at) for o in PLAN.orders if o.paid]
    assert {row[0]: row[2:] for row in days} == {day: (placed.count(day), paid.count(day)) for day in revenue}
    for month, own, year, progress, mean in months:
        assert own == PLAN.revenue(month, last_of(month))
        assert year == PLAN.revenue(date(month.year, 1, 1), last_of(month))
        assert progress == rounded(Fraction(year, 10**7))
        three = None if month < date(2024, 12, 1) else rounded(Fraction(PLAN.revenue(first_of(month, 2), last_of(month)), 3))
        assert mean == three
    assert pulse == [(TODAY, PLAN.revenue(TODAY, TODAY))]
    assert shown(str(summary["ytd_revenue"])) == ask(sold, "ytd_revenue", f"{TODAY}")
    assert shown(str(summary["total_orders"])) == ask(sold, "total_orders", f"{TODAY}")
