"""Segments: immutable files of daily partials.

A segment belongs to one table and names the days that it speaks for. Reading a table puts its segments on top of one
another: for a day that several name, the last one holds. So a refresh writes only the days that changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assay.errors import AssayError
from assay.rollups.columns import day_number, days_of
from assay.values.generation import SegmentRef

if TYPE_CHECKING:
    import pyarrow as pa

Layer = tuple["pa.Table", list[date]]
"""Partials of some days, and the days for which they speak: those of earlier layers are hidden."""
MOST_SEGMENTS = 12
"""The changes of a table that consists of more segments than this are made into one."""
SMALL_BYTES = 65_536
"""A segment of no more than this is not compressed: a changed day is many small ones, and each would take ten times as long."""


def write_segment(
    folder: Path, file: str, table: str, rows: pa.Table, days: Sequence[date] | None, numbers: str = ""
) -> SegmentRef:
    """Append the partials of `days` (all days if None) to the file and return the reference to them; they are not durable yet.

    All segments of a publication lie in one file behind each other, for the disk takes as long for a file of any size.
    """
    import pyarrow as pa

    spoken_for = None if days is None else sorted(day.isoformat() for day in days)
    rows = rows.replace_schema_metadata({"assay": json.dumps({"table": table, "days": spoken_for})})
    sink = pa.BufferOutputStream()
    compression = "lz4" if rows.nbytes > SMALL_BYTES else None
    with pa.ipc.new_file(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as writer:
        writer.write_table(rows)
    content = sink.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / file).open("ab") as opened:
        start = opened.tell()
        opened.write(content)
    return SegmentRef(
        table=table, file=file, start=start, size=len(content), sha256=digest, rows=rows.num_rows, numbers=numbers
    )


def write_durably(path: Path, content: bytes) -> None:
    """Write the file so that it is whole on the disk, or not there at all, whatever happens."""
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    _sync(path.parent)


def make_durable(folder: Path, segments: Iterable[SegmentRef]) -> None:
    """Bring the files of the segments, and their names, onto the disk: before anything refers to them."""
    names = {segment.file for segment in segments}
    for name in names:
        _sync(folder / name)
    if names:
        _sync(folder)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def merge_segments(folder: Path, file: str, segments: Sequence[SegmentRef], since: date | None = None) -> list[SegmentRef]:
    """Return the segments as one of all days and one of the changes since; the first stays as it is while it is the larger one.

    Days before `since` are dropped where everything is written anew.
    """
    import pyarrow.compute as pc

    first, *later = segments
    if 2 * sum(one.rows for one in later) <= first.rows:
        changes = list(read_layers(folder, later))
        days = sorted({day for _, replaced in changes for day in replaced})
        one = write_segment(
            folder, file, first.table, with_changes(changes[0][0], changes[1:]).combine_chunks(), days, first.numbers
        )
        return [first, one.model_copy(update={"warehouse": first.warehouse, "merged": tuple(layers(later))})]
    rows = read_segments(folder, segments).combine_chunks()
    if since is not None:
        rows = rows.filter(pc.greater_equal(rows["day"], since))
    one = write_segment(folder, file, first.table, rows, None, first.numbers)
    return [one.model_copy(update={"warehouse": first.warehouse, "merged": tuple(layers(segments))})]


def layers(segments: Sequence[SegmentRef]) -> list[str]:
    """Return the hashes of the segments as they were before any of them were merged."""
    return [name for one in segments for name in (one.merged or (one.sha256,))]


def read_layers(folder: Path, segments: Sequence[SegmentRef]) -> Iterator[Layer]:
    """Yield segments of some days, in their order."""
    for segment in segments:
        rows, days = _read(folder, segment)
        assert days is not None, "a segment of every day has nothing below it"
        yield rows, days


def with_changes(rows: pa.Table, changes: Iterable[Layer]) -> pa.Table:
    """Return a table's partials with those of some days replaced, and those again by later ones."""
    import pyarrow as pa

    hidden: set[int] = set()
    kept: list[pa.Table] = []
    for layer, days in reversed([(rows, []), *changes]):
        kept[:0] = _without(layer.replace_schema_metadata(None), hidden)
        hidden.update(map(day_number, days))
    return pa.concat_tables(kept, promote_options="permissive") if len(kept) > 1 else kept[0]


def _without(rows: pa.Table, days: set[int]) -> list[pa.Table]:
    """Return the rows of other days, as they lie: Arrow's own filter would cost a cold process its whole compute library."""
    import numpy as np

    if not days:
        return [rows]
    kept = ~np.isin(days_of(rows["day"]), list(days))
    edges = np.flatnonzero(np.diff(np.concatenate([[False], kept, [False]]))).tolist()
    return [rows.slice(low, high - low) for low, high in zip(edges[::2], edges[1::2], strict=True)] or [rows.slice(0, 0)]


def read_segments(folder: Path, segments: Sequence[SegmentRef]) -> pa.Table:
    """Return a table's partials, later segments on top of earlier ones; raises `AssayError` for a damaged file."""
    return with_changes(*read_stack(folder, segments))


def read_stack(folder: Path, segments: Sequence[SegmentRef]) -> tuple[pa.Table, list[Layer]]:
    """Return a table's newest segment of every day, and those of some days that lie on top of it, in their order."""
    changes: list[Layer] = []
    for segment in reversed(segments[1:]):
        rows, days = _read(folder, segment)
        if days is None:  # nothing below it is seen
            return rows, changes[::-1]
        changes.append((rows, days))
    return _read(folder, segments[0])[0], changes[::-1]


def _read(folder: Path, segment: SegmentRef) -> tuple[pa.Table, list[date] | None]:
    import pyarrow as pa

    path = folder / segment.file
    try:
        with path.open("rb") as opened:
            opened.seek(segment.start)
            content = opened.read(segment.size if segment.size is not None else -1)
    except OSError as error:
        raise AssayError(f"The rollup segment {path.name} cannot be read: {error}", "Run `assay rebuild`.") from error
    if hashlib.sha256(content).hexdigest() != segment.sha256:
        raise AssayError(f"The rollup segment {path.name} is damaged: its checksum does not match.", "Run `assay rebuild`.")
    rows = pa.ipc.open_file(pa.BufferReader(content)).read_all()
    days = json.loads(rows.schema.metadata[b"assay"])["days"]
    return rows, None if days is None else [date.fromisoformat(day) for day in days]
