"""A stream that several shops or places deliver is complete when all of them are, and a silent one is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assay.calendar import ShopCalendar
from assay.catalog.models import StreamSchema
from assay.catalog.stream_rules import StreamRules, read_rules
from assay.settings import StreamSetting
from assay.trust.freshness import stream_freshness
from assay.trust.intervals import intersection
from assay.trust.load_log import stream_facts
from assay.values.answer import Freshness
from assay.values.generation import Interval, StreamFacts
from assay.values.load import LoadEntry
from tests.unit.trust.judging import codes, judge, kpi, noon, of_day

UTC_DAYS = ShopCalendar.of("UTC")


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def interval(start: int | None, end: int) -> Interval:
    return Interval(start=None if start is None else at(start), end=at(end))


def load(shard: str | None, start: int | None, end: int | None, received: int = 20, **more: Any) -> LoadEntry:
    return LoadEntry(
        source="shop",
        stream="levels",
        batch=f"b{received}",
        received_at=at(received),
        rows=3,
        sha256="x",
        complete_from=None if start is None else at(start),
        complete_until=None if end is None else at(end),
        shard=shard,
        **more,
    )


def facts(*entries: LoadEntry, setting: StreamSetting | None = None, **rules: Any) -> StreamFacts:
    schema = StreamSchema("levels", owner="ops", rules=StreamRules(shard="location", **rules))
    return stream_facts(entries, {"levels": schema}, UTC_DAYS, {"levels": setting} if setting else {})["levels"]


@pytest.mark.parametrize(
    ("left", "right", "both"),
    [
        ([(1, 9)], [(3, 5)], [(3, 5)]),
        ([(1, 3), (5, 9)], [(2, 6)], [(2, 3), (5, 6)]),
        ([(None, 4)], [(None, 3)], [(None, 3)]),
        ([(None, 4)], [(2, 9)], [(2, 4)]),
        ([(1, 3)], [(3, 5)], []),
        ([], [(1, 2)], []),
    ],
)
def test_the_intersection_is_what_both_hold(left: Any, right: Any, both: Any) -> None:
    several = [tuple(interval(*one) for one in pieces) for pieces in (left, right)]
    assert intersection(several) == tuple(interval(*one) for one in both)


def test_a_day_is_covered_when_every_shard_completes_it() -> None:
    assert facts(load("reno", 1, 5), load("la", 1, 9)).intervals == (interval(1, 5),)


def test_a_load_without_a_shard_speaks_for_all_of_them() -> None:
    assert facts(load("reno", 1, 5), load("la", 1, 9), load(None, 5, 9)).intervals == (interval(1, 9),)


def test_a_shard_that_opens_takes_no_history_away() -> None:
    found = facts(load(None, 1, 5), load("la", 5, 9), load("reno", 7, 8))
    assert found.intervals == (interval(1, 8),)


def test_a_listed_shard_is_missed_before_it_ever_delivers() -> None:
    assert facts(load("la", 1, 9), shards=("la", "reno")).intervals == ()
    assert facts(load("la", 1, 9), shards=("la", "reno"), opened={"reno": date(2026, 3, 6)}).intervals == (interval(1, 6),)


@pytest.mark.parametrize("where", ["meta", "assay.yml"])
def test_a_retired_shard_is_not_waited_for(where: str) -> None:
    gone = {"reno": date(2026, 3, 5)}
    entries = load("reno", 1, 5), load("la", 1, 9)
    found = facts(*entries, retired=gone) if where == "meta" else facts(*entries, setting=StreamSetting(retired=gone))
    assert found.intervals == (interval(1, 9),)
    assert [(feed.shard, feed.retired) for feed in found.feeds] == [("la", False), ("reno", True)]


def test_a_retired_shard_is_still_needed_for_the_days_before() -> None:
    found = facts(load("reno", 1, 3), load("la", 1, 9), retired={"reno": date(2026, 3, 5)})
    assert found.intervals == (interval(1, 3), interval(5, 9))


def test_what_each_source_and_shard_delivered_is_kept() -> None:
    found = facts(load("la", 1, 9, expected_rows=3), load("reno", 1, 4, received=6, rejected=2))
    la, reno = found.feeds
    assert (la.source, la.shard, la.rows, la.expected, la.complete_until) == ("shop", "la", 3, 3, at(9))
    assert (reno.shard, reno.expected, reno.rejected, reno.newest_load) == ("reno", None, 2, at(6))


SILENT = facts(load("la", 1, 15), load("reno", 1, 10), load("vegas", 1, 15))


def test_the_total_is_withheld_naming_the_silent_shard() -> None:
    verdict = judge(noon(16), SILENT).judge(kpi(), of_day(12))
    assert codes(verdict) == ["shard_silent"]
    reason = verdict.blocking[0]
    assert reason.sentence.startswith("reno has not delivered its levels of 2026-03-12; the 2 other shards have")
    assert (reason.input, reason.owner, reason.since) == ("levels", "ops", at(10))
    assert "--shard reno" in (reason.repair or "")
    assert [(one.dimension, one.shard) for one in verdict.silent] == [("location", "reno")]
    assert codes(judge(noon(16), SILENT).judge(kpi(), of_day(8))) == []


def test_a_day_that_all_shards_lack_is_simply_not_covered() -> None:
    verdict = judge(noon(20), SILENT).judge(kpi(), of_day(18))
    assert codes(verdict) == ["not_covered"]
    assert verdict.silent == ()


def test_another_reason_beside_the_silent_shard_withholds_the_slices_too() -> None:
    late = StreamFacts(stream="orders", intervals=(interval(1, 11),))
    verdict = judge(noon(16), SILENT, late).judge(kpi(), of_day(12))
    assert sorted(codes(verdict)) == ["not_covered", "shard_silent"]
    assert verdict.silent == ()


def test_a_stream_is_as_fresh_as_its_own_declaration_says() -> None:
    def state(hours: int) -> Freshness | None:
        return stream_freshness(facts(load("la", 1, 9), freshness="10h"), datetime(2026, 3, 9, tzinfo=UTC).replace(hour=hours))

    assert [state(hours) for hours in (10, 15, 23)] == [Freshness.FRESH, Freshness.ACCEPTABLE, Freshness.STALE]
    assert stream_freshness(facts(load("la", 1, 9), freshness="2h"), at(10)) is Freshness.CRITICAL
    assert stream_freshness(facts(), at(10)) is None


def test_a_kpi_without_a_contract_of_its_own_takes_the_streams_declaration() -> None:
    slow = facts(load(None, 1, 9), freshness="2d")
    assert judge(at(11), slow).judge(kpi(), of_day(8)).freshness is Freshness.FRESH
    assert judge(at(11), slow).judge(kpi(requires={"freshness": "12h"}), of_day(8)).freshness is Freshness.CRITICAL


def test_what_repairs_a_stream_is_declared_and_the_project_may_say_it_otherwise() -> None:
    assert facts().repair is None
    assert facts(repair="Ask the server.").repair == "Ask the server."
    assert facts(repair="Ask the server.", setting=StreamSetting(repair="Ask Ana.")).repair == "Ask Ana."


def test_what_a_stream_declares_wrongly_is_said() -> None:
    rules, wrong = read_rules({"freshness": "soon", "owner": "ops"})
    assert rules == StreamRules()
    assert len(wrong) == 1
    assert wrong[0].startswith("freshness:")
