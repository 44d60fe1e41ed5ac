"""The books: what stands in them is what the shop and the club took in, and what is left on the accounts is the rest."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from tests.unit.demo.pulls import Record, instant, latest, shop_day

Told = dict[str, list[Record]]


def total(rows: list[dict[str, Any]], field: str = "amount") -> Decimal:
    return sum((Decimal(row[field]) for row in rows), Decimal(0))


def of_type(told: Told, *types: str) -> list[dict[str, Any]]:
    return [row for row in latest(told["revenue_tracking"]) if row["revenue_type"] in types]


def test_revenue_is_each_capture_less_each_refund_on_its_own_day(told: Told) -> None:
    captures = [p for p in latest(told["payments"]) if not p["is_test"]]
    for rows, at, kind in ((captures, "paid_at", "one_time"), (latest(told["refunds"]), "refunded_at", "refund")):
        by_day: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for row in rows:
            by_day[shop_day(instant(row[at]))][0] += Decimal(row["amount"])
        for row in of_type(told, kind):
            by_day[shop_day(instant(row["revenue_date"]))][1] += Decimal(row["amount"])
        assert all(shop == books for shop, books in by_day.values()), kind


def test_usage_is_billed_as_it_stands_in_the_books(told: Told) -> None:
    assert total(latest(told["billing_usage"])) == total(of_type(told, "usage")) > 0
    assert all(Decimal(u["amount"]) == u["quantity"] * Decimal("0.08") for u in latest(told["billing_usage"]))


def test_the_goods_of_an_order_cost_half_to_two_thirds_of_what_they_bring(told: Told) -> None:
    goods = [entry for entry in latest(told["cogs_entries"]) if entry["cost_type"] == "goods"]
    share = total(goods) / total(of_type(told, "one_time"))
    assert Decimal("0.5") < share < Decimal("0.66")
    assert {entry["cost_type"] for entry in latest(told["cogs_entries"])} == {"goods", "payment_fees", "hosting", "support"}


def test_what_is_left_on_the_accounts_is_what_came_in_less_what_was_paid(told: Told) -> None:
    balances: dict[Any, Decimal] = defaultdict(Decimal)
    for balance in latest(told["cash_balances"]):
        balances[shop_day(instant(balance["balance_date"]))] += Decimal(balance["balance"])
    first, last = sorted(balances)[0], sorted(balances)[-3]  # of the newest days advertising is not settled

    def between(stream: str, at: str, field: str = "amount") -> list[dict[str, Any]]:
        return [row for row in latest(told[stream]) if first < shop_day(instant(row[at])) <= last]

    revenue = between("revenue_tracking", "revenue_date")
    came = total([r for r in revenue if r["revenue_type"] != "refund"]) - total(
        [r for r in revenue if r["revenue_type"] == "refund"]
    )
    paid = total(between("operating_costs", "cost_date")) + total(between("acquisition_costs", "cost_date"))
    paid += total(between("spend", "spend_date"), "spend_cents") / 100
    loan = Decimal(100_000)  # 25,000,000 cents at scale 0.4, after 55 % of the planned days
    assert balances[last] - balances[first] == came - paid + loan


def test_costs_are_entered_week_by_week(told: Told) -> None:
    payroll = sorted(row["cost_date"][:10] for row in latest(told["operating_costs"]) if row["cost_type"] == "personnel")
    assert len(payroll) == len(set(payroll)) >= 28
    assert {row["cost_type"] for row in latest(told["operating_costs"])} == {"personnel", "other", "infrastructure"}
    assert {row["cost_type"] for row in latest(told["acquisition_costs"])} == {"marketing", "sales", "other"}
