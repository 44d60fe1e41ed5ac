"""Reading daily partials out of the warehouse: all of them, or only the days that changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from assay.engines.protocol import Engine
from assay.planner.measures import Measure
from assay.planner.rollup import SLOT_DAYS, Rollup
from assay.planner.tables import (
    EXACT_VALUES,
    QUARTER_START,
    Table,
    counted,
    distinct_sql,
    events_sql,
    ids_sql,
    ids_table,
    quoted,
    recurring_sql,
    scalars_sql,
    sketch_sql,
    tables_of,
    values_sql,
)
from assay.values.generation import SegmentRef

if TYPE_CHECKING:
    import pyarrow as pa

ITSELF = "itself"
"""Values that are numbers already: see `_dense`."""
WHOLE_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"})
SPARSE = 4
"""Whole numbers count as their own dense numbers while the largest is at most so many times the rows of their table."""


class Built(NamedTuple):
    """Partials of one table, the days they speak for (every day if None), and how their values are numbered.

    `numbers` is empty where there are none, `ITSELF` where a value is its own number, else the type of the values that a
    table of the warehouse numbers. Partials of other numbers are never laid on one another.
    """

    table: Table
    rows: pa.Table
    days: list[date] | None
    numbers: str = ""


Stacks = Mapping[str, Sequence[SegmentRef]]
"""The segments that a table consists of so far, by its name."""


def dirty_days(rollup: Rollup, changed: Sequence[date]) -> list[date]:
    """Return the days whose partials change when rows of the `changed` days do: a stock is carried on to later days."""
    return sorted({day + timedelta(days=later) for day in changed for later in range(max(1, rollup.carry_days))})


def build_all(
    engine: Engine,
    stale: Sequence[tuple[Rollup, list[date] | None]],
    today: date,
    known: Stacks,
    progress: Callable[[int, int], None],
) -> Iterator[Built]:
    """Yield the tables of every rollup with its partials of its days (every day if None).

    Changed days are many small statements, of which two run at a time: those of one model after each other, for they number
    the same values. Of every day, one statement keeps the whole machine busy.
    """
    models: dict[str, list[tuple[Rollup, list[date] | None]]] = {}
    for one in stale:
        models.setdefault(one[0].model, []).append(one)

    def read(rollups: list[tuple[Rollup, list[date] | None]]) -> list[Built]:
        reader = engine.reader()
        return [built for rollup, days in rollups for built in build_tables(reader, rollup, days, today, known)]

    if any(days is None for _, days in stale):
        for done, (rollup, days) in enumerate(stale):
            progress(done, len(stale))
            yield from build_tables(engine, rollup, days, today, known)
    else:
        with ThreadPoolExecutor(2, "partials") as pool:
            tables = pool.map(read, models.values())
            for done in range(len(models)):
                progress(done, len(models))
                yield from next(tables)
    progress(len(stale), len(stale))


def build_tables(
    engine: Engine, rollup: Rollup, days: Sequence[date] | None, today: date, known: Stacks | None = None
) -> Iterator[Built]:
    """Yield each table of the rollup with its partials of the days (every day if None).

    `known` are the segments on which those of the days will lie; a table whose values need other numbers comes whole.
    """
    spoken_for = None if days is None else list(days)
    tables = tables_of(rollup)
    scalars = _scalars(engine, rollup, [one for one in tables if one.kind in ("total", "dimension", "slots")], days, today)
    for table in tables:
        match table.kind:
            case "values" | "sketch":
                rows = _quantile(engine, rollup, table, scalars[f"{rollup.name}/total"], whole=days is None)
            case "events":
                rows = engine.query(events_sql(rollup, table.measures[0], days))
            case "distinct" | "recurring":
                continue
            case _:
                rows = scalars[table.name]
        yield Built(table, rows, spoken_for)
    for value, own in counted(rollup).items():
        yield from _numbered(engine, rollup, value, own, days, known or {})


def _scalars(
    engine: Engine, rollup: Rollup, tables: Sequence[Table], days: Sequence[date] | None, today: date
) -> dict[str, pa.Table]:
    """Return the partials of the tables by name.

    Changed days are few rows, whose reading costs less than a statement: it is one for all tables. Of every day each table is
    read by itself, the quarters of the newest days alone.
    """
    since = today - timedelta(days=SLOT_DAYS)
    recent = [since + timedelta(days=n) for n in range(SLOT_DAYS + 2)]
    minute = engine.local_minute(QUARTER_START) if rollup.instant else ""
    passes: list[tuple[Sequence[Table], Sequence[date] | None]] = [(tables, days)]
    if days is None:
        passes = [([one], recent if one.kind == "slots" else None) for one in tables]
    found: dict[str, pa.Table] = {}
    for together, read in passes:
        if together:
            rows = engine.query(scalars_sql(rollup, together, read, minute=minute, since=since))
            found |= {one.name: _part(rows, place, one) for place, one in enumerate(together)}
    return found


def _part(rows: pa.Table, place: int, table: Table) -> pa.Table:
    """Return the columns and rows of one of the tables that were read together."""
    keys = {"dimension": ["key"], "slots": ["slot"]}.get(table.kind, [])
    if "part" in rows.column_names:
        first, last = rows["part"].to_numpy().searchsorted((place, place + 1)).tolist()
        rows = rows.slice(first, last - first)
    return rows.select(["day", *keys, *(measure.id for measure in table.measures)])


def _quantile(engine: Engine, rollup: Rollup, table: Table, totals: pa.Table, *, whole: bool) -> pa.Table:
    """Return the values of the days that have few, or the sketches of those with many; the totals know how many."""
    import pyarrow as pa

    measure = table.measures[0]
    counts = totals[Measure("nonnull", measure.argument, measure.condition).id].to_pylist()
    many = table.kind == "sketch"
    days = [day for day, count in zip(totals["day"].to_pylist(), counts, strict=True) if (count > EXACT_VALUES) == many]
    if days or whole:
        return engine.query((sketch_sql if many else values_sql)(rollup, measure, days))
    kept = {"bucket": pa.int32(), "n": pa.int64()} if many else {"value": pa.null()}  # the layers below know the type
    return pa.schema({"day": pa.date32(), **kept}).empty_table()


def _numbered(
    engine: Engine, rollup: Rollup, value: str, tables: Sequence[Table], days: Sequence[date] | None, known: Stacks
) -> list[Built]:
    """Return the tables that hold numbers of one value: of the days, or of every day where numbers are not those of before."""
    before = {stack[-1].numbers if (stack := known.get(one.name)) else "" for one in tables}
    if days is not None and before == {ITSELF}:
        built = _by_number(engine, rollup, tables, days, None, ITSELF)
        if _dense(built, known):
            return _narrow(built)
    kind = _type(engine, rollup, value)
    if days is None or before != {kind}:
        days = None
        built = _by_number(engine, rollup, tables, None, None, ITSELF) if kind in WHOLE_NUMBERS else []
        if built and _dense(built, {}):
            return _narrow(built)
    ids = ids_table(rollup.model, value, kind)
    make, number = ids_sql(rollup, value, ids, days)
    if days is None:
        engine.execute("create schema if not exists assay")
        engine.execute(make)
    engine.execute(number)
    return _narrow(_by_number(engine, rollup, tables, days, ids, kind))


def _type(engine: Engine, rollup: Rollup, value: str) -> str:
    """Return the SQL type of the value."""
    return str(engine.query(f"describe select ({value}) from {quoted(rollup.model)}")["column_type"][0].as_py())


def _by_number(
    engine: Engine, rollup: Rollup, tables: Sequence[Table], days: Sequence[date] | None, ids: str | None, numbers: str
) -> list[Built]:
    spoken_for = None if days is None else list(days)
    if tables[0].kind == "recurring":
        read = [engine.query(recurring_sql(rollup, table.measures[0], days, ids)) for table in tables]
    else:
        seen = engine.query(distinct_sql(rollup, [table.measures[0] for table in tables], days, ids))
        read = [_counted(seen, table) for table in tables]
    return [Built(table, rows, spoken_for, numbers) for table, rows in zip(tables, read, strict=True)]


def _narrow(built: Sequence[Built]) -> list[Built]:
    """Return what is counted once with numbers of 32 bits, which are read in a third of the time of 64."""
    import pyarrow as pa

    found = list(built)
    for place, one in enumerate(found):
        if one.table.kind == "distinct":
            rows = one.rows
            found[place] = one._replace(rows=rows.set_column(1, "id", rows["id"].cast(pa.uint32())))
    return found


def _counted(seen: pa.Table, table: Table) -> pa.Table:
    """Return the rows that one of the tables counts."""
    flag = table.measures[0].id
    return (seen.filter(seen[flag]) if flag in seen.column_names else seen).select(["day", "id"])


def _dense(built: Sequence[Built], known: Stacks) -> bool:
    """Return whether values can be their own numbers: whole, not negative, and not much larger than there are rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not all(pa.types.is_integer(one.rows["id"].type) for one in built):
        return False
    rows = max(one.rows.num_rows + sum(segment.rows for segment in known.get(one.table.name, ())) for one in built)
    ends = [pc.min_max(one.rows["id"]).as_py() for one in built]
    most = min(max(SPARSE * rows, 2**16), 2**32) - 1
    return all(end["min"] is None or (end["min"] >= 0 and end["max"] <= most) for end in ends)
