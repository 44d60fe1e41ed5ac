"""From the table of texts to the table of values: `taken` has the rows that can be trusted, the others are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.sources.files.columns import Conversion, DayMoney, convert
from assay.sources.files.instants import (
    FIRST_YEAR,
    LAST_YEAR,
    check_format,
    clock_table,
    place_instant,
    read_instant,
    slashed_order,
)
from assay.sources.files.kinds import ColumnType, ImportKind
from assay.sources.files.mapping import Mapped, safe
from assay.sources.files.reading import FileTable
from assay.sources.files.screening import Screened
from assay.sources.files.settings import ImportSettings
from assay.sources.files.sql import literal
from assay.sources.files.summary import EXAMPLES, Rejection

if TYPE_CHECKING:
    import duckdb

AHEAD = timedelta(days=1)
"""How far a clock may be ahead of ours before its dates are taken for mistakes."""


@dataclass
class Converted:
    """What became of the file's rows."""

    rejected: list[Rejection] = field(default_factory=list)
    rejected_days: list[date] = field(default_factory=list)
    days_unknown: int = 0
    """Rejected rows whose day cannot be read."""
    taken: int = 0
    repeated: int = 0
    left_out: int = 0
    """Repeated rows of which one is enough, because the file identifies its rows."""
    first: date | None = None
    last: date | None = None
    sums: dict[str, Decimal] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Work:
    """Everything that the steps of one import share."""

    connection: duckdb.DuckDBPyConnection
    kind: ImportKind
    table: FileTable
    mapped: Mapped
    settings: ImportSettings
    screened: Screened
    now: datetime

    @property
    def by_row(self) -> bool:
        """Whether a row's identity is the file's hash and the row's number."""
        return self.kind.id is not None and self.kind.id not in self.mapped.places

    @property
    def instants(self) -> list[str]:
        """The instant columns that the file has."""
        return [
            name for name, place in self.mapped.places.items() if self.kind.columns[name].type is ColumnType.INSTANT and place
        ]


def convert_rows(work: Work) -> Converted:
    """Make the table `taken(row, day, happened, v_<column> …)` and count what was rejected and why."""
    done = Converted()
    _read_instants(work, done)
    reasons = _make_values(work)
    _settle_repeats(work, reasons, done)
    _count_rejected(work, reasons, done)
    _measure(work, done)
    return done


def _read_instants(work: Work, done: Converted) -> None:
    """Make `placed`: the row, its texts, and each instant column as `<name>_at`."""
    steps: list[str] = []
    for name in work.instants:
        place = work.mapped.places[name]
        plain = not (work.table.typed and work.table.typed[place - 1].startswith(("DATE", "TIMESTAMP")))
        date_format = work.settings.date_format if plain else None
        if date_format:
            check_format(date_format)
        slashed = None if date_format else slashed_order(work.connection, name, place)
        if slashed:
            done.notes.append(slashed.because)
        steps.append(read_instant(name, place, slashed, date_format))
    texts = ", ".join(dict.fromkeys(f"c{place}" for place in work.mapped.places.values()))
    listed = ", ".join(["rowid + 1 as row", texts, *steps])
    work.connection.execute(f"create temp table read as select {listed} from file")
    clock_table(work.connection, work.settings.calendar, *_span(work))
    made, joins = ["read.*"], []
    for name in work.instants:
        at, join = place_instant(name)
        made.append(f"{at} as {name}_at")
        joins.append(join)
    work.connection.execute(f"create temp table placed as select {', '.join(made)} from read {' '.join(joins)}")
    work.connection.execute("drop table read")


def _span(work: Work) -> tuple[datetime, datetime]:
    """Return the first and last time in the file that a shop can have meant."""
    low, high = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 12, 31, tzinfo=UTC)
    bounds = [low + timedelta(days=3), low + timedelta(days=3)]
    for place, name in enumerate(work.instants):
        row = work.connection.execute(
            f"select min({name}_local), max({name}_local) from read where year({name}_local) between ? and ?",
            [FIRST_YEAR, LAST_YEAR],
        ).fetchone()
        if row and row[0]:
            least, most = row[0].replace(tzinfo=UTC), row[1].replace(tzinfo=UTC)
            bounds = [least, most] if place == 0 else [min(bounds[0], least), max(bounds[1], most)]
    return bounds[0], min(bounds[1], high)


def _make_values(work: Work) -> list[tuple[str, str]]:
    """Make `valued(row, fault, day, happened, v_<column> …)`; the fault is a place in the list of (reason, column) returned."""
    reasons: list[tuple[str, str]] = []
    tests: list[str] = []

    def fault(condition: str, reason: str, name: str) -> None:
        tests.append(f"when {condition} then {len(reasons)}")
        reasons.append((reason, name))

    at, day = _time_columns(work)
    money = DayMoney(work.settings.currencies, f"cast({day} as date)" if work.kind.time else f"date '{_today(work)}'")
    values: list[str] = []
    for name, column in work.kind.columns.items():
        place = work.mapped.places.get(name)
        if place and work.screened.bad_sign:
            fault(f"contains(c{place}, {literal(work.screened.bad_sign)})", "bytes that are not UTF-8 text", name)
        made = convert(name, column, place, money)
        for condition, reason in [*made.faults, *(_instant_faults(work, name) if name in work.instants else [])]:
            fault(condition, reason, name)
        values.append(f"{_value(work, name, made)} as v_{name}")
    if work.kind.id and not work.by_row:
        place = work.mapped.places[work.kind.id]
        fault(f"nullif(trim(c{place}, ' \t\r\n'), '') is null", f"no {work.kind.id}", work.kind.id)
    cases = f"cast(case {' '.join(tests)} end as integer)" if tests else "cast(null as integer)"
    work.connection.execute(
        f"create temp table valued as select row, {cases} as fault, cast({day} as date) as day, {at} as happened, "
        f"{', '.join(values)} "
        f"from placed {_day_join(work)}"
    )
    return reasons


def _value(work: Work, name: str, made: Conversion) -> str:
    if name == work.kind.id and work.by_row:
        return f"{literal(work.screened.sha256[:32] + ':')} || row"
    return f"{name}_at" if name in work.instants else made.value


def _instant_faults(work: Work, name: str) -> list[tuple[str, str]]:
    text = f"nullif(trim(c{work.mapped.places[name]}, ' \t\r\n'), '')"
    faults = [
        (f"{text} is not null and {name}_local is null", "a date that cannot be read"),
        (f"year({name}_local) not between {FIRST_YEAR} and {LAST_YEAR}", f"a date outside {FIRST_YEAR} to {LAST_YEAR}"),
        (f"{name}_local is not null and {name}_at is null", "a local time that did not exist, because the clocks went forward"),
    ]
    if name == work.kind.time:
        faults.append((f"{name}_at > {_instant(work.now + AHEAD)}", "a date in the future"))
    return faults


def _time_columns(work: Work) -> tuple[str, str]:
    """Return the SQL of a row's instant, and of its shop day: null where it cannot be read or believed."""
    name = work.kind.time
    if name is None:
        return _instant(work.now), "null"
    limit = _instant(work.now + AHEAD)
    believed = f"year({name}_local) between {FIRST_YEAR} and {LAST_YEAR} and coalesce({name}_at, {name}_local) <= {limit}"
    local = f"case when {name}_at is null then {name}_local else {name}_at + to_seconds(zone_of.shift) end"
    return f"{name}_at", f"case when {believed} then {local} end"


def _today(work: Work) -> date:
    return work.settings.calendar.day_of(work.now)


def _day_join(work: Work) -> str:
    return f"asof left join offsets as zone_of on {work.kind.time}_at >= zone_of.since" if work.kind.time else ""


def _instant(instant: datetime) -> str:
    return f"timestamp '{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}'"


def identity(work: Work) -> str:
    """Return the SQL of the key of the file's own stream."""
    return key_of(work.kind.streams[0].key)


def key_of(columns: tuple[str, ...]) -> str:
    """Return the SQL of a key; parts of several columns are joined by `|`, escaped inside a part."""
    parts = ["strftime(day, '%Y-%m-%d')" if name == "$day" else f"cast(v_{name} as varchar)" for name in columns]
    if len(parts) == 1:
        return parts[0]
    return " || '|' || ".join(rf"replace(replace({part}, '\', '\\'), '|', '\|')" for part in parts)


def _settle_repeats(work: Work, reasons: list[tuple[str, str]], done: Converted) -> None:
    """Count identical rows; of rows that share an identity keep one, or none where they contradict each other."""
    run = work.connection.execute
    texts = ", ".join(f"c{place}" for place in range(1, len(work.table.columns) + 1))
    row = run(f"select count(*), (select count(*) from (select distinct {texts} from file)) from file").fetchone()
    done.repeated = row[0] - row[1] if row else 0
    if work.by_row:
        return
    key, columns = identity(work), ", ".join(f"v_{name}" for name in work.kind.columns)
    run(f"create temp table shared as select {key} as key from valued where fault is null group by 1 having count(*) > 1")
    run(
        "create temp table ranked as select row, key, "
        f"dense_rank() over (partition by key order by happened desc, {columns}) as version, "
        f"row_number() over (partition by key order by happened desc, {columns}, row) as place "
        f"from (select *, {key} as key from valued where fault is null) semi join shared using (key)"
    )
    if work.kind.repeats == "reject":
        reasons.append(
            (
                f"the same {' and '.join(work.kind.streams[0].key)} with other contents in another row",
                work.kind.streams[0].key[0],
            )
        )
        run(
            f"update valued set fault = {len(reasons) - 1} where row in "
            "(select row from ranked where key in (select key from ranked where version > 1))"
        )
    gone = run("delete from valued where fault is null and row in (select row from ranked where place > 1)").fetchone()
    done.left_out = gone[0] if gone else 0


def _count_rejected(work: Work, reasons: list[tuple[str, str]], done: Converted) -> None:
    run = work.connection.execute
    found = run(
        "select fault, count(*), list(row order by row)[1:?] from valued where fault is not null group by 1 order by 2 desc, 1",
        [EXAMPLES],
    ).fetchall()
    for number, count, rows in found:
        reason, name = reasons[number]
        place = work.mapped.places.get(name)
        shown = tuple(f"{work.table.place(row)}: {name} {_shown(work, row, place)!r}" for row in rows)
        done.rejected.append(Rejection(f"{reason} ({name})" if name not in reason else reason, count, shown))
    if work.table.torn:
        shown = tuple(f"line {line}: {problem}: {safe(text)!r}" for line, problem, text in work.table.torn[:EXAMPLES])
        done.rejected.append(Rejection("a line that does not have the file's columns", len(work.table.torn), shown))
    unknown = run("select count(*) from valued where fault is not null and day is null").fetchone()
    done.days_unknown = len(work.table.torn) + (unknown[0] if unknown and work.kind.time else 0)
    done.rejected_days = [
        row[0]
        for row in run("select distinct day from valued where fault is not null and day is not null order by 1").fetchall()
    ]


def _shown(work: Work, row: int, place: int | None) -> str:
    found = work.connection.execute(f"select c{place} from file where rowid = ?", [row - 1]).fetchone() if place else None
    text = str(found[0]) if found and found[0] is not None else ""
    return safe(text.replace(work.screened.bad_sign, "\ufffd") if work.screened.bad_sign else text)


def _measure(work: Work, done: Converted) -> None:
    run = work.connection.execute
    run("create temp table taken as select * exclude (fault) from valued where fault is null order by row")
    money = [
        name for name, column in work.kind.columns.items() if column.type is ColumnType.MONEY and name in work.mapped.places
    ]
    first, last = run("select min(day), max(day) from taken").fetchone() or (None, None)
    if len(work.settings.currencies.spans(first or _today(work), last or _today(work))) > 1:
        money = []  # amounts of two currencies have no sum
    sums = "".join(f", coalesce(sum(v_{name}), 0)" for name in money)
    row = run(f"select count(*), min(day), max(day){sums} from taken").fetchone()
    assert row is not None  # an aggregate without groups always has a row
    done.taken, done.first, done.last = row[:3]
    done.sums = dict(zip(money, row[3:], strict=True))
