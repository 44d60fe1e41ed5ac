"""A model, its streams and a judge, for tests of verdicts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from assay.calendar import ShopCalendar, Window
from assay.catalog.contract import Kpi
from assay.trust.verdict import Judge
from assay.units import Unit
from assay.values.check import Check
from assay.values.generation import Generation, Hold, Interval, ModelFacts, StreamFacts
from assay.values.verdict import Verdict

CALENDAR = ShopCalendar.of("America/Los_Angeles")
FIRST = date(2026, 1, 1)


def midnight(day: date) -> datetime:
    return CALENDAR.start_of(day)


def stream(name: str, until: datetime | None, *, gap: tuple[date, date] | None = None) -> StreamFacts:
    """Return a stream that is complete from the first day until the instant, but for the days of the gap."""
    start = midnight(FIRST)
    intervals = [] if until is None else [Interval(start=start, end=until)]
    if gap and until:
        intervals = [Interval(start=start, end=midnight(gap[0])), Interval(start=CALENDAR.end_of(gap[1]), end=until)]
    return StreamFacts(stream=name, intervals=tuple(intervals), owner="ops")


def judge(
    now: datetime,
    *streams: StreamFacts,
    lookback: dict[str, int] | None = None,
    held: Hold | None = None,
    checks: tuple[Check, ...] = (),
    number: int = 1,
    newest: tuple[StreamFacts, ...] = (),
) -> Judge:
    """Return the judge of the model over the streams; `newest` is what they deliver by now, where the model is held."""
    facts = ModelFacts(
        model="sales",
        streams=tuple(one.stream for one in streams),
        coverage={one.stream: one for one in streams},
        lookback=lookback or {},
        promoted_at=now,
        held=held,
    )
    generation = Generation(
        id=number,
        published_at=now,
        code_version="",
        catalog="",
        calendar="",
        warehouse="",
        segments=(),
        models={"sales": facts},
        streams={one.stream: one for one in newest},
        checks=checks,
    )
    return Judge(generation, CALENDAR, now)


def kpi(**fields: Any) -> Kpi:
    known = {"kpi": "revenue", "unit": Unit.MONEY, "formula": "sum(amount)", "model": "sales", "time": "sold_on"}
    return Kpi.model_validate(known | fields)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.blocking]


def of_day(number: int, month: int = 3) -> Window:
    return Window(date(2026, month, number), date(2026, month, number))


def noon(number: int, hours: float = 0) -> datetime:
    """Return noon of a day in March, shop time, and so many hours later."""
    return midnight(date(2026, 3, number)) + timedelta(hours=12 + hours)


def a_check(status: str, name: str = "reconciles") -> Check:
    known = {"name": name, "models": ("sales",), "status": status, "failures": 2, "message": "boom"}
    return Check.model_validate(known | {"checked_at": datetime(2026, 3, 1, tzinfo=UTC)})
