"""The state of an open period is today's; a state that is older than its carry holds no more."""

from __future__ import annotations

from tests.soundness.bench import Bench, base

STOCK = base("n", "count(*)", kind="stock", entity="[shop]", carry="48h")


def test_the_state_of_a_month_that_is_not_over_is_that_of_today(bench: Bench) -> None:
    bench.sell(("2026-03-10 05:00", 100))
    bench.publish(bench.catalog(STOCK))
    assert bench.ask("n", "2026-03").value == "1"


def test_a_state_is_carried_for_two_days_and_not_longer(bench: Bench) -> None:
    bench.sell(("2026-03-05 05:00", 100))
    bench.publish(bench.catalog(STOCK))
    days = [f"2026-03-0{day}" for day in (5, 6, 7, 8)]
    kept = [bench.ask("n", day).value for day in days]
    assert kept == [bench.ask("n", day, recompute=True).value for day in days] == ["1", "1", "0", "0"]
