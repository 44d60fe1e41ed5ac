"""The ledger says of every closed period what the desk says: whatever changed, and even if nothing did."""

from __future__ import annotations

from datetime import date, datetime

from assay.catalog.contract import Question
from assay.runtime.desk import Desk
from assay.state.reader import StateReader
from assay.values.check import Check
from assay.values.generation import Interval, StreamFacts
from tests.soundness.bench import MODEL, Bench, at, base, derived

WITH_CHECK = MODEL + "data_tests: [{name: sound}]\n"


def check(status: str) -> list[Check]:
    return [
        Check.model_validate(
            {"name": "sound", "models": ("sales",), "status": status, "blocking": False, "checked_at": at("2026-03-10 12:00")}
        )
    ]


def test_a_week_that_closes_without_any_news_is_published(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"))
    bench.sell(("2026-03-06 10:00", 100))
    bench.publish(catalog, now=at("2026-03-07 12:00"), until=at("2026-03-09 00:00"))
    bench.publish(catalog, now=at("2026-03-09 12:00"), until=at("2026-03-09 00:00"))
    assert bench.history("n", "week", 1) == {"2026-03-02": "1"}


def test_a_day_that_closes_before_its_data_are_complete_is_withheld(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"))
    bench.sell(("2026-03-10 05:00", 100))
    bench.publish(catalog)
    bench.publish(catalog, now=at("2026-03-11 12:00"), until=at("2026-03-10 12:00"))
    rows = StateReader(bench.project.state).history("n", "day", date(2026, 3, 10), date(2026, 3, 10))
    assert [row.value for row in rows] == [None]


def test_a_model_that_rests_on_another_stream_withholds_the_days_that_it_does_not_cover(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"))
    bench.sell(("2026-03-06 10:00", 100))
    bench.publish(catalog)
    visits = StreamFacts(stream="visits", intervals=(Interval(start=at("2026-03-08 00:00"), end=bench.now),))
    bench.publish(catalog, streams=("orders", "visits"), facts={"visits": visits})
    assert bench.ask("n", "2026-03-06").value is None
    rows = StateReader(bench.project.state).history("n", "day", date(2026, 3, 6), date(2026, 3, 6))
    assert [row.value for row in rows] == [None]


def test_a_longer_look_back_withholds_the_days_that_it_leaves_uncovered(bench: Bench) -> None:
    bench.since = at("2026-03-01 00:00")
    bench.sell(("2026-03-06 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    bench.model = MODEL.replace("times: [sold_on]}", "times: [sold_on], meta: {lookback: {orders: 30}}}")
    bench.publish(bench.catalog(base("n", "count(*)")))
    assert bench.history("n")["2026-03-06"] is None


def test_a_check_that_a_kpi_requires_from_now_on_withholds_its_history(bench: Bench) -> None:
    bench.model = WITH_CHECK
    bench.sell(("2026-03-08 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")), checks=check("failed"))
    bench.publish(bench.catalog(base("n", "count(*)", requires="{checks: [sound]}")), checks=check("failed"))
    assert bench.history("n")["2026-03-08"] is None


def test_to_withhold_a_number_restates_nothing_and_another_number_after_that_does(bench: Bench) -> None:
    bench.model = WITH_CHECK
    catalog = bench.catalog(base("n", "count(*)", requires="{checks: [sound]}"))
    bench.sell(("2026-03-08 10:00", 100))
    bench.publish(catalog, checks=check("passed"))
    assert bench.publish(catalog, checks=check("failed")).restated == 0
    bench.sell(("2026-03-08 10:01", 100))
    bench.publish(catalog, checks=check("passed"))
    found = StateReader(bench.project.state).restatements("n", 50)
    assert ("day", "1", "2", "late data") in [(row["period"], row["old"], row["new"], row["cause"]) for row in found]


def test_the_last_good_value_is_one_of_the_definition_in_force(bench: Bench) -> None:
    bench.model = WITH_CHECK
    bench.sell(("2026-03-08 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    other = base("n", "count(*) filter (where shop = 'x')", requires="{checks: [sound]}")
    bench.publish(bench.catalog(other), checks=check("failed"))
    assert bench.ask("n", "2026-03-08").last_good is None


def test_what_was_known_at_an_instant_is_the_same_whatever_its_offset(bench: Bench) -> None:
    bench.sell(("2026-03-08 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    known = datetime.fromisoformat("2026-03-10T04:30:00-08:00")  # half an hour after noon in UTC
    assert Desk(bench.project, bench.clock).as_of(Question(kpi="n", period="2026-03-08"), None, known).value == "1"


def test_a_new_kpi_on_a_held_model_does_not_stop_the_publication_of_the_others(bench: Bench) -> None:
    bench.sell(("2026-03-08 05:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    bench.publish(bench.catalog(base("n", "count(*)"), base("m", "sum(units)"), derived("d", "n / 2", "number")), built=())
    assert bench.ask("n", "2026-03-07").value == "0"


def test_a_day_whose_coverage_was_taken_back_is_withheld(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"))
    bench.sell(("2026-03-08 05:00", 100))
    bench.publish(catalog)
    bench.since = at("2026-03-09 00:00")
    bench.publish(catalog)
    rows = StateReader(bench.project.state).history("n", "day", date(2026, 3, 8), date(2026, 3, 8))
    assert [row.value for row in rows] == [None]


BOARD = """
board: b
label: B
sections: [{label: S, tiles: [{kpi: sold, period: 3d, at: yesterday}]}]
"""


def test_a_period_that_a_board_shows_is_published_again_when_one_of_its_days_changes(bench: Bench) -> None:
    (bench.folder / "boards").mkdir()
    (bench.folder / "boards" / "b.yml").write_text(BOARD)
    catalog = bench.catalog(base("sold", "sum(units)"))
    shown = ("sold", "3d", "2026-03-07", "2026-03-09")
    bench.sell(("2026-03-08 10:00", 100))
    bench.publish(catalog)
    assert bench.state.newest_rows()[shown][0] == "1"
    bench.sell(("2026-03-07 10:00", 100), ("2026-03-01 10:00", 100))
    bench.publish(catalog)
    assert bench.state.newest_rows()[shown][0] == "2"
    bench.publish(catalog, now=at("2026-03-11 12:00"))
    assert bench.state.newest_rows()["sold", "3d", "2026-03-08", "2026-03-10"][0] == "1"
