"""Milestones are fixed amounts that rise from quarter to quarter, of a number that should rise.

Their units are checked like those of every target.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.contract import Direction
from assay.catalog.draft import CatalogDraft, DraftKpi, DraftTarget
from assay.catalog.expression import Number
from assay.catalog.problem import Problem

RULE = "milestones"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield milestones that are formulas, fall from quarter to quarter, or belong to a number that should not rise."""
    for kpi in draft.kpis.values():
        for target in kpi.targets:
            if target.milestones:
                yield from _direction(kpi, target)
                yield from _steps(target)


def _direction(kpi: DraftKpi, target: DraftTarget) -> Iterator[Problem]:
    if kpi.contract.direction in (Direction.DOWN, Direction.RANGE):
        yield target.document.problem(
            target.document.mark(*target.path, "milestones"),
            f"Milestones are amounts to reach, but the direction of {kpi.name} is {kpi.contract.direction.value}.",
            "Write dated rows with max or between instead: - {from: 2026-04-01, max: 5}.",
        )


def _steps(target: DraftTarget) -> Iterator[Problem]:
    before = None
    for quarter, bound in target.milestones:
        mark = target.document.mark(*bound.path)
        if not isinstance(bound.expression, Number):
            if bound.expression is not None:
                yield target.document.problem(
                    mark, f"The milestone of q{quarter} is a formula.", "Write an amount: what is to be reached does not move."
                )
            continue
        if before is not None and bound.expression.value < before[1]:
            yield target.document.problem(
                mark,
                f"The milestone of q{quarter} ({bound.text}) is below that of q{before[0]}.",
                "Milestones say what is reached since New Year: write them in rising order.",
            )
        before = (quarter, bound.expression.value)
