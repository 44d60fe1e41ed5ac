"""Records that happened after they arrived: the source's clock is wrong, and with it the day of each record."""

from __future__ import annotations

from collections.abc import Iterator

from assay.trust.ground import Finding, Ground, days_said
from assay.trust.profile import AHEAD

NAME = "clocks"
_SQL = """
select stream, source, list(distinct day) as days
from assay.landed_fields where field = '' and type = 'AHEAD' group by all order by all
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days of records from the future, and the days on which they arrived."""
    for row in ground.rows(_SQL):
        stream, source = row["stream"], row["source"]
        wrong = ground.still_wrong(stream, source, row["days"], "true")  # replaced records are no concern of ours
        days = [day for day in row["days"] if day in wrong]
        if not days:
            continue
        ahead = ground.rows(
            f'select event_at, received_at from raw."{stream}" where source = ? and payload is not null '
            f"and event_at > received_at + interval '{AHEAD}' and event_at >= ? and event_at < ?",
            [source, ground.calendar.start_of(min(days)), ground.calendar.end_of(max(days))],
        )
        touched = {ground.calendar.day_of(one[name]) for one in ahead for name in ("event_at", "received_at")}
        most = max(one["event_at"] - one["received_at"] for one in ahead)
        yield Finding(
            stream,
            tuple(sorted(touched)),
            f"{len(ahead):,} {stream.replace('_', ' ')} of {source} happened up to {most.total_seconds() / 3600:.1f} hours "
            f"after they arrived ({days_said(sorted(touched))}): its clock is wrong, so nobody knows their day.",
            len(ahead),
            repair=f"Set the clock of {source}, and fetch these records again.",
        )
