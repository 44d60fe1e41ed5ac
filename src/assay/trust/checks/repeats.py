"""What came twice: a page that a source repeats in place of the next one, and a load that came again under other keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from assay.trust.ground import Finding, Ground, days_said
from assay.values.load import LoadEntry

NAME = "repeats"
LEAST, SHARE = 5, 0.2

_WITHIN = f"""
select stream, source, batch, sum(n) filter (where type = 'TWICE') as twice, sum(n) filter (where type = 'RECORD') as records,
  min(day) as first, max(day) as last
from assay.landed_fields where field = '' group by all
having twice >= {LEAST} and twice >= {SHARE} * records order by all
"""
_ACROSS = f"""
with shares as (select *, 1 - payloads / records as share from assay.landed_days where records > 0),
before as (
  select *, coalesce(median(share) over past, 0) as usual
  from shares window past as (partition by stream order by day rows between 60 preceding and 1 preceding)
)
select stream, day, records - payloads as twice, records from before
where records - payloads >= {LEAST} and share >= usual + {SHARE} and usual < 0.05 order by stream, day
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days of which a page is missing, and those whose records are there twice."""
    entries = {(entry.stream, entry.source, entry.batch): entry for entry in ground.entries}
    for row in ground.rows(_WITHIN):
        entry = entries.get((row["stream"], row["source"], row["batch"]))
        days = _days(ground, entry, row["first"], row["last"])
        if entry is not None and days and not _came_again(entry, ground.entries):
            yield Finding(
                row["stream"],
                days,
                f"{row['twice']:,} of the {row['records']:,} records of the batch {row['batch']} of {row['source']} are in it "
                f"twice ({days_said(days)}): a page came again in place of the next one.",
                row["twice"],
                repair=f"Fetch these days of {row['source']} again.",
            )
    across: dict[str, list[dict[str, Any]]] = {}
    for row in ground.rows(_ACROSS):
        across.setdefault(row["stream"], []).append(row)
    for stream, rows in across.items():
        found: tuple[date, ...] = tuple(row["day"] for row in rows)
        count = sum(row["twice"] for row in rows)
        yield Finding(
            stream,
            found,
            f"{count:,} {stream.replace('_', ' ')} of {days_said(found)} are equal to another one in all but their identity: "
            "they were loaded twice.",
            count,
            repair=f"Take the second load back (assay import FILE --as {stream} --replace), or accept the days in assay.yml: "
            f"accepted: [{{check: {NAME}_{stream}, first: {found[0]}, because: …}}]",
        )


def _days(ground: Ground, entry: LoadEntry | None, first: date, last: date) -> tuple[date, ...]:
    """Return the days from which the missing page may be: those that the load completes, else those of its records."""
    if entry is not None and entry.complete_from is not None and entry.complete_until is not None:
        first = ground.calendar.day_of(entry.complete_from)
        last = ground.calendar.day_of(entry.complete_until - timedelta(microseconds=1))
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def _came_again(entry: LoadEntry, entries: Sequence[LoadEntry]) -> bool:
    """Return whether a later load completes the same interval: then its records are the newest."""
    if entry.complete_from is None or entry.complete_until is None:
        return False
    return any(
        one.source == entry.source
        and one.stream == entry.stream
        and one.received_at > entry.received_at
        and one.complete_until is not None
        and (one.complete_from is None or one.complete_from <= entry.complete_from)
        and one.complete_until >= entry.complete_until
        for one in entries
    )
