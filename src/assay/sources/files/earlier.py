"""What earlier imports left in a stream: whether a file is imported already, and whether its days are taken.

Each batch of an import carries the import's facts in the metadata of its records file. Two imports can be told apart
row by row only when both identify their rows in the same way; otherwise the same order could be counted twice, and the
days of the two must not overlap.
"""

from __future__ import annotations

import glob
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from assay.sources.landing import LandingZone
from assay.values.load import LoadEntry

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

BY_ROW = "row"
_FACTS = b"assay"


@dataclass(frozen=True)
class EarlierImport:
    """A batch of the stream and the facts of the import that wrote it (empty for another kind of source)."""

    entry: LoadEntry
    facts: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How a person knows it."""
        return str(self.facts.get("name", f"batch {self.entry.batch}"))


def with_facts(table: pa.Table, facts: Mapping[str, Any]) -> pa.Table:
    """Return the records with the import's facts in the metadata of their schema."""
    return table.replace_schema_metadata({_FACTS: json.dumps(facts, sort_keys=True).encode()})


def earlier_imports(zone: LandingZone, source: str, stream: str) -> list[EarlierImport]:
    """Return the batches of the stream that this source delivered, oldest first."""
    import pyarrow.parquet as pq

    found: list[EarlierImport] = []
    for entry in zone.batches():
        if (entry.source, entry.stream) == (source, stream):
            zone.verify(entry)
            metadata = pq.read_schema(zone.records(entry)).metadata or {}
            found.append(EarlierImport(entry, json.loads(metadata.get(_FACTS, b"{}"))))
    return found


@dataclass(frozen=True)
class Live:
    """The records of one earlier batch that are in force, within the asked interval."""

    batch: EarlierImport
    count: int
    first: datetime
    last: datetime


def live(
    connection: duckdb.DuckDBPyConnection,
    zone: LandingZone,
    batches: Sequence[EarlierImport],
    interval: tuple[datetime, datetime] | None,
    always: Sequence[str] = (),
) -> list[Live]:
    """Make `live(key, event_at, batch)`, the records in force within the interval, and say how many each batch has.

    Records of the batches named in `always` are in it whenever they happened.
    """
    if not batches:
        connection.execute("create or replace temp table live (key varchar, event_at timestamptz, batch varchar)")
        return []
    selects = " union all ".join(
        "select key, event_at, received_at, payload is null as gone, ? as batch from read_parquet(?)" for _ in batches
    )
    values = [
        value for batch in batches for value in (batch.entry.batch, glob.escape(str(zone.records(batch.entry).absolute())))
    ]
    connection.execute(
        "create or replace temp table live as select key, event_at, batch from "
        "(select key, arg_max({e: event_at, b: batch, p: gone}, (received_at, batch)) as newest "
        f"from ({selects}) group by key) "
        "as l(key, newest), lateral (select newest.e as event_at, newest.b as batch) where not newest.p",
        values,
    )
    if interval:
        outside = "(event_at < ? or event_at >= ?) and not list_contains(?, batch)"
        connection.execute(f"delete from live where {outside}", [*interval, list(always)])
    rows = connection.execute("select batch, count(*), min(event_at), max(event_at) from live group by 1").fetchall()
    named = {batch.entry.batch: batch for batch in batches}
    return [Live(named[name], count, first, last) for name, count, first, last in rows]
