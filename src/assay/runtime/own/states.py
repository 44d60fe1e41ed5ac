"""How the data stands after a build: its checks, the ages of its streams, the cells that are missing.

A state is recorded when it begins, and again when it changes: between two refreshes nothing can change it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from assay.calendar import ShopCalendar
from assay.catalog.contract import seconds
from assay.catalog.entry import Catalog
from assay.engines.protocol import Engine
from assay.errors import AssayError
from assay.models.runner import BuildResult
from assay.planner.tables import quoted
from assay.runtime.own.records import CHECKS, FIELDS, FRESHNESS, STREAMS, Record, as_text
from assay.trust.freshness import DEFAULT_FRESHNESS, freshness_of
from assay.values.answer import Freshness
from assay.values.generation import StreamFacts

REMOVED = "removed"
Known = Mapping[str, tuple[str, dict[str, str | None]]]
"""The newest record of each subject: its key and its fields."""


@dataclass(frozen=True)
class States:
    """What is at hand after a build, of everything but Assay's own streams."""

    now: datetime
    calendar: ShopCalendar
    catalog: Catalog
    build: BuildResult
    streams: Mapping[str, StreamFacts]

    def expected(self) -> dict[str, timedelta]:
        """Return how old each stream may be that a KPI rests on: by its own declaration, or the strictest of those KPIs."""
        nodes = self.build.lineage.models()
        wanted: dict[str, list[int]] = defaultdict(list)
        for kpi in self.catalog.kpis.values():
            node = nodes.get(kpi.contract.model or "")
            for stream in self.build.lineage.streams_of(node) if node else ():
                wanted[stream].append(seconds(kpi.contract.requires.freshness or DEFAULT_FRESHNESS))
        own = {name: facts.freshness for name, facts in self.streams.items() if facts.freshness}
        return {
            name: timedelta(seconds=seconds(own[name]) if name in own else min(found))
            for name, found in wanted.items()
            if name in self.streams and name not in STREAMS
        }


def check_records(states: States, known: Known) -> list[Record]:
    """Return the checks whose result is another one than when it was last recorded."""
    now = states.now
    found = []
    for check in states.build.checks:
        facts = {
            "check_name": check.name,
            "models": ", ".join(check.models),
            "status": check.status,
            "blocking": check.blocking,
            "failures": check.failures,
        }
        if _texts(facts) != _without(known.get(check.name), "since"):
            found.append(Record(f"{check.name}@{now.isoformat()}", now, facts | {"since": now}))
    found += _gone(CHECKS, states, known, {check.name for check in states.build.checks})
    return found


def freshness_records(states: States, known: Known) -> tuple[list[Record], bool]:
    """Return until when each stream counts as updated in time. A record is extended for as long as the next data come before
    it runs out; data that come later begin another, so that the time between them stays what it was."""
    found, urgent = [], False
    expected = states.expected()
    for stream, facts in sorted(states.streams.items()):
        if stream not in expected or not facts.intervals:
            continue
        until = facts.intervals[-1].end
        status = freshness_of(states.now - until, expected[stream])[0]
        in_time = status in (Freshness.FRESH, Freshness.ACCEPTABLE)
        key, last = known.get(stream, ("", {}))
        if last.get("status") == REMOVED:
            last = {}
        ran_out = datetime.fromisoformat(last["acceptable_until"]) if last.get("acceptable_until") else None  # type: ignore[arg-type]
        acceptable = until + expected[stream] * 1.5
        same = ran_out is not None and (ran_out > states.now or not in_time)
        if same and ran_out is not None:
            acceptable = min(ran_out, states.now) if not in_time else acceptable
        since = datetime.fromisoformat(str(last["since"])) if same else states.now
        record = {
            "stream": stream,
            "since": since,
            "status": status.value,
            "complete_until": until,
            "newest_load": facts.newest_load,
            "expected_hours": f"{expected[stream] / timedelta(hours=1):g}",
            "acceptable_until": acceptable,
            "owner": facts.owner,
        }
        urgent = urgent or not same or status.value != last.get("status")
        found.append(Record(key if same else f"{stream}@{states.now.isoformat()}", states.now, record))
    gone = _gone(FRESHNESS, states, known, {str(record.facts["stream"]) for record in found})
    return [*found, *gone], urgent or bool(gone)


def field_records(states: States, engine: Engine, critical: Mapping[str, list[str]]) -> list[Record]:
    """Return how many cells of each critical field are missing, as the shop's day has it so far."""
    day = states.calendar.day_of(states.now)
    found = []
    for model, columns in critical.items():
        if model not in states.build.built:
            continue
        counts = ", ".join(f"count({quoted(column)}) as {quoted(column)}" for column in columns)
        try:
            row = engine.query(f"select count(*) as assay_rows, {counts} from {quoted(model)}").to_pylist()[0]  # noqa: S608 - quoted names
        except AssayError:
            continue  # a column that is declared and not there: the contract of the model says so
        for column in columns:
            facts = {"field": f"{model}.{column}", "model_name": model, "column_name": column, "measured_at": states.now}
            facts |= {"row_count": row["assay_rows"], "null_count": row["assay_rows"] - row[column]}
            found.append(Record(f"{model}.{column}@{day}", states.now, facts))
    return found


def newest(engine: Engine, stream: str) -> Known:
    """Return the newest record of each subject of a stream of states."""
    subject = {CHECKS: "check_name", FRESHNESS: "stream", FIELDS: "field"}[stream]
    rows = engine.query(
        f"select key, payload from raw.{quoted(stream)} qualify row_number() over ("  # noqa: S608 - both are written above
        f"partition by json_extract_string(payload, '$.{subject}') order by received_at desc, event_at desc) = 1"
    )
    payloads = [(str(row["key"]), json.loads(row["payload"])) for row in rows.to_pylist()]
    return {payload[subject]: (key, payload) for key, payload in payloads}


def _gone(stream: str, states: States, known: Known, present: set[str]) -> list[Record]:
    """Return what ends the states of subjects that are not there any more."""
    now, subject = states.now, "check_name" if stream == CHECKS else "stream"
    return [
        Record(f"{name}@{now.isoformat()}", now, {subject: name, "since": now, "status": REMOVED})
        for name, (_, last) in sorted(known.items())
        if name not in present and last.get("status") != REMOVED
    ]


def _texts(facts: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: as_text(value) for name, value in facts.items()}


def _without(known: tuple[str, dict[str, str | None]] | None, field: str) -> dict[str, str | None]:
    return {name: value for name, value in (known[1] if known else {}).items() if name != field}
