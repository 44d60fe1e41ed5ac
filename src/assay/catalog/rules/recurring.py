"""What recurs is money a month between two instants, and each phase is kept under the shop's day on which it begins.

A phase that changes is found again under that day, and no number of an earlier day rests on it; so `time` has to be the day of
the phase's beginning, and of nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.expression import Recurring
from assay.catalog.models import ModelSchema
from assay.catalog.problem import Problem
from assay.catalog.row_units import argument_units
from assay.units import Unit

RULE = "recurring"
INSTANT = "TIMESTAMPTZ"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield amounts that are no money, ends that are no instants, and a time that is not the day of the beginning."""
    for kpi in draft.kpis.values():
        model = draft.models.get(kpi.contract.model or "")
        parts = [part for part in kpi.aggregates if isinstance(part, Recurring)]
        if model is None or kpi.contract.kind is not Kind.RECURRING:
            continue
        for part in {(part.argument, part.since, part.until): part for part in parts}.values():
            yield from _amount(kpi, model, part)
            yield from _instants(kpi, model, part)
        yield from _day(kpi, model, list(dict.fromkeys(part.since for part in parts)))


def _amount(kpi: DraftKpi, model: ModelSchema, part: Recurring) -> Iterator[Problem]:
    known = all(name in model.columns for name in part.columns)
    if known and Unit.MONEY not in argument_units(part, model):
        yield kpi.problem(
            "formula",
            f"{part.function}() sums {part.argument}, which is no money.",
            "Name the amount a month, a money column: config: {meta: {unit: money}} in the model's .yml.",
            word=part.function,
        )


def _instants(kpi: DraftKpi, model: ModelSchema, part: Recurring) -> Iterator[Problem]:
    for name in (part.since, part.until or ""):
        column = model.columns.get(name)
        if column is not None and column.type and column.type not in (INSTANT, "TIMESTAMP WITH TIME ZONE"):
            instants = [other for other, one in model.columns.items() if one.type == INSTANT]
            yield kpi.problem(
                "formula",
                f"A phase begins and ends at an instant, but {name} is {column.type}.",
                f"Name a {INSTANT} column: {', '.join(instants) or 'the model has none'}.",
                word=name,
            )


def _day(kpi: DraftKpi, model: ModelSchema, beginnings: list[str]) -> Iterator[Problem]:
    time = model.columns.get(kpi.contract.time or "")
    if time is None:
        return  # said by model_and_time and unknown_column
    for since in beginnings:
        if time.instant != since:
            made = f"the day of {time.instant}" if time.instant else "the day of an instant that its .yml does not name"
            yield kpi.problem(
                "time",
                f"time is {kpi.contract.time}, {made}, but the phases begin at {since}.",
                f"Name the day that is made from {since}; the model's .yml says so: config: {{meta: {{instant: {since}}}}}.",
            )
