"""A scenario is the same number under other assumptions: another KPI, in the same unit, without scenarios of its own.

Whoever asks for `--scenario optimistic` compares it with the number itself.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.problem import Problem

RULE = "scenarios"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield scenarios whose KPI is the KPI itself, measures something else, or has scenarios of its own."""
    for kpi in draft.kpis.values():
        for scenario, name in kpi.contract.scenarios.items():
            other = draft.kpis.get(name)
            found = _wrong(kpi, other) if other is not None else None
            if found is not None:
                yield kpi.document.problem(kpi.document.mark("scenarios", scenario), *found)


def _wrong(kpi: DraftKpi, other: DraftKpi) -> tuple[str, str] | None:
    """Return what is wrong with the other KPI as a scenario of this one, and the remedy."""
    if other.name == kpi.name:
        return f"{kpi.name} is named as a scenario of itself.", "Name the KPI with the other assumptions, or leave it out."
    if other.contract.unit is not kpi.contract.unit:
        units = f"{other.contract.unit.value}, {kpi.name} in {kpi.contract.unit.value}"
        return f"{other.name} is measured in {units}.", "A scenario tells the same number: give both the same unit."
    if other.contract.scenarios:
        return f"{other.name} has scenarios of its own.", f"List all scenarios in {kpi.name}, and none in {other.name}."
    return None
