"""What a formula measures must agree with the declared unit, and with the amounts of its target and alerts.

Columns get their units from the model's .yml (`config: {meta: {unit: money}}`). A count over a count is a ratio, 100 times a
ratio is a percentage, money over a count is money. A target of `95%` on a count or `$250` on a percentage is an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import Bound, CatalogDraft, DraftKpi, DraftTarget
from assay.catalog.expression import Compare, Expression, KpiRef, Number, walk
from assay.catalog.problem import Problem
from assay.catalog.row_units import measurer
from assay.catalog.unit_algebra import Quantity, agrees
from assay.units import Unit

RULE = "units"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield formulas, target amounts and alert conditions whose unit is another one."""
    for kpi in draft.kpis.values():
        if "unit" in kpi.broken:
            continue
        if kpi.expression is not None:
            yield from _formula(draft, kpi, kpi.expression)
        for target in kpi.targets:
            for bound in target.bounds:
                yield from _bound(draft, kpi, target, bound)
        yield from _alerts(draft, kpi)


def _formula(draft: CatalogDraft, kpi: DraftKpi, expression: Expression) -> Iterator[Problem]:
    measure = measurer(draft, kpi)
    found = measure.measure(expression)
    for clash in dict.fromkeys(measure.clashes):
        yield kpi.problem("formula", clash, "Add and compare only what is measured in one unit.")
    unit = kpi.contract.unit
    share_as_percent = unit is Unit.PERCENT and found == Quantity("ratio")  # said better by percent_of_ratio
    if measure.clashes or share_as_percent or agrees(unit, found):
        return
    if any(aggregate.columns and kpi.contract.model not in draft.models for aggregate in kpi.aggregates):
        return  # the units of its columns cannot be known
    yield kpi.problem("formula", f"The formula gives {found.words}, but the unit is {unit.value}.", _remedy(unit, found))


def _remedy(unit: Unit, found: Quantity) -> str:
    if unit is Unit.MONEY and found.kind == "money":
        return "Money is already in the currency's units: leave out the factor 100."
    if unit is Unit.MONEY:
        return "Mark the money column in the model's .yml: config: {meta: {unit: money}}; or correct `unit`."
    fitting = [other.value for other in Unit if agrees(other, found)]
    return f"Correct the formula, or declare unit: {' or '.join(fitting)}." if fitting else "Correct the formula."


def _bound(draft: CatalogDraft, kpi: DraftKpi, target: DraftTarget, bound: Bound) -> Iterator[Problem]:
    unit, document = kpi.contract.unit, target.document
    mark = document.mark(*bound.path)
    if bound.unit is not None and bound.unit is not unit:
        yield document.problem(
            mark,
            f"The target {bound.text} is {_named(bound.unit)}, but {kpi.name} is measured in {unit.value}.",
            f"State the target in {unit.value}, or set it on the KPI that is meant{_share_hint(draft, kpi, bound)}.",
        )
    elif isinstance(bound.expression, Number):
        if unit is Unit.PERCENT and 0 < abs(bound.expression.value) < 1 and bound.unit is None:
            yield document.problem(
                mark,
                f"The target {bound.text} of a percentage reads as a share.",
                "Percentages are 0–100: write 95, or 95%.",
                severity="warning",
            )
    elif bound.expression is not None:
        measure = measurer(draft, kpi)
        found = measure.measure(bound.expression)
        if measure.clashes or not agrees(unit, found):
            said = (
                measure.clashes[0]
                if measure.clashes
                else f"The target's formula gives {found.words}, but {kpi.name} is measured in {unit.value}."
            )
            yield document.problem(mark, said, f"Write an amount in {unit.value}.")


def _named(unit: Unit) -> str:
    return {Unit.PERCENT: "a percentage", Unit.MONEY: "an amount of money"}[unit]


def _share_hint(draft: CatalogDraft, kpi: DraftKpi, bound: Bound) -> str:
    stem = kpi.name.removesuffix("_count")
    near = [name for name in (f"{stem}_share_pct", f"{stem}_rate_pct", f"{stem}_pct") if name in draft.kpis]
    return f", such as {near[0]}" if near and bound.unit is Unit.PERCENT else ""


def _alerts(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    for alert in kpi.alerts:
        if alert.condition is None:
            continue
        measure = measurer(draft, kpi)
        measure.measure(alert.condition)
        mark = alert.document.mark(*alert.path, "when")
        for clash in dict.fromkeys(measure.clashes):
            yield alert.document.problem(mark, clash, f"Compare {kpi.name} with an amount in {kpi.contract.unit.value}.")
        if kpi.contract.unit is Unit.PERCENT and any(_share(part) for part in walk(alert.condition)):
            yield alert.document.problem(
                mark,
                "The condition compares a percentage with a share.",
                "Percentages are 0–100: write 90, not 0.9.",
                severity="warning",
            )


def _share(part: Expression) -> bool:
    if not isinstance(part, Compare):
        return False
    sides = {type(part.left), type(part.right)}
    number = part.right if isinstance(part.right, Number) else part.left
    return sides == {Number, KpiRef} and isinstance(number, Number) and 0 < abs(number.value) < 1
