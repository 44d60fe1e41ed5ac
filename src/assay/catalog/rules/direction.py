"""A target or an alert needs to know which way is good."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "direction"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield KPIs with a target or alerts and without a direction."""
    for kpi in draft.kpis.values():
        if kpi.contract.direction is not None or "direction" in kpi.broken:
            continue
        judged = [("target", part.document, part.path) for part in kpi.targets]
        judged += [("alert", part.document, part.path) for part in kpi.alerts]
        for what, document, path in judged[:1]:
            yield document.problem(
                document.mark(*path),
                f"{kpi.name} has {'an' if what == 'alert' else 'a'} {what}, but no direction.",
                f"Add `direction: up`, `down` or `range` to the KPI ({kpi.document.file}:{kpi.document.line}).",
            )
