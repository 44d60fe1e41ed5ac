"""A day of which many payments, or many orders, are missing: `orders_and_payments_match` finds it, and one late record not."""

from __future__ import annotations

from .shop import Shop, order, payment

NAME = "orders_and_payments_match"


def land(shop: Shop, day: str, *, unpaid: int = 0, unordered: int = 0, early: int = 0) -> None:
    """Land ten orders of a day with their payments; some without the one or the other, some paid hours before."""
    for n in range(10):
        at = f"{day}T18:{n:02d}:30Z"
        if n >= unordered:
            shop.land("orders", order(f"{day}-{n}", at, "10.00"))
        if n < 10 - unpaid:
            paid = f"{day}T10:{n:02d}:30Z" if n < early else at
            shop.land("payments", payment(f"{day}-{n}", f"{day}-{n}", paid, "10.00"))


def test_many_missing_records_of_a_day_are_found_and_single_late_ones_are_not(project: Shop) -> None:
    project.clear()
    land(project, "2026-03-02", unpaid=6)
    land(project, "2026-03-03", unordered=6)
    land(project, "2026-03-04", early=6)
    land(project, "2026-03-05", unpaid=2, unordered=2, early=2)
    land(project, "2026-03-06")
    assert project.dbt("run", "--select", "stg_orders", "stg_payments").success
    project.dbt("test", "--select", NAME, "--store-failures")
    found = project.execute(f"select day::varchar, problem, wrong, records from main_dbt_test__audit.{NAME}")
    assert {tuple(row) for row in found} == {
        ("2026-03-02", "paid orders without a payment", 6, 10),
        ("2026-03-03", "payments without an order", 6, 10),
        ("2026-03-04", "payments before their order", 6, 10),
    }
