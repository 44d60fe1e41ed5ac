"""A cohort KPI follows the rows of a period through the periods after it: its model has a row for each of those.

`since` is the whole number that says how many periods later a row speaks of. Rows of different ages are never added up, so the
number has no dimension and no target of its own, and no other KPI is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.problem import Problem

RULE = "cohort"
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
_ADD_UP = {"sum", "count"}


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield cohort KPIs without an age, or with what would add ages up."""
    for kpi in draft.kpis.values():
        if kpi.contract.kind is Kind.COHORT:
            yield from _cohort(draft, kpi)
        elif kpi.contract.since is not None:
            yield kpi.problem("since", f"since is given, but the kind is {kpi.contract.kind.value}.", "Add `kind: cohort`.")
        for name in draft.formula_inputs(kpi.name):
            if draft.kpis[name].contract.kind is Kind.COHORT:
                yield kpi.problem(
                    "formula",
                    f"{name} says how cohorts fare, period by period; it is no single number.",
                    "Read the model's rows that are meant, in a KPI of their own.",
                    word=name,
                )


def _cohort(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    contract = kpi.contract
    if contract.since is None and "since" not in kpi.broken:
        message = "The kind is cohort, but no column says how many periods after the cohort's own a row speaks of."
        yield kpi.problem("kind", message, "Add `since: months_since`.")
    column = draft.column(contract.model, contract.since or "")
    if column is not None and column.type and column.type not in _WHOLE:
        yield kpi.problem("since", f"since is {contract.since}, which is {column.type}.", "Name a column of whole numbers.")
    functions: set[str] = {aggregate.function for aggregate in kpi.aggregates}
    if kpi.expression is not None and (not functions or functions - _ADD_UP):
        yield kpi.problem(
            "formula",
            "A cohort's formula is made of sums and counts of the model's rows.",
            "Write 100 * sum(retained) / sum(people).",
        )
    for field in ("dimensions", "target", "alerts"):
        if getattr(contract, field):
            yield kpi.problem(field, f"A cohort KPI is a table of numbers; {field} would speak of a single one.", "Remove it.")
