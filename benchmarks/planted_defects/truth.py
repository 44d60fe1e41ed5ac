"""What the numbers of the shop are, worked out with plain Python from the records as they should have been delivered.

Nothing here comes from the engine: no SQL, no calendar, no rounding of it. Each number is written as its KPI is defined.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

SHOP = ZoneInfo("America/Los_Angeles")
Payload = Mapping[str, Any]
Number = Fraction | None
BAD_MOOD = ("negative", "very_negative")


def day_of(instant: str) -> date:
    """Return the shop's day of an instant that is written with its offset."""
    return datetime.fromisoformat(instant).astimezone(SHOP).date()


def _money(text: str) -> Fraction:
    return Fraction(Decimal(text))


class Truth:
    """The newest record of each identity, by stream."""

    def __init__(self, batches: Iterable[tuple[str, pa.Table]]) -> None:
        newest: dict[str, dict[str, tuple[datetime, str | None]]] = defaultdict(dict)
        for stream, table in batches:
            known = newest[stream]
            rows = zip(*(table[name].to_pylist() for name in ("key", "received_at", "payload")), strict=True)
            for key, received_at, payload in rows:
                if key not in known or known[key][0] <= received_at:
                    known[key] = (received_at, payload)
        self.records: dict[str, list[Payload]] = {
            stream: [json.loads(text) for _, text in known.values() if text is not None] for stream, known in newest.items()
        }

    @cached_property
    def orders(self) -> dict[str, Payload]:
        """The orders by their number."""
        return {one["order_id"]: one for one in self.records["orders"]}

    def counts(self, order_id: str) -> bool:
        """Return whether the order is neither a test nor voided; one that nobody knows is neither."""
        order = self.orders.get(order_id)
        return order is None or not (order["is_test"] or order["financial_status"] == "voided")

    @cached_property
    def captures(self) -> list[tuple[date, str, str | None, Fraction]]:
        """Day, order, customer and money of the captures that count."""
        return [
            (
                day_of(one["paid_at"]),
                one["order_id"],
                one["customer_id"] or self.orders.get(one["order_id"], {}).get("customer_id"),
                _money(one["amount"]),
            )
            for one in self.records["payments"]
            if not one["is_test"] and self.counts(one["order_id"])
        ]

    @cached_property
    def refunds(self) -> list[tuple[date, Fraction]]:
        """Day and money of the refunds that count."""
        return [
            (day_of(one["refunded_at"]), _money(one["amount"]))
            for one in self.records["refunds"]
            if one["order_id"] in self.orders and self.counts(one["order_id"])
        ]

    @cached_property
    def sales(self) -> list[tuple[date, str, int, Fraction]]:
        """Day (of the order's first capture), product, units and money of the lines that were sold."""
        first: dict[str, str] = {}
        for one in self.records["payments"]:
            known = first.get(one["order_id"])
            first[one["order_id"]] = one["paid_at"] if known is None else min(known, one["paid_at"])
        return [
            (day_of(first[one["order_id"]]), one["sku"], int(one["quantity"]), _money(one["amount"]))
            for one in self.records["order_lines"]
            if one["order_id"] in first and one["order_id"] in self.orders and self.counts(one["order_id"])
        ]

    @cached_property
    def returns(self) -> list[tuple[date, Fraction]]:
        """Day and money of the lines that were taken back."""
        return [
            (day_of(one["refunded_at"]), _money(one["amount"]))
            for one in self.records["refund_lines"]
            if one["order_id"] in self.orders and self.counts(one["order_id"])
        ]

    @cached_property
    def shipped(self) -> set[str]:
        """The orders of which a parcel left."""
        return {one["order_id"] for one in self.records["fulfillments"] if one["status"] == "success"}

    @cached_property
    def stock(self) -> dict[date, dict[str, int]]:
        """Units of each product on each day that was counted, all places together."""
        found: dict[date, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for one in self.records["inventory_levels"]:
            found[day_of(one["counted_at"])][one["sku"]] += int(one["on_hand"])
        return found

    def cover(self, last: date) -> list[tuple[int, int]]:
        """Return units on hand and units sold in the 30 days before, of each product of the last count."""
        day = max(one for one in self.stock if one <= last)
        sold: dict[str, int] = defaultdict(int)
        for sold_on, sku, units, _ in self.sales:
            if day - timedelta(days=30) <= sold_on < day:
                sold[sku] += units
        return [(units, sold[sku]) for sku, units in self.stock[day].items()]


def _ratio(above: Fraction | int, below: int) -> Number:
    return Fraction(above) / below if below else None


def _orders(truth: Truth, first: date, last: date) -> list[str]:
    return [
        order_id for order_id, one in truth.orders.items() if not one["is_test"] and first <= day_of(one["ordered_at"]) <= last
    ]


def _of(truth: Truth, stream: str, time: str, first: date, last: date) -> list[Payload]:
    return [one for one in truth.records[stream] if first <= day_of(one[time]) <= last]


def _gross(truth: Truth, first: date, last: date) -> Fraction:
    return sum((money for day, _, _, money in truth.captures if first <= day <= last), Fraction())


def _refunded(truth: Truth, first: date, last: date) -> Fraction:
    return sum((money for day, money in truth.refunds if first <= day <= last), Fraction())


def _paid(truth: Truth, first: date, last: date) -> int:
    return len({order for day, order, _, _ in truth.captures if first <= day <= last})


def _customers(truth: Truth, first: date, last: date) -> Number:
    return Fraction(len({who for day, _, who, _ in truth.captures if first <= day <= last and who is not None}))


def _product_revenue(truth: Truth, first: date, last: date) -> Number:
    sold = sum((money for day, _, _, money in truth.sales if first <= day <= last), Fraction())
    return sold - sum((money for day, money in truth.returns if first <= day <= last), Fraction())


def _units(truth: Truth, first: date, last: date) -> Number:
    return Fraction(sum(units for day, _, units, _ in truth.sales if first <= day <= last))


def _critical(truth: Truth, _: date, last: date) -> Number:
    return Fraction(sum(held <= 0 or (sold > 0 and held * 30 < 3 * sold) for held, sold in truth.cover(last)))


def _low(truth: Truth, _: date, last: date) -> Number:
    return Fraction(sum(held > 0 and sold > 0 and 3 * sold <= held * 30 <= 7 * sold for held, sold in truth.cover(last)))


def _products(truth: Truth, _: date, last: date) -> Number:
    return Fraction(len(truth.cover(last)))


def _shipped(truth: Truth, first: date, last: date) -> Number:
    return Fraction(sum(order_id in truth.shipped for order_id in _orders(truth, first, last)))


def _bad_mood(truth: Truth, first: date, last: date) -> Number:
    found = _of(truth, "conversations", "opened_at", first, last)
    return Fraction(sum(one["sentiment"] in BAD_MOOD for one in found))


def _automated(truth: Truth, first: date, last: date) -> Number:
    found = _of(truth, "automation_runs", "ran_at", first, last)
    return Fraction(sum(one["status"] == "succeeded" for one in found))


def _hours_saved(truth: Truth, first: date, last: date) -> Number:
    found = _of(truth, "time_savings", "saved_at", first, last)
    return Fraction(sum(int(one["minutes"]) for one in found), 60)


@dataclass(frozen=True)
class Kpi:
    """How a KPI is worked out over the days from the first to the last, and the streams that it rests on by definition."""

    work_out: Callable[[Truth, date, date], Number]
    streams: frozenset[str]


def _kpi(work_out: Callable[[Truth, date, date], Number], *streams: str) -> Kpi:
    return Kpi(work_out, frozenset(streams))


_SOLD = ("orders", "payments", "order_lines")
KPIS: Mapping[str, Kpi] = {
    "gross_revenue": _kpi(_gross, "payments", "orders"),
    "paid_orders": _kpi(lambda *at: Fraction(_paid(*at)), "payments", "orders"),
    "customers": _kpi(_customers, "payments", "orders"),
    "aov": _kpi(lambda *at: _ratio(_gross(*at), _paid(*at)), "payments", "orders"),
    "total_orders": _kpi(lambda *at: Fraction(len(_orders(*at))), "orders"),
    "refunds": _kpi(_refunded, "refunds", "orders"),
    "total_revenue": _kpi(lambda *at: _gross(*at) - _refunded(*at), "payments", "orders", "refunds"),
    "product_revenue": _kpi(_product_revenue, *_SOLD, "refund_lines"),
    "units_sold": _kpi(_units, *_SOLD, "refund_lines"),
    "shipped_orders": _kpi(_shipped, "orders", "fulfillments"),
    "catalog_sku_count": _kpi(_products, *_SOLD, "inventory_levels"),
    "critical_inventory_alerts": _kpi(_critical, *_SOLD, "inventory_levels"),
    "low_stock_items": _kpi(_low, *_SOLD, "inventory_levels"),
    "negative_sentiment_count": _kpi(_bad_mood, "conversations"),
    "manual_actions_avoided": _kpi(_automated, "automation_runs"),
    "ceo_hours_saved": _kpi(_hours_saved, "time_savings"),
}
