"""A batch's records as an Arrow table: its columns, the hash of its content, its file."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa


@cache
def record_schema() -> pa.Schema:
    """Return the columns of `records.parquet`; only a payload may be null (the record was deleted)."""
    import pyarrow as pa

    instant = pa.timestamp("us", tz="UTC")
    fields: list[pa.Field[Any]] = [
        pa.field("key", pa.string(), nullable=False),
        pa.field("event_at", instant, nullable=False),
        pa.field("received_at", instant, nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("payload", pa.string()),
    ]
    return pa.schema(fields)


def normalised(table: pa.Table) -> pa.Table:
    """Return the table with the record columns in their order and types; metadata of its schema is kept."""
    import pyarrow as pa

    schema, metadata = record_schema(), table.schema.metadata
    try:
        table = table.select(schema.names).cast(pa.schema([field.with_nullable(True) for field in schema])).combine_chunks()
    except (KeyError, pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise AssayError(f"These are not records: {error}", f"A record has {', '.join(schema.names)}.") from error
    empty = [field.name for field in schema if not field.nullable and table[field.name].null_count]
    if empty:
        raise AssayError(f"A record has no {' and no '.join(empty)}.", "Only a payload may be null: the record was deleted.")
    return table.cast(schema).replace_schema_metadata(metadata)


def content_hash(table: pa.Table) -> str:
    """Return a hash of keys, times and payloads, in their order; when they were received plays no part."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digest = hashlib.sha256()
    for batch in table.to_batches(max_chunksize=1 << 17):
        digest.update(b"batch" + batch.num_rows.to_bytes(8, "big"))
        for name in ("key", "payload"):
            # A column's lengths and bytes together are its values: no separator that a value could imitate.
            column: Any = batch.column(name)
            lengths: Any = pc.fill_null(pc.binary_length(column), -1)
            values = column.drop_null()
            whole = pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)
            digest.update(lengths.to_numpy(zero_copy_only=False).tobytes())
            joined: Any = pc.binary_join(whole, "")
            digest.update(joined[0].as_buffer())
        digest.update(batch.column("event_at").cast(pa.int64()).to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write the records to a file that does not exist yet."""
    import pyarrow.parquet as pq

    with path.open("xb") as file:
        pq.write_table(table, file, compression="zstd", compression_level=1)
