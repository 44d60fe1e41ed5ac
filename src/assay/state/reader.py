"""Reading the state store with nothing but the standard library: the fast path of the command line and the API."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Published:
    """One ledger row: a value (or None) as a generation published it."""

    kpi: str
    period: str
    start: date
    end: date
    value: str | None
    state: int
    generation: int
    published_at: datetime
    fact: str


_COLUMNS = "s.kpi, s.period, s.start, s.end, l.value, l.state, l.generation, g.published_at, l.fact"
_FROM = "from series s join ledger l on l.series = s.id join generation g on g.id = l.generation"


class StateReader:
    """Reads what was published; a store that does not exist yet has published nothing.

    The file is kept open, since opening it costs a hundred times as much as a look at it. Every read sees what is committed at
    its beginning, and holds nothing back afterwards. Threads take turns.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """Device and inode of the open file."""

    def _rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._turn:
            connection = self._opened()
            if connection is None:
                return []
            try:
                return connection.execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):  # a store that is being made at this moment
                    return []
                raise

    def _opened(self) -> sqlite3.Connection | None:
        """Return the connection to the file that lies at the path now; another one may have taken its place."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            self._file = None
            return None
        if self._connection is None or self._file != (found.st_dev, found.st_ino):
            fresh = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=30, check_same_thread=False)
            weakref.finalize(self, fresh.close)
            if self._connection is not None:
                self._connection.close()
            self._connection, self._file = fresh, (found.st_dev, found.st_ino)
        return self._connection

    def newest(self) -> tuple[int, str, str] | None:
        """Return (number, file, sha256) of the generation in force."""
        rows = self._rows("select id, file, sha256 from generation order by id desc limit 1")
        return rows[0] if rows else None

    def generation_at(self, instant: datetime) -> tuple[int, str, str] | None:
        """Return (number, file, sha256) of the generation that was in force at the instant."""
        rows = self._rows(
            "select id, file, sha256 from generation where published_at <= ? order by id desc limit 1", _utc(instant)
        )
        return rows[0] if rows else None

    def as_of(self, kpi: str, period: str, start: date, end: date, instant: datetime) -> Published | None:
        """Return what was published for the period at the instant, or None if nothing was."""
        sql = (
            f"select {_COLUMNS} {_FROM} where s.kpi = ? and s.period = ? and s.start = ? and s.end = ? "
            "and g.published_at <= ? order by l.generation desc limit 1"
        )
        rows = self._rows(sql, kpi, period, start.isoformat(), end.isoformat(), _utc(instant))
        return _published(rows[0]) if rows else None

    def last_good(self, kpi: str, period: str, end: date, definition: str) -> Published | None:
        """Return the newest published value, by this definition, of a period of this kind that ends no later than `end`."""
        sql = (
            f"select {_COLUMNS} {_FROM} where s.kpi = ? and s.period = ? and s.end <= ? and l.value is not null "
            "and l.fact in (select hash from fact where json_extract(body, '$.definition') = ?) "
            "order by s.end desc, l.generation desc limit 1"
        )
        rows = self._rows(sql, kpi, period, end.isoformat(), definition)
        return _published(rows[0]) if rows else None

    def history(self, kpi: str, grain: str, first: date, last: date) -> list[Published]:
        """Return the newest published row of every period of the grain that lies between the days, oldest first."""
        sql = (
            f"select {_COLUMNS} {_FROM} where s.kpi = ? and s.period = ? and s.start >= ? and s.end <= ? "
            "and l.generation = (select max(generation) from ledger where series = s.id) order by s.start"
        )
        return [_published(row) for row in self._rows(sql, kpi, grain, first.isoformat(), last.isoformat())]

    def snapshots(self, first: date, last: date) -> list[tuple[str, str, str, str | None, dict[str, Any]]]:
        """Return the rows of `kpi_snapshots` of these days, oldest first: day, stage, name, value, metadata."""
        sql = "select * from kpi_snapshots where snapshot_date between ? and ? order by snapshot_date, company_stage, kpi_type"
        rows = self._rows(sql, first.isoformat(), last.isoformat())
        return [(*row[:4], json.loads(row[4])) for row in rows]

    def fact(self, key: str) -> dict[str, Any] | None:
        """Return the body of a series fact."""
        rows = self._rows("select body from fact where hash = ?", key)
        return json.loads(rows[0][0]) if rows else None

    def restatements(self, kpi: str | None, limit: int) -> list[dict[str, Any]]:
        """Return the newest restatements: which period, old and new value, cause, generation, and what was shown until then.

        `shown` lists what readers saw since the old value was first published: value (null while withheld), `from`, `until`.
        """
        sql = (
            "select s.kpi, s.period, s.start, s.end, r.old, r.new, r.cause, r.generation, g.published_at, r.series "
            "from restatement r join series s on s.id = r.series join generation g on g.id = r.generation "
            "where ? is null or s.kpi = ? order by r.id desc limit ?"
        )
        names = ("kpi", "period", "start", "end", "old", "new", "cause", "generation", "published_at")
        return [
            dict(zip(names, row[:-1], strict=True)) | {"shown": self._shown_until(row[-1], row[7], row[4])}
            for row in self._rows(sql, kpi, kpi, limit)
        ]

    def _shown_until(self, series: int, generation: int, old: str | None) -> list[dict[str, Any]]:
        """Return what the series showed before the generation, from the first publication of the old value on."""
        sql = (
            "select l.value, g.published_at from ledger l join generation g on g.id = l.generation "
            "where l.series = ? and l.generation <= ? order by l.generation"
        )
        rows = self._rows(sql, series, generation)
        spans = [{"value": value, "from": since, "until": until} for (value, since), (_, until) in pairwise(rows)]
        first = max((place for place, span in enumerate(spans) if span["value"] == old), default=0)
        while first > 0 and spans[first - 1]["value"] == old:
            first -= 1
        return _joined(spans[first:])

    def job(self, number: int) -> dict[str, Any] | None:
        """Return a job's state and progress."""
        names = ("id", "kind", "state", "step", "done", "total", "result", "problem")
        rows = self._rows(f"select {', '.join(names)} from job where id = ?", number)
        return dict(zip(names, rows[0], strict=True)) if rows else None

    def jobs(self, limit: int) -> list[dict[str, Any]]:
        """Return the newest jobs."""
        names = ("id", "kind", "state", "created_at", "finished_at", "problem")
        rows = self._rows(f"select {', '.join(names)} from job order by id desc limit ?", limit)
        return [dict(zip(names, row, strict=True)) for row in rows]


def _joined(spans: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the spans with neighbours of one value made one."""
    found: list[dict[str, Any]] = []
    for span in spans:
        if found and found[-1]["value"] == span["value"]:
            found[-1] = found[-1] | {"until": span["until"]}
        else:
            found.append(span)
    return found


def _utc(instant: datetime) -> str:
    """Return the instant as the store writes it; as text it sorts by time in one zone alone."""
    return instant.astimezone(UTC).isoformat()


def _published(row: tuple[Any, ...]) -> Published:
    return Published(
        row[0],
        row[1],
        date.fromisoformat(row[2]),
        date.fromisoformat(row[3]),
        row[4],
        row[5],
        row[6],
        datetime.fromisoformat(row[7]),
        row[8],
    )
