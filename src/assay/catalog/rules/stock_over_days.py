"""A number that is worked out for a period as a whole (a stock, what recurs, a rolling window) is never summed over days, nor
added to a flow: what is new in a month is not the sum of what was new on its days.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Kind
from assay.catalog.draft import CatalogDraft, DraftKpi, place_of_word, written_parts
from assay.catalog.expression import Arithmetic, Expression, Over, aggregates, references, walk
from assay.catalog.problem import Problem

RULE = "stock_over_days"
TO_DATE = {"mtd": "month", "qtd": "quarter", "ytd": "year"}


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield sums of stocks over days, stocks added to flows, and goals that a stock should add up to."""
    for kpi, document, path, text, expression in written_parts(draft):
        for part in walk(expression):
            if isinstance(part, Over) and part.function == "sum_over" and "stock" in nature(draft, _meant(part.kpi, kpi)):
                yield document.problem(
                    place_of_word(document, path, text, "sum_over"),
                    f"sum_over adds up {part.kpi}, {_what(draft, _meant(part.kpi, kpi))}, over days.",
                    "Use avg_over, or take the number at the period's end.",
                )
        if path == ("formula",):
            yield from _mixtures(draft, kpi, expression)
    for kpi in draft.kpis.values():
        for target in kpi.targets:
            to_date = TO_DATE.get(kpi.contract.window or "") == target.row.over
            if target.goal is not None and "stock" in nature(draft, kpi.name) and not to_date:
                yield target.document.problem(
                    target.document.mark(*target.goal.path),
                    f"The target is a sum over a {target.row.over}, but {kpi.name} is {_what(draft, kpi.name)}.",
                    "Use min, max or between.",
                )


def _what(draft: CatalogDraft, name: str) -> str:
    kpi = draft.kpis.get(name)
    if kpi is not None and kpi.contract.window:
        return "a rolling number"
    kinds = {Kind.RECURRING: "what recurs, each period by itself", Kind.MODELLED: "what a model works out for a whole period"}
    return kinds.get(kpi.contract.kind, "a stock") if kpi is not None else "a stock"


def _meant(name: str, kpi: DraftKpi) -> str:
    return kpi.name if name == "value" else name


def nature(draft: CatalogDraft, name: str, above: frozenset[str] = frozenset()) -> set[str]:
    """Return whether the KPI rests on a stock, on a flow, or on both."""
    kpi = draft.kpis.get(name)
    if kpi is None or name in above:
        return set()
    if kpi.contract.window is not None:
        return {"stock"}
    found = {_of_kind(kpi)} if kpi.aggregates else set()
    for inner in draft.inputs(name):
        found |= nature(draft, inner, above | {name})
    return found


def _mixtures(draft: CatalogDraft, kpi: DraftKpi, expression: Expression) -> Iterator[Problem]:
    for part in walk(expression):
        if isinstance(part, Arithmetic) and part.operator in {"+", "-"}:
            sides = [_nature_of(draft, kpi, side) for side in (part.left, part.right)]
            if {"stock"} in sides and {"flow"} in sides:
                yield kpi.problem(
                    "formula",
                    "The formula adds what holds at the period's end, such as a stock, and what is summed over the period.",
                    "Divide them, or make both a state or both a flow.",
                )
                return


def _nature_of(draft: CatalogDraft, kpi: DraftKpi, expression: Expression) -> set[str]:
    found: set[str] = set().union(*(nature(draft, name) for name in references(expression)))
    if aggregates(expression):
        found.add(_of_kind(kpi))
    return found


def _of_kind(kpi: DraftKpi) -> str:
    return "stock" if kpi.contract.kind in (Kind.STOCK, Kind.RECURRING, Kind.MODELLED) else "flow"
