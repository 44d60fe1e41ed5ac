"""A derived KPI breaks down only by dimensions that all its inputs have."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "dimensions"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield dimensions of derived KPIs that an input lacks."""
    for kpi in draft.kpis.values():
        for place, name in enumerate(kpi.contract.dimensions):
            lacking = [part for part in draft.formula_inputs(kpi.name) if name not in draft.dimensions(part)]
            if lacking:
                yield kpi.document.problem(
                    kpi.document.mark("dimensions", place),
                    f'{kpi.name} cannot be broken down by "{name}": {", ".join(lacking)} cannot.',
                    "Add the dimension to those KPIs, or leave it out here.",
                )
