"""A KPI is computed, through others, from itself."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.compiling import topological_order
from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem

RULE = "cycle"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield each cycle once, at the first of its KPIs by name."""
    left = set(draft.kpis) - set(topological_order(draft))
    seen: set[str] = set()
    for start in sorted(left):
        cycle = _cycle_from(draft, start, left)
        if not cycle or seen & set(cycle):
            continue
        seen |= set(cycle)
        kpi = draft.kpis[cycle[0]]
        word = cycle[1] if len(cycle) > 1 else cycle[0]
        field = "formula" if kpi.expression and word in draft.inputs(kpi.name) and word in kpi.contract.formula else "estimate"
        yield kpi.problem(
            field,
            f"{cycle[0]} is computed from itself: {' → '.join([*cycle, cycle[0]])}.",
            "Break the circle: one of them must be computed from columns.",
            word=word,
        )


def _cycle_from(draft: CatalogDraft, start: str, left: set[str]) -> list[str]:
    """Return a way from `start` back to it, or nothing if it only leads to a cycle."""
    ways, visited = [[start]], {start}
    while ways:
        way = ways.pop(0)
        for name in draft.inputs(way[-1]):
            if name == start:
                return way
            if name in left and name not in visited:
                visited.add(name)
                ways.append([*way, name])
    return []
