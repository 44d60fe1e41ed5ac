"""A rolling window is for rows that happen on days; a state holds at an instant, however long the window is."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "window"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield states that are given a rolling window; what recurs also moves, and may be asked for a year that rolls."""
    for kpi in draft.kpis.values():
        if kpi.contract.window is not None and kpi.contract.kind not in (Kind.AGGREGATE, Kind.RECURRING):
            yield kpi.problem(
                "window",
                f"The kind is {kpi.contract.kind.value}, which says how things stand at an instant: there is nothing to roll.",
                "Remove `window`.",
            )
