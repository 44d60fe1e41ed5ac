"""A KPI over a model that keeps no change log must not stay at what it was when it was first published."""

from __future__ import annotations

from tests.soundness.bench import Bench, at, base


def test_a_model_without_a_change_log_is_rolled_up_whole_each_time(bench: Bench) -> None:
    catalog = bench.catalog(base("sold", "sum(amount)", "money"))
    bench.sell(("2026-03-08 10:00", 1000), log=False)
    bench.publish(catalog)
    bench.sell(("2026-03-09 10:00", 500), log=False)
    bench.sell(("2026-03-08 11:00", 100), log=False)
    bench.publish(catalog, now=at("2026-03-10 13:00"))
    assert bench.ask("sold", "2026-03-09").value == "5.00"
    assert bench.ask("sold", "2026-03-08").value == "11.00"
    assert bench.history("sold")["2026-03-08"] == "11.00"


def test_a_day_column_that_the_change_log_does_not_follow_is_rolled_up_whole_each_time(bench: Bench) -> None:
    catalog = bench.catalog(base("sold", "sum(amount)", "money"))
    bench.sell(("2026-03-08 10:00", 1000), log=False)
    bench.log([at("2026-03-08 10:00").date()], time="another_day")
    bench.publish(catalog)
    bench.sell(("2026-03-08 11:00", 100), log=False)
    bench.log([at("2026-03-08 10:00").date()], time="another_day")
    bench.publish(catalog)
    assert bench.ask("sold", "2026-03-08").value == "11.00"
