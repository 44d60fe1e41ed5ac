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
QUARTER_START = f"to_timestamp(_quarter * {SLOT_MINUTES * 60})"
"""The SQL of the instant at which a row's quarter of an hour begins."""
MOST_RANGES = 16
"""Days that are more ranges than this are listed: a list is looked up, ranges are compared one by one."""
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
    if len(ranges) > MOST_RANGES:
        listed = ", ".join(f"date '{day}'" for day in sorted(set(days)))
        return f"{column} in ({listed})"
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


def table_sql(rollup: Rollup, table: Table, days: Sequence[date] | None) -> str:
    """Return the query that fills one table for the days, with values and entities themselves in place of their numbers.

    Columns: `day`, then `key` (dimension), `slot`, `id`, `value`, `bucket`/`n`, `moment`/`delta`, or `id`/`moment`/`delta`/
    `nulls`, then one a measure.
    """
    match table.kind:
        case "distinct":
            return distinct_sql(rollup, table.measures, days)
        case "values":
            return values_sql(rollup, table.measures[0], days)
        case "sketch":
            return sketch_sql(rollup, table.measures[0], days)
        case "events":
            return events_sql(rollup, table.measures[0], days)
        case "recurring":
            return recurring_sql(rollup, table.measures[0], days)
        case _:
            return scalars_sql(rollup, [table], days, minute=QUARTER_START)


def scalars_sql(
    rollup: Rollup, tables: Sequence[Table], days: Sequence[date] | None, *, minute: str = "", since: date | None = None
) -> str:
    """Return the query that fills tables of scalar measures in one pass; of several, `part` is a row's place among them.

    Rows of `slots` are grouped by quarters of an hour, and only these are brought to the shop's wall clock: `minute` is the SQL
    of its minute at `QUARTER_START`. Of days before `since` there are none.
    """
    keys = [_key_of(rollup, table, place) for place, table in enumerate(tables)]
    named = [key for key, _ in keys if key]
    columns = "".join(f", {measure_sql(measure)} as {quoted(measure.id)}" for measure in tables[0].measures)
    source = source_sql(rollup, days)
    if not named:
        return f"select _day as day{columns} from {source} group by all order by all"
    dimensions = [key for key in named if key != "_quarter"]
    columns = (f", coalesce({', '.join(dimensions)}) as key" if dimensions else "") + columns
    columns = (f", (({minute}) // {SLOT_MINUTES})::integer as slot" if "_quarter" in named else "") + columns
    also = "".join(f", {sql} as {key}" for key, sql in keys if key)
    groups, part = f"_day, {keys[0][0]}", ""
    if len(tables) > 1:  # `grouping` has a bit for each key by which a row is not grouped
        bits = [sum(1 << bit for bit, one in enumerate(reversed(named)) if one != key) for key, _ in keys]
        places = " ".join(f"when {bit} then {place}" for place, bit in enumerate(bits))
        part = f"case grouping({', '.join(named)}) {places} end as part, "
        groups = f"grouping sets ({', '.join(f'(_day, {key})' if key else '(_day)' for key, _ in keys)})"
    rows = f"select {part}_day as day{columns} from (select *{also} from {source})"
    if "_quarter" not in named:
        return f"{rows} group by {groups} order by all"
    if not part:
        return f"{rows} where _quarter is not null group by {groups} order by all"
    place = [key for key, _ in keys].index("_quarter")
    kept = f"part <> {place} or (slot is not null and day >= date '{since or date.min}')"
    return f"select * from ({rows} group by {groups}) where {kept} order by all"


def _key_of(rollup: Rollup, table: Table, place: int) -> tuple[str, str]:
    """Return the name and the SQL of what a table's rows are grouped by besides their day; nothing for the days themselves."""
    if table.kind == "dimension":
        return f"_key_{place}", f"{quoted(table.dimension or '')}::varchar"
    if table.kind == "slots":
        at, quarter = f"epoch_us({quoted(rollup.instant or '')})", SLOT_MINUTES * 60_000_000
        return "_quarter", f"{at} // {quarter} - ({at} % {quarter} < 0)::bigint"  # rounded down before 1970 as well
    return "", ""


def distinct_sql(rollup: Rollup, measures: Sequence[Measure], days: Sequence[date] | None, ids: str | None = None) -> str:
    """Return the query of what each day has seen, for measures that count the same values.

    `id` is the value itself, or its number in the table `ids`. Of several measures each has a column: whether it counts it.
    """
    argument = f"({measures[0].argument})"
    known = f"from {source_sql(rollup, days)} where {argument} is not null"
    if len(measures) == 1:
        also, flags = f" and ({measures[0].condition})" if measures[0].condition else "", ""
        seen = f"select distinct _day as day, {argument} as id {known}{also}"
    else:
        counts = [f"coalesce(bool_or({one.condition}), false)" if one.condition else "true" for one in measures]
        flags = "".join(f", {count} as {quoted(one.id)}" for count, one in zip(counts, measures, strict=True))
        seen = f"select _day as day, {argument} as id{flags} {known} group by all"
        flags = "".join(f", seen.{quoted(one.id)}" for one in measures)
    if ids is not None:
        seen = f"select seen.day, ids.id{flags} from {ids} ids join ({seen}) seen on ids.value = seen.id"
    return f"{seen} order by day, id"


def values_sql(rollup: Rollup, measure: Measure, days: Sequence[date] | None) -> str:
    """Return the query of the measure's values on the days, one by one."""
    return f"select _day as day, ({measure.argument}) as value {_known(rollup, measure, days)} order by all"


def sketch_sql(rollup: Rollup, measure: Measure, days: Sequence[date] | None) -> str:
    """Return the query of how many of the measure's values lie in each of DDSketch's buckets on the days."""
    bucket = _bucket_sql(f"({measure.argument})")
    rows = _known(rollup, measure, days)
    return f"select _day as day, {bucket} as bucket, count(*) as n {rows} group by all order by all"


def events_sql(rollup: Rollup, measure: Measure, days: Sequence[date] | None) -> str:
    """Return the query of the moments at which intervals of the days begin and end."""
    argument, until = f"({measure.argument})", f"({measure.until})"
    held = f"{_known(rollup, measure, days)} and ({until} is null or {until} > {argument})"
    starts = f"select _day as day, {argument} as moment, 1 as delta {held}"
    ends = f"select _day, {until}, -1 {held} and {until} is not null"
    return f"select day, moment, sum(delta)::bigint as delta from ({starts} union all {ends}) group by all order by all"


def _known(rollup: Rollup, measure: Measure, days: Sequence[date] | None) -> str:
    also = f" and ({measure.condition})" if measure.condition else ""
    return f"from {source_sql(rollup, days)} where ({measure.argument}) is not null{also}"


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


def recurring_sql(rollup: Rollup, measure: Measure, days: Sequence[date] | None, ids: str | None = None) -> str:
    """Return the events of each entity: at which moment it is worth how much more, and how many phases have no worth.

    `id` is the entity itself, or its number in the table `ids`. Beginnings and ends stay apart, so that the phases without
    an amount can be counted that lie in a window.
    """
    phases = phases_sql(measure, entity_sql(rollup), source_sql(rollup, days), "_day, ")
    begins = "select _day, entity, since as moment, 1 as sign, amount from phases"
    ends = "select _day, entity, until, -1, -amount from phases where until is not null"
    number, numbered = ("ids.id", f" left join {ids} ids on ids.value = events.entity") if ids else ("entity", "")
    return (
        f"with phases as ({phases}), events as ({begins} union all {ends}) "
        f"select _day as day, {number} as id, moment, sum(amount) as delta, "
        "(sign * count(*) filter (where amount is null))::integer as nulls "
        f"from events{numbered} group by _day, {number}, moment, sign order by all"
    )


def counted(rollup: Rollup) -> dict[str, tuple[Table, ...]]:
    """Return the tables that hold numbers of values, by the value's SQL: what is counted once, or the entity of what recurs."""
    found: dict[str, tuple[Table, ...]] = {}
    for table in tables_of(rollup):
        if table.kind in ("distinct", "recurring"):
            value = entity_sql(rollup) if table.kind == "recurring" else table.measures[0].argument or ""
            found[value] = (*found.get(value, ()), table)
    return found


def _bucket_sql(argument: str) -> str:
    """Return DDSketch's bucket of a value: its logarithm to the base gamma, rounded up; the sign goes along, 0 has its own."""
    steps = f"ceil(ln(abs({argument}::double)) / ln({SKETCH_GAMMA!r})) + {SKETCH_OFFSET}"
    return f"(case when {argument} = 0 then 0 else sign({argument}) * ({steps}) end)::integer"


NUMBERING = 3
"""Raised when values are numbered in another way: partials with numbers of the earlier way are made anew."""


def ids_table(model: str, value: str, kind: str) -> str:
    """Return the table that gives each value of the SQL type `kind` its dense number, whatever the condition on it."""
    return f"assay.{quoted(f'ids_{model}_' + Measure('distinct', value, None, kind).id)}"


def ids_sql(rollup: Rollup, value: str, ids: str, days: Sequence[date] | None) -> tuple[str, str]:
    """Return the statements that make the table `ids`, and that number the values of the days which have no number yet."""
    model = quoted(rollup.model)
    make = f"create table if not exists {ids} as select ({value}) as value, 0::bigint as id from {model} where false"
    where = "" if days is None else f" where {in_days(quoted(rollup.time), days)}"
    number = (
        f"insert into {ids} select value, (select count(*) from {ids}) + row_number() over () - 1 "
        f"from (select distinct ({value}) as value from {model}{where}) seen "
        f"where value is not null and not exists (select 1 from {ids} known where known.value = seen.value)"
    )
    return make, number
