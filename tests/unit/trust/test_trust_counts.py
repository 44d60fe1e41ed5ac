"""A source that counts its rows is believed: where other rows came, nothing of them is complete."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from assay.catalog.models import StreamSchema
from assay.trust.load_log import stream_facts
from assay.values.generation import StreamFacts
from assay.values.load import DayCount, LoadEntry
from tests.unit.trust.judging import CALENDAR, codes, judge, kpi, midnight, noon, of_day

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 9)


def load(rows: int, number: int = 1, **more: Any) -> LoadEntry:
    return LoadEntry(
        source="shop",
        stream="orders",
        batch=f"b{number}",
        received_at=noon(10) + timedelta(minutes=number),
        rows=rows,
        sha256="x",
        complete_from=midnight(FIRST),
        complete_until=CALENDAR.end_of(LAST),
        **more,
    )


def facts(*entries: LoadEntry) -> StreamFacts:
    return stream_facts(entries, {"orders": StreamSchema("orders", owner="ops")}, CALENDAR)["orders"]


def test_a_truncated_delivery_completes_nothing_and_says_both_numbers() -> None:
    verdict = judge(noon(10, 1), facts(load(900, expected_rows=1200))).judge(kpi(), of_day(5))
    assert codes(verdict) == ["count_mismatch"]
    sentence = verdict.blocking[0].sentence
    assert "900 rows came" in sentence
    assert "shop counts 1,200" in sentence
    assert "--rows 1200" in (verdict.blocking[0].repair or "")


def test_the_rows_that_came_are_those_that_the_source_counts() -> None:
    whole = load(900, expected_rows=1200, counted_rows=1200)  # several rows became one record
    assert codes(judge(noon(10, 1), facts(whole)).judge(kpi(), of_day(5))) == []


def test_a_later_delivery_that_adds_up_mends_it() -> None:
    entries = load(900, 1, expected_rows=1200), load(1200, 2, expected_rows=1200)
    assert codes(judge(noon(10, 1), facts(*entries)).judge(kpi(), of_day(5))) == []


def test_a_later_delivery_that_does_not_add_up_takes_an_earlier_claim_back() -> None:
    entries = load(1200, 1, expected_rows=1200), load(900, 2, expected_rows=1300)
    assert codes(judge(noon(10, 1), facts(*entries)).judge(kpi(), of_day(5))) == ["count_mismatch"]


def count(day: int, expected: int, counted: int) -> DayCount:
    def instant(number: int) -> datetime:
        return midnight(date(2026, 3, number))

    return DayCount(start=instant(day), end=instant(day + 1), expected=expected, counted=counted)


def test_a_count_for_each_day_withholds_just_the_day_that_does_not_add_up() -> None:
    judged = judge(noon(10, 1), facts(load(90, day_counts=(count(4, 10, 10), count(5, 10, 7)))))
    assert [codes(judged.judge(kpi(), of_day(day))) for day in (4, 5, 6)] == [[], ["count_mismatch"], []]
    assert (
        "of 2026-03-05, 7 rows came, but shop counts 10: some are missing"
        in judged.judge(kpi(), of_day(5)).blocking[0].sentence
    )


def test_too_many_rows_are_no_better() -> None:
    verdict = judge(noon(10, 1), facts(load(1201, expected_rows=1200))).judge(kpi(), of_day(5))
    assert verdict.blocking[0].sentence.endswith("some are too many.")


def test_the_facts_hold_what_was_expected() -> None:
    found = facts(load(900, 1, expected_rows=1200))
    assert [(one.rows, one.expected) for one in found.feeds] == [(900, 1200)]
    assert facts(load(900, 1, expected_rows=1200), load(5, 2)).feeds[0].expected is None  # not all of them say it
