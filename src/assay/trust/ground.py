"""What a check of the landed records may look at, and what it hands back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from assay.calendar import ONE_DAY, ShopCalendar
from assay.engines.protocol import Engine
from assay.trust.coverage import Coverage
from assay.values.generation import StreamFacts
from assay.values.load import LoadEntry


@dataclass(frozen=True)
class Finding:
    """Something that a check finds odd about days of one stream. A blocking one withholds what rests on them."""

    stream: str
    days: tuple[date, ...]
    sentence: str
    failures: int = 1
    blocking: bool = True
    repair: str | None = None


@dataclass(frozen=True)
class Ground:
    """The landed records, profiled (`assay.trust.profile`), and what the load log says of them."""

    engine: Engine
    calendar: ShopCalendar
    now: datetime
    streams: Mapping[str, StreamFacts]
    entries: Sequence[LoadEntry] = field(default=(), repr=False)

    @property
    def yesterday(self) -> date:
        """The newest day that is over."""
        return self.calendar.day_of(self.now) - ONE_DAY

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Return the rows of a query over the profile or the raw tables; sums of whole numbers are whole numbers."""
        rows = self.engine.query(sql, parameters).to_pylist()
        return [{name: int(one) if isinstance(one, Decimal) else one for name, one in row.items()} for row in rows]

    def uncovered(self, stream: str, first: date) -> list[date]:
        """Return the days from `first` to yesterday of which nobody says that they are complete."""
        facts = self.streams.get(stream)
        covered = Coverage(facts.intervals if facts else (), self.calendar)
        if first > self.yesterday:
            return []
        return covered.missing(first, self.yesterday, self.calendar.end_of(self.yesterday))

    def still_wrong(
        self, stream: str, source: str, days: Collection[date], wrong: str, parameters: Sequence[object] = ()
    ) -> dict[date, tuple[int, str]]:
        """Return, of the days, those with records in force for which the SQL `wrong` holds: how many, and of which batch.

        A record that a later one of its key has replaced is not in force: what was mended is not found any more. `wrong` may
        use the payload, which is null where it is not JSON.
        """
        if not days:
            return {}
        day = shop_day("event_at", self.calendar)
        table = f'raw."{stream}"'
        start, end = self.calendar.start_of(min(days)), self.calendar.end_of(max(days))
        keys = f"(select key from {table} where source = ? and event_at >= ? and event_at < ?)"
        newest = (
            "select event_at, batch, payload as text, case when json_valid(payload) then payload end as payload "
            f"from {table} where source = ? and key in {keys} "
            "qualify row_number() over (partition by key order by received_at desc, batch desc, event_at desc, sha256 desc) = 1"
        )
        found = self.rows(
            f"select {day} as day, count(*) as n, max(batch) as batch from ({newest}) "
            f"where text is not null and ({wrong}) group by 1",
            [source, source, start, end, *parameters],
        )
        return {row["day"]: (row["n"], row["batch"]) for row in found if row["day"] in days}


def shop_day(column: str, calendar: ShopCalendar) -> str:
    """Return the SQL of the shop day of an instant column."""
    local = [f"cast({column} at time zone '{zone.key}' as date)" for zone in calendar.zones]
    if len(local) == 1:
        return local[0]
    cases = [
        f"when {column} < timestamptz '{move.isoformat()}' then {sql}" for move, sql in zip(calendar.since, local, strict=False)
    ]
    return f"case {' '.join(cases)} else {local[-1]} end"


def days_said(days: Sequence[date]) -> str:
    """Return days as a person says them."""
    if len(days) == 1:
        return f"{days[0]}"
    whole = (days[-1] - days[0]).days + 1 == len(days)
    return f"{days[0]} to {days[-1]}" if whole else f"{len(days)} days between {days[0]} and {days[-1]}"
