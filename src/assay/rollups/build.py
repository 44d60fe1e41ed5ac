"""Reading daily partials out of the warehouse: all of them, or only the days that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from assay.engines.protocol import Engine
from assay.planner.measures import Measure
from assay.planner.rollup import SLOT_DAYS, Rollup
from assay.planner.tables import Table, ids_sql, ids_table, numbered, quoted, table_sql, tables_of

if TYPE_CHECKING:
    import pyarrow as pa


def dirty_days(rollup: Rollup, changed: Sequence[date]) -> list[date]:
    """Return the days whose partials change when rows of the `changed` days do: a stock is carried on to later days."""
    return sorted({day + timedelta(days=later) for day in changed for later in range(max(1, rollup.carry_days))})


def build_tables(
    engine: Engine, rollup: Rollup, days: Sequence[date] | None, today: date
) -> Iterator[tuple[Table, pa.Table, list[date] | None]]:
    """Yield each table of the rollup with its partials of the days (every day if None) and the days they speak for."""
    for measure in numbered(rollup):
        make_schema, make, _ = ids_sql(rollup, measure)
        engine.execute(make_schema)
        engine.execute(make)
        if _retyped(engine, rollup, measure):  # values would be rounded to the old type, and then not be found again
            engine.execute(f"drop table {ids_table(rollup, measure)}")
            engine.execute(make)
            days = None  # every value has another number
    for measure in numbered(rollup):
        engine.execute(ids_sql(rollup, measure, days)[2])
    minute = engine.local_minute(quoted(rollup.instant)) if rollup.instant else ""
    recent = [today - timedelta(days=SLOT_DAYS - n) for n in range(SLOT_DAYS + 2)]
    for table in tables_of(rollup):
        read = days
        if table.kind == "slots":
            read = recent if days is None else [day for day in days if day >= recent[0]]
        spoken_for = None if days is None else list(days)
        yield table, engine.query(table_sql(rollup, table, read, minute)), spoken_for


def _retyped(engine: Engine, rollup: Rollup, measure: Measure) -> bool:
    """Return whether the values have another type than the numbered ones; a change of type makes every day new."""
    wanted = engine.query(f"describe select ({measure.argument}) as value from {quoted(rollup.model)}").to_pylist()[0]
    known = engine.query(f"describe select value from {ids_table(rollup, measure)}").to_pylist()[0]
    return bool(wanted["column_type"] != known["column_type"])
