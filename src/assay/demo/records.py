"""Columns of numbers made into landing records: identities, JSON payloads and their hashes, a column at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import pyarrow
import pyarrow.compute

from assay.demo.dice import Flags, Ints

pa: Any = pyarrow
pc: Any = pyarrow.compute
# pyarrow's own types are incomplete: they know no nullable fields, mixed scalars and arrays, or arrays made from numpy.

Texts = Any
"""An Arrow array of strings."""

INSTANT = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        pa.field("key", pa.string(), nullable=False),
        pa.field("event_at", INSTANT, nullable=False),
        pa.field("received_at", INSTANT, nullable=False),
        pa.field("sha256", pa.string(), nullable=False),
        pa.field("payload", pa.string()),
    ]
)


def joined(*parts: Texts | str) -> Texts:
    """The parts of each row, one after the other."""
    return pc.binary_join_element_wise(*parts, "")


def padded(numbers: Ints, width: int) -> Texts:
    """The numbers with leading zeros."""
    return pc.utf8_lpad(plain(numbers), width, "0")


def plain(numbers: Ints) -> Texts:
    """The numbers as JSON writes them."""
    return pc.cast(pa.array(numbers), pa.string())


def chosen(texts: Sequence[str], codes: Ints) -> Texts:
    """The text at each code's place."""
    return pc.take(pa.array(texts, pa.string()), pa.array(codes))


def quoted(texts: Texts) -> Texts:
    """The texts as JSON strings; they must hold nothing that JSON escapes."""
    return joined('"', texts, '"')


def money(cents: Ints) -> Texts:
    """Cents as quoted decimal text in major units; none of ours is negative."""
    return quoted(joined(plain(cents // 100), ".", padded(cents % 100, 2)))


def instants(seconds: Ints) -> Texts:
    """Instants as quoted ISO 8601 text in UTC; null for those before 1970, which stand for "never"."""
    text = pc.cast(pa.array(seconds).cast(pa.timestamp("s")), pa.string())
    return or_null(seconds >= 0, quoted(joined(pc.utf8_replace_slice(text, 10, 11, "T"), "Z")))


def or_null(present: Flags, texts: Texts) -> Texts:
    """The texts where they are present, else JSON's null."""
    return pc.if_else(pa.array(present), texts, "null")


def flags(values: Ints) -> Texts:
    """0 and 1 as JSON's false and true."""
    return chosen(["false", "true"], values)


def payloads(fields: Mapping[str, Texts | str]) -> Texts:
    """Compact JSON objects with sorted keys; a field is a column of JSON texts, or one JSON text for all rows."""
    parts: list[Texts | str] = []
    for name in sorted(fields):
        parts += ["," if parts else "{", f'"{name}":', fields[name]]
    return joined(*parts, "}")


def table(keys: Texts, event_at: Ints, received_at: Ints, payload: Texts) -> Any:
    """The records as a table with the columns of `records.parquet`; times come in seconds."""
    hashes = [sha256(text.encode()).hexdigest() for text in payload.to_pylist()]
    stamps = [pa.array(at * 1_000_000).cast(INSTANT) for at in (event_at, received_at)]
    return pa.Table.from_arrays([keys, *stamps, pa.array(hashes, pa.string()), payload], schema=SCHEMA)


def by_arrival(received_at: Ints, *then: Ints) -> Ints:
    """The order of rows by time of arrival, then by the other columns."""
    return np.lexsort((*reversed(then), received_at)).astype(np.int64)
