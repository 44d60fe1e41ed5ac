"""A profile of what landed: small tables that the checks read in place of the records.

They are a projection, brought up to date with the batches that came since. By batch, event day and field: how many records
have the field, of which JSON type, and the logarithms of its numbers. By event day: how many records, and how many of them
differ in more than their identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assay.calendar import ShopCalendar
from assay.engines.protocol import Engine
from assay.trust.ground import shop_day
from assay.values.load import LoadEntry

AHEAD = "15 minutes"
"""How far a source's clock may be ahead of ours."""
_TABLES = (
    "create schema if not exists assay",
    "create table if not exists assay.landed_batches (calendar varchar, stream varchar, source varchar, batch varchar)",
    "create table if not exists assay.landed_fields (stream varchar, source varchar, batch varchar, day date, field varchar, "
    "type varchar, n bigint, log_n bigint, log_sum double, log_squares double)",
    "create table if not exists assay.landed_days (stream varchar, day date, records bigint, payloads bigint)",
)


def bring_up_to_date(engine: Engine, calendar: ShopCalendar, entries: Sequence[LoadEntry]) -> None:
    """Profile the loaded batches that are not profiled yet, all or none of them."""
    for statement in _TABLES:
        engine.execute(statement)
    mark = _mark(calendar)
    known = engine.query("select calendar, stream, source, batch from assay.landed_batches").to_pylist()
    if any(row["calendar"] != mark for row in known):  # another time zone: other days
        for table in ("landed_batches", "landed_fields", "landed_days"):
            engine.execute(f"delete from assay.{table}")
        known = []
    done = {(row["stream"], row["source"], row["batch"]) for row in known}
    fresh = [entry for entry in entries if (entry.stream, entry.source, entry.batch) not in done]
    if not fresh:
        return
    engine.execute("begin transaction")
    try:
        for stream in sorted({entry.stream for entry in fresh}):
            _profile(engine, calendar, stream, [entry for entry in fresh if entry.stream == stream])
        rows = [(mark, entry.stream, entry.source, entry.batch) for entry in fresh]
        columns = [list(column) for column in zip(*rows, strict=True)]
        engine.execute("insert into assay.landed_batches select unnest(?), unnest(?), unnest(?), unnest(?)", columns)
        engine.execute("commit")
    except BaseException:
        engine.execute("rollback")
        raise


def _mark(calendar: ShopCalendar) -> str:
    return "|".join([*(zone.key for zone in calendar.zones), *(move.isoformat() for move in calendar.since)])


def _profile(engine: Engine, calendar: ShopCalendar, stream: str, entries: Iterable[LoadEntry]) -> None:
    batches = [entry.batch for entry in entries if entry.rows]
    if not batches:
        return
    day, table = shop_day("event_at", calendar), f'raw."{stream}"'
    fresh = f"(select *, {day} as day from {table} where list_contains(?, batch))"
    engine.execute(f"insert into assay.landed_fields {_fields_sql(fresh)}", [stream, batches])
    engine.execute(f"insert into assay.landed_fields {_records_sql(fresh)}", [stream, batches])
    touched = f"(select distinct {day} as day from {table} where list_contains(?, batch))"
    bounds = engine.query(f"select min(day) as low, max(day) as high from {touched}", [batches]).to_pylist()[0]
    start, end = calendar.start_of(bounds["low"]), calendar.end_of(bounds["high"])
    engine.execute(f"delete from assay.landed_days where stream = ? and day in {touched}", [stream, batches])
    engine.execute(
        "insert into assay.landed_days select ?, day, count(*) filter (where there), "
        "count(distinct payload) filter (where there) from ("
        f"select {day} as day, key, arg_max(payload is not null, (received_at, batch)) as there, "
        "arg_max(hash(replace(coalesce(payload, ''), key, '')), (received_at, batch)) as payload "
        f"from {table} where event_at >= ? and event_at < ? and {day} in {touched} group by all) group by all",
        [stream, start, end, batches],
    )


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
