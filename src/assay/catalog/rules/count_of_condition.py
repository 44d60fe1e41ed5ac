"""`count(is_late = true)` counts every row where the comparison is not null, also those where it is false.

A count of a condition, or of a boolean column, therefore reads as the number of all rows. Counting the rows for which it holds
is `count(*) filter (where is_late)`.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.expression import Aggregate
from assay.catalog.problem import Problem
from assay.catalog.row_units import tree

RULE = "count_of_condition"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield counts whose argument is a comparison or a boolean column."""
    for kpi in draft.kpis.values():
        for aggregate in kpi.aggregates:
            if (
                aggregate.function in {"count", "count_distinct"}
                and aggregate.argument
                and _condition(draft, kpi, aggregate.argument)
            ):
                yield _problem(kpi, aggregate)


def _condition(draft: CatalogDraft, kpi: DraftKpi, argument: str) -> bool:
    from sqlglot import exp

    node = tree(argument).unnest()
    if isinstance(node, exp.Column):
        column = draft.column(kpi.contract.model, str(node.name))
        return column is not None and column.type in {"BOOLEAN", "BOOL"}
    return isinstance(node, exp.Predicate | exp.Connector | exp.Not | exp.Boolean)


def _problem(kpi: DraftKpi, aggregate: Aggregate) -> Problem:
    condition = str(aggregate.argument)
    also = f"{aggregate.condition} and " if aggregate.condition else ""
    return kpi.problem(
        "formula",
        f"count({condition}) counts every row in which it is not null, true or false.",
        f"Write count(*) filter (where {also}{condition}).",
        word="count",
    )
