"""Which numbers the boards of a company's stages show, and what their endpoints call them."""

from __future__ import annotations

from assay.catalog.contract import Question
from assay.catalog.entry import Catalog, CompiledBoard


def stage_kpis(catalog: Catalog) -> list[tuple[str, str, str]]:
    """Return stage, name and KPI of every number."""
    boards = [(one.board.stage, one) for one in catalog.boards.values() if one.board.stage]
    return [(stage, name_of(question), question.kpi) for stage, board in boards for question in questions_of(board)]


def questions_of(board: CompiledBoard) -> list[Question]:
    """Return the numbers of a board, each once; a list is no number."""
    found = {name_of(one): one for section in board.board.sections for one in section.tiles if one.by is None}
    return list(found.values())


def name_of(question: Question) -> str:
    """Return what an endpoint calls the number."""
    return question.name or question.kpi
