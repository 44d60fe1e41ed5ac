"""Dates and times of a file: from text to instants, in SQL.

Step one reads the text into a time on some wall clock (`<name>_local`), the offset that it was written with
(`<name>_offset`, seconds, null if none) and whether it is a bare day (`<name>_bare`). Step two puts times without an
offset on the shop's wall clock: a time in the repeated hour is the first of the two, a time that was skipped is none, a
bare day is its first instant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from assay.calendar import ShopCalendar
from assay.errors import UsageError
from assay.sources.files.columns import cell
from assay.sources.files.sql import literal

if TYPE_CHECKING:
    import duckdb

FIRST_YEAR, LAST_YEAR = 1970, 2199
_ISO = (
    r"^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?([Zz]|UTC|GMT|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$"
)
_SLASHED = r"^(\d{1,2})/(\d{1,2})/\d{4}(?: .*)?$"
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p")
_DIRECTIVES = re.compile(r"%-?[dmYyHMSIpbBjf]|[^%]")


@dataclass(frozen=True)
class SlashedOrder:
    """How `01/31/1997` is read in one column."""

    format: str
    because: str


def slashed_order(connection: duckdb.DuckDBPyConnection, name: str, place: int) -> SlashedOrder | None:
    """Decide between month/day and day/month from all rows; a `UsageError` asks when they leave it open."""
    text = cell(place)
    first, second = (f"try_cast(regexp_extract({text}, {literal(_SLASHED)}, {group}) as integer)" for group in (1, 2))
    row = connection.execute(
        f"select count({first}), max({first}), max({second}), arg_max({text}, {first}), arg_max({text}, {second}) from file"
    ).fetchone()
    if not row or not row[0]:
        return None
    day_first, month_first = row[1] > 12, row[2] > 12
    if day_first == month_first:
        seen = f"{row[3]} and {row[4]} contradict each other" if day_first else f"{row[3]} may be either"
        raise UsageError(
            f"The dates in {name} may be month/day/year or day/month/year: {seen[:120]}.",
            "Say which with --date-format %m/%d/%Y or --date-format %d/%m/%Y.",
        )
    words = "day/month/year" if day_first else "month/day/year"
    return SlashedOrder(
        "%d/%m/%Y" if day_first else "%m/%d/%Y",
        f"Dates in {name} are read as {words}, as {row[3 if day_first else 4][:20]} shows.",
    )


def check_format(date_format: str) -> None:
    """Raise `UsageError` for a format that does not say a whole day, or says an offset."""
    whole = re.fullmatch(f"(?:{_DIRECTIVES.pattern})+", date_format)
    named = {sign[-1] for sign in re.findall(r"%-?[a-zA-Z]", date_format)}
    if not whole or not named & {"Y", "y"} or not ((named & {"d"} and named & {"m", "b", "B"}) or "j" in named):
        raise UsageError(
            f"{date_format!r} is not a date format.",
            "Use %Y or %y, %m or %b, %d, and for times %H:%M:%S or %I:%M %p; for example %d.%m.%Y or %m/%d/%Y %H:%M.",
        )


def read_instant(name: str, place: int, slashed: SlashedOrder | None, date_format: str | None) -> str:
    """Return the SQL columns of step one."""
    text = cell(place)
    if date_format:
        bare = not re.search(r"%-?[HI]", date_format)
        return (
            f"try_strptime({text}, {literal(date_format)}) as {name}_local, cast(null as bigint) as {name}_offset, "
            f"{str(bare).lower()} as {name}_bare"
        )
    iso = f"regexp_extract({text}, {literal(_ISO)}, ['day', 'time', 'zone'])"
    formats = ", ".join(literal(slashed.format + time) for time in _TIMES) if slashed else "''"
    by_slash = (
        f"when regexp_matches({text}, {literal(_SLASHED)}) then try_strptime(upper({text}), [{formats}])" if slashed else ""
    )
    local = (
        f"case when {iso}.day <> '' then try_cast({iso}.day || ' ' || coalesce(nullif({iso}.time, ''), '00:00') as timestamp) "
        rf"when regexp_full_match({text}, '\d{{8}}') then try_strptime({text}, '%Y%m%d') {by_slash} end"
    )
    zone = f"regexp_replace({iso}.zone, ':', '')"
    digits = f"cast(substr({zone}, 2, 2) as bigint) * 3600 + coalesce(try_cast(substr({zone}, 4, 2) as bigint), 0) * 60"
    offset = (
        f"case when {zone} = '' then null when {zone} in ('Z', 'z', 'UTC', 'GMT') then 0 "
        f"when left({zone}, 1) = '-' then -({digits}) else {digits} end"
    )
    return f"{local} as {name}_local, {offset} as {name}_offset, {text} not like '%:%' as {name}_bare"


def clock_table(connection: duckdb.DuckDBPyConnection, calendar: ShopCalendar, first: datetime, last: datetime) -> None:
    """Make `wall(starts, shift, resumes, resumes_day)`, the pieces of the shop's wall clock, and `offsets(since, shift)`.

    `shift` is seconds from UTC, null in a skipped hour; `resumes` is the instant after it and `resumes_day` its day.
    """
    import pyarrow as pa

    pieces = _pieces(calendar, first - timedelta(days=3), last + timedelta(days=3))
    connection.register(
        "offsets_view",
        pa.table(
            {"since": [_naive(start) for start, _, _ in pieces], "shift": [int(shift.total_seconds()) for *_, shift in pieces]}
        ),
    )
    connection.execute("create table offsets as select cast(since as timestamp) as since, shift from offsets_view")
    edges = sorted({_naive(at) + shift for start, end, shift in pieces for at in (start, end)})
    rows = [_wall(pieces, edge) for edge in edges[:-1]]
    names = ("starts", "shift", "resumes", "resumes_day")
    types = (pa.timestamp("us"), pa.int64(), pa.timestamp("us"), pa.date32())
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(types)]
    connection.register("wall_view", pa.table(columns, names=list(names)))
    connection.execute("create table wall as select * from wall_view")


def _pieces(calendar: ShopCalendar, first: datetime, last: datetime) -> list[tuple[datetime, datetime, timedelta]]:
    """Return start, end and offset of the stretches between two changes of the wall clock."""
    found: list[tuple[datetime, datetime, timedelta]] = []
    start = at = first
    while at < last:
        after = at + timedelta(hours=6)
        if _offset(calendar, after) != _offset(calendar, at):
            change = _change(calendar, at, after)
            found.append((start, change, _offset(calendar, at)))
            start = change
        at = after
    return [*found, (start, at, _offset(calendar, start))]


def _change(calendar: ShopCalendar, low: datetime, high: datetime) -> datetime:
    before = _offset(calendar, low)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        low, high = (middle, high) if _offset(calendar, middle) == before else (low, middle)
    return high


def _offset(calendar: ShopCalendar, instant: datetime) -> timedelta:
    return calendar.local(instant).utcoffset() or timedelta(0)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


def _wall(pieces: list[tuple[datetime, datetime, timedelta]], edge: datetime) -> tuple[object, ...]:
    for start, end, shift in pieces:
        if _naive(start) + shift <= edge < _naive(end) + shift:
            return edge, int(shift.total_seconds()), None, None
    resumes, shift = min((start, shift) for start, _, shift in pieces if _naive(start) + shift > edge)
    return edge, None, _naive(resumes), (_naive(resumes) + shift).date()


def place_instant(name: str) -> tuple[str, str]:
    """Return the SQL of step two: the instant (UTC, without a zone) as an expression, and the join that it needs."""
    gap = f"case when {name}_bare and {name}_wall.resumes_day = cast({name}_local as date) then {name}_wall.resumes end"
    at = (
        f"case when {name}_offset is not null then {name}_local - to_seconds({name}_offset) "
        f"when {name}_wall.shift is not null then {name}_local - to_seconds({name}_wall.shift) else {gap} end"
    )
    return at, f"asof left join wall as {name}_wall on {name}_local >= {name}_wall.starts"
