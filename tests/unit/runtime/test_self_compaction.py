"""Many batches of Assay's own measurements become one, which says the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assay.calendar import ShopCalendar
from assay.runtime.own import compaction as self_compaction
from assay.runtime.own.compaction import compact
from assay.runtime.own.records import CHECKS, QUERIES, STATES, Record, table_of
from assay.sources.landing import LandingZone
from assay.sources.raw import load_raw
from assay.trust.load_log import covered_by

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
CALENDAR = ShopCalendar.of("America/Los_Angeles")
HOUR = timedelta(hours=1)


def question(key: str, at: datetime, asks: int) -> Record:
    facts = {"query_id": key, "kind": "question", "subject": "k", "success": True, "cache_hit": True}
    return Record(key, at, facts | {"asked_at": at, "asks": asks, "milliseconds": "1.500"})


@pytest.fixture
def zone(tmp_path: Path) -> LandingZone:
    zone = LandingZone(tmp_path / "landing")
    for number in range(6):
        start, end = START + number * HOUR, START + (number + 1) * HOUR
        table = table_of([question(f"q{number}", start, number + 1)], end)
        gaps = [(start, start + HOUR / 2)] if number == 3 else []
        zone.write("assay", QUERIES, table, received_at=end, complete_from=start, complete_until=end, gaps=gaps)
        check = table_of([Record("c@1", end, {"check_name": "c", "status": f"s{number}"})], end)
        zone.write("assay", CHECKS, check, received_at=end, complete_from=start, complete_until=end, completes=STATES)
    return zone


def asks(zone: LandingZone) -> dict[str, int]:
    """Return what the newest record of each key says, as staging reads it."""
    with duckdb.connect() as connection:
        load_raw(connection, zone, zone.batches())
        rows = connection.execute(
            "select key, payload from raw.assay_queries "
            "qualify row_number() over (partition by key order by received_at desc) = 1"
        ).fetchall()
    return {key: int(json.loads(payload)["asks"]) for key, payload in rows if payload is not None}


def coverage(zone: LandingZone, stream: str) -> Any:
    return covered_by([entry for entry in zone.batches() if stream in (entry.completes or (entry.stream,))])


def test_few_batches_stay_as_they_are(zone: LandingZone) -> None:
    before = zone.batches()
    assert not compact(zone, "assay", CALENDAR, START + 7 * HOUR, most=6)
    assert zone.batches() == before


def test_one_batch_a_stream_says_what_all_of_them_said(zone: LandingZone) -> None:
    before = asks(zone)
    covered = {stream: coverage(zone, stream) for stream in (QUERIES, *STATES)}
    assert len(covered[QUERIES]) == 2
    assert compact(zone, "assay", CALENDAR, START + 7 * HOUR, most=5)
    assert asks(zone) == before == {f"q{number}": number + 1 for number in range(6)}
    assert {stream: coverage(zone, stream) for stream in (QUERIES, *STATES)} == covered
    assert max(sum(entry.stream == stream for entry in zone.batches()) for stream in STATES) == 1
    assert zone.damaged() == []


def test_old_questions_are_kept_by_the_day(zone: LandingZone) -> None:
    assert compact(zone, "assay", CALENDAR, START + timedelta(days=91), most=5)
    # six hours from ten in the morning are one shop day; 1 + 2 + 3 + 4 + 5 + 6
    assert asks(zone) == {"day:2026-03-02:k:true:true": 21}
    assert compact(zone, "assay", CALENDAR, START + timedelta(days=92), most=0)
    assert asks(zone) == {"day:2026-03-02:k:true:true": 21}


@pytest.mark.parametrize("removed", [0, 1, 5])
def test_a_crash_while_old_batches_go_counts_nothing_twice(
    zone: LandingZone, removed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(range(removed))

    def remove(path: Path) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        for file in path.iterdir():
            file.unlink()
        path.rmdir()

    monkeypatch.setattr(self_compaction, "remove_folder", remove)
    with pytest.raises(KeyboardInterrupt):
        compact(zone, "assay", CALENDAR, START + timedelta(days=91), most=5)
    assert asks(zone) == {"day:2026-03-02:k:true:true": 21}
    monkeypatch.undo()
    compact(zone, "assay", CALENDAR, START + timedelta(days=92), most=0)
    assert asks(zone) == {"day:2026-03-02:k:true:true": 21}
