"""Each check of `packs/base` fails on the fault that it is for, and on no honest data."""

from __future__ import annotations

import pytest

from .shop import Run, Shop, line, order, payment, refund

AT = "2026-03-02T18:00:00Z"
LATER = "2026-03-12T18:00:00Z"  # the newest payment: those of orders of AT had time to arrive
UNREADABLE = ("12,34", "1e3", "", None, "-5.00", "$5", "1.005", "99999999999999999999")


def check(shop: Shop, *flags: str) -> Run:
    """Build the staging models, then run every check that rests on them."""
    assert shop.dbt("run", "--select", "base.staging").success
    return shop.dbt("test", "--select", "base", "--exclude", "test_type:unit", "base.marts", *flags)


def failing(shop: Shop, check: str, column: str = "order_id") -> set[str]:
    """Return the `column` of the rows that failed the check in the last run."""
    return {str(row[0]) for row in shop.execute(f"select {column} from main_dbt_test__audit.{check}")}


def stories_of_money(shop: Shop) -> None:
    """Land orders, each named for what happened to it; all cost 100.00 at first."""

    def ordered(name: str, at: str = AT, total: str = "100.00", **fields: object) -> None:
        shop.land("orders", order(name, at, total, **fields))

    def paid(name: str, *amounts: str) -> None:
        for number, amount in enumerate(amounts):
            shop.land("payments", payment(f"{name}-{number}", name, AT, amount))

    def refunded(name: str, *amounts: str) -> None:
        for number, amount in enumerate(amounts):
            shop.land("refunds", refund(f"{name}-{number}", name, AT, amount))

    ordered("newest", LATER, "10.00")
    shop.land("payments", payment("newest", "newest", LATER, "10.00"))
    ordered("capture_on_its_way", LATER)
    ordered("plain")
    paid("plain", "60.00", "40.00")
    ordered("captured_twice")
    paid("captured_twice", "100.00", "100.00")
    ordered("capture_missing")
    ordered("edited_up")
    ordered("edited_up", total="130.00")
    paid("edited_up", "100.00", "30.00")
    ordered("edited_up_and_not_paid_yet")
    ordered("edited_up_and_not_paid_yet", total="130.00")
    paid("edited_up_and_not_paid_yet", "100.00")
    ordered("edited_down")
    ordered("edited_down", total="80.00", financial_status="partially_refunded")
    paid("edited_down", "100.00")
    refunded("edited_down", "20.00")
    ordered("edited_down_in_the_only_record", total="80.00", financial_status="partially_refunded")
    paid("edited_down_in_the_only_record", "100.00")
    refunded("edited_down_in_the_only_record", "20.00")
    ordered("refunded_in_full", financial_status="refunded")
    paid("refunded_in_full", "100.00")
    refunded("refunded_in_full", "60.00", "40.00")
    ordered("refunded_too_much", financial_status="refunded")
    paid("refunded_too_much", "100.00")
    refunded("refunded_too_much", "60.00", "40.01")
    ordered("test", is_test=True)
    ordered("voided", financial_status="voided")
    ordered("free", total="0.00")


def test_captures_explain_what_orders_owe_and_lines_are_part_of_their_orders(project: Shop) -> None:
    project.clear()
    stories_of_money(project)
    project.land("order_lines", line("l1", "plain", "A", 1, "100.00"), line("l2", "free", "A", 1, "0.01"))
    returned = {"order_id": "edited_down", "line_id": "l1", "sku": "A", "quantity": 1, "currency": "USD", "refunded_at": AT}
    project.land("refund_lines", {**returned, "refund_line_id": "x1", "refund_id": "edited_down-0", "amount": "20.00"})
    project.land("refund_lines", {**returned, "refund_line_id": "x2", "refund_id": "refunded_in_full-0", "amount": "60.01"})
    check(project, "--store-failures")
    assert failing(project, "orders_reconcile_to_payments") == {"captured_twice", "capture_missing"}
    assert failing(project, "refunds_never_exceed_captures") == {"refunded_too_much"}
    assert failing(project, "order_lines_never_exceed_totals") == {"free"}
    assert failing(project, "refund_lines_never_exceed_refunds", "refund_id") == {"refunded_in_full-0"}


def test_a_record_that_cannot_be_read_is_found_by_the_check_of_its_field(project: Shop) -> None:
    project.clear()
    project.land("orders", order("o1", AT, "100.00"), order("bad_status", AT, "0.00", financial_status="perhaps"))
    project.land("orders", {name: value for name, value in order("no_test_mark", AT, "0.00").items() if name != "is_test"})
    project.execute("insert into raw.orders select 'other' as source, * exclude (source) from raw.orders where key = 'o1'")
    for number, amount in enumerate(UNREADABLE):
        project.land("payments", {**payment(f"unreadable-{number}", "o1", AT, "0"), "amount": amount})
    project.land("payments", payment("euro", "o1", AT, "5.00", currency="EUR"))
    project.land("payments", payment("no_currency", "o1", AT, "5.00", currency=None))
    project.land("payments", payment("fine", "o1", AT, "5.00"))
    project.land("refunds", "{broken", key="r9")
    run = check(project, "--store-failures")
    unreadable = {f"unreadable-{number}" for number in range(len(UNREADABLE))}
    assert failing(project, "payment_amounts_are_readable", "record_key") == {*unreadable, "no_currency"}
    assert failing(project, "payments_in_shop_currency", "record_key") == {"euro"}
    named = {
        name
        for name, found in run.bad().items()
        if found.startswith("fail") and name.startswith(("not_null", "unique", "accepted"))
    }
    orders = {"not_null_stg_orders_is_test", "unique_stg_orders_order_id"}
    refunds = {"not_null_stg_refunds_refund_id", "not_null_stg_refunds_order_id", "not_null_stg_refunds_refunded_at"}
    status = {name for name in named if name.startswith("accepted_values_stg_orders_financial_status")}
    assert len(status) == 1
    assert named == {*orders, *refunds, *status}


@pytest.mark.parametrize("landed", [False, True])
def test_a_shop_without_records_and_a_plain_import_of_orders_have_no_findings(project: Shop, landed: bool) -> None:
    project.clear()
    if landed:  # an order file without statuses: paid in full when ordered, one order twice the same
        for name in ("1", "2", "3"):
            project.land("orders", order(name, AT, "11.77", customer_id="00001", channel=None))
            project.land("payments", payment(name, name, AT, "11.77", customer_id="00001"))
    assert check(project).bad() == {}
