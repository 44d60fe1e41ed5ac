"""A field that is empty in far more records of a day than it used to be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assay.trust.ground import Finding, Ground, days_said

NAME = "nulls"
SELDOM, LEAST_RECORDS, LEAST_DAYS = 0.02, 100, 7
"""A field that is seldom empty, in that many records and days before, is one that is expected to be there."""

_SQL = f"""
with daily as (
  select stream, source, day, field, sum(n) as n, coalesce(sum(n) filter (where type in ('NULL', 'EMPTY')), 0) as nulls
  from assay.landed_fields where field <> '' group by all
),
before as (
  select *, quantile_cont(nulls / n, 0.25) over past as usual, sum(n) over past as known, count(*) over past as days,
    sum(nulls) over past / sum(n) over past as share
  from daily
  window past as (partition by stream, source, field order by day rows between 180 preceding and 1 preceding)
)
select stream, source, field, day, n, nulls, usual <= {SELDOM} and share <= {SELDOM} * 5 as seldom
from before
where known >= {LEAST_RECORDS} and days >= {LEAST_DAYS} and usual <= 0.5
  and nulls >= 5 and nulls / n >= usual + 0.2
  and nulls > n * least(share, 0.5) + 6 * sqrt(n * least(share, 0.5) * (1 - least(share, 0.5)))
order by stream, source, field, day
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days on which a field is empty that used to be there; where it often was, as a remark."""
    fields: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in ground.rows(_SQL):
        fields.setdefault((row["stream"], row["source"], row["field"]), []).append(row)
    for (stream, source, field), rows in fields.items():
        empty = "coalesce(json_extract_string(payload, ?), '') = '' and json_exists(payload, ?)"
        path = f'$."{field}"'
        wrong = ground.still_wrong(stream, source, [row["day"] for row in rows], empty, [path, path])
        still = [row for row in rows if wrong.get(row["day"], (0, ""))[0] >= 5]
        for blocking in (True, False):
            days = tuple(row["day"] for row in still if row["seldom"] is blocking)
            if days:
                count = sum(wrong[day][0] for day in days)
                yield Finding(
                    stream,
                    days,
                    f"The field {field} is empty in {count:,} records of {source} of {days_said(days)}; it seldom was before.",
                    count,
                    blocking,
                    f"Ask the owner of {source} why {field} is empty, and fetch these {stream.replace('_', ' ')} again.",
                )
