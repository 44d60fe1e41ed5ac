"""A board's tiles ask what the catalogue can answer: a known KPI, a dimension that it has, a list where rows are chosen."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Question
from assay.catalog.draft import CatalogDraft
from assay.catalog.expression import KpiRef, references, walk
from assay.catalog.formula import FormulaError, parse_condition
from assay.catalog.problem import Problem
from assay.catalog.yaml_files import Document, Key
from assay.errors import suggest

RULE = "boards"
_ROW_NAMES = ("value", "change", "change_pct")


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield tiles that cannot be answered."""
    for board in draft.boards:
        for place, section in enumerate(board.board.sections):
            for at, tile in enumerate(section.tiles):
                yield from _tile(draft, board.document, ("sections", place, "tiles", at), tile)


def _tile(draft: CatalogDraft, document: Document, path: Key, tile: Question) -> Iterator[Problem]:
    if tile.kpi not in draft.names:
        yield document.problem(
            document.mark(*path, "kpi"),
            f'The tile shows "{tile.kpi}", which is not a KPI.',
            "Name a declared KPI.",
            suggestion=suggest(tile.kpi, draft.names),
        )
    elif tile.by is not None and tile.kpi in draft.kpis and tile.by not in (known := draft.dimensions(tile.kpi)):
        yield document.problem(
            document.mark(*path, "by"),
            f'{tile.kpi} cannot be broken down by "{tile.by}".',
            f"Its dimensions: {', '.join(known) or 'none'}.",
            suggestion=suggest(tile.by, known),
        )
    if tile.by is None:
        for field in ("top", "having", "order"):
            if (*path, field) in document.values:
                yield document.problem(
                    document.mark(*path, field), f"{field} chooses rows, but the tile has no `by`.", "Add `by:`."
                )
    if tile.having is not None:
        yield from _having(document, (*path, "having"), tile.having)


def _having(document: Document, path: Key, text: str) -> Iterator[Problem]:
    try:
        condition = parse_condition(text)
    except FormulaError as error:
        yield document.problem(document.inside(error.column, *path), error.problem, error.remedy)
        return
    strange = [name for name in references(condition) if name not in _ROW_NAMES]
    windowed = len([part for part in walk(condition) if isinstance(part, KpiRef)]) == 0
    for name in strange:
        yield document.problem(
            document.mark(*path),
            f'having names "{name}".',
            f"Of a row these are known: {', '.join(_ROW_NAMES)}.",
            suggestion=suggest(name, _ROW_NAMES),
        )
    if windowed and not strange:
        yield document.problem(
            document.mark(*path), "having compares nothing of the row.", "Write value > 0, or change_pct > 20."
        )
