"""What befalls the shop's orders is all there: guests, repeat buyers, tests, voids, cancellations, late shipments."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from assay.demo import DemoCompany
from tests.unit.demo.pulls import END, Record, latest, shop_day

Delivered = dict[str, list[Record]]


@pytest.fixture(scope="module")
def orders(delivered: Delivered) -> dict[str, dict[str, Any]]:
    return {order["order_id"]: order for order in latest(delivered["orders"])}


@pytest.fixture(scope="module")
def hours_to_ship(delivered: Delivered, orders: dict[str, dict[str, Any]]) -> dict[str, float]:
    shipped: dict[str, float] = {}
    for parcel in latest(delivered["fulfillments"]):
        ordered = datetime.fromisoformat(orders[parcel["order_id"]]["ordered_at"])
        if parcel["status"] == "success":
            shipped[parcel["order_id"]] = (datetime.fromisoformat(parcel["fulfilled_at"]) - ordered) / timedelta(hours=1)
    return shipped


def test_more_than_4000_customers_come_and_many_come_again(orders: dict[str, dict[str, Any]]) -> None:
    visits = Counter(order["customer_id"] for order in orders.values())
    guests = visits.pop(None)
    assert 0.08 < guests / len(orders) < 0.14
    assert len(visits) > 4000
    assert 0.2 < sum(1 for n in visits.values() if n == 1) / len(visits) < 0.6


def test_orders_grow_and_are_most_in_spring_and_on_black_friday(orders: dict[str, dict[str, Any]]) -> None:
    days = Counter(shop_day(datetime.fromisoformat(order["ordered_at"])) for order in orders.values())
    months = Counter[str]()
    for day, count in days.items():
        months[f"{day:%Y-%m}"] += count
    assert months["2026-05"] > 1.2 * months["2025-05"]
    assert months["2026-05"] > 1.15 * months["2026-01"]
    assert max((day for day in days if day.year == 2025), key=lambda day: days[day]).isoformat() == "2025-11-28"
    weekdays = Counter[int]()
    for day, count in days.items():
        weekdays[day.weekday()] += count
    assert weekdays[0] > weekdays[6]


@pytest.mark.parametrize("status", ["pending", "authorized", "paid", "partially_refunded", "refunded", "voided"])
def test_orders_of_every_status_remain_at_the_end(orders: dict[str, dict[str, Any]], status: str) -> None:
    assert sum(1 for order in orders.values() if order["financial_status"] == status) > 20


def test_tests_voids_and_cancellations_are_few(orders: dict[str, dict[str, Any]]) -> None:
    share = {
        "test": sum(order["is_test"] for order in orders.values()) / len(orders),
        "voided": sum(order["financial_status"] == "voided" for order in orders.values()) / len(orders),
        "cancelled": sum(order["cancelled_at"] is not None for order in orders.values()) / len(orders),
    }
    assert all(0.003 < value < 0.03 for value in share.values()), share


def test_payments_of_test_orders_are_marked_as_tests(delivered: Delivered, orders: dict[str, dict[str, Any]]) -> None:
    assert all(p["is_test"] == orders[p["order_id"]]["is_test"] for p in latest(delivered["payments"]))
    assert any(p["is_test"] for p in latest(delivered["payments"]))


def test_some_payments_fall_on_another_shop_day_than_their_order(
    delivered: Delivered, orders: dict[str, dict[str, Any]]
) -> None:
    moved = [
        p
        for p in latest(delivered["payments"])
        if shop_day(datetime.fromisoformat(p["paid_at"]))
        > shop_day(datetime.fromisoformat(orders[p["order_id"]]["ordered_at"]))
    ]
    assert len(moved) > 100


def test_a_few_orders_are_charged_back_and_some_refunded_twice(delivered: Delivered) -> None:
    refunds = latest(delivered["refunds"])
    reasons = Counter(refund["reason"] for refund in refunds)
    assert 10 < reasons["chargeback"] < 80
    assert set(reasons) == {"customer", "damaged", "wrong_item", "goodwill", "chargeback", "cancelled"}
    assert sum(1 for n in Counter(refund["order_id"] for refund in refunds).values() if n == 2) > 20


def test_most_parcels_leave_within_48_hours_and_some_do_not(hours_to_ship: dict[str, float]) -> None:
    late = [hours for hours in hours_to_ship.values() if hours > 48]
    assert min(hours_to_ship.values()) > 0
    assert 0.02 < len(late) / len(hours_to_ship) < 0.1


def test_orders_of_the_last_day_are_not_shipped_yet(orders: dict[str, dict[str, Any]], hours_to_ship: dict[str, float]) -> None:
    last = [o for o in orders.values() if datetime.fromisoformat(o["ordered_at"]) > END - timedelta(hours=12)]
    assert last
    assert not any(o["order_id"] in hours_to_ship for o in last)


def test_a_cancelled_parcel_is_followed_by_another_one(delivered: Delivered) -> None:
    parcels = latest(delivered["fulfillments"])
    cancelled = {p["order_id"] for p in parcels if p["status"] == "cancelled"}
    followed = {p["order_id"] for p in parcels if p["status"] == "success"} & cancelled
    assert len(cancelled) > 50
    assert len(cancelled - followed) < 5  # whose second parcel is still to leave at the end


def test_cancelled_orders_and_tests_are_never_shipped(
    orders: dict[str, dict[str, Any]], hours_to_ship: dict[str, float]
) -> None:
    kept = [o["order_id"] for o in orders.values() if o["is_test"] or o["cancelled_at"] or o["financial_status"] == "voided"]
    assert not hours_to_ship.keys() & set(kept)


def test_what_is_said_to_be_planted_is_delivered(
    company: DemoCompany, orders: dict[str, dict[str, Any]], delivered: Delivered
) -> None:
    planted = company.planted()
    assert orders[planted["test_order"]]["is_test"]
    assert orders[planted["voided_order"]]["financial_status"] == "voided"
    assert orders[planted["cancelled_order"]]["cancelled_at"] is not None
    assert orders[planted["partially_refunded_order"]]["financial_status"] == "partially_refunded"
    assert orders[planted["refunded_order"]]["financial_status"] == "refunded"
    assert orders[planted["guest_order"]]["customer_id"] is None
    assert orders[planted["free_order"]]["total"] == "0.00"
    late = [r for r in delivered["orders"] if r.key == planted["late_order"]]
    assert any(r.received_at - r.event_at >= timedelta(hours=1) for r in late)
