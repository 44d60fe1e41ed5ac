"""The landing zone: every record as it came, durable before anybody is told that it was taken.

A batch is a folder `<source>/<stream>/<batch>/` of `records.parquet` and `load.json`. Batches that belong together (the
streams of one file) become visible together: they are written under `.incoming/`, one rename commits them, and what a
crash leaves is either moved into place (committed) or removed (not committed) when the zone is opened again.

A batch's name is the time of receipt, the identity of its content and a hash of its load entry, so a batch says by
itself whether it is still what was written.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from assay.errors import AssayError, UsageError
from assay.sources.durable import (
    DiskError,
    folder_lock,
    full_disk_is_transient,
    make_folders,
    remove_folder,
    sync_file,
    sync_folder,
)
from assay.sources.records import content_hash, normalised, write_parquet
from assay.values.load import DayCount, LoadEntry

if TYPE_CHECKING:
    import pyarrow as pa

RECORDS, ENTRY, INCOMING, COMMITTED = "records.parquet", "load.json", ".incoming", ".committed"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_BATCH = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{24}-[0-9a-f]{16}")


class DamagedBatchError(AssayError):
    """A batch is not what was written; `path` is its folder. KPIs that rest on its stream are not proved."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        super().__init__(
            f"The batch {path.parent.parent.name}/{path.parent.name}/{path.name} is damaged: {problem}.",
            f"Restore {path} from a backup, or take the folder away and load that part of the source again.",
        )


@dataclass(frozen=True)
class Draft:
    """A batch that is about to be written; its fields are those of `LoadEntry`."""

    source: str
    stream: str
    table: pa.Table
    received_at: datetime
    complete_from: datetime | None
    complete_until: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...] = ()
    completes: tuple[str, ...] = ()
    rejected: int = 0
    note: str = ""
    shard: str | None = None
    expected_rows: int | None = None
    counted_rows: int | None = None
    day_counts: tuple[DayCount, ...] = ()

    def identity(self) -> str:
        """Return a hash of the records (without their time of receipt) and of what the batch completes."""
        facts: list[Any] = [self.source, self.stream, self.complete_from, self.complete_until, self.gaps, self.completes]
        facts.append(self.rejected)
        said = [self.shard, self.expected_rows, self.counted_rows, [one.model_dump(mode="json") for one in self.day_counts]]
        facts += said if any(said) or self.expected_rows is not None else []  # silent loads keep the names that they had
        text = json.dumps(facts, default=lambda instant: instant.astimezone(UTC).isoformat())
        return hashlib.sha256(f"{content_hash(self.table)}\n{text}".encode()).hexdigest()[:24]


class LandingZone:
    """The folder `.assay/landing`. One process writes to it at a time; any may read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._incoming = root / INCOMING
        self._failed: DiskError | None = None
        with full_disk_is_transient(root):
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._recover()

    def write(
        self,
        source: str,
        stream: str,
        table: pa.Table,
        *,
        received_at: datetime,
        complete_from: datetime | None,
        complete_until: datetime | None,
        gaps: Iterable[tuple[datetime, datetime]] = (),
        completes: Iterable[str] = (),
        rejected: int = 0,
        note: str = "",
        shard: str | None = None,
        expected_rows: int | None = None,
        day_counts: Iterable[DayCount] = (),
    ) -> LoadEntry:
        """Write one batch and return its entry once it is durable.

        The same records with the same interval are the same batch: writing them again returns the entry that is there.
        Raises `TransientError` when the disk is full (nothing of the batch is visible) and `DiskError` when the disk
        does not confirm a write; after that this zone takes nothing more.
        """
        draft = Draft(
            source,
            stream,
            table,
            received_at,
            complete_from,
            complete_until,
            tuple(gaps),
            tuple(completes),
            rejected,
            note,
            shard,
            expected_rows,
            day_counts=tuple(day_counts),
        )
        return self.write_all([draft])[0]

    def write_all(self, drafts: Sequence[Draft]) -> list[LoadEntry]:
        """Write batches that become visible together, and return their entries once all of them are durable."""
        if self._failed:
            raise self._failed
        checked = [_checked(draft) for draft in drafts]
        self._recover()
        there = {place: self._same(draft) for place, draft in enumerate(checked)}
        fresh = [place for place, entry in there.items() if entry is None]
        folder = self._incoming / uuid.uuid4().hex
        try:
            with full_disk_is_transient(self.root), folder_lock(self._incoming, exclusive=False):
                written = {place: self._stage(folder, checked[place]) for place in fresh}
                if written:
                    self._commit(folder)
        except DiskError as failure:
            self._failed = failure
            raise
        except BaseException:
            remove_folder(folder)
            raise
        return [there[place] or written[place] for place in range(len(checked))]

    def batches(self, source: str = "*", stream: str = "*") -> list[LoadEntry]:
        """Return the entries of all whole batches (of one source or stream), by source, stream and time of receipt.

        `damaged` has the others.
        """
        found = (self._entry(path) for path in self._folders(f"{source}/{stream}/*"))
        return [entry for entry in found if isinstance(entry, LoadEntry)]

    def damaged(self) -> list[DamagedBatchError]:
        """Return what is wrong with the batches whose load entry cannot be read or was changed."""
        found = (self._entry(path) for path in self._folders())
        return [damage for damage in found if isinstance(damage, DamagedBatchError)]

    def unknown(self) -> list[Path]:
        """Return files and folders in the zone that are not a part of any batch."""
        strangers: list[Path] = []
        for path in sorted(self.root.rglob("*")):
            parts = path.relative_to(self.root).parts
            if parts[0] == INCOMING or (path.is_dir() and not path.is_symlink() and _is_place(parts)):
                continue
            if not (len(parts) == 4 and _is_place(parts[:3]) and parts[3] in (RECORDS, ENTRY) and path.is_file()):
                strangers.append(path)
        return strangers

    def path(self, entry: LoadEntry) -> Path:
        """Return the batch's folder."""
        return self.root / entry.source / entry.stream / entry.batch

    def records(self, entry: LoadEntry) -> Path:
        """Return the batch's `records.parquet`."""
        return self.path(entry) / RECORDS

    def verify(self, entry: LoadEntry) -> None:
        """Raise `DamagedBatchError` unless the batch on the disk is, bit for bit, what the entry says."""
        there = self._entry(self.path(entry))
        if isinstance(there, DamagedBatchError):
            raise there
        if there != entry:
            raise DamagedBatchError(self.path(entry), "its load.json is not the entry that is asked for")
        try:
            with self.records(entry).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise DamagedBatchError(self.path(entry), f"{RECORDS} cannot be read ({error.strerror or error})") from error
        if digest != entry.sha256:
            raise DamagedBatchError(self.path(entry), f"the bytes of {RECORDS} changed since they were written")

    def _folders(self, place: str = "*/*/*") -> list[Path]:
        paths = (path for path in self.root.glob(place) if path.is_dir() and not path.is_symlink())
        return sorted(path for path in paths if _is_place(path.relative_to(self.root).parts))

    def _entry(self, path: Path) -> LoadEntry | DamagedBatchError:
        try:
            text = (path / ENTRY).read_text("utf-8")
            entry = LoadEntry.model_validate_json(text)
        except (OSError, ValueError, ValidationError):
            return DamagedBatchError(path, f"{ENTRY} is missing or cannot be read")
        named = (entry.source, entry.stream, entry.batch) == path.relative_to(self.root).parts
        if not named or entry.batch[-16:] != _entry_hash(text):
            return DamagedBatchError(path, f"{ENTRY} is not the one that was written")
        return entry

    def _same(self, draft: Draft) -> LoadEntry | None:
        """Return the entry of the same content, unless a later batch has since replaced some of its records."""
        folder = self.root / draft.source / draft.stream
        identity = draft.identity()
        batches = sorted(path for path in folder.glob("*") if _BATCH.fullmatch(path.name)) if folder.is_dir() else []
        for place, path in reversed(list(enumerate(batches))):
            if path.name[-41:-17] == identity:
                entry = self._entry(path)
                later = [batch / RECORDS for batch in batches[place + 1 :]]
                return entry if isinstance(entry, LoadEntry) and not _shares_keys(draft.table, later) else None
        return None

    def _stage(self, folder: Path, draft: Draft) -> LoadEntry:
        place = folder / draft.source / draft.stream / "batch"
        place.mkdir(parents=True)
        write_parquet(draft.table, place / RECORDS)
        with (place / RECORDS).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        facts = LoadEntry(
            source=draft.source,
            stream=draft.stream,
            batch="-",
            received_at=draft.received_at,
            rows=draft.table.num_rows,
            sha256=digest,
            complete_from=draft.complete_from,
            complete_until=draft.complete_until,
            gaps=draft.gaps,
            completes=draft.completes,
            rejected=draft.rejected,
            note=draft.note,
            shard=draft.shard,
            expected_rows=draft.expected_rows,
            counted_rows=draft.counted_rows,
            day_counts=draft.day_counts,
        )
        prefix = f"{draft.received_at:%Y%m%dT%H%M%S%fZ}-{draft.identity()}"
        entry = facts.model_copy(update={"batch": f"{prefix}-{_entry_hash(facts.model_dump_json())}"})
        (place / ENTRY).write_text(entry.model_dump_json(indent=2) + "\n", "utf-8")
        for name in (RECORDS, ENTRY):
            sync_file(place / name)
        sync_folder(place)
        place = place.rename(place.with_name(entry.batch))
        for parent in list(place.parents)[:3]:
            sync_folder(parent)
        return entry

    def _commit(self, folder: Path) -> None:
        """The one moment at which the staged batches become a part of the zone."""
        for stream in folder.glob("*/*"):
            make_folders(self.root / stream.relative_to(folder), self.root)
        sync_folder(self._incoming)
        committed = folder.rename(folder.with_name(folder.name + COMMITTED))
        sync_folder(self._incoming)
        self._move_into_place(committed)

    def _move_into_place(self, committed: Path) -> None:
        for batch in sorted(committed.glob("*/*/*")):
            target = self.root / batch.relative_to(committed)
            make_folders(target.parent, self.root)
            if not target.exists():
                batch.rename(target)
                sync_folder(target.parent)
        remove_folder(committed)

    def _recover(self) -> None:
        """Finish what was committed and remove what was not, unless a writer is at work."""
        with folder_lock(self._incoming, exclusive=True) as alone:
            if not alone:
                return
            for folder in sorted(path for path in self._incoming.iterdir() if path.is_dir()):
                if folder.name.endswith(COMMITTED):
                    self._move_into_place(folder)
                else:
                    remove_folder(folder)


def _checked(draft: Draft) -> Draft:
    for name in (draft.source, draft.stream, *draft.completes):
        if not _NAME.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot name a source or stream.", "Use lower-case letters, digits and underscores, a letter first."
            )
    instants: list[datetime] = [draft.received_at, *(instant for gap in draft.gaps for instant in gap)]
    instants += [instant for instant in (draft.complete_from, draft.complete_until) if instant]
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("instants of a load carry an offset")
    facts: dict[str, Any] = draft.__dict__ | {
        "table": normalised(draft.table),
        "received_at": draft.received_at.astimezone(UTC),
    }
    return Draft(**facts)


def _entry_hash(text: str) -> str:
    facts = json.loads(text)
    del facts["batch"]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _shares_keys(table: pa.Table, later: Sequence[Path]) -> bool:
    if not later:
        return False
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    keys = table["key"].combine_chunks()
    return any(
        pc.any(pc.is_in(pq.read_table(path, columns=["key"], partitioning=None)["key"], value_set=keys)).as_py()
        for path in later
    )


def _is_place(parts: tuple[str, ...]) -> bool:
    names = all(_NAME.fullmatch(part) for part in parts[:2])
    return names and (len(parts) < 3 or (len(parts) == 3 and _BATCH.fullmatch(parts[2]) is not None))
