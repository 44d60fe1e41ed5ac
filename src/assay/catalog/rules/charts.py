"""A chart is drawn only of numbers that it is true of.

A pie is parts of a whole, a gauge needs a target, a line a single number, a table and a scatter lists by one dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.catalog.contract import Kind, Question, Section
from assay.catalog.draft import CatalogDraft
from assay.catalog.expression import Aggregate, Arithmetic, Call, Expression, KpiRef, Number
from assay.catalog.problem import Problem
from assay.catalog.yaml_files import Document, Key
from assay.errors import suggest
from assay.units import Unit

RULE = "charts"
_SUMS = {"sum", "count", "count_distinct", "active", "recurring", "recurring_entities"}
_CHOICES = ("top", "having", "order")


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield charts that would say something else than their numbers."""
    for board in draft.boards:
        for place, section in enumerate(board.board.sections):
            path: Key = ("sections", place)
            for at, tile in enumerate(section.tiles):
                yield from _tile(draft, board.document, (*path, "tiles", at), tile, section)
            if section.shape in ("table", "scatter"):
                yield from _joined(board.document, path, section)
            if section.links and section.shape != "table":
                message = "links lead from the rows of a table."
                yield board.document.problem(board.document.mark(*path, "links"), message, "Give the section `shape: table`.")


def _tile(draft: CatalogDraft, document: Document, path: Key, tile: Question, section: Section) -> Iterator[Problem]:
    kpi = draft.kpis.get(tile.kpi)
    if tile.parts and tile.shape != "pie":
        yield document.problem(document.mark(*path, "parts"), "parts are those of a pie.", "Add `shape: pie`.")
    if tile.shape is None:
        return
    mark = document.mark(*path, "shape")
    if section.shape != "tiles":
        message = f"The section is drawn as one {section.shape}, its tiles have no shape of their own."
        yield document.problem(mark, message, "Remove `shape` from the tile, or put it into a section of tiles.")
    if tile.shape in ("line", "gauge") and tile.by is not None:
        yield document.problem(mark, f"A {tile.shape} shows one number, and this is a list.", "Use bars, or leave `by` out.")
    if tile.shape == "bars" and tile.by is None:
        yield document.problem(mark, "bars show a list, and this is one number.", "Add `by:`, or use line or gauge.")
    if kpi is None:
        return
    if kpi.contract.kind is Kind.COHORT:
        yield document.problem(mark, f"{tile.kpi} is a table of cohorts.", "Remove `shape`.")
    elif tile.shape == "gauge" and not any(target.bounds for target in kpi.targets):
        message = f"{tile.kpi} has no target that a gauge could set it against."
        yield document.problem(mark, message, "Give it a target with a bound (min, max, between), or use line.")
    elif tile.shape == "pie":
        yield from _pie(draft, document, path, tile)


def _pie(draft: CatalogDraft, document: Document, path: Key, tile: Question) -> Iterator[Problem]:
    """Yield why the slices would not be parts of one whole; whether they add up on a day is seen when it is answered."""
    mark = document.mark(*path, "shape")
    unit = draft.kpis[tile.kpi].contract.unit
    if (tile.by is None) == (not tile.parts):
        remedy = "Name a dimension as `by`, or the KPIs that make it up as `parts`."
        yield document.problem(mark, "A pie has slices by a dimension or of parts, and this one has neither or both.", remedy)
    if unit not in (Unit.COUNT, Unit.MONEY) or (tile.by is not None and not _adds_up(draft, tile.kpi)):
        message = f"{tile.kpi} is no sum of its parts, so a pie of it would mean nothing."
        yield document.problem(mark, message, "Use bars, or the count or sum that it rests on.")
    for field in ("having", "order"):
        if (*path, field) in document.values:
            message = f"{field} leaves parts out or turns them round, and a pie shows the whole."
            yield document.problem(document.mark(*path, field), message, "Remove it, or use bars.")
    if len(tile.parts) == 1:
        yield document.problem(document.mark(*path, "parts"), "A whole of one part is that part.", "Name two or more.")
    for at, name in enumerate(tile.parts):
        part = draft.kpis.get(name)
        if name not in draft.names:
            known = "Name a declared KPI."
            near = suggest(name, draft.names)
            yield document.problem(document.mark(*path, "parts", at), f'"{name}" is no KPI.', known, suggestion=near)
        elif name == tile.kpi or (part is not None and part.contract.unit is not unit):
            message = f"{name} cannot be a part of {tile.kpi}."
            yield document.problem(document.mark(*path, "parts", at), message, f"Name another KPI in {unit.value}.")


def _adds_up(draft: CatalogDraft, name: str, above: frozenset[str] = frozenset()) -> bool:
    """Return whether the KPI is made of sums and counts alone."""
    kpi = draft.kpis.get(name)
    if kpi is None or kpi.expression is None or name in above:
        return True  # what is wrong with it is said elsewhere
    return kpi.contract.kind is not Kind.MODELLED and _is_sum(draft, kpi.expression, above | {name})


def _is_sum(draft: CatalogDraft, expression: Expression, above: frozenset[str]) -> bool:
    match expression:
        case Aggregate(function=function):
            return function in _SUMS
        case KpiRef(name):
            return _adds_up(draft, name, above)
        case Arithmetic("+" | "-", left, right):
            return _is_sum(draft, left, above) and _is_sum(draft, right, above)
        case Arithmetic("*", Number(), inner) | Arithmetic("*" | "/", inner, Number()) | Call("neg", (inner,)):
            return _is_sum(draft, inner, above)
        case _:
            return False


def _joined(document: Document, path: Key, section: Section) -> Iterator[Problem]:
    """Yield why the tiles cannot be set beside each other, key by key; the first one chooses the keys."""
    first = section.tiles[0]
    if section.shape == "scatter" and len(section.tiles) != 2:
        yield document.problem(document.mark(*path, "tiles"), "A scatter has an axis for each of two lists.", "Give it two.")
    for at, tile in enumerate(section.tiles):
        here: Key = (*path, "tiles", at)
        if tile.by is None:
            message = f"{tile.kpi} is no list: a {section.shape} joins lists by one dimension."
            yield document.problem(document.mark(*here), message, "Add `by:`.")
        elif tile.by != first.by:
            message = f"{tile.kpi} is by {tile.by}, the first list by {first.by}."
            yield document.problem(document.mark(*here, "by"), message, f"Use by: {first.by}.")
        if section.shape == "scatter" and (tile.period, tile.at) != (first.period, first.at):
            message = f"{tile.kpi} is of other days than the first list."
            yield document.problem(document.mark(*here), message, "Give both the same `period` and `at`.")
        if at:
            yield from _chosen_twice(document, here, _CHOICES)


def _chosen_twice(document: Document, path: Key, fields: Iterable[str]) -> Iterator[Problem]:
    for field in fields:
        if (*path, field) in document.values:
            message = f"The first list chooses the rows; {field} is no business of the others."
            yield document.problem(document.mark(*path, field), message, f"Put {field} on the first tile.")
