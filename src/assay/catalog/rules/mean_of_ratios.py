"""The average of a rate is the ratio of the sums, never the mean of the rates: small days would weigh like large ones.

`avg(x)` or `sum(x)` over a column that is itself a percentage or a ratio is an error, and so is `sum_over(rate, …)`. A mean of
KPIs such as `(a_pct + b_pct) / 2` is a warning. `avg_over(rate, …)` is right: it divides the sums.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, DraftKpi, place_of_word, written_parts
from assay.catalog.expression import Arithmetic, Expression, KpiRef, Number, Over, walk
from assay.catalog.problem import Problem
from assay.catalog.row_units import argument_units
from assay.units import Unit

RULE = "mean_of_ratios"
_RATES = {Unit.PERCENT, Unit.RATIO}


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield averages and sums of ratios."""
    for kpi in draft.kpis.values():
        yield from _columns(draft, kpi)
    for kpi, document, path, text, expression in written_parts(draft):
        for part in walk(expression):
            if isinstance(part, Over) and part.function == "sum_over" and _rate(draft, part.kpi):
                mark = place_of_word(document, path, text, "sum_over")
                yield document.problem(
                    mark, f"sum_over adds up {part.kpi}, a rate, over days.", "Use avg_over: it divides the sums."
                )
        if path == ("formula",) and any(_mean(draft, part) for part in walk(expression)):
            yield kpi.problem(
                "formula",
                "The formula averages rates.",
                "Divide the sum of their numerators by the sum of their denominators.",
                severity="warning",
            )


def _columns(draft: CatalogDraft, kpi: DraftKpi) -> Iterator[Problem]:
    model = draft.models.get(kpi.contract.model or "")
    for aggregate in kpi.aggregates:
        rates = argument_units(aggregate, model) & _RATES
        if aggregate.function in {"avg", "sum"} and rates and not _weighted(aggregate.argument or ""):
            column = next(
                name for name in aggregate.columns if (c := draft.column(kpi.contract.model, name)) and c.unit in rates
            )
            yield kpi.problem(
                "formula",
                f"{aggregate.function}({aggregate.argument}) takes a mean of ratios: each row has its own {column}.",
                "Divide the sum of its numerators by the sum of its denominators.",
                word=column,
            )


def _weighted(argument: str) -> bool:
    """A rate that is multiplied by what it is a share of is an amount again."""
    return "*" in argument


def _rate(draft: CatalogDraft, name: str) -> bool:
    kpi = draft.kpis.get(name)
    return kpi is not None and kpi.contract.unit in _RATES


def _mean(draft: CatalogDraft, part: Expression) -> bool:
    if not isinstance(part, Arithmetic) or part.operator not in {"*", "/"}:
        return False
    added, weight = (part.left, part.right) if isinstance(part.right, Number) else (part.right, part.left)
    if not isinstance(weight, Number) or not isinstance(added, Arithmetic) or added.operator != "+":
        return False
    terms = list(_terms(added))
    divisor = weight.value if part.operator == "/" else 1 / weight.value if weight.value else 0
    return divisor == len(terms) and all(isinstance(term, KpiRef) and _rate(draft, term.name) for term in terms)


def _terms(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Arithmetic) and expression.operator == "+":
        yield from _terms(expression.left)
        yield from _terms(expression.right)
    else:
        yield expression
