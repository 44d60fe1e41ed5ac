"""A modelled number is one column of a model that has a row for each period and each value of its dimensions.

`total` says which row is about all of them, so that nothing has to be added up, and the model's `key` says that there is one
row of each. Such a number is not averaged or summed over periods.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi, place_of_word, written_parts
from assay.catalog.expression import Aggregate, Over, walk
from assay.catalog.problem import Problem

RULE = "modelled"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield modelled numbers that are none, whose rows are not told apart, or that are merged over periods."""
    for kpi in draft.kpis.values():
        if kpi.contract.kind is Kind.MODELLED:
            yield from _formula(kpi)
            yield from _rows(draft, kpi)
        elif any(aggregate.function == "modelled" for aggregate in kpi.aggregates):
            message = f"The formula uses modelled(), but the kind is {kpi.contract.kind.value}."
            yield kpi.problem("formula", message, "Add `kind: modelled`.", word="modelled")
        else:
            for field in ("total", "components"):
                if getattr(kpi.contract, field):
                    yield kpi.problem(field, f"{field} is given, but the kind is {kpi.contract.kind.value}.", "Remove it.")
    for kpi, document, path, text, expression in written_parts(draft):
        for part in walk(expression):
            named = draft.kpis.get(kpi.name if part.kpi == "value" else part.kpi) if isinstance(part, Over) else None
            if named is None or named.contract.kind is not Kind.MODELLED:
                continue
            if isinstance(part, Over) and part.function in ("avg_over", "sum_over"):
                yield document.problem(
                    place_of_word(document, path, text, part.function),
                    f"{part.function} merges periods of {named.name}, which a model works out for each by itself.",
                    "Let the model work it out over the longer time, as a number of its own.",
                )


def _formula(kpi: DraftKpi) -> Iterator[Problem]:
    alone = isinstance(kpi.expression, Aggregate) and kpi.expression.function == "modelled"
    if kpi.expression is not None and not alone:
        yield kpi.problem(
            "formula", "A modelled number is one column, as it stands.", "Write modelled(column) and nothing else."
        )


def _rows(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    contract = kpi.contract
    for name in contract.dimensions:
        if name not in contract.total:
            message = f"{name} has no value that means all of it, so the rows would have to be added up."
            yield kpi.problem("dimensions", message, f"Add `total: {{{name}: all}}`, and such a row to the model.")
            return
    model = draft.models.get(contract.model or "")
    if model is not None and set(model.key) != {contract.time, *contract.total}:
        wanted = ", ".join(name for name in (contract.time, *contract.total) if name)
        yield kpi.problem(
            "model",
            f"The key of {model.name} is [{', '.join(model.key)}], so there may be several rows of one period.",
            f"Make it [{wanted}], or name the other columns of the key under `total`.",
        )
