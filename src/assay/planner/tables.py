"""The tables that a rollup consists of, and the SQL that fills each for given days.

The SQL is written once, in DuckDB's words; an engine translates it. It holds no text of a user but what the formula
parser let through, and quotes every name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from assay.planner.measures import Measure
from assay.planner.rollup import SLOT_MINUTES, Rollup

TableKind = Literal["total", "dimension", "slots", "distinct", "values", "sketch", "events", "recurring"]
SKETCH_GAMMA = (1 + 0.005) / (1 - 0.005)
"""DDSketch's bucket base for a relative accuracy of 0.5 % (Masson, Rim, Lee: DDSketch, VLDB 2019)."""
SKETCH_OFFSET = 1_000_000
"""Added to a bucket's number, so that its sign can carry the value's."""
EXACT_VALUES = 1000
"""A day's values are kept one by one up to this many, above as a sketch."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of partials: its name within all rollups, how it merges, which column it is kept by, its measures."""

    name: str
    kind: TableKind
    measures: tuple[Measure, ...]
    dimension: str | None = None


def quoted(name: str) -> str:
    """Quote an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def days_between(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return the days as ranges of consecutive days."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        if ranges and day - ranges[-1][1] == timedelta(days=1):
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges


def in_days(column: str, days: Sequence[date] | None) -> str:
    """Return the SQL condition that the column is one of the days; every day that is not null if `days` is None."""
    if days is None:
        return f"{column} is not null"
    ranges = [f"{column} between date '{start}' and date '{end}'" for start, end in days_between(days)]
    return f"({' or '.join(ranges)})" if ranges else "false"


def tables_of(rollup: Rollup) -> list[Table]:
    """Return the tables that the rollup consists of."""
    name = rollup.name
    additive = tuple(measure for measure in rollup.measures if measure.additive)
    if rollup.recurring:
        return [Table(f"{name}/recurring/{m.id}", "recurring", (m,)) for m in rollup.of_kind("recurring")]
    tables = [Table(f"{name}/total", "total", rollup.scalars)]
    tables += [Table(f"{name}/by/{column}", "dimension", rollup.scalars, column) for column in rollup.dimensions]
    if rollup.instant and additive and not rollup.stock:
        tables.append(Table(f"{name}/slots", "slots", additive))
    tables += [Table(f"{name}/distinct/{m.id}", "distinct", (m,)) for m in rollup.of_kind("distinct")]
    for measure in rollup.of_kind("values"):
        tables.append(Table(f"{name}/values/{measure.id}", "values", (measure,)))
        tables.append(Table(f"{name}/sketch/{measure.id}", "sketch", (measure,)))
    tables += [Table(f"{name}/events/{m.id}", "events", (m,)) for m in rollup.of_kind("active")]
    return tables


def measure_sql(measure: Measure) -> str:
    """Return the SQL of a scalar measure, without its name."""
    match measure.kind:
        case "rows":
            call = "count(*)"
        case "nonnull":
            call = f"count({measure.argument})"
        case _:
            call = f"{measure.kind}({measure.argument})"
    return f"{call} filter (where {measure.condition})" if measure.condition else call


def source_sql(rollup: Rollup, days: Sequence[date] | None) -> str:
    """Return what the measures are computed from: the model's rows of the days, or the stock at each day's end."""
    model, time = quoted(rollup.model), quoted(rollup.time)
    if not rollup.stock:
        return f"(select *, {time} as _day from {model} where {in_days(time, days)})"
    entity = ", ".join(quoted(column) for column in rollup.entity)
    newest = f"{quoted(rollup.instant)} desc, " if rollup.instant else ""
    steps = f"(select unnest(range({rollup.carry_days}))::integer as i)"
    carried = f"(select distinct {time} + step.i as _day from {model}, {steps} step)"
    return (
        f"(select * from (select m.*, d._day from {carried} d join {model} m "
        f"on m.{time} between d._day - {rollup.carry_days - 1} and d._day where {in_days('d._day', days)}) "
        f"qualify row_number() over (partition by _day, {entity} order by {time} desc, {newest}{entity}) = 1)"
    )


def table_sql(rollup: Rollup, table: Table, days: Sequence[date] | None, local_minute: str = "") -> str:
    """Return the query that fills the table for the days.

    `local_minute` is the SQL of the minute of the shop's wall clock at the rollup's instant, needed by `slots` alone.
    Columns: `day`, then `key` (dimension), `slot`, `id`, `value`, `bucket`/`n`, `moment`/`delta`, or `id`/`moment`/`delta`/
    `nulls`, then one a measure.
    """
    source = source_sql(rollup, days)
    if table.kind in ("total", "dimension", "slots"):
        return _scalars_sql(rollup, table, source, local_minute)
    measure = table.measures[0]
    where = f"where ({measure.condition})" if measure.condition else "where true"
    argument = f"({measure.argument})"
    known = f"{source} {where} and {argument} is not null"
    match table.kind:
        case "distinct":
            seen = f"(select distinct _day, {argument} as _value from {source} {where}) seen"
            numbered = f"{seen} join {ids_table(rollup, measure)} ids on ids.value = seen._value"
            return f"select seen._day as day, ids.id from {numbered} order by all"
        case "values":
            return (
                f"select _day as day, {argument} as value from {known} "
                f"qualify count(*) over (partition by _day) <= {EXACT_VALUES} order by all"
            )
        case "sketch":
            many = f"select * from {known} qualify count(*) over (partition by _day) > {EXACT_VALUES}"
            return (
                f"select _day as day, {_bucket_sql(argument)} as bucket, count(*) as n from ({many}) group by all order by all"
            )
        case "recurring":
            return _phases_sql(rollup, measure, source)
        case _:
            until = f"({measure.until})"
            held = f"{known} and ({until} is null or {until} > {argument})"
            starts = f"select _day as day, {argument} as moment, 1 as delta from {held}"
            ends = f"select _day, {until}, -1 from {held} and {until} is not null"
            return f"select day, moment, sum(delta)::bigint as delta from ({starts} union all {ends}) group by all order by all"


def _scalars_sql(rollup: Rollup, table: Table, source: str, local_minute: str) -> str:
    columns = ", ".join(f"{measure_sql(measure)} as {quoted(measure.id)}" for measure in table.measures)
    key, where = "", ""
    if table.kind == "dimension":
        key = f"{quoted(table.dimension or '')}::varchar as key, "
    elif table.kind == "slots":
        key = f"(({local_minute}) // {SLOT_MINUTES})::integer as slot, "
        where = f" where {quoted(rollup.instant or '')} is not null"
    return f"select _day as day, {key}{columns} from {source}{where} group by all order by all"


def entity_sql(rollup: Rollup) -> str:
    """Return the SQL of what one entity is; null where one of its columns is."""
    columns = [quoted(column) for column in rollup.entity]
    known = " and ".join(f"{column} is not null" for column in columns)
    packed = ", ".join(f"{column} := {column}" for column in columns)
    return columns[0] if len(columns) == 1 else f"case when {known} then struct_pack({packed}) end"


def phases_sql(measure: Measure, entity: str, source: str, also: str = "") -> str:
    """Return the query of the phases that hold at some instant: `entity`, `since`, `until`, `amount`, and further columns.

    Where the entity or the amount is null, both are: such a phase is worth nothing to anybody, and is counted.
    """
    argument, since, until = f"({measure.argument})", f"({measure.since})", f"({measure.until})"
    blank = f"{entity} is null or {argument} is null"
    holds = f"{since} is not null and ({until} is null or {until} > {since})"
    return (
        f"select {also}case when not ({blank}) then {entity} end as entity, "
        f"case when not ({blank}) then {argument} end as amount, {since} as since, {until} as until "
        f"from {source} where {holds}{f' and ({measure.condition})' if measure.condition else ''}"
    )


def _phases_sql(rollup: Rollup, measure: Measure, source: str) -> str:
    """Return the events of each entity: at which moment it is worth how much more, and how many phases have no worth.

    Beginnings and ends stay apart, so that the phases without an amount can be counted that lie in a window.
    """
    phases = phases_sql(measure, entity_sql(rollup), source, "_day, ")
    begins = "select _day, entity, since as moment, 1 as sign, amount from phases"
    ends = "select _day, entity, until, -1, -amount from phases where until is not null"
    return (
        f"with phases as ({phases}), events as ({begins} union all {ends}) "
        "select _day as day, ids.id, moment, sum(amount) as delta, "
        "(sign * count(*) filter (where amount is null))::integer as nulls "
        f"from events left join {ids_table(rollup, numbered(rollup)[0])} ids on ids.value = events.entity "
        "group by _day, ids.id, moment, sign order by all"
    )


def numbered(rollup: Rollup) -> tuple[Measure, ...]:
    """Return the measures whose values have dense numbers: what is counted once, and the entities of what recurs."""
    counted = [measure.argument or "" for measure in rollup.of_kind("distinct")]
    arguments = [entity_sql(rollup)] if rollup.recurring else counted
    return tuple(Measure("distinct", argument) for argument in dict.fromkeys(arguments))


def _bucket_sql(argument: str) -> str:
    """Return DDSketch's bucket of a value: its logarithm to the base gamma, rounded up; the sign goes along, 0 has its own."""
    steps = f"ceil(ln(abs({argument}::double)) / ln({SKETCH_GAMMA!r})) + {SKETCH_OFFSET}"
    return f"(case when {argument} = 0 then 0 else sign({argument}) * ({steps}) end)::integer"


NUMBERING = 2
"""Raised when values are numbered in another way: partials with numbers of the earlier way are made anew."""


def ids_table(rollup: Rollup, measure: Measure) -> str:
    """Return the table that gives each value of a distinct measure its dense number, whatever the condition on it."""
    values = Measure("distinct", measure.argument)
    return f"assay.{quoted(f'ids_{rollup.model}_{values.id}')}"


def ids_sql(rollup: Rollup, measure: Measure, days: Sequence[date] | None = None) -> tuple[str, str, str]:
    """Return the statements that make the numbering table, and that number the values of the days which have no number yet."""
    table, argument = ids_table(rollup, measure), f"({measure.argument})"
    schema = "create schema if not exists assay"
    model = quoted(rollup.model)
    where = "" if days is None else f" where {in_days(quoted(rollup.time), days)}"
    make = f"create table if not exists {table} as select {argument} as value, 0::bigint as id from {model} where false"
    number = (
        f"insert into {table} select value, (select coalesce(max(id), -1) from {table}) + row_number() over (order by value) "
        f"from (select distinct {argument} as value from {model}{where}) where value is not null "
        f"and value not in (select value from {table})"
    )
    return schema, make, number
