"""Assay's own measurements as records: what a note becomes when it lands."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assay.runtime.own.notes import Note
from assay.telemetry import QUARTER_SECONDS

if TYPE_CHECKING:
    import pyarrow as pa

QUERIES, RUNS, CALLS = "assay_queries", "assay_runs", "assay_source_calls"
CHECKS, FRESHNESS, FIELDS = "assay_checks", "assay_freshness", "assay_missing_fields"
NOTES, STATES = (QUERIES, RUNS, CALLS), (CHECKS, FRESHNESS, FIELDS)
STREAMS = (*NOTES, *STATES)


@dataclass(frozen=True)
class Record:
    """One record of a stream; a later one of the same key takes its place."""

    key: str
    at: datetime
    facts: Mapping[str, Any]


def records_of(file: str, notes: Sequence[Note]) -> dict[str, list[Record]]:
    """Return the records of one file of notes. Questions are counted by the quarter of an hour, so that their number does not
    grow with the readers; the file never changes, so that its records have the same keys when they land again."""
    found: dict[str, list[Record]] = defaultdict(list)
    asked: dict[tuple[Any, ...], list[Note]] = defaultdict(list)
    for note in notes:
        if note.stream == QUERIES and note.facts["kind"] == "question":
            quarter = datetime.fromtimestamp(note.at.timestamp() // QUARTER_SECONDS * QUARTER_SECONDS, UTC)
            asked[quarter, note.facts["subject"], note.facts["success"], note.facts["cache_hit"]].append(note)
        elif note.stream == QUERIES:
            facts = {"query_id": note.id, "asked_at": note.at, "asks": 1, **note.facts}
            found[QUERIES].append(Record(note.id, note.at, facts))
        elif note.stream == RUNS:
            found[RUNS].append(Record(note.facts["run_id"], datetime.fromisoformat(note.facts["started_at"]), note.facts))
        else:
            found[note.stream].append(Record(note.id, note.at, {"call_id": note.id, "called_at": note.at, **note.facts}))
    for (quarter, subject, success, cache_hit), same in asked.items():
        key = f"{file}:{quarter:%Y%m%dT%H%M}:{subject}:{success}:{cache_hit}"
        first = min(note.at for note in same)
        facts = {"query_id": key, "kind": "question", "subject": subject, "success": success, "cache_hit": cache_hit}
        facts |= {"asked_at": first, "asks": sum(int(note.facts.get("asks", 1)) for note in same)}
        facts |= {"milliseconds": f"{sum(float(note.facts['milliseconds']) for note in same):.3f}"}
        found[QUERIES].append(Record(key, first, facts))
    return found


def table_of(records: Sequence[Record], received_at: datetime) -> pa.Table:
    """Return records as a batch holds them; of two with one key the later stands."""
    import pyarrow as pa

    from assay.sources.records import record_schema

    last = {record.key: record for record in records}
    payloads = [json.dumps({name: as_text(value) for name, value in one.facts.items()}) for one in last.values()]
    columns = {
        "key": list(last),
        "event_at": [one.at for one in last.values()],
        "received_at": [received_at] * len(last),
        "sha256": [hashlib.sha256(payload.encode()).hexdigest() for payload in payloads],
        "payload": payloads,
    }
    return pa.table(columns, schema=record_schema())


def as_text(value: Any) -> str | None:
    """Return a value as records carry it: text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)
