"""The marts of `packs/base` on a story of a few orders, and which days a later record changes."""

from __future__ import annotations

import pytest

from .shop import Shop, line, order, payment, refund

# cautious: the checks of base's own models, not those that compare them with models of other packs
ONLY = ("--exclude-resource-type", "unit_test", "--indirect-selection", "cautious")
MODELS_AND_CHECKS = ("build", "--select", "package:base", *ONLY)


@pytest.fixture(scope="module")
def shop(project: Shop) -> Shop:
    """Return the shop after its first build and, in the order of the tests below, after what came later."""
    shop = project
    shop.clear()
    shop.land("products", {"sku": "A", "title": "Intake", "category": "Engine", "price": "40.00", "currency": "USD"})
    shop.land(
        "orders",
        order("plain", "2026-03-02T18:00:00Z", "100.00"),
        order("partly_refunded", "2026-03-02T19:00:00Z", "80.00", customer_id="c2", financial_status="partially_refunded"),
        order("late_at_night", "2026-03-03T07:59:59Z", "50.00", customer_id=None, channel="phone"),
        order("in_two_parts", "2026-03-03T18:00:00Z", "30.00", customer_id="c3"),
        order("test", "2026-03-02T18:00:00Z", "999.00", is_test=True),
        order("voided", "2026-03-02T18:00:00Z", "888.00", financial_status="voided", cancelled_at="2026-03-02T20:00:00Z"),
        order("free", "2026-03-03T18:00:00Z", "0.00"),
        order("unpaid", "2026-03-03T18:00:00Z", "77.00", financial_status="pending"),
    )
    shop.land(
        "payments",
        payment("p1", "plain", "2026-03-02T18:00:00Z", "100.00"),
        payment("p2", "partly_refunded", "2026-03-02T19:00:00Z", "80.00", customer_id="c2"),
        payment("p3", "late_at_night", "2026-03-03T07:59:59Z", "50.00", customer_id=None),
        payment("p4", "in_two_parts", "2026-03-03T18:00:00Z", "10.00", customer_id="c3"),
        payment("p5", "in_two_parts", "2026-03-04T18:00:00Z", "20.00", customer_id="c3"),
        payment("p6", "test", "2026-03-02T18:00:00Z", "999.00", is_test=True),
        payment("p7", "free", "2026-03-03T18:00:00Z", "0.00"),
    )
    shop.land("refunds", refund("r1", "partly_refunded", "2026-03-04T18:00:00Z", "25.00", reason="damaged"))
    shop.land(
        "order_lines",
        line("l1", "plain", "A", 2, "90.00"),
        line("l2", "partly_refunded", "A", 1, "40.00"),
        line("l3", "unpaid", "A", 50, "77.00"),
        line("l4", "test", "A", 60, "999.00"),
    )
    returned = {"refund_line_id": "x1", "refund_id": "r1", "line_id": "l2", "sku": "A", "quantity": 1, "amount": "25.00"}
    shop.land(
        "refund_lines", {**returned, "order_id": "partly_refunded", "currency": "USD", "refunded_at": "2026-03-04T18:00:00Z"}
    )
    shop.land(
        "fulfillments",
        {"fulfillment_id": "f1", "order_id": "plain", "fulfilled_at": "2026-03-03T18:00:00Z", "status": "success"},
        {"fulfillment_id": "f2", "order_id": "late_at_night", "fulfilled_at": "2026-03-05T08:00:00Z", "status": "success"},
    )
    shop.land("inventory_levels", {"sku": "A", "location": "main", "on_hand": 1, "counted_at": "2026-03-05T09:00:00Z"})
    run = shop.dbt(*MODELS_AND_CHECKS)
    assert run.success
    assert run.bad() == {}
    return shop


def build(shop: Shop) -> None:
    run = shop.dbt("run", "--select", "package:base")
    assert run.success, run.bad()


def by_day(
    shop: Shop, expression: str, model: str, day: str, where: str = "not is_test and not is_voided"
) -> list[tuple[str, int]]:
    return [
        (str(row[0]), int(row[1]))
        for row in shop.execute(f"select {day}, {expression} from main.{model} where {where} group by 1 order by 1")
    ]


def test_revenue_stands_on_the_shop_days_of_its_captures_in_cents(shop: Shop) -> None:
    # 100 + 80 + 50 (23:59:59 in Los Angeles) on the 2nd; 10 + 0 on the 3rd; 20 on the 4th
    assert by_day(shop, "sum(amount)", "fct_payments", "paid_on") == [
        ("2026-03-02", 23000),
        ("2026-03-03", 1000),
        ("2026-03-04", 2000),
    ]
    assert by_day(shop, "count(distinct order_id)", "fct_payments", "paid_on")[1] == ("2026-03-03", 2)


def test_a_partly_refunded_order_keeps_its_revenue_and_has_its_refund(shop: Shop) -> None:
    assert by_day(shop, "sum(amount)", "fct_refunds", "refunded_on") == [("2026-03-04", 2500)]


def test_orders_count_by_the_day_they_were_placed_voided_in_and_tests_out(shop: Shop) -> None:
    assert by_day(shop, "count(*)", "fct_orders", "created_on", "not is_test") == [("2026-03-02", 4), ("2026-03-03", 3)]


def test_product_sales_leave_out_unpaid_orders_and_take_refunds_off(shop: Shop) -> None:
    assert by_day(shop, "sum(amount)", "fct_product_sales", "counted_on") == [("2026-03-02", 13000), ("2026-03-04", -2500)]
    assert by_day(shop, "sum(units)", "fct_product_sales", "counted_on") == [("2026-03-02", 3), ("2026-03-04", -1)]


def test_cover_rests_on_the_units_sold_before_the_day_of_the_count(shop: Shop) -> None:
    # 3 units in 30 days are 0.1 a day, so that one unit lasts 10 days; the return is not taken off
    assert shop.execute(
        "select units_sold_30d, days_of_cover::varchar, velocity_tier, stock_status from main.fct_inventory"
    ) == [(3, "10.000000", "slow", "in_stock")]


def test_a_second_build_of_the_same_records_changes_no_day(shop: Shop) -> None:
    before = shop.last_change()
    build(shop)
    assert shop.last_change() == before


def test_later_records_change_only_the_days_that_they_are_about(shop: Shop) -> None:
    before = shop.last_change()
    shop.land("orders", order("late", "2026-02-27T18:00:00Z", "5.00"))
    shop.land("payments", payment("p8", "late", "2026-02-27T18:00:00Z", "5.00"))
    shop.land("refunds", refund("r2", "early_bird", "2026-03-04T20:00:00Z", "1.00"))
    shop.land("orders", order("free", "2026-03-03T18:00:00Z", "0.00", financial_status="voided"))
    shop.land("orders", order("plain", "2026-03-01T18:00:00Z", "100.00"))
    shop.land("payments", payment("p1", "plain", "2026-03-02T18:00:00Z", "1.00"), received="2026-01-01T00:00:00Z")
    run = shop.dbt(*MODELS_AND_CHECKS)
    assert run.success
    assert set(run.bad()) == {"refunds_have_orders"}  # a warning
    # a late capture; one whose order was voided since; the old record of p1, received late, changes nothing
    assert shop.changed_days("fct_payments", before) == [("2026-02-27", "inserted", 1), ("2026-03-03", "updated", 1)]
    # an order that was corrected to another day marks both
    assert shop.changed_days("fct_orders", before) == [
        ("2026-02-27", "inserted", 1),
        ("2026-03-01", "updated", 1),
        ("2026-03-02", "updated", 1),
        ("2026-03-03", "updated", 1),
    ]
    # a refund waits for its order
    assert shop.changed_days("fct_refunds", before) == []


def test_a_refund_that_waited_counts_on_its_own_day_and_deleted_records_leave_theirs(shop: Shop) -> None:
    before = shop.last_change()
    shop.land("orders", order("early_bird", "2026-03-04T19:00:00Z", "9.00", financial_status="partially_refunded"))
    shop.land("payments", payment("p9", "early_bird", "2026-03-04T19:00:00Z", "9.00"))
    shop.land("payments", None, key="p8")
    shop.land("orders", None, key="late")
    build(shop)
    assert shop.changed_days("fct_refunds", before) == [("2026-03-04", "inserted", 1)]
    assert shop.changed_days("fct_payments", before) == [("2026-02-27", "deleted", 1), ("2026-03-04", "inserted", 1)]


def test_every_unit_test_of_the_packs_passes(shop: Shop) -> None:
    assert shop.dbt("run", "--select", "package:commerce_ops").success  # dbt takes the types of the inputs from the tables
    run = shop.dbt("test", "--select", "test_type:unit")
    assert run.success, run.bad()
    assert len(run.statuses) >= 15


def test_zones_of_which_none_held_first_are_refused(shop: Shop) -> None:
    with pytest.raises(Exception, match="exactly one row without `from`"):
        shop.dbt("parse", "--vars", '{assay_zones: [{from: "2026-01-01T00:00:00Z", zone: Europe/Berlin}]}')
