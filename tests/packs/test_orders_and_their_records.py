"""What belongs to an order and was not delivered: its lines, and the refunds that its status speaks of."""

from __future__ import annotations

import pytest

from .shop import Shop, line, order, refund


def failing(shop: Shop, name: str) -> list[tuple[object, ...]]:
    shop.dbt("test", "--select", name, "--store-failures")
    return [tuple(row) for row in shop.execute(f"select day::varchar, * exclude (day) from main_dbt_test__audit.{name}")]


def land_lines(shop: Shop, day: str, *, without: int = 0, amount: str = "9.00") -> None:
    """Land ten orders of 10.00 with a line each; some without it."""
    for n in range(10):
        shop.land("orders", order(f"{day}-{n}", f"{day}T18:{n:02d}:30Z", "10.00"))
        if n >= without:
            shop.land("order_lines", line(f"{day}-{n}", f"{day}-{n}", "HOSE", 1, amount))


def test_a_day_whose_lines_explain_far_less_than_usual_lacks_lines(project: Shop) -> None:
    project.clear()
    for n in range(10):  # before there were any lines
        project.land("orders", order(f"early-{n}", f"2026-02-01T18:{n:02d}:30Z", "10.00"))
    land_lines(project, "2026-03-02")
    land_lines(project, "2026-03-03", without=3)
    land_lines(project, "2026-03-04", without=1)
    land_lines(project, "2026-03-05", without=10)
    land_lines(project, "2026-03-06", amount="8.00")
    for n in range(10):  # their lines are still to come
        project.land("orders", order(f"late-{n}", f"2026-03-07T18:{n:02d}:30Z", "10.00"))
    assert project.dbt("run", "--select", "stg_orders", "stg_order_lines").success

    # usual is the median of 0.9, 0.63, 0.81, 0 and 0.8
    assert {(day, orders) for day, _, _, orders in failing(project, "orders_and_lines_match")} == {
        ("2026-03-03", 10),
        ("2026-03-05", 10),
    }


@pytest.mark.parametrize("total", ["100.00", "20.00"])
def test_a_shop_whose_lines_never_explained_the_half_is_not_judged(project: Shop, total: str) -> None:
    project.clear()
    for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
        for n in range(10):
            project.land("orders", order(f"{day}-{n}", f"{day}T18:{n:02d}:30Z", total))
            if day != "2026-03-03" or n == 9:
                project.land("order_lines", line(f"{day}-{n}", f"{day}-{n}", "HOSE", 1, "9.00"))
    assert project.dbt("run", "--select", "stg_orders", "stg_order_lines").success
    assert failing(project, "orders_and_lines_match") == []


def test_orders_that_turned_into_refunded_ones_without_a_refund_are_found(project: Shop) -> None:
    project.clear()
    for day, status, refunds in (
        ("2026-02-20", "refunded", 0),  # before there were any refunds
        ("2026-03-01", "paid", 1),
        ("2026-03-02", "refunded", 3),
        ("2026-03-03", "partially_refunded", 1),
        ("2026-03-04", "refunded", 2),  # one is on its way
        ("2026-03-05", "refunded", 3),
        ("2026-03-05", "paid", 0),
        ("2026-03-06", "refunded", 0),  # after the last refund, and of today
    ):
        for n in range(3):
            number = f"{day}-{status}-{n}"
            at = f"{day}T18:{n:02d}:30Z"
            project.land("orders", order(number, at, "10.00", financial_status=status), at=at)
            if n < refunds:
                project.land("refunds", refund(number, number, at, "4.00"))
    assert project.dbt("run", "--select", "stg_orders", "stg_refunds").success
    assert failing(project, "refunded_orders_have_refunds") == [("2026-03-03", 2, 3)]

    # two days later they cannot be on their way any more
    project.land("orders", order("newest", "2026-03-08T18:00:00Z", "10.00"), at="2026-03-08T18:00:00Z")
    assert project.dbt("run", "--select", "stg_orders").success
    assert set(failing(project, "refunded_orders_have_refunds")) == {("2026-03-03", 2, 3), ("2026-03-06", 3, 3)}
