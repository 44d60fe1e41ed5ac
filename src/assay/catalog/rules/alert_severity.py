"""An alert says how fast somebody must act."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "alert_severity"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield alerts without a severity."""
    for kpi in draft.kpis.values():
        for alert in kpi.alerts:
            wrong = (*alert.path, "severity") in alert.document.values  # written, but not one of its values: said already
            if alert.alert.severity is None and not wrong:
                yield alert.document.problem(
                    alert.document.mark(*alert.path),
                    f"The alert of {kpi.name} has no severity.",
                    "Add `severity: critical`, `high`, `medium` or `low`.",
                )
