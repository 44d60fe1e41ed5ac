"""A board's tiles ask what the catalogue can answer: a known KPI, a dimension that it has, a list where rows are chosen."""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Board, Kind, Question, Section
from assay.catalog.draft import CatalogDraft
from assay.catalog.expression import KpiRef, references, walk
from assay.catalog.formula import FormulaError, parse_condition
from assay.catalog.problem import Problem
from assay.catalog.yaml_files import Document, Key
from assay.errors import suggest
from assay.units import Unit

RULE = "boards"
_ROW_NAMES = ("value", "change", "change_pct")


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield tiles that cannot be answered."""
    for board in draft.boards:
        yield from _names(board.document, board.board)
        for place, section in enumerate(board.board.sections):
            for at, tile in enumerate(section.tiles):
                yield from _tile(draft, board.document, ("sections", place, "tiles", at), tile)
            if section.shape == "funnel":
                yield from _funnel(draft, board.document, ("sections", place), section)


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
    shown = draft.kpis.get(tile.kpi)
    if shown is not None and shown.contract.kind is Kind.COHORT and tile.compare not in (None, "none"):
        message = f"{tile.kpi} is a table of cohorts, which are set beside each other in it."
        yield document.problem(document.mark(*path, "compare"), message, "Remove `compare`.")
    if tile.by is None:
        for field in ("top", "having", "order"):
            if (*path, field) in document.values:
                yield document.problem(
                    document.mark(*path, field), f"{field} chooses rows, but the tile has no `by`.", "Add `by:`."
                )
    if tile.having is not None:
        yield from _having(document, (*path, "having"), tile.having)


def _names(document: Document, board: Board) -> Iterator[Problem]:
    """Yield what an endpoint could not tell apart, and a `cache` of nothing."""
    if board.cache and not board.endpoint:
        yield document.problem(
            document.mark("cache"), "cache is how long an endpoint's answer is kept.", "Give it an `endpoint`."
        )
    if not (board.stage or board.endpoint):
        return
    seen: set[str] = set()
    for place, section in enumerate(board.sections):
        for at, tile in enumerate(section.tiles):
            name = tile.name or tile.kpi
            if name in seen:
                yield document.problem(
                    document.mark("sections", place, "tiles", at),
                    f"The endpoint would call two of its tiles {name}.",
                    "Give one of them another `name`.",
                )
            seen.add(name)


def _funnel(draft: CatalogDraft, document: Document, path: Key, section: Section) -> Iterator[Problem]:
    """Yield why the tiles are no steps: a step is a count, and all steps are of the same days."""
    if len(section.tiles) < 2:
        yield document.problem(document.mark(*path, "tiles"), "A funnel of one step is none.", "Give it two or more tiles.")
    for at, tile in enumerate(section.tiles):
        if tile.by is not None:
            yield document.problem(document.mark(*path, "tiles", at, "by"), "A step of a funnel is no list.", "Leave `by` out.")
        elif tile.kpi in draft.kpis and draft.kpis[tile.kpi].contract.unit is not Unit.COUNT:
            unit = draft.kpis[tile.kpi].contract.unit.value
            yield document.problem(
                document.mark(*path, "tiles", at, "kpi"),
                f"{tile.kpi} is in {unit}: a step of a funnel is a count.",
                "Name the KPI that counts who reached the step.",
            )
        if (tile.period, tile.at) != (section.tiles[0].period, section.tiles[0].at):
            yield document.problem(
                document.mark(*path, "tiles", at),
                f"{tile.kpi} is of other days than the first step: their share would mean nothing.",
                "Give all steps the same `period` and `at`.",
            )


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
