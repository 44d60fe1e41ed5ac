"""What recurs rests on phases of any age: a change reaches every later period, and each period is worked out by itself."""

from __future__ import annotations

from datetime import date

import pytest

from assay.runtime.desk import Desk
from assay.runtime.examples import run_examples
from assay.state.reader import StateReader
from assay.values.generation import Interval, StreamFacts
from tests.soundness.bench import MODEL, Bench, at, derived

PHASES = MODEL.replace(
    "models:",
    """models:
  - name: phases
    config: {materialized: fact, key: [id], times: [begins_on]}
    columns:
      - {name: id, data_type: VARCHAR}
      - {name: customer, data_type: VARCHAR}
      - {name: begins_on, data_type: DATE, config: {meta: {instant: begins_at}}}
      - {name: begins_at, data_type: TIMESTAMPTZ}
      - {name: ends_at, data_type: TIMESTAMPTZ}
      - {name: monthly, data_type: BIGINT, config: {meta: {unit: money}}}""",
)
TABLE = (
    "create table if not exists phases (id varchar, customer varchar, begins_on date, begins_at timestamptz, "
    "ends_at timestamptz, monthly bigint)"
)
FIELDS = {"model": "phases", "time": "begins_on", "kind": "recurring", "entity": "[customer]"}
MOVEMENTS = ("start", "new", "expansion", "contraction", "churn", "reactivation", "end")
MONEY = [derived(word, f"recurring(monthly, begins_at, ends_at, '{word}')", "money", **FIELDS) for word in MOVEMENTS]
COUNTS = [
    derived(f"{word}_count", f"recurring_entities(monthly, begins_at, ends_at, '{word}')", **FIELDS)
    for word in ("start", "churn", "end")
]
RATES = [
    derived("nrr_pct", "100 * (start + expansion - contraction - churn) / start", "percent", grain="month"),
    derived("nrr_year_pct", "100 * (start + expansion - contraction - churn) / start", "percent", window="12m"),
    derived("logo_churn_pct", "100 * churn_count / start_count", "percent"),
    derived("mean_nrr_pct", "avg_over(nrr_pct, interval 2 months)", "percent"),
]


def begin(bench: Bench, name: str, begins: str, ends: str | None, monthly: int, customer: str | None = None) -> None:
    """Write a phase, or write it again, as a build of a fact does."""
    bench.engine.execute(TABLE)
    bench.engine.execute(f"delete from phases where id = '{name}'")
    day = bench.project.calendar.day_of(at(begins))
    row = [name, customer or name[0], day, at(begins), at(ends) if ends else None, monthly]
    bench.engine.execute("insert into phases values (?, ?, ?, ?, ?, ?)", row)
    bench.log([day], "begins_on", "updated", "phases")


def publish(bench: Bench, **more: object) -> None:
    bench.model = PHASES
    bench.publish(bench.catalog(*MONEY, *COUNTS, *RATES), built=("phases", "sales"), **more)  # type: ignore[arg-type]


def year(bench: Bench) -> None:
    """a pays more in January, b goes in January and comes back in March, c comes in January, d comes and goes in it."""
    begin(bench, "a1", "2025-11-05 10:00", "2026-01-10 12:00", 1000)
    begin(bench, "a2", "2026-01-10 12:00", None, 1500)
    begin(bench, "b1", "2025-10-01 00:00", "2026-01-20 09:00", 3000)
    begin(bench, "b2", "2026-03-02 09:00", None, 2000)
    begin(bench, "c1", "2026-01-01 00:00", None, 700)
    begin(bench, "d1", "2026-01-08 10:00", "2026-01-09 10:00", 9900)


JANUARY = {
    "start": "40",
    "new": "7",
    "expansion": "5",
    "contraction": "0",
    "churn": "30",
    "reactivation": "0",
    "end": "22",
    "churn_count": "1",
    "start_count": "2",
    "nrr_pct": "37.5",
    "logo_churn_pct": "50",
}


def test_a_month_is_what_was_new_grew_shrank_and_went_and_midnight_begins_the_new_day(bench: Bench) -> None:
    year(bench)
    publish(bench)
    for recompute in (False, True):
        told = {name: bench.ask(name, "2026-01", recompute=recompute).value for name in JANUARY}
        assert told == {name: f"{value}.00" if name in MOVEMENTS else value for name, value in JANUARY.items()}
    assert bench.ask("reactivation", "2026-03").value == "20.00"
    assert bench.ask("new", "2026-03").value == "0.00"
    assert bench.ask("new", "2026-01-08").value == "99.00"  # of its day d is new, of its month it is nothing


def test_a_retention_is_of_its_own_window_and_no_ratio_that_speaks_of_every_period(bench: Bench) -> None:
    year(bench)
    publish(bench)
    assert bench.ask("nrr_year_pct", "2026-01-31").value is None  # nobody paid when the window began: nothing to divide by
    assert bench.ask("nrr_pct", "2026-01-01..2026-03-09").value == "87.5"  # (10 + 30 + 5 − 10) / 40, b came back with less
    assert bench.ask("mean_nrr_pct", "2026-03").value == "68.75"  # of January 37.5, of February 100


def test_a_late_end_restates_the_later_closed_months_and_no_earlier_one(bench: Bench) -> None:
    begin(bench, "a1", "2025-11-05 10:00", None, 1000)
    publish(bench)
    before = bench.history("end", "month")
    assert before["2026-02-01"] == before["2025-11-01"] == "10.00"
    begin(bench, "a1", "2025-11-05 10:00", "2026-01-10 12:00", 1000)
    publish(bench)
    after = bench.history("end", "month")
    assert {month: after[month] for month in ("2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01")} == {
        "2025-11-01": "10.00",
        "2025-12-01": "10.00",
        "2026-01-01": "0.00",
        "2026-02-01": "0.00",
    }
    assert bench.history("churn", "month")["2026-01-01"] == "10.00"
    restated = StateReader(bench.project.state).restatements("end", 400)
    assert min(str(one["end"]) for one in restated) == "2026-01-10"


def test_a_known_end_is_churn_when_its_instant_has_come_and_says_until_when_the_answer_holds(bench: Bench) -> None:
    begin(bench, "a1", "2026-02-05 10:00", "2026-03-10 18:00", 1000)
    publish(bench)
    answer = bench.ask("end", "2026-03")
    assert (answer.value, answer.valid_until) == ("10.00", at("2026-03-10 18:00"))
    assert bench.ask("churn", "2026-03").value == "0.00"
    bench.clock.instant = at("2026-03-10 18:00")
    assert (bench.ask("end", "2026-03").value, bench.ask("churn", "2026-03").value) == ("0.00", "10.00")


def test_an_open_month_is_compared_with_the_same_part_of_the_month_before(bench: Bench) -> None:
    begin(bench, "a1", "2026-02-10 11:00", None, 1000)
    begin(bench, "b1", "2026-02-10 13:00", None, 500)
    begin(bench, "c1", "2026-03-04 10:00", None, 800)
    publish(bench)  # at noon of March 10th
    comparison = bench.ask("new", "mtd", compare="previous").comparison
    assert comparison is not None
    assert (comparison.value, comparison.current, comparison.until) == ("10.00", "8.00", "12:00")


def test_an_unknown_day_withholds_what_may_have_begun_on_it(bench: Bench) -> None:
    begin(bench, "a1", "2025-11-05 10:00", None, 1000)
    gap = StreamFacts(
        stream="orders",
        intervals=(
            Interval(start=at("2025-10-01 00:00"), end=at("2026-02-04 00:00")),
            Interval(start=at("2026-02-05 00:00"), end=bench.now),
        ),
    )
    publish(bench, facts={"orders": gap})
    assert bench.ask("end", "2026-01").value == "10.00"
    assert bench.ask("end", "2026-03-06").value is None
    bench.engine.close()
    incidents = Desk(bench.project, bench.clock).trust().incidents
    assert [one.days for one in incidents if one.code == "not_covered"] == [(date(2026, 2, 4),)]


EXAMPLE = """examples:
  - name: {name}
    rows:
      - {{customer: ana, begins_on: 2026-01-03, begins_at: 2026-01-03T10:00:00Z, ends_at: 2026-02-10T10:00:00Z, monthly: 4000}}
      - {{customer: ana, begins_on: 2026-02-10, begins_at: 2026-02-10T10:00:00Z, monthly: 5000}}
      - {{customer: ben, begins_on: 2026-02-11, begins_at: 2026-02-11T10:00:00Z}}
    period: 2026-02
    at: "2026-02-28"
    value: {value}
"""


@pytest.mark.parametrize(("value", "wrong"), [("10.00", 0), ("50.00", 2)])
def test_an_example_of_the_contract_is_worked_out_both_ways(bench: Bench, value: str, wrong: int) -> None:
    bench.model = PHASES
    kpi = derived("expansion", "recurring(monthly, begins_at, ends_at, 'expansion')", "money", **FIELDS)
    catalog = bench.catalog(kpi + EXAMPLE.format(name="ana pays more", value=value))
    assert len(run_examples(bench.project, catalog)) == wrong
