"""A percentage is 0–100, and the formula multiplies: a ratio declared as percent shows 0.95 % where 95 % is meant."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem
from assay.catalog.row_units import measurer
from assay.catalog.unit_algebra import Quantity
from assay.units import Unit

RULE = "percent_of_ratio"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield KPIs in percent whose formula is a plain ratio."""
    for kpi in draft.kpis.values():
        if kpi.contract.unit is not Unit.PERCENT or kpi.expression is None or "unit" in kpi.broken:
            continue
        measure = measurer(draft, kpi)
        if measure.measure(kpi.expression) == Quantity("ratio") and not measure.clashes:
            yield kpi.problem(
                "formula",
                "The unit is percent, but the formula gives a ratio (0–1).",
                "Multiply: 100 * (…), or declare unit: ratio.",
            )
