"""The two sides of a ratio must be about the same rows.

Of one model: a share (count over count, sum over sum) needs a numerator whose filter contains every condition of the
denominator's, because a part must lie within its whole; an average (a sum over a count) needs the same filter on both sides.
Where rows without a measure shall weigh as zero, say so: `sum(case when paid then amount else 0 end) / count(*)`.
Of two models: a condition on a column that both have (such as `not is_test`) must stand on both sides or on neither; as the
rows are different ones, this is a warning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assay.catalog.draft import CatalogDraft, DraftKpi
from assay.catalog.expression import Aggregate, Arithmetic, Call, Expression, KpiRef, Number, Over, walk
from assay.catalog.problem import Problem
from assay.catalog.row_units import tree

RULE = "populations"
_COUNTS = {"count", "count_distinct"}
_APART = {"active", "recurring", "recurring_entities"}
"""What holds at an instant or moves between two is no number of rows."""


@dataclass(frozen=True)
class Population:
    """The rows that one aggregate reads."""

    model: str
    conditions: frozenset[str]
    counted: bool
    condition: str


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield ratios over two populations."""
    for kpi in draft.kpis.values():
        if kpi.expression is None:
            continue
        for part in walk(kpi.expression):
            if isinstance(part, Arithmetic) and part.operator == "/" and not isinstance(part.right, Number):
                top, bottom = (_populations(draft, kpi, side, frozenset()) for side in (part.left, part.right))
                yield from _compared(draft, kpi, top or [], bottom or [])


def _populations(draft: CatalogDraft, kpi: DraftKpi, side: Expression, above: frozenset[str]) -> list[Population] | None:
    """Return the populations that the side adds up, or None where it is more than a sum."""
    if isinstance(side, Number):
        return []
    if isinstance(side, Aggregate):
        return [_population(kpi, side)] if side.function not in _APART and kpi.contract.model else None
    if isinstance(side, KpiRef | Over):
        name = side.name if isinstance(side, KpiRef) else side.kpi
        inner = draft.kpis.get(name)
        if inner is None or inner.expression is None or name in above:
            return None
        return _populations(draft, inner, inner.expression, above | {name})
    if isinstance(side, Call) and side.function in {"nullif", "neg", "abs", "round"}:
        return _populations(draft, kpi, side.arguments[0], above)
    if isinstance(side, Arithmetic) and (side.operator != "/" or isinstance(side.right, Number)):
        parts = [_populations(draft, kpi, part, above) for part in (side.left, side.right)]
        return None if None in parts else [found for part in parts for found in part or []]
    return None


def _population(kpi: DraftKpi, aggregate: Aggregate) -> Population:
    counted = aggregate.function in _COUNTS
    conditions = conjuncts(aggregate.condition)
    return Population(kpi.contract.model or "", conditions, counted, aggregate.condition or "all rows")


def conjuncts(condition: str | None) -> frozenset[str]:
    """Return the conditions that a filter joins by `and`, each in one spelling."""
    from sqlglot import exp

    if condition is None:
        return frozenset()
    node = tree(condition)
    parts = list(node.flatten()) if isinstance(node, exp.And) else [node]
    return frozenset(_spelled(part) for part in parts)


def _spelled(node: Any) -> str:
    """Write `x = true`, `x is true` and `x` in one way."""
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.EQ | exp.Is) and isinstance(node.expression, exp.Boolean):
        plain = node.this if node.expression.this else exp.Not(this=node.this.copy())
        return str(plain.sql(dialect="duckdb"))
    return str(node.sql(dialect="duckdb"))


def _implied(needed: str, given: frozenset[str]) -> bool:
    """Return whether the conditions contain the needed one, or one of the alternatives that it allows."""
    from sqlglot import exp

    if needed in given:
        return True
    node = tree(needed)
    return isinstance(node, exp.Or) and any(_spelled(part) in given for part in node.flatten())


def _compared(draft: CatalogDraft, kpi: DraftKpi, top: list[Population], bottom: list[Population]) -> Iterator[Problem]:
    for part in top:
        same = [other for other in bottom if other.model == part.model]
        if same and not any(_fits(part, other) for other in same):
            yield _different(kpi, part, same[0])
            return
    for part in top:
        for other in bottom:
            if part.model != other.model and (missing := _one_sided(draft, part, other)):
                asked, where = " and ".join(sorted(missing)), part.model if missing <= part.conditions else other.model
                yield kpi.problem(
                    "formula",
                    f"One side of the ratio leaves out rows that the other counts: `{asked}` is asked of {where} only.",
                    "Put the same condition on both sides.",
                    severity="warning",
                )
                return


def _fits(part: Population, whole: Population) -> bool:
    if part.counted != whole.counted and whole.counted:
        return part.conditions == whole.conditions
    return all(_implied(needed, part.conditions) for needed in whole.conditions)


def _different(kpi: DraftKpi, part: Population, whole: Population) -> Problem:
    missing = sorted(needed for needed in whole.conditions if not _implied(needed, part.conditions))
    if missing:
        remedy = f"Add to the numerator's filter: {' and '.join(missing)}."
    else:
        only = sorted(part.conditions - whole.conditions)
        zero = "or write sum(case when … then … else 0 end) if the other rows weigh as zero"
        remedy = f"Add to the denominator's filter: {' and '.join(only)}; {zero}."
    return kpi.problem(
        "formula",
        f"Numerator and denominator are different populations of {part.model}: `{part.condition}` over `{whole.condition}`.",
        remedy,
    )


def _one_sided(draft: CatalogDraft, part: Population, other: Population) -> frozenset[str]:
    models = [draft.models.get(side.model) for side in (part, other)]
    if None in models:
        return frozenset()
    shared = set.intersection(*(set(model.columns) for model in models if model))
    differing = part.conditions ^ other.conditions
    return frozenset(text for text in differing if _column_names(text) <= shared and _is_flag(text))


def _column_names(condition: str) -> set[str]:
    from sqlglot import exp

    return {str(column.name) for column in tree(condition).find_all(exp.Column)}


def _is_flag(condition: str) -> bool:
    """A bare column or its negation, such as `not is_test`: what says which rows count at all."""
    from sqlglot import exp

    node = tree(condition).unnest()
    return isinstance(node.this if isinstance(node, exp.Not) else node, exp.Column)
