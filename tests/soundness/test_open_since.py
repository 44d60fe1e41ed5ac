"""What is open right now needs every stream from the first day of which any of them tells, but not for ever."""

from __future__ import annotations

from datetime import datetime

from assay.values.generation import Interval, StreamFacts
from tests.soundness.bench import Bench, at, derived
from tests.soundness.test_open_intervals import CASES, begin

OPEN = derived("open_cases", "active(begun_at, ended_at)", model="cases", kind="active")
BACK = CASES.replace("times: [begun_on]}", "times: [begun_on], meta: {lookback: {ends: 60}}}")


def covers(stream: str, *spans: tuple[str, datetime]) -> StreamFacts:
    return StreamFacts(stream=stream, intervals=tuple(Interval(start=at(start), end=end) for start, end in spans))


def publish(bench: Bench, model: str, *facts: StreamFacts) -> None:
    bench.model = model
    known = {one.stream: one for one in facts}
    bench.publish(bench.catalog(OPEN), built=("cases", "sales"), streams=tuple(known), facts=known)


def state(bench: Bench, day: str) -> tuple[str | None, list[str | None]]:
    answer = bench.ask("open_cases", day)
    return answer.value, [reason.input for reason in answer.reasons if reason.code == "not_covered"]


def test_ends_that_begin_later_than_the_beginnings_withhold_the_number(bench: Bench) -> None:
    """A case of the first week may have ended in it: nobody knows, for the ends are known from the second on."""
    begin(bench, "a", "2026-02-03 10:00")
    publish(bench, CASES, covers("begins", ("2026-02-01 00:00", bench.now)), covers("ends", ("2026-02-08 00:00", bench.now)))
    assert state(bench, "2026-02-20") == (None, ["ends"])


def test_streams_that_begin_together_are_enough(bench: Bench) -> None:
    begin(bench, "a", "2026-02-03 10:00")
    publish(bench, CASES, covers("begins", ("2026-02-01 00:00", bench.now)), covers("ends", ("2026-02-01 00:00", bench.now)))
    assert state(bench, "2026-02-20") == ("1", [])


def test_a_day_that_was_never_loaded_is_forgotten_after_92_days(bench: Bench) -> None:
    begin(bench, "a", "2025-06-03 10:00")
    spans = (("2025-06-01 00:00", at("2025-10-05 00:00")), ("2025-10-06 00:00", bench.now))
    publish(bench, CASES, covers("begins", *spans))
    assert state(bench, "2025-10-04") == ("1", [])
    assert state(bench, "2026-01-05") == (None, ["begins"])
    assert state(bench, "2026-01-06") == ("1", [])


def test_a_look_back_is_asked_before_the_day_and_not_before_the_beginning(bench: Bench) -> None:
    begin(bench, "a", "2025-12-03 10:00")
    publish(bench, BACK, covers("begins", ("2025-12-01 00:00", bench.now)), covers("ends", ("2025-12-01 00:00", bench.now)))
    assert state(bench, "2026-01-29") == (None, ["ends"])
    assert state(bench, "2026-01-30") == ("1", [])
