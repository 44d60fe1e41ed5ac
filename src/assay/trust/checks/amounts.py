"""A number that jumps by a factor: cents in place of dollars, grams in place of kilograms.

The middle of a day's numbers, taken on a scale of factors, moves by chance as their spread allows; a change of the unit
moves it by far more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from assay.trust.ground import Finding, Ground, days_said

NAME = "amounts"
LEAST_FACTOR, SPREADS = 8.0, 6.0
LEAST_NUMBERS, LEAST_DAYS = 50, 7

_SQL = f"""
with daily as (
  select stream, source, day, field, sum(n) as n, sum(log_n) as numbers, sum(log_sum) as total, sum(log_squares) as squares
  from assay.landed_fields
  where field <> '' and field <> 'id' and not suffix(field, '_id') and not suffix(field, '_at') and type <> 'NULL'
  group by all having sum(log_n) > 0
),
before as (
  select *, total / numbers as middle,
    median(total / numbers) over past as usual, sum(numbers) over past as known, sum(n) over past as records,
    count(*) over past as days,
    sqrt(greatest(sum(squares) over past / sum(numbers) over past - pow(sum(total) over past / sum(numbers) over past, 2), 0))
      as spread
  from daily
  window past as (partition by stream, source, field order by day rows between 180 preceding and 1 preceding)
)
select stream, source, field, day, middle - usual as off
from before
where known >= {LEAST_NUMBERS} and days >= {LEAST_DAYS} and known >= 0.8 * records
  and abs(middle - usual) > greatest(ln({LEAST_FACTOR}), {SPREADS} * spread / sqrt(numbers))
order by stream, source, field, day
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days on which a field's numbers are of another size."""
    fields: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in ground.rows(_SQL):
        fields.setdefault((row["stream"], row["source"], row["field"]), []).append(row)
    for (stream, source, field), rows in fields.items():
        still = [row for row in rows if _still(ground, row)]
        if not still:
            continue
        days = tuple(row["day"] for row in still)
        off = still[-1]["off"]
        factor = f"{math.exp(abs(off)):,.0f} times {'larger' if off > 0 else 'smaller'}"
        yield Finding(
            stream,
            days,
            f"The field {field} of {source} is about {factor} on {days_said(days)} than before: has its unit changed?",
            len(days),
            repair=f"Ask the owner of {source} for the unit of {field} and fetch these {stream.replace('_', ' ')} again, or "
            f"accept the days in assay.yml: accepted: [{{check: {NAME}_{stream}, first: {days[0]}, because: …}}]",
        )


def _still(ground: Ground, row: dict[str, Any]) -> bool:
    """Return whether records of another size are in force: those nearer to the new size than to the old one."""
    log = "ln(greatest(abs(try_cast(json_extract_string(payload, ?) as double)), 1e-300))"
    daily = (
        "select sum(log_sum) / sum(log_n) as middle from assay.landed_fields where (stream, source, field, day) = (?, ?, ?, ?)"
    )
    middle = ground.rows(daily, [row["stream"], row["source"], row["field"], row["day"]])[0]["middle"]
    limit = middle - row["off"] / 2
    side = ">" if row["off"] > 0 else "<"
    where = f"{log} {side} ? and try_cast(json_extract_string(payload, ?) as double) <> 0"
    path = f'$."{row["field"]}"'
    wrong = ground.still_wrong(row["stream"], row["source"], [row["day"]], where, [path, limit, path])
    return wrong.get(row["day"], (0, ""))[0] * 4 >= _records(ground, row)


def _records(ground: Ground, row: dict[str, Any]) -> int:
    found = ground.rows("select records from assay.landed_days where (stream, day) = (?, ?)", [row["stream"], row["day"]])
    return int(found[0]["records"]) if found else 0
