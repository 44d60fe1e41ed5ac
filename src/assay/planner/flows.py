"""Which KPIs are flows: what happens on the days of a period adds up to their number, so that its rest can be projected.

A flow may be shown through a rolling window (revenue since New Year) and scaled (that revenue in percent of a goal).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from assay.catalog.contract import Kind
from assay.catalog.entry import Catalog
from assay.catalog.expression import Arithmetic, Expression, KpiRef
from assay.planner.semantics import adds_up, constant


@dataclass(frozen=True, slots=True)
class Flow:
    """A KPI whose days, without its rolling window, add up; `scale` times their sum is the number that is paced."""

    kpi: str
    scale: Fraction = Fraction(1)


def flow_of(name: str, catalog: Catalog) -> Flow | None:
    """Return the flow that the KPI shows; None for what does not add up: ratios, distinct counts, states."""
    if adds_up(name, catalog):
        return Flow(name)
    inner = _shown(name, catalog)
    found = flow_of(inner.kpi, catalog) if inner else None
    return Flow(found.kpi, found.scale * inner.scale) if found and inner else None


def rolling_window(name: str, catalog: Catalog) -> str | None:
    """Return the rolling window over which the KPI, or the one that it scales, is taken."""
    inner = _shown(name, catalog)
    return rolling_window(inner.kpi, catalog) if inner else catalog.kpis[name].contract.window


def _shown(name: str, catalog: Catalog) -> Flow | None:
    """Return the KPI that this one shows in another measure, without a window of its own."""
    kpi = catalog.kpis[name]
    if kpi.contract.kind is not Kind.AGGREGATE or kpi.contract.window is not None:
        return None
    return _scaled(kpi.expression, catalog)


def _scaled(expression: Expression, catalog: Catalog) -> Flow | None:
    """Return the one KPI that the formula names, and by which positive number it multiplies it."""
    match expression:
        case KpiRef(name):
            return Flow(name) if constant(expression, catalog) is None else None
        case Arithmetic("*", left, right):
            return _times(left, constant(right, catalog), catalog) or _times(right, constant(left, catalog), catalog)
        case Arithmetic("/", left, right):
            divisor = constant(right, catalog)
            return _times(left, 1 / divisor if divisor else None, catalog)
        case _:
            return None


def _times(expression: Expression, factor: Fraction | None, catalog: Catalog) -> Flow | None:
    found = _scaled(expression, catalog) if factor is not None and factor > 0 else None
    return Flow(found.kpi, found.scale * factor) if found and factor is not None else None
