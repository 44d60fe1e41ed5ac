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
from assay.values.generation import SegmentRef

if TYPE_CHECKING:
    import pyarrow as pa

Layer = tuple["pa.Table", list[date]]
"""Partials of some days, and the days for which they speak: those of earlier layers are hidden."""
MOST_SEGMENTS = 12
"""The changes of a table that consists of more segments than this are made into one."""


def write_segment(folder: Path, generation: int, table: str, rows: pa.Table, days: Sequence[date] | None) -> SegmentRef:
    """Write the partials of `days` (all days if None) and return the reference to them; they are not durable yet."""
    import pyarrow as pa

    spoken_for = None if days is None else sorted(day.isoformat() for day in days)
    rows = rows.replace_schema_metadata({"assay": json.dumps({"table": table, "days": spoken_for})})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, rows.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(rows)
    content = sink.getvalue().to_pybytes()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{generation:08d}-{hashlib.sha256(table.encode()).hexdigest()[:12]}-{digest[:12]}.arrow"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    part.write_bytes(content)
    part.rename(folder / name)
    return SegmentRef(table=table, file=name, sha256=digest, rows=rows.num_rows)


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
    names = [segment.file for segment in segments]
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


def merge_segments(
    folder: Path, generation: int, segments: Sequence[SegmentRef], since: date | None = None
) -> list[SegmentRef]:
    """Return the segments as one of all days and one of the changes since; the first stays as it is while it is the larger one.

    Days before `since` are dropped where everything is written anew.
    """
    import pyarrow.compute as pc

    first, *later = segments
    if 2 * sum(one.rows for one in later) <= first.rows:
        changes = list(read_layers(folder, later))
        days = sorted({day for _, replaced in changes for day in replaced})
        one = write_segment(folder, generation, first.table, with_changes(changes[0][0], changes[1:]), days)
        return [first, one.model_copy(update={"warehouse": first.warehouse, "merged": tuple(layers(later))})]
    rows = read_segments(folder, segments)
    if since is not None:
        rows = rows.filter(pc.greater_equal(rows["day"], since))
    one = write_segment(folder, generation, first.table, rows, None)
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
    import numpy as np
    import pyarrow as pa

    hidden: np.ndarray = np.array([], dtype="datetime64[D]")
    kept: list[pa.Table] = []
    for layer, days in reversed([(rows, []), *changes]):
        if len(hidden):
            layer = layer.filter(pa.array(~np.isin(layer["day"].to_numpy().astype("datetime64[D]"), hidden)))  # noqa: PLW2901 - what later days hide is gone
        kept.insert(0, layer.replace_schema_metadata(None))
        hidden = np.union1d(hidden, np.array(days, dtype="datetime64[D]"))
    return pa.concat_tables(kept, promote_options="permissive") if len(kept) > 1 else kept[0]


def read_segments(folder: Path, segments: Sequence[SegmentRef]) -> pa.Table:
    """Return a table's partials, later segments on top of earlier ones; raises `AssayError` for a damaged file."""
    changes: list[Layer] = []
    for segment in reversed(segments[1:]):
        rows, days = _read(folder, segment)
        if days is None:  # nothing below it is seen
            return with_changes(rows, reversed(changes))
        changes.append((rows, days))
    return with_changes(_read(folder, segments[0])[0], reversed(changes))


def _read(folder: Path, segment: SegmentRef) -> tuple[pa.Table, list[date] | None]:
    import pyarrow as pa

    path = folder / segment.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AssayError(f"The rollup segment {path.name} cannot be read: {error}", "Run `assay rebuild`.") from error
    if hashlib.sha256(content).hexdigest() != segment.sha256:
        raise AssayError(f"The rollup segment {path.name} is damaged: its checksum does not match.", "Run `assay rebuild`.")
    rows = pa.ipc.open_file(pa.BufferReader(content)).read_all()
    days = json.loads(rows.schema.metadata[b"assay"])["days"]
    return rows, None if days is None else [date.fromisoformat(day) for day in days]
