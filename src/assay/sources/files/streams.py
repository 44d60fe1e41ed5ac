"""From the table of values to the records of each stream, as the kind declares them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.sources.files.converting import Work, key_of
from assay.sources.files.kinds import ColumnType, Condition, Constant, Stream
from assay.sources.files.sql import literal, words

if TYPE_CHECKING:
    import pyarrow as pa


def records(work: Work, stream: Stream) -> pa.Table:
    """Return the stream's records (without metadata), in the order of the file's rows: that of `taken`."""
    where = " and ".join(f"v_{name} in ({words(allowed)})" for name, allowed in stream.rows.items()) or "true"
    query = (
        "select key, timezone('UTC', happened) as event_at, cast(? as timestamptz) as received_at, "
        "sha256(payload) as sha256, payload "
        f"from (select {key_of(stream.key)} as key, happened, {payload(work, stream)} as payload from taken where {where})"
    )
    return work.connection.execute(query, [work.now]).to_arrow_table()


def payload(work: Work, stream: Stream) -> str:
    """Return the SQL of the payload: JSON with the fields in their declared order."""
    fields = ", ".join(f"'{name}': {_field(work, source)}" for name, source in stream.fields.items())
    return f"cast(to_json({{{fields}}}) as varchar)"


def _field(work: Work, source: str | Constant) -> str:
    if isinstance(source, Constant):
        return str(source.constant).lower() if isinstance(source.constant, bool) else literal(source.constant)
    kind = work.kind.columns[source].type
    if kind is ColumnType.MONEY:
        return f"cast(v_{source} as varchar)"
    if kind is ColumnType.INSTANT:
        return (
            f"case when microsecond(v_{source}) % 1000000 = 0 then strftime(v_{source}, '%Y-%m-%dT%H:%M:%SZ') "
            f"else strftime(v_{source}, '%Y-%m-%dT%H:%M:%S.%fZ') end"
        )
    return f"v_{source}"


def holds(work: Work, condition: Condition) -> bool:
    """Return whether the condition holds for this file."""
    if condition.missing and condition.missing in work.mapped.places:
        return False
    if condition.has and condition.has not in work.mapped.places:
        return False
    if condition.any_row and not _any(work, condition.any_row):
        return False
    return not (condition.no_row and _any(work, condition.no_row))


def _any(work: Work, allowed: dict[str, tuple[str, ...]]) -> bool:
    test = " or ".join(f"v_{name} in ({words(texts)})" for name, texts in allowed.items())
    row = work.connection.execute(f"select coalesce(bool_or({test}), false) from taken").fetchone()
    return bool(row and row[0])
