"""The numbers of fulfillment, from planted files to answers, against arithmetic that shares nothing with the product."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from assay.clock import FixedClock
from tests.scenarios.shop import Stage

from .planted import mean, ratio, shown, spent
from .planted_sales import DAY, HOUR, NOW, TODAY, Order, end_of, plan, shop_day

PLAN = plan()
ORDERS = PLAN.orders
WINTER = [TODAY - n * DAY for n in range(1, 46)]  # closed days, the newest first


def ask(stage: Stage, kpi: str, period: str | None = None, at: datetime = NOW) -> Decimal | None:
    answer = Stage(stage.folder, FixedClock(at)).ask(kpi, period)
    assert answer.value is not None or answer.reasons
    return shown(answer.value)


def breached(at: datetime) -> int:
    return sum(one.breached(at) for one in ORDERS)


def issues(at: datetime) -> list[Order]:
    return [one for one in ORDERS if one.severity(at) in ("critical", "high")]


def test_the_plan_has_every_kind_of_issue_and_breaches_that_are_none_any_more() -> None:
    assert {one.severity(NOW) for one in ORDERS} == {"critical", "high", "medium", "low", None}
    assert any(one.cancelled_at and one.due_at < one.cancelled_at for one in ORDERS)
    assert any(one.undone(NOW) and one.waits(NOW) and one.due_at > NOW for one in ORDERS)
    assert any(one.status == "pending" and one.waits(NOW) and one.due_at < NOW for one in ORDERS)


def test_breaches_and_issues_stand_as_they_are_now(sold: Stage) -> None:
    assert ask(sold, "sla_breach_count") == breached(NOW) > 3
    assert ask(sold, "critical_fulfillment_issues") == len(issues(NOW)) > breached(NOW)
    assert ask(sold, "priority_orders_at_risk") == sum(PLAN.is_priority(one) for one in issues(NOW)) > 0


def test_an_order_becomes_a_breach_by_the_clock_alone(sold: Stage) -> None:
    due = min(one.due_at for one in ORDERS if one.waits(NOW) and one.paid and one.due_at > NOW)
    before, at = due - timedelta(seconds=1), due
    assert [ask(sold, "sla_breach_count", None, moment) for moment in (before, at)] == [breached(before), breached(at)]
    assert breached(at) > breached(before)
    assert sold.ask("sla_breach_count").valid_until == due


@pytest.mark.parametrize("kpi", ["sla_breach_count", "critical_fulfillment_issues", "priority_orders_at_risk"])
def test_every_closed_day_has_what_stood_at_its_end(sold: Stage, kpi: str) -> None:
    def expected(at: datetime) -> int:
        if kpi == "sla_breach_count":
            return breached(at)
        return sum(kpi == "critical_fulfillment_issues" or PLAN.is_priority(one) for one in issues(at))

    for one in WINTER:
        assert ask(sold, kpi, f"{one}") == expected(end_of(one)), one
    assert len({expected(end_of(one)) for one in WINTER}) > 2, "the number moves"


def test_days_to_fulfill_have_their_fraction_and_count_on_the_day_of_the_parcel(sold: Stage) -> None:
    left = [o for o in ORDERS if o.paid and o.cancelled_at is None and o.left_at is not None]
    for first, last in [(date(2026, 2, 1), date(2026, 2, 28)), (date(2025, 6, 2), date(2025, 6, 8))]:
        times = [spent(o.ordered_at, o.left_at, DAY) for o in left if o.left_at and first <= shop_day(o.left_at) <= last]
        assert any(one.denominator > 1 for one in times)
        assert ask(sold, "avg_days_to_fulfill", f"{first}..{last}") == mean(times)
    days = {shop_day(o.left_at) for o in left if o.left_at}
    quiet = next(one for one in WINTER if one not in days)
    assert ask(sold, "avg_days_to_fulfill", f"{quiet}") is None


@pytest.mark.parametrize("day", [TODAY, TODAY - DAY, date(2026, 1, 31), date(2025, 3, 10)], ids=str)
def test_the_success_rate_is_of_the_orders_of_thirty_days_that_are_judged(sold: Stage, day: date) -> None:
    placed = [o for o in ORDERS if day - 29 * DAY <= shop_day(o.ordered_at) <= day and o.judged(NOW)]
    faulty = [o for o in placed if o.severity(NOW) or o.left_at is None]
    assert 0 < len(faulty) < len(placed)
    assert ask(sold, "fulfillment_success_rate_pct", f"{day}") == ratio(len(placed) - len(faulty), len(placed))


def test_a_month_has_the_success_rate_of_its_last_thirty_days(sold: Stage) -> None:
    """A rolling number is never summed over days: the month's is that of its last day."""
    assert ask(sold, "fulfillment_success_rate_pct", "2026-01") == ask(sold, "fulfillment_success_rate_pct", "2026-01-31")


def test_breaches_page_at_once_and_the_others_within_half_an_hour(sold: Stage) -> None:
    answer = sold.ask("sla_breach_count")
    assert (answer.target.status, [one.severity for one in answer.breaches]) == ("missed", ["critical"])  # type: ignore[union-attr]
    assert [one.severity for one in sold.ask("critical_fulfillment_issues").breaches] == ["high"]
    assert [one.severity for one in sold.ask("priority_orders_at_risk").breaches] == ["high"]
    assert [one.severity for one in sold.ask("fulfillment_success_rate_pct", "2026-02-28").breaches] == ["high"]


def test_a_priority_is_not_told_before_half_a_year_of_payments_is_known(sold: Stage) -> None:
    answer = sold.ask("priority_orders_at_risk", "2025-03-31")
    assert (answer.value, answer.reasons[0].code, answer.reasons[0].input) == (None, "not_covered", "payments")
    assert sold.ask("priority_orders_at_risk", "2025-04-01").value is not None
    assert sold.ask("critical_fulfillment_issues", "2025-03-31").value is not None


def test_the_tables_of_the_requirement_have_the_orders_that_the_numbers_count(sold: Stage) -> None:
    with duckdb.connect(str(sold.project.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        at = connection.execute("select now()").fetchone()
        rows = connection.execute("select order_id, issue_severity, is_sla_breach from v_fulfillment_issues").fetchall()
        tracked = connection.execute(
            "select order_id, is_priority_customer, days_to_fulfill from fulfillment_tracking"
        ).fetchall()
    assert at is not None
    moment = max(at[0], NOW)  # a view is judged by the real clock
    recent = [one for one in ORDERS if one.ordered_at > max(order.ordered_at for order in ORDERS) - timedelta(days=90)]
    expected = {one.order_id: (severity, one.breached(moment)) for one in recent if (severity := one.severity(moment))}
    assert 3 < len(expected) < len([one for one in ORDERS if one.severity(moment)])
    assert {row[0]: row[1:] for row in rows} == expected
    assert {row[0]: row[1] for row in tracked} == {one.order_id: PLAN.is_priority(one) for one in ORDERS}
    times = {row[0]: row[2] for row in tracked}
    some = next(one for one in ORDERS if one.left_at and one.left_at == one.ordered_at + 26.5 * HOUR)
    assert Fraction(times[some.order_id]) == Fraction(1104167, 10**6)  # 26.5 / 24
