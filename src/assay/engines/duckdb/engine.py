"""DuckDB as the warehouse."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import duckdb

from assay.calendar import ShopCalendar
from assay.errors import AssayError
from assay.settings import Project
from assay.telemetry import logger

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

_log = logger("engines")
MEMORY_LIMIT = "3GB"
_DAMAGED = ("Corrupt database file", "database has been invalidated", "Failed to load metadata pointer")


class DuckDBEngine:
    """One connection to the warehouse file."""

    name = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection, calendar: ShopCalendar, path: Path | None = None) -> None:
        self.connection = connection
        self.path = path
        self._calendar = calendar

    @cached_property
    def identity(self) -> str:
        self.connection.execute("create schema if not exists assay")
        self.connection.execute("create table if not exists assay.warehouse (identity varchar)")
        row = self.connection.execute("select identity from assay.warehouse").fetchone()
        if row is None:
            row = (str(uuid.uuid4()),)
            self.connection.execute("insert into assay.warehouse values (?)", row)
        return str(row[0])

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        try:
            return self.connection.execute(sql, list(parameters)).to_arrow_table()
        except duckdb.Error as error:
            raise AssayError(f"The warehouse refused a query: {error}", f"The query was: {sql}") from error

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        try:
            self.connection.execute(sql, list(parameters))
        except duckdb.Error as error:
            raise AssayError(f"The warehouse refused a statement: {error}", f"The statement was: {sql}") from error

    def local_minute(self, column: str) -> str:
        zones = self._calendar.zones
        local = [f"({column} at time zone '{zone.key}')" for zone in zones]
        minutes = [f"extract(hour from {wall}) * 60 + extract(minute from {wall})" for wall in local]
        if len(zones) == 1:
            return minutes[0]
        cases = [
            f"when {column} < timestamptz '{move.isoformat()}' then {sql}"
            for move, sql in zip(self._calendar.since, minutes, strict=False)
        ]
        return f"case {' '.join(cases)} else {minutes[-1]} end"

    def reader(self) -> DuckDBEngine:
        return DuckDBEngine(self.connection.cursor(), self._calendar, self.path)

    def close(self) -> None:
        self.connection.close()

    def damaged(self, message: str) -> bool:
        return any(words in message for words in _DAMAGED)

    def set_aside(self) -> None:
        self.close()
        if self.path is not None:
            _set_aside(self.path, "a part of it cannot be read")


def settings() -> dict[str, Any]:
    """Return the settings of every connection to the file; dbt uses the same, for one process may not mix two."""
    return {"memory_limit": MEMORY_LIMIT, "threads": 2, "TimeZone": "UTC"}


def open_engine(project: Project) -> DuckDBEngine:
    """Open the project's warehouse; a file that does not open is set aside, for everything in it can be rebuilt."""
    path = project.warehouse
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = _connect(path)
    except (duckdb.IOException, duckdb.SerializationException, duckdb.InternalException, duckdb.FatalException) as error:
        if "could not set lock" in str(error).lower():  # a damaged file speaks of its blocks
            raise AssayError(
                f"The warehouse {path} is open in another process.", "Stop the other process and try again."
            ) from error
        _set_aside(path, error)
        connection = _connect(path)
    return DuckDBEngine(connection, project.calendar, path)


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path))
    for name, value in settings().items():
        connection.execute(f"set global {name} = '{value}'")  # of other readers as well: a zone is else the machine's
    connection.execute("set enable_progress_bar = false")  # a slow query would draw into the terminal
    connection.execute("select count(*) from duckdb_tables()").fetchone()
    return connection


def _set_aside(path: Path, error: object) -> None:
    """Rename the broken file and its log; the first problem is kept in the log of the process."""
    _log.warning("the warehouse did not open and is set aside: %s", error)
    for broken in (path, path.with_name(path.name + ".wal")):
        if broken.exists():
            number = 1
            while (aside := broken.with_name(f"{broken.name}.broken-{number}")).exists():
                number += 1
            broken.rename(aside)
