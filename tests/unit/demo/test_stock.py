"""The stockroom: a count per product, location and day, a stock-out that costs sales, and some of everything at the end."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest

from assay.demo import DemoCompany
from tests.unit.demo.pulls import SHOP_ZONE, Record, latest, shop_day

Delivered = dict[str, list[Record]]
LAST_COUNT = date(2026, 11, 20)


@pytest.fixture(scope="module")
def on_hand(delivered: Delivered) -> dict[tuple[str, date], int]:
    """Pieces by product and day, over all locations."""
    found: dict[tuple[str, date], int] = defaultdict(int)
    for record in delivered["inventory_levels"]:
        fields = record.fields
        found[fields["sku"], record.day] += fields["on_hand"]
    return dict(found)


@pytest.fixture(scope="module")
def sold(delivered: Delivered) -> dict[tuple[str, date], int]:
    """Pieces by product and day of the first capture, without tests and voided orders."""
    orders = {o["order_id"]: o for o in latest(delivered["orders"])}
    days: dict[str, date] = {}
    for payment in sorted(latest(delivered["payments"]), key=lambda p: str(p["paid_at"])):
        days.setdefault(payment["order_id"], shop_day(datetime.fromisoformat(payment["paid_at"])))
    pieces = Counter[tuple[str, date]]()
    for line in latest(delivered["order_lines"]):
        order = orders[line["order_id"]]
        if line["order_id"] in days and not order["is_test"] and order["financial_status"] != "voided":
            pieces[line["sku"], days[line["order_id"]]] += line["quantity"]
    return dict(pieces)


def cover(sku: str, on_hand: dict[tuple[str, date], int], sold: dict[tuple[str, date], int]) -> tuple[float | None, int]:
    """Days of cover and pieces sold in the 30 complete days before the last count."""
    pieces = sum(sold.get((sku, LAST_COUNT - timedelta(days=n)), 0) for n in range(1, 31))
    return (on_hand[sku, LAST_COUNT] * 30 / pieces if pieces else None), pieces


def test_each_product_is_counted_at_both_locations_at_the_end_of_each_day(delivered: Delivered) -> None:
    days = Counter(record.day for record in delivered["inventory_levels"])
    assert set(days.values()) == {128}
    assert len(days) == 729 - 1  # the last day is not over, and the silent day was not counted
    for record in delivered["inventory_levels"][::101]:
        counted = record.event_at.astimezone(SHOP_ZONE)
        fields = record.fields
        assert (counted.hour, counted.minute) == (23, 59)
        assert record.key == f"{fields['sku']}|{fields['location']}|{counted.date()}"
        following = datetime.combine(counted.date() + timedelta(days=1), datetime.min.time(), SHOP_ZONE)
        assert record.received_at == following.astimezone(UTC) + timedelta(hours=1)
        assert fields["on_hand"] >= 0


def test_a_stock_out_leaves_nothing_on_the_shelf_and_no_sales(
    company: DemoCompany, delivered: Delivered, on_hand: dict[tuple[str, date], int]
) -> None:
    ordered = {o["order_id"]: shop_day(datetime.fromisoformat(o["ordered_at"])) for o in latest(delivered["orders"])}
    lines = Counter((line["sku"], ordered[line["order_id"]]) for line in latest(delivered["order_lines"]))
    out = company.planted()["stock_outs"][0]
    days = [out["first"] + timedelta(days=n) for n in range((out["last"] - out["first"]).days + 1)]
    assert len(days) == 9
    assert all(on_hand[out["sku"], day] == 0 and lines[out["sku"], day] == 0 for day in days)
    assert on_hand[out["sku"], out["last"] + timedelta(days=1)] > 0
    before = [lines[out["sku"], out["first"] - timedelta(days=n)] for n in range(1, 10)]
    assert sum(before) > 20


def test_the_end_shows_critical_low_and_overstocked_items(
    on_hand: dict[tuple[str, date], int], sold: dict[tuple[str, date], int], delivered: Delivered
) -> None:
    skus = {p["sku"] for p in latest(delivered["products"])}
    covers = {sku: cover(sku, on_hand, sold)[0] for sku in skus}
    known = [days for days in covers.values() if days is not None]
    assert 2 <= sum(1 for sku in skus if on_hand[sku, LAST_COUNT] == 0 or (covers[sku] or 99) < 3) <= 5
    assert 2 <= sum(1 for days in known if 3 <= days <= 7) < 10
    assert 5 <= sum(1 for days in known if days > 90) <= 25
    assert None in covers.values()


def test_about_a_quarter_of_the_products_are_fast(
    on_hand: dict[tuple[str, date], int], sold: dict[tuple[str, date], int], delivered: Delivered
) -> None:
    skus = {p["sku"] for p in latest(delivered["products"])}
    fast = [sku for sku in skus if cover(sku, on_hand, sold)[1] >= 30]
    assert 0.2 <= len(fast) / len(skus) <= 0.35


def test_a_discontinued_product_is_not_sold_any_more(company: DemoCompany, sold: dict[tuple[str, date], int]) -> None:
    discontinued = company.planted()["discontinued"]
    days = [day for sku, day in sold if sku == discontinued["sku"]]
    assert days
    assert max(days) < discontinued["first"] + timedelta(days=40)  # what was ordered before may be paid when it ships


def test_prices_rise_once_and_lines_follow_them(company: DemoCompany, delivered: Delivered) -> None:
    prices = defaultdict(list)
    for record in delivered["products"]:
        prices[record.key].append(record.fields["price"])
    assert len(prices) == 64
    assert all(len(both) == 2 and float(both[0]) < float(both[1]) for both in prices.values())
    assert len({p["category"] for p in latest(delivered["products"])}) == 8
    rise = company.planted()["price_rise"]
    ordered = {r.fields["order_id"]: r.fields["ordered_at"] for r in delivered["orders"]}
    pumps = [r.fields for r in delivered["order_lines"] if '"PMP-340"' in r.payload and '"quantity":1,' in r.payload]
    full = Counter((shop_day(datetime.fromisoformat(ordered[p["order_id"]])) >= rise, p["amount"]) for p in pumps)
    assert [full.most_common(2)[n][0] for n in (0, 1)] == [(True, prices["PMP-340"][1]), (False, prices["PMP-340"][0])]
