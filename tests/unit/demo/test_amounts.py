"""Money adds up: lines to orders, captures to orders, refunds within captures, at every moment of the story."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.demo.pulls import END, SHORT_END, Record, latest, records_by_stream, short_company, sum_by

Delivered = dict[str, list[Record]]


def until(delivered: Delivered, instant: datetime) -> Delivered:
    return {stream: [r for r in records if r.received_at <= instant] for stream, records in delivered.items()}


def assert_money_adds_up(delivered: Delivered) -> None:
    orders = {o["order_id"]: o for o in latest(delivered["orders"])}
    of_lines = sum_by(latest(delivered["order_lines"]), "order_id")
    captured = sum_by(latest(delivered["payments"]), "order_id")
    refunded = sum_by(latest(delivered["refunds"]), "order_id")
    for name, order in orders.items():
        total = Decimal(order["total"])
        assert of_lines[name] == total
        assert captured.get(name, Decimal(0)) == expected_capture(order, captured.get(name, Decimal(0)))
        back = refunded.get(name, Decimal(0))
        assert back <= captured.get(name, Decimal(0))
        assert refund_status(order, back) == order["financial_status"]
    assert captured.keys() <= orders.keys()
    assert refunded.keys() <= orders.keys()


def expected_capture(order: dict[str, Any], captured: Decimal) -> Decimal:
    """All of a paid order, nothing of a pending or voided one; of an authorized one nothing or the first half."""
    total = Decimal(order["total"])
    if order["financial_status"] in ("paid", "partially_refunded", "refunded"):
        return total
    half = (total * 100 // 2) / 100
    return half if order["financial_status"] == "authorized" and captured else Decimal(0)


def refund_status(order: dict[str, Any], back: Decimal) -> str:
    if not back:
        assert order["financial_status"] in ("pending", "authorized", "paid", "voided")
        return str(order["financial_status"])
    return "refunded" if back == Decimal(order["total"]) else "partially_refunded"


def test_lines_captures_refunds_and_statuses_agree_at_the_end(delivered: Delivered) -> None:
    assert_money_adds_up(delivered)


@settings(max_examples=15)
@given(hours=st.integers(min_value=0, max_value=24 * 150))
def test_whoever_reads_up_to_any_instant_finds_money_that_agrees(short_records: Delivered, hours: int) -> None:
    assert_money_adds_up(until(short_records, SHORT_END - timedelta(hours=hours)))


@settings(max_examples=8)
@given(seed=st.integers(min_value=0, max_value=2**64), scale=st.sampled_from([0.1, 1.0]))
def test_money_adds_up_for_every_seed(seed: int, scale: float) -> None:
    company = short_company(short_company().end - timedelta(days=90), seed, scale)
    assert_money_adds_up(records_by_stream(list(company.batches())))


def test_returned_lines_sum_to_their_refund_unless_no_goods_come_back(delivered: Delivered) -> None:
    returned = sum_by(latest(delivered["refund_lines"]), "refund_id")
    for refund in latest(delivered["refunds"]):
        without_goods = refund["reason"] in ("goodwill", "chargeback")
        assert returned.get(refund["refund_id"]) == (None if without_goods else Decimal(refund["amount"]))


def test_no_more_is_returned_of_a_line_than_was_bought(delivered: Delivered) -> None:
    lines = {line["line_id"]: line for line in latest(delivered["order_lines"])}
    returned: dict[str, int] = {}
    for back in latest(delivered["refund_lines"]):
        returned[back["line_id"]] = returned.get(back["line_id"], 0) + back["quantity"]
        assert back["sku"] == lines[back["line_id"]]["sku"]
    assert all(0 < quantity <= lines[line]["quantity"] for line, quantity in returned.items())


def test_every_amount_is_decimal_text_with_two_places(delivered: Delivered) -> None:
    texts = [p["amount"] for s in ("order_lines", "payments", "refunds", "refund_lines") for p in latest(delivered[s])]
    texts += [order["total"] for order in latest(delivered["orders"])]
    assert all(isinstance(text, str) and Decimal(text).as_tuple().exponent == -2 and Decimal(text) >= 0 for text in texts)


def test_the_shop_makes_a_few_million_a_year_at_about_260_an_order(delivered: Delivered) -> None:
    year = [
        p for p in latest(delivered["payments"]) if not p["is_test"] and p["paid_at"] >= (END - timedelta(days=365)).isoformat()
    ]
    revenue = sum((Decimal(p["amount"]) for p in year), Decimal(0))
    assert 3_000_000 < revenue < 5_000_000
    assert 230 < revenue / len({p["order_id"] for p in year}) < 290
