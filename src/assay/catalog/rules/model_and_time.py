"""A base KPI, one whose formula has an aggregate, needs a known model and a day column of it; a derived KPI needs neither.

An `active` KPI without a time counts the intervals of all rows that hold at the period's end, whatever their day.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "model_and_time"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield missing, unknown and needless models and times."""
    for kpi in draft.kpis.values():
        if kpi.aggregates:
            yield from _base(draft, kpi)
        elif kpi.expression is not None:
            yield from _derived(draft, kpi)


def _base(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    contract = kpi.contract
    if contract.model is None and "model" not in kpi.broken:
        yield kpi.problem(
            "formula", "The formula has an aggregate, but the KPI names no model.", "Add `model:`, whose rows it reads."
        )
    elif contract.model is not None and contract.model not in draft.models:
        yield _unknown_model(draft, kpi, contract.model)
    if contract.time is None and contract.kind is Kind.ACTIVE:
        return  # counted over all rows, whatever their day
    if contract.time is None and "time" not in kpi.broken:
        yield kpi.problem(
            "formula",
            "The formula has an aggregate, but the KPI names no time.",
            "Add `time:`, the column with the day on which a row counts.",
        )
        return
    column = draft.column(contract.model, contract.time or "")
    if column is not None and column.type and column.type != "DATE":
        days = [name for name, other in draft.models[contract.model or ""].columns.items() if other.type == "DATE"]
        yield kpi.problem(
            "time",
            f"time is {contract.time}, which is {column.type}, not a day.",
            f"Name a DATE column: {', '.join(days) or 'the model has none'}.",
        )


def _derived(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    contract = kpi.contract
    if contract.model is not None and contract.model not in draft.models:
        yield _unknown_model(draft, kpi, contract.model)
    for field in ("model", "time"):
        if getattr(contract, field) is not None:
            yield kpi.problem(
                field,
                f"{field} is given, but the formula has no aggregate that would read it.",
                "Remove it.",
                severity="warning",
            )


def _unknown_model(draft: CatalogDraft, kpi: DraftKpi, model: str) -> Problem:
    return kpi.problem(
        "model",
        f'There is no model "{model}".',
        "Name a dbt model that is declared in a .yml below models/.",
        suggestion=suggest(model, draft.models),
    )
