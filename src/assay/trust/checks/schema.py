"""A field that vanishes, is renamed, or changes its type; a record that is no object at all.

A field counts as known once 50 records on days of which nearly all had it were delivered by the source. What it does
afterwards is held against that for good: a change that stays is found on every day that it touches.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from assay.trust.ground import Finding, Ground, days_said

NAME = "schema"
KNOWN_RECORDS = 50
SELDOM = 0.05
"""Of a day's records, and of the days: what seldom happens is no habit."""

_CANDIDATES = """
with records as (
  select stream, source, day, sum(n) as n from assay.landed_fields where field = '' and type = 'RECORD' group by all
),
typed as (
  select stream, source, day, field, case when type = 'EMPTY' then 'VARCHAR' else type end as type, sum(n) as n
  from assay.landed_fields where field <> '' group by all
),
present as (
  select stream, source, day, field, sum(n) as n, sum(n) filter (where type = 'NULL') as nulls,
    arg_max(type, n) filter (where type <> 'NULL') as type,
    max(n) filter (where type <> 'NULL') as of_type
  from typed group by all
),
fields as (select stream, source, field, min(day) as first from present group by all),
every as (
  select r.stream, r.source, f.field, f.first, r.day, r.n as records, coalesce(p.n, 0) as had,
    coalesce(p.n, 0) - coalesce(p.nulls, 0) as valued, p.type, coalesce(p.of_type, 0) as of_type
  from records r join fields f using (stream, source)
  left join present p on (p.stream, p.source, p.field, p.day) = (r.stream, r.source, f.field, r.day)
  where r.day >= f.first
),
odd as (
  select stream, source, field from every
  group by all having min(had / records) < 1 or count(distinct type) > 1 or bool_or(of_type < valued)
)
select * from every semi join odd using (stream, source, field) order by stream, source, field, day
"""
_NEW = """
select field from assay.landed_fields where stream = ? and source = ? and field <> '' group by field having min(day) >= ?
"""
_BROKEN = """
select stream, source, list(distinct day) as days from assay.landed_fields where field = '' and type = 'BROKEN' group by all
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days on which a known field is not what it was."""
    for row in ground.rows(_BROKEN):
        wrong = ground.still_wrong(row["stream"], row["source"], row["days"], "coalesce(json_type(payload), '') <> 'OBJECT'")
        if wrong:
            yield _finding(row["stream"], wrong, f"{_count(wrong)} of {row['source']} are no JSON objects")
    rows = ground.rows(_CANDIDATES)
    fields: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        fields.setdefault((row["stream"], row["source"], row["field"]), []).append(row)
    for (stream, source, field), days in fields.items():
        gone, retyped, was = _judged(days)
        path = f'$."{field}"'
        if wrong := ground.still_wrong(stream, source, gone, "json_type(payload, ?) is null", [path]):
            new = ground.rows(_NEW, [stream, source, min(wrong)])
            renamed = new[0]["field"] if len(new) == 1 else None
            name = f"the field {field} is missing" + (f" (renamed to {renamed}?)" if renamed else "")
            yield _finding(stream, wrong, f"In {_count(wrong)} of {source}, {name}")
        kinds = "('UBIGINT', 'BIGINT', 'DOUBLE', 'HUGEINT')" if was == "NUMBER" else f"('{was}')"
        changed = f"json_type(payload, ?) <> 'NULL' and json_type(payload, ?) not in {kinds}"
        if was and (wrong := ground.still_wrong(stream, source, retyped, changed, [path, path])):
            yield _finding(stream, wrong, f"In {_count(wrong)} of {source}, the field {field} is not {_kind(was)} any more")


class _Habit:
    """What a field does on the days one after the other: a day that is not like those before it is odd.

    Days that are off count against the habit once it is taken up again: a change that stays stays a change, and what comes
    and goes was no habit.
    """

    def __init__(self) -> None:
        self._records = self._days = self._off = self._pending = 0

    @property
    def known(self) -> bool:
        return self._records >= KNOWN_RECORDS and self._off <= SELDOM * self._days

    def odd(self, kept: int, broken: int) -> bool:
        """Take in a day with so many records that keep to the habit and so many that do not; return whether it is odd."""
        if not kept + broken:
            return False
        if broken < SELDOM * (kept + broken):
            self._records, self._days = self._records + kept, self._days + 1
            self._off, self._pending = self._off + self._pending, 0
            return False
        self._pending += 1
        return self.known


def _judged(days: list[dict[str, Any]]) -> tuple[list[date], list[date], str | None]:
    """Return the days on which a known field is missing, those on which its type is another, and the type it had."""
    there, kind = _Habit(), _Habit()
    was: str | None = None
    gone: list[date] = []
    retyped: list[date] = []
    for day in days:
        if there.odd(day["had"], day["records"] - day["had"]):
            gone.append(day["day"])
        if was is None or (not kind.known and day["type"] != was):
            was, kind = day["type"], _Habit()
        same = day["of_type"] if day["type"] == was else 0
        if was is not None and kind.odd(same, day["valued"] - same):
            retyped.append(day["day"])
    return gone, retyped, was


def _finding(stream: str, wrong: dict[date, tuple[int, str]], what: str) -> Finding:
    days = tuple(sorted(wrong))
    batch = wrong[days[-1]][1]
    return Finding(
        stream,
        days,
        f"{what} ({days_said(days)}, batch {batch}).",
        sum(n for n, _ in wrong.values()),
        repair=f"Ask the source to deliver these {stream.replace('_', ' ')} again as before, or mend the staging model and "
        f"accept the days in assay.yml: accepted: [{{check: {NAME}_{stream}, first: {days[0]}, because: …}}]",
    )


def _count(wrong: dict[date, tuple[int, str]]) -> str:
    count = sum(n for n, _ in wrong.values())
    return "1 record" if count == 1 else f"{count:,} records"


def _kind(type_: str) -> str:
    return {"VARCHAR": "text", "NUMBER": "a number", "BOOLEAN": "true or false", "OBJECT": "an object", "ARRAY": "a list"}.get(
        type_, type_.lower()
    )
