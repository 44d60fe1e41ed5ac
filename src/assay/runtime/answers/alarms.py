"""Which alert rules hold: of which periods they speak, and which numbers page nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Protocol

from assay.calendar import Period, ShopCalendar, Window, containing, parse_period
from assay.catalog.contract import Direction, Grain, Kpi, Question
from assay.catalog.entry import Catalog, CompiledAlert, CompiledKpi
from assay.catalog.expression import Expression, Over, walk
from assay.planner.semantics import is_ratio
from assay.values.answer import Reason

OTHER_GRAIN = "other_grain"


class Worked(Protocol):
    """What rules ask of the evaluator."""

    catalog: Catalog
    calendar: ShopCalendar
    now: datetime

    def is_state(self, name: str) -> bool: ...

    def holds(self, condition: Expression, kpi: CompiledKpi, window: Window) -> bool | None: ...


class Number(Protocol):
    """What rules ask of an outcome."""

    @property
    def n(self) -> int | None: ...

    def shown(self) -> Fraction | None: ...


def other_grain(kpi: Kpi, period: Period, ratio: bool) -> Reason | None:
    """Return why the KPI's target and alerts do not speak of this period; ratios speak of every period.

    A rolling number is the same for every period that ends with the same day.
    """
    if ratio or kpi.any_period or period.grain == kpi.grain.value or (kpi.window is not None and kpi.grain is Grain.DAY):
        return None
    return Reason(
        code=OTHER_GRAIN,
        sentence=f"The target and the alerts of {kpi.title} hold for a {kpi.grain.value}, not for this period.",
        input=kpi.kpi,
    )


def unfinished(kpi: Kpi, period: Period, window: Window, evaluator: Worked) -> bool:
    """Return whether the number speaks of a part of its period alone: the period goes on, or it was cut at an instant.

    A number that says how things stand has no parts.
    """
    goes_on = window.cut is not None or evaluator.calendar.end_of(window.end) > evaluator.now
    part = period.grain != "range" and window.end < containing(window.start, period.grain).end
    return (goes_on or part) and not evaluator.is_state(kpi.kpi)


def judged_rules(
    kpi: CompiledKpi, outcome: Number, period: Period, window: Window, evaluator: Worked, pack: str | None
) -> Iterator[tuple[CompiledAlert, bool | None]]:
    """Yield the rules that speak of the number, and whether each holds; None where a part of its condition is unknown.

    A small sample and a sum of an unfinished period page nobody. A rule that looks at periods before speaks of the grain alone,
    also of a ratio: what the 7 days before were is no measure of a month.
    """
    contract = kpi.contract
    ratio = is_ratio(contract.kpi, evaluator.catalog)
    if outcome.shown() is None or other_grain(contract, period, ratio) is not None:
        return
    if contract.requires.sample and (outcome.n or 0) < contract.requires.sample:
        return
    if not ratio and contract.direction is not Direction.DOWN and unfinished(contract, period, window, evaluator):
        return
    off_grain = other_grain(contract, period, ratio=False) is not None
    for alert in kpi.alerts_for(pack):
        if off_grain and any(isinstance(part, Over) for part in walk(alert.condition)):
            continue
        yield alert, evaluator.holds(alert.condition, kpi, window)


def watched_tiles(kpi: CompiledKpi, catalog: Catalog, day: date) -> list[tuple[CompiledKpi, Period, str]]:
    """Return the numbers that boards show on the day and whose rules the KPI counts: each once, with its board's pack."""
    watched = frozenset(catalog.watched(kpi.name))
    found: dict[tuple[str, date, date], tuple[CompiledKpi, Period, str]] = {}
    for board in catalog.boards.values():
        for section in board.board.sections:
            for tile in section.tiles:
                if tile.by is None and tile.kpi in watched and tile.period != "all":
                    one = catalog.kpis[tile.kpi]
                    period = shown_period(tile, one, day)
                    found.setdefault((tile.kpi, period.start, period.end), (one, period, board.pack))
    return list(found.values())


def shown_period(tile: Question, kpi: CompiledKpi, day: date) -> Period:
    """Return the period that the tile shows on the day."""
    last = day - timedelta(days=1) if tile.at == "yesterday" else day
    return parse_period(tile.period or kpi.contract.grain.value, last)
