"""Somebody answers for every number.

Without an owner it is a warning; an error where somebody would be called for it: the KPI has alerts, or is critical.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Criticality
from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "owner"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield KPIs without an owner."""
    for kpi in draft.kpis.values():
        if (kpi.contract.owner or "").strip() or "owner" in kpi.broken:
            continue
        called = kpi.alerts or kpi.contract.criticality is Criticality.CRITICAL
        yield kpi.problem(
            "kpi",
            f"{kpi.name} has no owner.",
            "Add `owner:`, the team or person who answers for it.",
            severity="error" if called else "warning",
        )
