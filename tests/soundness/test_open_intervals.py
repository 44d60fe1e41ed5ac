"""What is open right now rests on rows of every day: a change, a gap or a hold of an early day reaches every later one."""

from __future__ import annotations

from assay.state.reader import StateReader
from assay.values.check import Check
from assay.values.generation import Interval, StreamFacts
from tests.soundness.bench import MODEL, Bench, at, derived

CASES = MODEL.replace(
    "models:",
    """models:
  - name: cases
    config: {materialized: fact, key: [id], times: [begun_on]}
    columns:
      - {name: id, data_type: VARCHAR}
      - {name: begun_on, data_type: DATE, config: {meta: {instant: begun_at}}}
      - {name: begun_at, data_type: TIMESTAMPTZ}
      - {name: ended_at, data_type: TIMESTAMPTZ}""",
)
OPEN = derived("open_cases", "active(begun_at, ended_at)", model="cases", kind="active")


def begin(bench: Bench, name: str, instant: str, ended: str | None = None) -> None:
    """Write a case, or write it again with its end, as a build of a fact does."""
    bench.engine.execute(
        "create table if not exists cases (id varchar, begun_on date, begun_at timestamptz, ended_at timestamptz)"
    )
    bench.engine.execute(f"delete from cases where id = '{name}'")
    day = bench.project.calendar.day_of(at(instant))
    bench.engine.execute("insert into cases values (?, ?, ?, ?)", [name, day, at(instant), at(ended) if ended else None])
    bench.log([day], "begun_on", "updated" if ended else "inserted", "cases")


def publish(bench: Bench, **more: object) -> None:
    bench.model = CASES
    bench.publish(bench.catalog(OPEN), built=("cases", "sales"), **more)  # type: ignore[arg-type]


def test_what_begins_at_midnight_is_open_on_the_new_day_and_not_at_the_end_of_the_old_one(bench: Bench) -> None:
    begin(bench, "a", "2026-03-05 00:00")
    begin(bench, "b", "2026-03-03 10:00", "2026-03-05 09:00")
    publish(bench)
    answers = {day: bench.ask("open_cases", day).value for day in ("2026-03-03", "2026-03-04", "2026-03-05")}
    assert answers == {"2026-03-03": "1", "2026-03-04": "1", "2026-03-05": "1"}
    assert bench.ask("open_cases", "2026-03-04", recompute=True).value == "1"


def test_a_late_end_restates_every_day_on_which_it_was_thought_to_be_open(bench: Bench) -> None:
    begin(bench, "a", "2026-03-03 10:00")
    publish(bench)
    assert bench.history("open_cases")["2026-03-06"] == "1"
    begin(bench, "a", "2026-03-03 10:00", "2026-03-05 10:00")
    publish(bench)
    days = {day: value for day, value in bench.history("open_cases").items() if day >= "2026-03-03"}
    assert days == {
        "2026-03-03": "1",
        "2026-03-04": "1",
        **dict.fromkeys(["2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09"], "0"),
    }
    restated = StateReader(bench.project.state).restatements("open_cases", 50)
    assert ("2026-03-06", "1", "0") in [(str(one["start"]), one["old"], one["new"]) for one in restated]


def test_a_day_that_nobody_knows_withholds_what_may_be_open_since_then(bench: Bench) -> None:
    begin(bench, "a", "2026-03-03 10:00")
    gap = StreamFacts(
        stream="orders",
        intervals=(
            Interval(start=at("2026-02-01 00:00"), end=at("2026-03-04 00:00")),
            Interval(start=at("2026-03-05 00:00"), end=bench.now),
        ),
    )
    publish(bench, facts={"orders": gap})
    assert bench.ask("open_cases", "2026-03-03").value == "1"
    answer = bench.ask("open_cases", "2026-03-06")
    assert (answer.value, [reason.code for reason in answer.reasons]) == (None, ["not_covered"])
    assert "2026-03-04" in answer.reasons[0].sentence


def test_a_faulty_early_day_withholds_the_days_after_it_as_well(bench: Bench) -> None:
    begin(bench, "a", "2026-03-03 10:00")
    passed = {"name": "sound", "models": ("cases",), "blocking": True, "checked_at": bench.now}
    publish(bench, checks=[Check.model_validate({**passed, "status": "passed"})])
    begin(bench, "b", "2026-03-04 10:00")
    publish(bench, checks=[Check.model_validate({**passed, "status": "failed", "failures": 1})])
    assert bench.ask("open_cases", "2026-03-03").value == "1"
    for day in ("2026-03-04", "2026-03-06"):
        assert bench.ask("open_cases", day).value is None
