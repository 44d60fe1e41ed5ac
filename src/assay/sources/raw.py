"""The raw tables of the warehouse: the landing zone's batches, each loaded once.

They are a projection: whatever happens to the warehouse, loading all batches into empty tables makes them again.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from assay.clock import Clock, SystemClock
from assay.errors import AssayError, UsageError
from assay.sources.landing import DamagedBatchError, LandingZone
from assay.values.load import LoadEntry

if TYPE_CHECKING:
    import duckdb

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SYSTEM_CLOCK = SystemClock()
_LOADS = """
create table if not exists raw._loads (
  source varchar, stream varchar, batch varchar, rows bigint, sha256 varchar, loaded_at timestamptz
)"""
_COLUMNS = (
    "source varchar, key varchar, event_at timestamptz, received_at timestamptz, batch varchar, sha256 varchar, payload varchar"
)


def ensure_tables(connection: duckdb.DuckDBPyConnection, streams: Iterable[str]) -> None:
    """Create the raw table of each stream, empty, where it does not exist yet."""
    connection.execute("create schema if not exists raw")
    connection.execute(_LOADS)
    for stream in sorted(set(streams)):
        connection.execute(f"create table if not exists {_table(stream)} ({_COLUMNS})")


def load_raw(
    connection: duckdb.DuckDBPyConnection, zone: LandingZone, entries: Iterable[LoadEntry], clock: Clock = _SYSTEM_CLOCK
) -> list[LoadEntry]:
    """Load the batches that the warehouse does not have yet, all or none of them, and return their entries.

    Every batch is verified first. Raises `DamagedBatchError` for one that is not what was written (leave its entry out to load
    the others), and `AssayError` when the warehouse holds another batch under the same name: it has to be rebuilt.
    """
    wanted = list(entries)
    ensure_tables(connection, (entry.stream for entry in wanted))
    missing = _missing(connection, wanted)
    for entry in missing:
        zone.verify(entry)
    if not missing:
        return []
    connection.execute("begin transaction")
    try:
        for entry in missing:
            _load(connection, zone, entry, clock)
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise
    return missing


def _missing(connection: duckdb.DuckDBPyConnection, wanted: list[LoadEntry]) -> list[LoadEntry]:
    rows = connection.execute("select source, stream, batch, sha256 from raw._loads").fetchall()
    loaded = {(source, stream, batch): sha256 for source, stream, batch, sha256 in rows}
    missing: dict[tuple[str, str, str], LoadEntry] = {}
    for entry in wanted:
        place = (entry.source, entry.stream, entry.batch)
        if place not in loaded:
            missing[place] = entry
        elif loaded[place] != entry.sha256:
            raise AssayError(
                f"The warehouse holds other records under the batch {'/'.join(place)} than the landing zone.",
                "Run `assay rebuild`: it makes the warehouse again from the landing zone.",
            )
    return list(missing.values())


def _load(connection: duckdb.DuckDBPyConnection, zone: LandingZone, entry: LoadEntry, clock: Clock) -> None:
    import duckdb

    try:
        row = connection.execute(
            f"insert into {_table(entry.stream)} select ?, key, event_at, received_at, ?, sha256, payload from read_parquet(?)",
            [entry.source, entry.batch, [glob.escape(str(zone.records(entry).absolute()))]],
        ).fetchone()
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.BinderException) as error:
        raise DamagedBatchError(zone.path(entry), f"its records cannot be read ({error})") from error
    inserted = row[0] if row else 0
    if inserted != entry.rows:
        raise DamagedBatchError(zone.path(entry), f"it holds {inserted} records, its load entry says {entry.rows}")
    connection.execute(
        "insert into raw._loads values (?, ?, ?, ?, ?, ?)",
        [entry.source, entry.stream, entry.batch, entry.rows, entry.sha256, clock.now()],
    )


def _table(stream: str) -> str:
    if not _NAME.fullmatch(stream):
        raise UsageError(f"{stream!r} cannot name a stream.", "Use lower-case letters, digits and underscores, a letter first.")
    return f'raw."{stream}"'
