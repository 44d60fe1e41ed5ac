"""What a forecast may be made of: the unbroken run of proved periods that ends with the newest one.

Proved is what the ledger holds as actual and settled. A withheld, estimated or unsettled period ends the run; nothing is
filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from assay.calendar import ONE_DAY, Grain, Period, ShopCalendar, containing
from assay.ledger.recording import PROVISIONAL, quality_of
from assay.state.reader import Published
from assay.values.answer import DataQuality

Because = Literal["begins", "withheld", "estimated", "unsettled", "currency_changed", "redefined"]


@dataclass(frozen=True, slots=True)
class Run:
    """Proved periods in a row, the oldest first, and which period before them is none of them, and why.

    `lead` is how many newer periods are closed and waited for: not published, not settled or not complete yet.
    """

    periods: tuple[Published, ...]
    lead: int
    before: Period
    because: Because


def run_of(
    rows: Mapping[date, Published],
    newest: Period,
    calendar: ShopCalendar,
    complete_until: datetime | None,
    fault: Callable[[Published], Because | None],
) -> Run:
    """Return the run that ends with the newest proved period.

    `rows` are the published periods by their first day, `newest` is the newest closed one. With `complete_until`, periods that
    end later are awaited and not missed. `fault` says why a proved period does not belong to the others.
    """
    oldest = min(rows, default=newest.start)
    period, lead = newest, 0
    while period.start >= oldest and _awaited(rows.get(period.start), period, calendar, complete_until):
        period, lead = before(period), lead + 1
    found: list[Published] = []
    while (because := _unproved(row := rows.get(period.start), fault)) is None:
        assert row is not None
        found.append(row)
        period = before(period)
    return Run(tuple(reversed(found)), lead, period, because)


def _awaited(row: Published | None, period: Period, calendar: ShopCalendar, complete_until: datetime | None) -> bool:
    if row is None:
        return True
    if row.value is None:
        return complete_until is not None and calendar.end_of(period.end) > complete_until
    return row.state >= PROVISIONAL


def _unproved(row: Published | None, fault: Callable[[Published], Because | None]) -> Because | None:
    if row is None:
        return "begins"
    if row.value is None:
        return "withheld"
    if row.state >= PROVISIONAL:
        return "unsettled"
    return fault(row) if quality_of(row.state) is DataQuality.ACTUAL else "estimated"


def before(period: Period) -> Period:
    """Return the period before."""
    return containing(period.start - ONE_DAY, period.grain)


def after(day: date, grain: Grain, count: int) -> list[Period]:
    """Return the `count` periods that follow the one that ends with the day."""
    found: list[Period] = []
    for _ in range(count):
        found.append(containing(day + ONE_DAY, grain))
        day = found[-1].end
    return found
