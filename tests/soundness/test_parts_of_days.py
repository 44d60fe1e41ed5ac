"""A part of a day is counted in its rows alone and never from quarters of an hour that are not kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.soundness.bench import Bench, at, base


def test_a_late_row_of_an_old_day_does_not_empty_the_parts_of_that_day(bench: Bench) -> None:
    first = at("2026-01-01 10:00")
    bench.sell(*[((first + timedelta(days=n)).strftime("%Y-%m-%d %H:%M"), 100) for n in range(68)])
    catalog = bench.catalog(base("n", "count(*)"))
    bench.publish(catalog)
    bench.sell(("2026-01-10 11:00", 100))
    bench.publish(catalog, now=at("2026-03-20 12:00"))
    assert bench.ask("n", "day", at("2026-01-10 12:00")).value == "2"


def test_an_instant_after_the_data_is_withheld_also_on_a_day_of_twenty_five_hours(tmp_path: Path) -> None:
    bench = Bench(tmp_path, zone="America/Los_Angeles", now=at("2025-11-02 18:00"))
    bench.sell(("2025-11-02 17:30", 100))
    bench.publish(bench.catalog(base("n", "count(*)")), until=at("2025-11-02 18:00"))
    bench.clock.instant = at("2025-11-02 20:00")
    assert bench.ask("n", "day", at("2025-11-02 18:00")).value == "1"
    assert bench.ask("n", "day", at("2025-11-02 18:45")).value is None
    bench.close()


def test_the_rows_of_a_breakdown_add_up_to_the_number_above_them_also_when_they_are_compared(bench: Bench) -> None:
    bench.sell(("2026-03-10 05:00", 100), ("2026-03-10 11:58", 100), ("2026-03-09 05:00", 100))
    bench.publish(
        bench.catalog(base("n", "count(*)", dimensions="[shop]")), now=at("2026-03-10 12:10"), until=at("2026-03-10 11:59")
    )
    answer = bench.ask("n", "day", by="shop", compare="previous")
    assert answer.rows is not None
    assert [(row.value, row.change) for row in answer.rows] == [("2", "0")]
    assert answer.value == "2"


def test_a_part_of_a_past_day_says_that_it_is_a_part(bench: Bench) -> None:
    bench.sell(("2026-03-08 05:00", 100), ("2026-03-08 15:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    answer = bench.ask("n", "day", at("2026-03-08 12:00"))
    assert (answer.value, [reason.code for reason in answer.reasons]) == ("1", ["until"])
