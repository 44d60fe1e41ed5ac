"""A KPI is not called like a word that formulas already understand."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft
from assay.catalog.formula import FUNCTIONS
from assay.catalog.problem import Problem

RULE = "reserved_name"
_RESERVED = {
    *FUNCTIONS,
    "value",
    "change",
    "change_pct",
    "interval",
    "filter",
    "where",
    "and",
    "or",
    "not",
    "case",
    "null",
    "true",
    "false",
}


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield KPIs with a name of the formula language."""
    for kpi in draft.kpis.values():
        if kpi.name in _RESERVED:
            yield kpi.problem("kpi", f'"{kpi.name}" is a word of the formula language.', "Give the KPI another name.")
