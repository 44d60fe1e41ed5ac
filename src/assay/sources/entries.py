"""Entries that people record by hand, one at a time: a cost, a balance. They pass through the same conversion as a file's row.

Who records says with each entry that the books are complete: from the first day that is recorded until now, and no further.
So a month in which nothing was spent is zero only once somebody recorded, or declared, something after it.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import UsageError, suggest
from assay.sources.files.kinds import ImportKind
from assay.sources.files.settings import ImportSettings
from assay.sources.files.streams import holds, records
from assay.sources.files.take import opened
from assay.sources.landing import Draft, LandingZone
from assay.sources.records import record_schema
from assay.values.entries import Entry, Recorded
from assay.values.load import LoadEntry

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "by_hand"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_LONGEST = 2000
"""How many characters a field may have: an entry is a line in a book, not a document."""


@dataclass(frozen=True)
class Books:
    """The entries of one kind in the landing zone of one shop."""

    kind: ImportKind
    zone: LandingZone
    settings: ImportSettings

    def record(self, number: str, values: Mapping[str, str], now: datetime) -> Recorded:
        """Take one entry, durably; an entry of the same id is replaced.

        Raises `UsageError` with the field and what is wrong with it; then nothing is written.
        """
        if not _ID.fullmatch(number):
            raise UsageError(f"{number[:100]!r} cannot name an entry.", "Use letters, digits, and . _ : - (100 at most).")
        self._check_names(values)
        time = self._time
        row = {self._id: number, time: f"{self.settings.calendar.day_of(now)}", **values}
        with tempfile.TemporaryDirectory(prefix="assay-entry-") as scratch:
            file = Path(scratch) / "entry.parquet"
            _write_row(row, file)
            with opened(file, self.kind, {}, self.settings, now) as (work, done):
                if done.rejected:
                    reason, shown = done.rejected[0].reason, done.rejected[0].examples[0].partition(": ")[2]
                    raise UsageError(f"The entry is not right: {reason}: {shown}.", self.help())
                tables = {one.stream: records(work, one) for one in self.kind.streams if holds(work, one.when)}
        complete_from = self._claim(done.first)
        self._write(tables, complete_from, now)
        return self._recorded(number, complete_from, now)

    def remove(self, number: str, now: datetime) -> Recorded:
        """Take an entry back. What only it had declared complete is not complete any more."""
        there = {one.id: one for one in self.entries()}
        if number not in there:
            raise UsageError(f'There is no entry "{number}" of {self.kind.kind}.{suggest(number, there)}', "List the entries.")
        calendar = self.settings.calendar
        gone = _tombstone(number, calendar.start_of(there[number].day), now)
        claim, left = self._claim(None), [one.day for one in there.values() if one.id != number]
        moved = claim if claim is None or claim < there[number].day else min(left, default=None)
        wrong = None
        if claim is not None and moved != claim:
            wrong = calendar.start_of(claim), now if moved is None else calendar.start_of(moved)
        self._write({one.stream: gone for one in self.kind.streams}, moved, now, wrong)
        return self._recorded(number, moved, now)

    def complete(self, since: date | None, now: datetime) -> Recorded:
        """Declare that everything until now is recorded: since the first recorded day, or since an earlier one."""
        claim = self._claim(since)
        if claim is None:
            raise UsageError(
                f"Nothing is recorded as {self.kind.kind} yet, so there is no day since which it is complete.",
                "Say since when: the first day of the books.",
            )
        if claim > self.settings.calendar.day_of(now):
            raise UsageError(f"{claim} is in the future.", "Say a day that has been.")
        self._write({self._stream: record_schema().empty_table()}, claim, now)
        return self._recorded(None, claim, now)

    def entries(self) -> list[Entry]:
        """Return the entries in force, the newest day first."""
        import duckdb

        files = [glob.escape(str(self.zone.records(batch).absolute())) for batch in self._batches() if batch.rows]
        if not files:
            return []
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            rows = connection.execute(
                "select key, event_at, received_at, payload from read_parquet(?) "
                "qualify row_number() over (partition by key order by received_at desc) = 1 order by event_at desc, key",
                [files],
            ).fetchall()
        day_of = self.settings.calendar.day_of
        return [
            Entry(id=key, day=day_of(happened), recorded_at=received, values=self._said(payload))
            for key, happened, received, payload in rows
            if payload is not None
        ]

    def books_complete(self) -> tuple[date | None, datetime | None]:
        """Return since which day and until which instant everything is recorded, as far as anybody said."""
        since = self._claim(None)
        return since, None if since is None else max(one.received_at for one in self._batches())

    def help(self) -> str:
        """Return what an entry of the kind has, as a sentence."""
        parts = []
        for name, column in self.kind.columns.items():
            if name == self._id:
                continue
            said = f" ({', '.join(column.values)})" if column.values else ""
            parts.append(f"{name}{said}{'' if column.required and name != self._time else ', if you like'}")
        return f"An entry of {self.kind.kind} has: {'; '.join(parts)}."

    @property
    def _id(self) -> str:
        assert self.kind.id is not None
        return self.kind.id

    @property
    def _time(self) -> str:
        assert self.kind.time is not None
        return self.kind.time

    @property
    def _stream(self) -> str:
        return self.kind.streams[0].stream

    def _check_names(self, values: Mapping[str, str]) -> None:
        known = [name for name in self.kind.columns if name != self._id]
        for name, text in values.items():
            if name not in known:
                raise UsageError(f"{self.kind.label} have no {name[:60]!r}.{suggest(name, known)}", self.help())
            if len(text) > _LONGEST:
                raise UsageError(f"{name} has {len(text):,} characters.", f"It may have {_LONGEST:,}.")
            if "\0" in text:
                raise UsageError(f"{name} holds a character that is no text (NUL).", "Leave it out.")
        missing = [name for name in self.kind.required if name not in values and name != self._time]
        if missing:
            raise UsageError(f"The entry has no {' and no '.join(missing)}.", self.help())

    def _said(self, payload: str) -> dict[str, str | bool | int | None]:
        found: dict[str, Any] = json.loads(payload)
        return {name: value for name, value in found.items() if name not in (self._id, self._time)}

    def _batches(self) -> list[LoadEntry]:
        return self.zone.batches(SOURCE, self._stream)

    def _claim(self, day: date | None) -> date | None:
        """Return the first day of the books: that of the newest recording, or an earlier one that is recorded now."""
        newest = max(self._batches(), key=lambda one: (one.received_at, one.batch), default=None)
        before = None
        if newest is not None and newest.complete_from is not None:
            before = self.settings.calendar.day_of(newest.complete_from)
        return min((one for one in (before, day) if one is not None), default=None)

    def _write(
        self,
        tables: Mapping[str, pa.Table],
        since: date | None,
        now: datetime,
        wrong: tuple[datetime, datetime] | None = None,
    ) -> None:
        """Write the records; all is complete from `since` until now, but for what was said wrongly before."""
        start = None if since is None else self.settings.calendar.start_of(since)
        claims = start is not None and start < now
        streams = tuple(one.stream for one in self.kind.completes)
        self.zone.write_all(
            [
                Draft(
                    source=SOURCE,
                    stream=stream,
                    table=table,
                    received_at=now,
                    complete_from=start if claims else None,
                    complete_until=now if claims else None,
                    gaps=(wrong,) if wrong else (),
                    completes=streams if stream == self._stream else (stream,),
                    note=f"{self.kind.label}: recorded by hand.",
                )
                for stream, table in tables.items()
            ]
        )

    def _recorded(self, number: str | None, since: date | None, now: datetime) -> Recorded:
        entry = None if number is None else next((one for one in self.entries() if one.id == number), None)
        until = None if since is None else now
        return Recorded(kind=self.kind.kind, id=number, entry=entry, complete_from=since, complete_until=until)


def _write_row(row: Mapping[str, str], file: Path) -> None:
    """Write the entry as a file of one row, every value as the text that was said."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array([text], pa.string()) for name, text in row.items()}), file)


def _tombstone(number: str, happened: datetime, now: datetime) -> pa.Table:
    """Return the record that says that the entry was taken back."""
    import pyarrow as pa

    nothing = hashlib.sha256(b"").hexdigest()
    row = {"key": number, "event_at": happened, "received_at": now, "sha256": nothing, "payload": None}
    return pa.Table.from_pylist([row], schema=record_schema())
