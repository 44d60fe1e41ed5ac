"""A day with far fewer or far more records than the same weekdays before it, changed ones included or only new ones.

A day without a new order has records all the same where earlier orders change: both are counted.

A shop's days differ: by weekday, by season, on holidays, on sale days. So a day is held against the median of the 16 same
weekdays before it, moved by how the days before it stood against theirs, and by how the same dates stood a year ago. What
is far below that, or nothing at all although a load says that the day is complete, is a fault of the source until somebody
says otherwise; what is only odd is a remark.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any

from assay.trust.ground import Finding, Ground

NAME = "volume"
LEAST_WEEKDAYS, LEAST_MEDIAN = 6, 20
LOW, ODD_LOW, ODD_HIGH, HIGH = 0.15, 0.45, 3.0, 5.0
"""Shares of what is expected: below the first and above the last, the day is withheld."""
SPREADS, FEWER_SPREADS = 4.0, 2.5
"""How many spreads (of the weekdays, or of a count by chance, whichever is wider) a day must be off at least."""

_SQL = f"""
with span as (select stream, min(day) as first from assay.landed_days group by stream),
days as (select stream, unnest(generate_series(first, cast(? as date), interval 1 day))::date as day from span),
unknown as (select unnest(?) as stream, unnest(?) as day),
known as (
  select stream, day, coalesce(records, 0) as records, coalesce(firsts, 0) as firsts
  from days left join assay.landed_days using (stream, day) anti join unknown using (stream, day)
),
counted as (
  select stream, 0 as news, day, records as n from known union all select stream, 1, day, firsts from known
),
weekly as (
  select *, median(n) over same as usual, 1.4826 * mad(n) over same as spread, count(*) over same as weekdays
  from counted window same as (partition by stream, news, dayofweek(day) order by day rows between 16 preceding and 1 preceding)
),
shares as (select *, n / nullif(usual, 0) as share from weekly),
placed as (
  select *,
    coalesce(median(case when share >= 0.3 then share end) over before, 1) as level,
    max(share) over year_ago as high_then,
    min(share) over year_ago as low_then
  from shares window
    before as (partition by stream, news order by day rows between 7 preceding and 1 preceding),
    year_ago as (
      partition by stream, news order by day range between interval 369 days preceding and interval 361 days preceding
    )
)
select stream, news, day, n, usual, spread,
  usual * greatest(0.3, least(1, level, coalesce(low_then, 1))) as least_expected,
  usual * greatest(1, level, coalesce(high_then, 1)) as most_expected
from placed
where weekdays >= {LEAST_WEEKDAYS} and usual >= {LEAST_MEDIAN}
  and (n < {ODD_LOW} * least_expected or n > {ODD_HIGH} * most_expected)
order by stream, day, news
"""


def find(ground: Ground) -> Iterator[Finding]:
    """Yield the days of which too few or too many records came."""
    firsts = ground.rows("select stream, min(day) as first from assay.landed_days group by stream")
    unknown = [(row["stream"], day) for row in firsts for day in ground.uncovered(row["stream"], row["first"])]
    lists: list[list[Any]] = [[stream for stream, _ in unknown], [day for _, day in unknown]]
    rows = ground.rows(_SQL, [ground.yesterday, *lists])
    for (stream, blocking), group in groupby(_odd(rows), key=lambda one: (one[0]["stream"], one[1])):
        found = [row for row, _ in group]
        days: tuple[date, ...] = tuple(row["day"] for row in found)
        yield Finding(stream, days, _sentence(stream, found), len(found), blocking, _repair(stream, days[0]))


def _odd(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], bool]]:
    """Return one row for each odd day, by stream, whether the day is withheld, and day."""
    judged = [(row, blocking) for row in rows if (blocking := _judged(row)) is not None]
    judged.sort(key=lambda one: (one[1], -one[0]["news"]))  # the last of a day says the most
    by_day = {(row["stream"], row["day"]): (row, blocking) for row, blocking in judged}
    return sorted(by_day.values(), key=lambda one: (one[0]["stream"], one[1], one[0]["day"]))


def _judged(row: dict[str, Any]) -> bool | None:
    """Return whether the day is withheld, only odd, or (None) within what chance does."""
    n, low, high = row["n"], row["least_expected"], row["most_expected"]
    if n < low:
        off = (low - n) / max(row["spread"], low**0.5)
        return True if n == 0 or (n < LOW * low and off >= FEWER_SPREADS) else False if off >= SPREADS else None
    off = (n - high) / max(row["spread"], high**0.5)
    return None if off < SPREADS else n > HIGH * high


def _sentence(stream: str, rows: list[dict[str, Any]]) -> str:
    newest = rows[-1]
    named = ("new " if newest["news"] else "") + stream.replace("_", " ")
    more = f", and {len(rows) - 1} earlier days are as odd" if len(rows) > 1 else ""
    usual = f"on the same weekdays before there were about {newest['usual']:,.0f}"
    return f"{newest['n']:,} {named} on {newest['day']}; {usual}{more}."


def _repair(stream: str, day: date) -> str:
    return (
        f"Ask the owner of {stream} and fetch the days again; if they are right, accept them in assay.yml: "
        f"accepted: [{{check: {NAME}_{stream}, first: {day}, last: {day}, because: …}}]"
    )
