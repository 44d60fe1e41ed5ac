"""A profile of what landed: small tables that the checks read in place of the records.

They are a projection, brought up to date with the batches that came since. By batch, event day and field: how many records
have the field, of which JSON type, and the logarithms of its numbers. By event day: how many records, how many of them
differ in more than their identity, and how many came up on that day for the first time (orders that were placed, without
those that only changed). By batch and event day: the shards that the records name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from assay.calendar import ShopCalendar
from assay.engines.protocol import Engine
from assay.trust.ground import shop_day
from assay.values.load import LoadEntry

AHEAD = "15 minutes"
"""How far a source's clock may be ahead of ours."""
AT_ONCE = 1_000_000
"""So many records are profiled at a time, or one day's if it has more."""
_TABLES = {
    "landed_batches": "mark varchar, stream varchar, source varchar, batch varchar",
    "landed_fields": "stream varchar, source varchar, batch varchar, day date, field varchar, "
    "type varchar, n bigint, log_n bigint, log_sum double, log_squares double",
    "landed_days": "stream varchar, day date, records bigint, payloads bigint, firsts bigint",
    "landed_shards": "stream varchar, batch varchar, day date, shard varchar",
}


def bring_up_to_date(
    engine: Engine, calendar: ShopCalendar, entries: Sequence[LoadEntry], shards: Mapping[str, str] | None = None
) -> None:
    """Profile the loaded batches that are not profiled yet, all or none of them; `shards` are the streams' fields of shards."""
    shards = shards or {}
    mark = _mark(calendar, shards)
    done = _profiled(engine, mark)
    fresh = [entry for entry in entries if (entry.stream, entry.source, entry.batch) not in done]
    if not fresh:
        return
    engine.execute("begin transaction")
    try:
        for stream in sorted({entry.stream for entry in fresh}):
            mine = [entry for entry in fresh if entry.stream == stream]
            _profile(engine, calendar, stream, mine)
            if stream in shards:
                _profile_shards(engine, calendar, stream, shards[stream], mine)
        rows = [(mark, entry.stream, entry.source, entry.batch) for entry in fresh]
        columns = [list(column) for column in zip(*rows, strict=True)]
        engine.execute("insert into assay.landed_batches select unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        engine.execute("commit")
    except BaseException:
        engine.execute("rollback")
        raise


def _profiled(engine: Engine, mark: str) -> set[tuple[str, str, str]]:
    """Return stream, source and batch of what is profiled; a profile under another mark is dropped."""
    engine.execute("create schema if not exists assay")
    engine.execute(f"create table if not exists assay.landed_batches ({_TABLES['landed_batches']})")
    known = engine.query("select * from assay.landed_batches").to_pylist()
    if known and all(row.get("mark") == mark for row in known):
        return {(row["stream"], row["source"], row["batch"]) for row in known}
    for table, columns in _TABLES.items():
        engine.execute(f"create or replace table assay.{table} ({columns})")
    return set()


def _mark(calendar: ShopCalendar, shards: Mapping[str, str]) -> str:
    """Return what the profile's days and columns depend on."""
    zones = [*(zone.key for zone in calendar.zones), *(move.isoformat() for move in calendar.since)]
    columns = hashlib.sha256(repr(_TABLES).encode()).hexdigest()[:8]
    return "|".join([columns, *zones, *(f"{stream}={field}" for stream, field in sorted(shards.items()))])


def _profile_shards(engine: Engine, calendar: ShopCalendar, stream: str, field: str, entries: Iterable[LoadEntry]) -> None:
    text = "case when json_valid(payload) then json_extract_string(payload, ?) end"
    engine.execute(
        f"insert into assay.landed_shards select distinct ?, batch, {shop_day('event_at', calendar)}, {text} as shard "
        f'from raw."{stream}" where list_contains(?, batch) and shard is not null',
        [stream, f'$."{field}"', [entry.batch for entry in entries if entry.rows]],
    )


def _profile(engine: Engine, calendar: ShopCalendar, stream: str, entries: Iterable[LoadEntry]) -> None:
    batches = [entry.batch for entry in entries if entry.rows]
    if not batches:
        return
    day, table = shop_day("event_at", calendar), f'raw."{stream}"'
    own = "list_contains(?, batch) and event_at >= ? and event_at < ?"
    fresh = f"(select *, {day} as day from {table} where {own})"
    touched = f"(select distinct {day} as day from {table} where {own})"
    for start, end in _spans(engine, calendar, table, batches):
        engine.execute(f"insert into assay.landed_fields {_fields_sql(fresh)}", [stream, batches, start, end])
        engine.execute(f"insert into assay.landed_fields {_records_sql(fresh)}", [stream, batches, start, end])
        engine.execute(f"delete from assay.landed_days where stream = ? and day in {touched}", [stream, batches, start, end])
        engine.execute(
            "insert into assay.landed_days select ?, day, count(*) filter (where there), "
            "count(distinct payload) filter (where there), count(*) filter (where there and first_at = seen_at) from ("
            f"select {day} as day, key, arg_max(payload is not null, (received_at, batch)) as there, "
            "arg_max(hash(replace(coalesce(payload, ''), key, '')), (received_at, batch)) as payload, min(event_at) as seen_at "
            f"from {table} where event_at >= ? and event_at < ? and {day} in {touched} group by all) join ("
            f"select key, min(event_at) as first_at from {table} where key in ("
            f"select key from {table} where event_at >= ? and event_at < ?) group by all) using (key) group by all",
            [stream, start, end, batches, start, end, start, end],
        )


def _spans(engine: Engine, calendar: ShopCalendar, table: str, batches: list[str]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the instants between which the batches' days are profiled at a time: a first load of years must fit into memory."""
    day = shop_day("event_at", calendar)
    counted = f"select {day} as day, count(*) as n from {table} where list_contains(?, batch) group by all order by day"
    first, held = None, 0
    for row in engine.query(counted, [batches]).to_pylist():
        if first is not None and held + row["n"] > AT_ONCE:
            yield calendar.start_of(first), calendar.start_of(row["day"])
            first, held = None, 0
        first = first or row["day"]
        held += row["n"]
        last = row["day"]
    if first is not None:
        yield calendar.start_of(first), calendar.end_of(last)


def _fields_sql(fresh: str) -> str:
    """Return the rows of the records' fields. A record that is no JSON object has the one field '' of type BROKEN."""
    pairs = (
        "select source, batch, day, unnest(map_entries(coalesce(try(from_json(payload, '\"MAP(VARCHAR,JSON)\"')), "
        f"map {{'': '{{}}'::json}}))) as pair from {fresh} where payload is not null"
    )
    typed = (
        "select source, batch, day, pair.key as field, pair.value ->> '$' as text, "
        f"case when pair.key = '' then 'BROKEN' else coalesce(json_type(pair.value), 'NULL') end as type from ({pairs})"
    )
    numbers = (
        "select source, batch, day, field, case when type in ('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT') then 'NUMBER' "
        "when type = 'VARCHAR' and text = '' then 'EMPTY' else type end as type, "
        f"abs(try_cast(text as double)) as number from ({typed})"
    )
    logs = f"select *, case when number > 0 and isfinite(number) then ln(number) end as log from ({numbers})"
    return (
        "select ? as stream, source, batch, day, field, type, count(*), count(log), sum(log), sum(log * log) "
        f"from ({logs}) group by all"
    )


def _records_sql(fresh: str) -> str:
    """Return how many records a batch has by day, how many of them are ahead of their time, how many it has twice."""
    counted = (
        f"select source, batch, day, count(*) as records, count(*) filter (where event_at > received_at + interval '{AHEAD}') "
        "as ahead, count(*) - count(distinct (key, hash(payload))) as twice "
        f"from {fresh} where payload is not null group by all"
    )
    return (
        f"select ? as stream, source, batch, day, '' as field, kind.type, kind.n, 0, null, null from ({counted}), "
        "lateral (values ('RECORD', records), ('AHEAD', ahead), ('TWICE', twice)) as kind(type, n) where kind.n > 0"
    )
