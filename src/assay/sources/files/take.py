"""Taking a file: screen, read, map, convert, compare with earlier imports, and write all of its streams at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from assay.errors import UsageError
from assay.sources.files.converting import Converted, Work, convert_rows
from assay.sources.files.earlier import BY_ROW, EarlierImport, Live, earlier_imports, live, with_facts
from assay.sources.files.kinds import ImportKind, Stream
from assay.sources.files.mapping import resolve, safe
from assay.sources.files.reading import read_file
from assay.sources.files.screening import screen
from assay.sources.files.settings import ImportSettings
from assay.sources.files.streams import holds, payload, records
from assay.sources.files.summary import ImportPreview, ImportSummary
from assay.sources.landing import Draft, LandingZone
from assay.values.load import DayCount

SOURCE = "files"
SAMPLES = 5


def preview(
    file: Path, kind: ImportKind, mapping: Mapping[str, str], settings: ImportSettings, *, received_at: datetime
) -> ImportPreview:
    """Return what the file would become; nothing is written. Raises `UsageError` for a file that would be refused."""
    with opened(file, kind, mapping, settings, received_at) as (work, done):
        rows = work.connection.execute(
            f"select {payload(work, kind.streams[0])} from taken order by row limit {SAMPLES}"
        ).fetchall()
        used = set(work.mapped.places.values())
        return ImportPreview(
            file=str(file),
            kind=kind.kind,
            form=work.table.form,
            header=work.table.header,
            columns=tuple((name, safe(work.table.columns[place - 1], 60)) for name, place in work.mapped.places.items()),
            unused=tuple(safe(name, 60) for place, name in enumerate(work.table.columns, start=1) if place not in used),
            rows_read=work.table.rows + len(work.table.torn),
            taken=done.taken,
            rejected=tuple(done.rejected),
            first_day=done.first,
            last_day=done.last,
            samples=tuple(json.loads(row[0]) for row in rows),
            sums=done.sums,
            notes=tuple(_notes(work, done)),
        )


def take(
    file: Path,
    kind: ImportKind,
    mapping: Mapping[str, str],
    settings: ImportSettings,
    *,
    zone: LandingZone,
    received_at: datetime,
    source: str = SOURCE,
    replace: bool = False,
    append: bool = False,
) -> ImportSummary:
    """Take the file into the landing zone and say what was taken, rejected and completed.

    A file that was taken before adds nothing, except that a list that comes again on a later day says that it stands as it
    was: it completes the time until then. A file whose days overlap an earlier import of the same stream, where the
    two do not identify their rows in the same way, raises `UsageError` unless `replace` (the days become exactly this
    file) or `append` (its rows come on top) is given. Either all of its streams become visible, or none.
    """
    if replace and append:
        raise UsageError("--replace and --append contradict each other.", "Give one of them.")
    with opened(file, kind, mapping, settings, received_at) as (work, done):
        nothing_happened = settings.covers is not None and not done.rejected
        if not done.taken and not nothing_happened:
            lines = [line for rejection in done.rejected for line in rejection.lines()]
            raise UsageError(
                "\n".join([f"No row of {file} can be taken as {kind.kind}:", *lines]),
                "Mend the file or the --map, and try again.",
            )
        return _Taking(file, work, done, zone, source, replace, append).run()


@contextmanager
def opened(
    file: Path, kind: ImportKind, mapping: Mapping[str, str], settings: ImportSettings, now: datetime
) -> Iterator[tuple[Work, Converted]]:
    """Yield the file's rows as the kind's values, and what became of them; nothing is written."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="assay-import-") as scratch:
        before = file.stat() if file.exists() else None
        screened = screen(file, Path(scratch))
        with duckdb.connect(
            config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": scratch}
        ) as connection:
            connection.execute("set TimeZone = 'UTC'")
            table = read_file(connection, file, screened)
            work = Work(connection, kind, table, resolve(file, kind, mapping, table), settings, screened, now)
            done = convert_rows(work)
            if screened.note:
                done.notes.append(screened.note)
            after = file.stat()
            if before is None or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise UsageError(f"{file} changed while it was read.", "Wait until it is written, then import it again.")
            yield work, done


def _notes(work: Work, done: Converted) -> list[str]:
    notes = list(done.notes)
    if work.mapped.by_itself:
        found = ", ".join(
            f"{name} = {safe(work.table.columns[work.mapped.places[name] - 1], 40)}" for name in work.mapped.by_itself
        )
        notes.append(f"Found by their names: {found}.")
    notes += [" ".join(note.say.split()) for note in work.kind.notes if holds(work, note.when)]
    if work.by_row and done.repeated:
        notes.append(
            f"{done.repeated:,} rows are identical to another row; without {work.kind.id} each counts as one of its own."
        )
    if done.left_out:
        notes.append(f"{done.left_out:,} rows repeat another row's identity and were left out.")
    if done.days_unknown:
        notes.append(f"The day of {done.days_unknown:,} rejected rows cannot be read, so this file completes no day at all.")
    return notes


@dataclass(frozen=True)
class _Interval:
    """The days of the file and what of them it completes."""

    start: datetime | None
    until: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...]
    whole: tuple[datetime, datetime] | None
    """From the start of the first day to the end of the last, whatever is complete of it."""


@dataclass(frozen=True)
class _Taking:
    file: Path
    work: Work
    done: Converted
    zone: LandingZone
    source: str
    replace: bool
    append: bool

    def run(self) -> ImportSummary:
        streams = [stream for stream in self.work.kind.streams if holds(self.work, stream.when)]
        every = {stream.stream: earlier_imports(self.zone, self.source, stream.stream) for stream in streams}
        earlier = {name: self._of_shard(batches) for name, batches in every.items()}
        main = streams[0].stream
        if not self.replace and (same := self._same(earlier[main])) and not self._confirms(same):
            return self._already(earlier, same)
        interval = self._interval()
        tables = {stream.stream: self._records(stream, earlier[stream.stream], interval) for stream in streams}
        for name, (table, _) in tables.items():
            self._refuse_shared_keys(name, table, every[name])
        completed, notes = self._completed(tables, interval)
        notes += [note for stream in streams if (note := self._staying(stream, earlier, tables, interval))]
        miscounts = self._miscounts()
        notes += miscounts
        drafts = [
            self._draft(name, table, interval, completed if name == main else [name] if name in completed else [], notes)
            for name, (table, _) in tables.items()
        ]
        entries = self.zone.write_all(drafts)
        known = {batch.entry.batch for batches in earlier.values() for batch in batches}
        return ImportSummary(
            file=str(self.file),
            kind=self.work.kind.kind,
            source=self.source,
            rows_read=self._rows_read,
            taken=self.done.taken,
            rejected=tuple(self.done.rejected),
            first_day=self.done.first,
            last_day=self.done.last,
            written={name: table.num_rows - replaced for name, (table, replaced) in tables.items()},
            completed=() if self._short else tuple(completed),
            gaps=tuple(sorted({*self.done.rejected_days, *(day for day, _, _ in self._short_days)})),
            sums=self.done.sums,
            repeated=self.done.repeated,
            replaced=sum(replaced for _, replaced in tables.values()),
            notes=tuple(notes),
            entries=tuple(entries),
            already_imported=all(entry.batch in known for entry in entries),
        )

    @property
    def _rows_read(self) -> int:
        return self.work.table.rows + len(self.work.table.torn)

    @property
    def _short(self) -> bool:
        """Whether the source counts other rows than the file has."""
        return self.work.settings.expected_rows not in (None, self._rows_read)

    @property
    def _currencies(self) -> list[str]:
        """The shop's currencies on the file's days."""
        today = self.work.settings.calendar.day_of(self.work.now)
        currencies = self.work.settings.currencies
        return [currencies.on(first) for first, _ in currencies.spans(self.done.first or today, self.done.last or today)]

    @cached_property
    def _day_counts(self) -> list[tuple[date, int, int]]:
        """The days that the source counts, with its number and the file's."""
        if not self.work.settings.expected_days:
            return []
        found = self.work.connection.execute("select day, count(*) from valued where day is not null group by 1").fetchall()
        counted: dict[date, int] = dict(found)
        return [(day, expected, counted.get(day, 0)) for day, expected in self.work.settings.expected_days]

    @property
    def _short_days(self) -> list[tuple[date, int, int]]:
        return [(day, expected, counted) for day, expected, counted in self._day_counts if expected != counted]

    def _miscounts(self) -> list[str]:
        """Return in words where the source counts other rows than came."""
        notes = []
        if self._short:
            notes.append(
                f"The source counts {self.work.settings.expected_rows:,} rows, the file has {self._rows_read:,}: "
                "it completes nothing."
            )
        notes += [
            f"The source counts {expected:,} rows on {day}, the file has {counted:,}: that day is not complete."
            for day, expected, counted in self._short_days
        ]
        return notes

    def facts(self, stream: str) -> dict[str, Any]:
        """Return what identifies this import among those of the stream."""
        kind, settings = self.work.kind, self.work.settings
        key = next(entry.key for entry in kind.streams if entry.stream == stream)
        return {
            "name": self.file.name,
            "file": self.work.screened.sha256,
            "ids": BY_ROW if self.work.by_row else f"{kind.kind}:{','.join(key)}",
            "import": {
                "kind": kind.kind,
                "columns": self.work.mapped.places,
                "zones": [[since.isoformat() if since else None, name] for since, name in settings.zones],
                "currency": " ".join(self._currencies),
                "date_format": settings.date_format,
                **({"covers": [f"{day}" for day in settings.covers]} if settings.covers else {}),
                **({"shard": settings.shard} if settings.shard else {}),
                **({"rows": settings.expected_rows} if settings.expected_rows is not None else {}),
                **({"days": {f"{day}": rows for day, rows in settings.expected_days}} if settings.expected_days else {}),
            },
        }

    def _same(self, earlier: list[EarlierImport]) -> EarlierImport | None:
        facts = self.facts(self.work.kind.streams[0].stream)
        asked = (facts["file"], facts["import"])
        same = [batch for batch in earlier if (batch.facts.get("file"), batch.facts.get("import")) == asked]
        return same[-1] if same and not (self.append and self._superseded(same[-1], earlier)) else None

    def _confirms(self, same: EarlierImport) -> bool:
        """Whether the file says on a later day that its list still stands as it was: that day is complete, too."""
        day_of = self.work.settings.calendar.day_of
        return self.work.kind.time is None and day_of(same.entry.received_at) < day_of(self.work.now)

    def _superseded(self, batch: EarlierImport, earlier: list[EarlierImport]) -> bool:
        if earlier[-1] == batch:
            return False
        found = live(self.work.connection, self.zone, earlier, None)
        kept = sum(entry.count for entry in found if entry.batch == batch)
        return kept < self.done.taken - self.done.left_out

    def _already(self, earlier: dict[str, list[EarlierImport]], same: EarlierImport) -> ImportSummary:
        notes: list[str] = []
        if self._superseded(same, earlier[self.work.kind.streams[0].stream]):
            notes.append("Later imports have replaced some of its rows; --replace brings the file back as it is.")
        mine = same.facts.get("file")
        entries = [batch.entry for batches in earlier.values() for batch in batches if batch.facts.get("file") == mine]
        return ImportSummary(
            file=str(self.file),
            kind=self.work.kind.kind,
            source=self.source,
            rows_read=self.work.table.rows + len(self.work.table.torn),
            taken=0,
            rejected=(),
            first_day=self.done.first,
            last_day=self.done.last,
            written={},
            completed=(),
            gaps=(),
            sums={},
            repeated=self.done.repeated,
            replaced=0,
            notes=tuple(notes),
            entries=tuple(entries),
            already_imported=True,
        )

    def _interval(self) -> _Interval:
        """Return the file's days as instants; a file cannot speak of what is after its receipt."""
        days = [day for day in (self.done.first, self.done.last, *self.done.rejected_days) if day]
        if self.work.kind.time is None:
            return _Interval(None, None if self.done.rejected else self.work.now, (), None)
        calendar, covers = self.work.settings.calendar, self.work.settings.covers
        if covers is not None:
            if days and not covers[0] <= min(days) <= max(days) <= covers[1]:
                raise UsageError(
                    f"{self.file} has rows from {min(days)} to {max(days)}, and --covers says {covers[0]}..{covers[1]}.",
                    "Let --covers hold every day of the file.",
                )
            days = list(covers)
        whole = (calendar.start_of(min(days)), calendar.end_of(max(days)))
        if self.done.days_unknown:
            return _Interval(None, None, (whole,), whole)
        until = min(whole[1], self.work.now)
        gaps = tuple((calendar.start_of(day), calendar.end_of(day)) for day in self.done.rejected_days)
        return _Interval(whole[0], until if until > whole[0] else None, _merged(gaps), whole)

    def _records(self, stream: Stream, earlier: list[EarlierImport], interval: _Interval) -> tuple[Any, int]:
        """Return the stream's records, with the earlier ones taken back where they are replaced, and how many those are."""
        import pyarrow as pa

        table, facts = records(self.work, stream), self.facts(stream.stream)
        mine = [batch.entry.batch for batch in earlier if batch.facts.get("file") == facts["file"]] if self.replace else []
        if not self.replace and not any(self._differs(batch, facts) for batch in earlier):
            return with_facts(table, facts), 0
        found = live(self.work.connection, self.zone, earlier, interval.whole, always=mine)
        if self.replace:
            gone = self._taken_back(table)
            return with_facts(pa.concat_tables([gone, table]), facts), gone.num_rows
        clash = [entry for entry in found if self._differs(entry.batch, facts)]
        if self.append:
            clash = [entry for entry in clash if entry.batch.facts.get("file") == facts["file"]]
        if clash and (interval.whole or self.work.by_row):
            raise self._overlap(stream, clash)
        return with_facts(table, facts), 0

    def _staying(
        self,
        stream: Stream,
        earlier: Mapping[str, list[EarlierImport]],
        tables: Mapping[str, tuple[Any, int]],
        interval: _Interval,
    ) -> str | None:
        """Say where a day that is told again lacks what an earlier file told of it: a campaign that was renamed counts twice.

        Rows whose identity begins with their day are a report of that day; of other rows a file need not have all.
        """
        if stream.key[0] != "$day" or self.replace or self.append or not interval.whole or not earlier[stream.stream]:
            return None
        live(self.work.connection, self.zone, earlier[stream.stream], interval.whole)
        stay = self._taken_back(tables[stream.stream][0]).num_rows
        if not stay:
            return None
        those = "is not in this one and stays" if stay == 1 else "are not in this one and stay"
        return (
            f"{stay:,} {stream.stream} of these days, from earlier files, {those} as before. "
            "If this file is all there is of its days, repeat the command with --replace."
        )

    def _of_shard(self, batches: list[EarlierImport]) -> list[EarlierImport]:
        """Return the earlier batches whose days this file may repeat: those of its shard, and those of all shards."""
        mine = self.work.settings.shard
        return [batch for batch in batches if mine is None or batch.entry.shard in (None, mine)]

    def _refuse_shared_keys(self, stream: str, table: Any, batches: list[EarlierImport]) -> None:
        """Raise `UsageError` where a record has the identity of another shard's: it would replace that one."""
        mine = self.work.settings.shard
        others = [batch for batch in batches if mine is not None and batch.entry.shard not in (None, mine)]
        if not others:
            return
        live(self.work.connection, self.zone, others, None)
        self.work.connection.register("fresh", table)
        shared = self.work.connection.execute(
            "select key from live semi join fresh using (key) order by key limit 3"
        ).fetchall()
        self.work.connection.unregister("fresh")
        if shared:
            named = ", ".join(key for (key,) in shared)
            raise UsageError(
                f"{stream} of {self.file} have identities that another shard has delivered: {named}.",
                "Identities must differ between shards; give them the shard's name in front, such as reno-1001.",
            )

    def _differs(self, batch: EarlierImport, facts: Mapping[str, Any]) -> bool:
        """Whether the batch's rows cannot be told apart from this file's by their identities."""
        return facts["ids"] == BY_ROW or bool(batch.facts.get("ids") != facts["ids"])

    def _overlap(self, stream: Stream, clash: list[Live]) -> UsageError:
        calendar = self.work.settings.calendar
        lines = [
            f"  {entry.batch.name}: {entry.count:,} {stream.stream}, "
            f"{calendar.day_of(entry.first)} to {calendar.day_of(entry.last)}"
            for entry in clash
        ]
        return UsageError(
            f"The days of {self.file} ({self.done.first} to {self.done.last}) overlap what was imported before, and nothing "
            "identifies the rows that are in both:\n" + "\n".join(lines),
            "If this file replaces those days, repeat the command with --replace. If all of its rows are new, with --append."
            + (
                f" If the file has a column with {self.work.kind.id}, map it: then rows are told apart."
                if self.work.by_row
                else ""
            ),
        )

    def _taken_back(self, table: Any) -> Any:
        """Return tombstones for the live records of the file's days that the file does not have."""
        run = self.work.connection.execute
        self.work.connection.register("fresh", table)
        gone = run(
            "select key, event_at, cast(? as timestamptz) as received_at, sha256('') as sha256, "
            "cast(null as varchar) as payload "
            "from live anti join fresh using (key) order by key",
            [self.work.now],
        ).to_arrow_table()
        self.work.connection.unregister("fresh")
        if gone.num_rows and self.replace and self.done.rejected:
            count = sum(rejection.count for rejection in self.done.rejected)
            raise UsageError(
                f"{self.file} cannot replace earlier rows: {count:,} of its own rows are rejected"
                f" ({self.done.rejected[0].reason}: {', '.join(self.done.rejected[0].examples[:1])}).",
                "Mend these rows first; `assay import` without --replace lists them.",
            )
        return gone

    def _completed(self, tables: Mapping[str, Any], interval: _Interval) -> tuple[list[str], list[str]]:
        """Return the streams that this load completes, and the notes."""
        notes = _notes(self.work, self.done)
        if interval.until is None:
            return [], notes
        completed: list[str] = []
        for entry in self.work.kind.completes:
            if not holds(self.work, entry.when):
                continue
            if entry.stream not in tables:
                there = earlier_imports(self.zone, self.source, entry.stream)
                if live(self.work.connection, self.zone, there, interval.whole):
                    notes.append(
                        f"The {entry.stream} of these days come from their own file; this one says nothing about them."
                    )
                    continue
                notes.append(f"It also completes {entry.stream} for its days: there are none.")
            completed.append(entry.stream)
        return completed, notes

    def _draft(self, stream: str, table: Any, interval: _Interval, completes: list[str], notes: list[str]) -> Draft:
        calendar = self.work.settings.calendar
        return Draft(
            source=self.source,
            stream=stream,
            table=table,
            received_at=self.work.now,
            complete_from=interval.start if completes else None,
            complete_until=interval.until if completes else None,
            gaps=interval.gaps,
            completes=tuple(completes),
            rejected=sum(rejection.count for rejection in self.done.rejected),
            note=" ".join(notes),
            shard=self.work.settings.shard,
            expected_rows=self.work.settings.expected_rows,
            counted_rows=self._rows_read if self.work.settings.expected_rows is not None else None,
            day_counts=tuple(
                DayCount(start=calendar.start_of(day), end=calendar.end_of(day), expected=expected, counted=counted)
                for day, expected, counted in self._day_counts
            ),
        )


def _merged(gaps: tuple[tuple[datetime, datetime], ...]) -> tuple[tuple[datetime, datetime], ...]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in gaps:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)
