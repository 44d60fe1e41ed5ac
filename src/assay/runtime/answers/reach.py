"""How far data reaches in a period that goes on, and the part of it that all inputs of a KPI have reached.

Each source delivers at its own pace: captures of this morning by the ad spend until yesterday would be no number.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from assay.calendar import ShopCalendar, Window
from assay.catalog.contract import Kind
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import KpiRef, Over, walk
from assay.planner.rollup import SLOT_MINUTES
from assay.trust.verdict import Judge
from assay.values.answer import Reason


class Behind(NamedTuple):
    """The input of a KPI that reaches less far than the others, and how far."""

    kpi: str
    reached: datetime


def part_until(calendar: ShopCalendar, window: Window, reached: datetime) -> Window:
    """Return the part of the window up to an instant, in whole quarters of an hour; all of it where that lies before it."""
    day = min(calendar.day_of(reached), window.end)
    minute = calendar.minute_of_day(reached) // SLOT_MINUTES * SLOT_MINUTES
    if day < window.start:
        return window
    if minute == 0 and day > window.start:
        return Window(window.start, day - timedelta(days=1))
    return Window(window.start, day, minute)


def behind(catalog: Catalog, name: str, judge: Judge) -> Behind | None:
    """Return the input of a KPI that reaches less far than another one; none where all reach equally far."""
    if catalog.kpis[name].contract.model is not None:
        return None
    reached = {
        one: min(judge.now, end) for one in _flows(catalog, name) if (end := judge.complete_until(catalog.kpis[one].contract))
    }
    if len(set(reached.values())) < 2:
        return None
    late = min(reached, key=lambda one: (reached[one], one))
    return Behind(late, reached[late])


def _flows(catalog: Catalog, name: str) -> Iterator[str]:
    """Yield the KPIs over rows of the period from which the KPI is made; periods before it have their own end."""
    kpi = catalog.kpis[name]
    if kpi.contract.model is not None:
        if kpi.contract.kind is Kind.AGGREGATE:
            yield name
        return
    for part in walk(kpi.expression):
        match part:
            case KpiRef(other) | Over("shift" | "pct_change", other):
                yield from _flows(catalog, other)


def uneven(behind: CompiledKpi, part: Window) -> Reason:
    """Return what is said of a number that is counted up to where the input that is furthest behind reaches."""
    until = f"the end of {part.end}" if part.cut is None else f"{part.cut // 60:02d}:{part.cut % 60:02d} of {part.end}"
    sentence = f"Counted up to {until}: {behind.contract.title} reaches no further."
    return Reason(code="uneven", sentence=sentence, input=behind.name, owner=behind.contract.owner)
