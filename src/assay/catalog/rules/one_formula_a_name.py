"""Two formulas under one name, or one formula under two names: nobody can say which number is meant.

A user's project may replace a pack's KPI. Two packs may not declare the same name with different formulas: the formula belongs
to the KPI, so the shared one goes into `packs/base`, and each pack adds its own targets and alerts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from assay.catalog.draft import CatalogDraft, DraftBoard, DraftKpi
from assay.catalog.problem import Problem

RULE = "one_formula_a_name"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield names with several definitions, formulas with several names, and boards declared twice."""
    by_name: dict[str, list[DraftKpi]] = {}
    for kpi in draft.definitions:
        by_name.setdefault(kpi.name, []).append(kpi)
    for definitions in by_name.values():
        for first, second in combinations(definitions, 2):
            yield from _one_name(first, second)
    yield from _one_formula(draft)
    yield from _boards(draft)


def _meaning(kpi: DraftKpi) -> tuple[object, ...]:
    contract = kpi.contract
    own = (contract.entity, tuple(contract.total.items()), contract.since, contract.window)
    return (kpi.expression, contract.model, contract.time, contract.kind, own, contract.unit, contract.settle)


def _one_name(first: DraftKpi, second: DraftKpi) -> Iterator[Problem]:
    where = f"{first.document.file}:{first.document.line}"
    if first.pack == second.pack:
        yield second.problem(
            "kpi", f"{second.name} is declared twice; first in {where}.", "Keep one, or give one another name."
        )
    elif second.project or first.project:
        return
    elif _meaning(first) != _meaning(second):
        yield second.problem(
            "kpi",
            f"{second.name} has two formulas: `{second.contract.formula}` here, `{first.contract.formula}` in {where}.",
            "Declare it once, in the pack that both share, or give one another name.",
        )
    else:
        yield second.problem(
            "kpi",
            f"{second.name} is declared in two packs; first in {where}.",
            "Declare it once, in the pack that both share.",
            severity="warning",
        )


def _one_formula(draft: CatalogDraft) -> Iterator[Problem]:
    by_meaning: dict[tuple[object, ...], DraftKpi] = {}
    for kpi in draft.kpis.values():
        if kpi.expression is None or kpi.broken:
            continue
        first = by_meaning.setdefault(_meaning(kpi), kpi)
        if first is not kpi:
            yield kpi.problem(
                "formula",
                f"{kpi.name} has the same formula as {first.name} ({first.document.file}:{first.document.line}).",
                "Keep one name, or say in the formula what differs.",
                severity="warning",
            )


def _boards(draft: CatalogDraft) -> Iterator[Problem]:
    seen: dict[str, DraftBoard] = {}
    for board in draft.boards:
        first = seen.setdefault(board.board.board, board)
        if first is not board and first.project == board.project:
            document = board.document
            yield document.problem(
                document.mark("board"),
                f"Board {board.board.board} is declared twice; first in {first.document.file}:{first.document.line}.",
                "Keep one, or give one another name.",
            )
