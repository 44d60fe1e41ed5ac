"""Keeping Assay's own measurements small: many batches of a stream become one, and old questions one record a day.

Only batches of the source `assay` are touched: what it delivered is its own to say in another way. The new batch is durable
before an old one goes, and takes back by name what it tells anew, so that no crash in between counts anything twice.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from assay.calendar import ShopCalendar
from assay.runtime.own.records import QUERIES, STREAMS, Record, table_of
from assay.sources.durable import remove_folder, sync_folder
from assay.sources.landing import Draft, LandingZone
from assay.trust.load_log import covered_by
from assay.values.load import LoadEntry

if TYPE_CHECKING:
    import pyarrow as pa

MOST_BATCHES = 200
QUESTIONS_KEPT = timedelta(days=90)
"""Questions older than this are kept by the day, no longer by the quarter of an hour."""


@dataclass(frozen=True)
class Row:
    """A record as it landed."""

    key: str
    at: datetime
    received_at: datetime
    payload: str | None


def compact(zone: LandingZone, source: str, calendar: ShopCalendar, now: datetime, *, most: int = MOST_BATCHES) -> bool:
    """Make one batch of each stream of the source once a stream has more than `most`; return whether it was done.

    Raises `DamagedBatchError` before anything is written if a batch is not what landed.
    """
    entries = [entry for entry in zone.batches() if entry.source == source and entry.stream in STREAMS]
    if max((sum(one.stream == stream for one in entries) for stream in STREAMS), default=0) <= most:
        return False
    for entry in entries:
        zone.verify(entry)
    entries.sort(key=lambda entry: (entry.received_at, entry.batch))
    zone.write_all([_draft(zone, source, stream, entries, calendar, now) for stream in STREAMS])
    for entry in entries:  # the oldest first: what a batch takes back goes before it does
        remove_folder(zone.path(entry))
        sync_folder(zone.path(entry).parent)
    return True


def _draft(
    zone: LandingZone, source: str, stream: str, entries: Sequence[LoadEntry], calendar: ShopCalendar, now: datetime
) -> Draft:
    """Return one batch that says what all of them say: the newest record of each key, and the same coverage."""
    covered = covered_by([entry for entry in entries if stream in (entry.completes or (entry.stream,))])
    gaps = [(one.end, other.start) for one, other in itertools.pairwise(covered) if other.start is not None]
    newest: dict[str, Row] = {}
    for entry in entries:
        if entry.stream == stream:
            newest |= {row.key: row for row in _rows(zone, entry)}
    table = _table([row for row in newest.values() if row.payload is not None], now)
    if stream == QUERIES:
        table = _folded([row for row in newest.values() if row.payload is not None], calendar, now)
    start, until = (covered[0].start, covered[-1].end) if covered else (None, None)
    return Draft(source, stream, table, now, start, until, tuple(gaps))


def _rows(zone: LandingZone, entry: LoadEntry) -> list[Row]:
    import pyarrow.parquet as pq

    found = pq.read_table(zone.records(entry), partitioning=None).to_pylist()
    return [Row(one["key"], one["event_at"], one["received_at"], one["payload"]) for one in found]


def _folded(rows: Sequence[Row], calendar: ShopCalendar, now: datetime) -> pa.Table:
    """Return the rows with one record for the old questions of a day that are alike, and each of these taken back."""
    import pyarrow as pa

    kept: list[Row] = []
    alike: dict[tuple[Any, ...], list[tuple[Row, dict[str, Any]]]] = defaultdict(list)
    for row in rows:
        facts = json.loads(row.payload or "{}")
        if facts.get("kind") == "question" and now - calendar.end_of(calendar.day_of(row.at)) > QUESTIONS_KEPT:
            same = (calendar.day_of(row.at), facts["subject"], facts["success"], facts["cache_hit"])
            alike[same].append((row, facts))
        else:
            kept.append(row)
    days = [_of_a_day(key, same) for key, same in alike.items()]
    names = {day.key for day in days}  # a record of the day that is there already grows by what came late
    gone = [Row(row.key, row.at, now, None) for same in alike.values() for row, _ in same if row.key not in names]
    return pa.concat_tables([_table([*kept, *gone], now), table_of(days, now)])


def _of_a_day(key: tuple[Any, ...], same: Sequence[tuple[Row, dict[str, Any]]]) -> Record:
    name = "day:" + ":".join(str(part) for part in key)
    first = min(row.at for row, _ in same)
    asks = sum(int(facts["asks"]) for _, facts in same)
    milliseconds = sum(float(facts["milliseconds"]) for _, facts in same)
    facts = {**same[0][1], "query_id": name, "asked_at": first, "asks": asks, "milliseconds": f"{milliseconds:.3f}"}
    return Record(name, first, facts)


def _table(rows: Sequence[Row], now: datetime) -> pa.Table:
    """Return rows as a batch holds them. They were received again now: of two batches with a key the newer one is right."""
    import hashlib

    import pyarrow as pa

    from assay.sources.records import record_schema

    columns = {
        "key": [row.key for row in rows],
        "event_at": [row.at for row in rows],
        "received_at": [now] * len(rows),
        "sha256": [hashlib.sha256((row.payload or "").encode()).hexdigest() for row in rows],
        "payload": [row.payload for row in rows],
    }
    return pa.table(columns, schema=record_schema())
