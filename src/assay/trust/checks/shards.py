"""A shop or place that is missing in what is delivered, although nobody said that it delivers apart.

Of a stream whose records name their shard (`meta: {shard: location}`), a shard that was in nearly every day and is not any
more is missing until it comes again, or somebody accepts its absence. Where loads say of which shard they are, the load log
judges that; this looks at the records.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from assay.trust.ground import Finding, Ground, days_said

NAME = "shards"
LEAST_DAYS, USUAL = 7, 0.9
"""A shard that was there on so many days, and on that share of them since its first, is expected on the next one."""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days on which a shard is missing that used to be there."""
    for stream, facts in ground.streams.items():
        if facts.shard_by is None or facts.shards:
            continue
        rows = ground.rows("select distinct day, shard from assay.landed_shards where stream = ? order by day", [stream])
        days = sorted({row["day"] for row in rows})
        unknown = {*ground.uncovered(stream, days[0])} if days else set()
        days = [day for day in days if day <= ground.yesterday and day not in unknown]
        for shard in sorted({row["shard"] for row in rows}):
            missing = _missing(days, {row["day"] for row in rows if row["shard"] == shard})
            if missing:
                yield _finding(stream, shard, missing)


def _missing(days: Sequence[date], there: set[date]) -> tuple[date, ...]:
    """Return the days on which a shard that is expected is not there."""
    found: list[date] = []
    seen = since = away = 0
    for day in days:
        if day in there:
            seen, since, away = seen + 1, since + away + 1, 0
        elif seen:
            away += 1
            if seen >= LEAST_DAYS and seen >= USUAL * since:
                found.append(day)
    return tuple(found)


def _finding(stream: str, shard: str, missing: tuple[date, ...]) -> Finding:
    named = stream.replace("_", " ")
    return Finding(
        stream,
        missing,
        f"The {named} of {days_said(missing)} have no record of {shard}, which was there on nearly every day before.",
        len(missing),
        repair=f"Fetch the {named} of {shard} again; if it is gone, accept its absence in assay.yml: "
        f"accepted: [{{check: {NAME}_{stream}, first: {missing[0]}, because: …}}]",
    )
