"""A formula, time, entity or dimension names a column that the KPI's model does not have."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.models import ModelSchema
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "unknown_column"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield each column that is not in the model's .yml."""
    for kpi in draft.kpis.values():
        model = draft.models.get(kpi.contract.model or "")
        if model is not None:
            yield from _columns(kpi, model)


def _columns(kpi: DraftKpi, model: ModelSchema) -> Iterator[Problem]:
    named = dict.fromkeys(name for aggregate in kpi.aggregates for name in aggregate.columns)
    for name in named:
        if name not in model.columns:
            yield _problem(kpi, model, "formula", name, word=name)
    contract = kpi.contract
    if contract.time and contract.time not in model.columns:
        yield _problem(kpi, model, "time", contract.time)
    own = {
        "total": contract.total,
        "components": contract.components.values(),
        "since": (contract.since,) if contract.since else (),
    }
    for field, named_there in own.items():
        for name in named_there:
            if name not in model.columns:
                yield _problem(kpi, model, field, name)
    for field, names in (("entity", contract.entity), ("dimensions", contract.dimensions if kpi.aggregates else ())):
        for place, name in enumerate(names):
            if name not in model.columns:
                yield kpi.document.problem(kpi.document.mark(field, place), *_said(model, field, name))


def _problem(kpi: DraftKpi, model: ModelSchema, field: str, name: str, word: str | None = None) -> Problem:
    message, remedy = _said(model, field, name)
    return kpi.problem(field, message, remedy, word=word)


def _said(model: ModelSchema, field: str, name: str) -> tuple[str, str]:
    hint = suggest(name, model.columns)
    return (
        f'{field} names "{name}", which is not a column of {model.name}.{hint}',
        f"Its columns: {', '.join(sorted(model.columns))}.",
    )
