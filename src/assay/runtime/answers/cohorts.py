"""The table of a cohort KPI: a row for each cohort, a cell for each period since.

A cell rests on the days from the cohort's first to the end of its own period, and is judged by them. One whose period is not
over has no number, and neither has one of whose days something is missing: nothing known of somebody is not the same as gone.
"""

from __future__ import annotations

from assay.calendar import Grain, Period, Window, split
from assay.catalog.entry import CompiledKpi
from assay.catalog.expression import Arithmetic
from assay.runtime.answers.breakdown import ByKey, breakdown
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.targets import Wording
from assay.values.answer import Cohort, CohortCell, CohortTable, Reason
from assay.values.verdict import Verdict

NO_CELL = "–"
NOBODY = Reason(code="division_by_zero", sentence="Nobody belongs to this cohort.")


def cohort_table(evaluator: Evaluator, kpi: CompiledKpi, asked: Period, wording: Wording) -> CohortTable:
    """Return the cohorts whose period the asked days touch, the oldest first."""
    grain: Grain = kpi.contract.grain.value
    rows = tuple(_cohort(evaluator, kpi, one, wording) for one in split(asked.start, asked.end, grain))
    return CohortTable(grain=grain, rows=rows)


def _cohort(evaluator: Evaluator, kpi: CompiledKpi, cohort: Period, wording: Wording) -> Cohort:
    judged = [
        (period, evaluator.judge.judge(kpi.contract, Window(cohort.start, period.end)))
        for period in _since(cohort, evaluator)
        if evaluator.calendar.end_of(period.end) <= evaluator.now
    ]
    found: ByKey = {}
    sizes: ByKey = {}
    if any(not verdict.blocking for _, verdict in judged):
        window, since = Window(cohort.start, cohort.end), kpi.contract.since or ""
        found = breakdown(evaluator, kpi.name, window, since)
        if isinstance(kpi.expression, Arithmetic) and kpi.expression.operator == "/":
            sizes = breakdown(evaluator, kpi.name, window, since, kpi.expression.right)
    cells = [_cell(age, verdict, found, wording) for age, (_, verdict) in enumerate(judged)]
    shown = [cell for cell in cells if cell is not None]
    size = next((sizes[f"{cell.since}"].number for cell in shown if cell.value is not None and f"{cell.since}" in sizes), None)
    open_periods = _since(cohort, evaluator)[len(judged) :]
    shown += [_open(len(judged), period) for period in open_periods]
    return Cohort(
        name=cohort.name, start=cohort.start, end=cohort.end, size=None if size is None else round(size), cells=tuple(shown)
    )


def _since(cohort: Period, evaluator: Evaluator) -> list[Period]:
    """Return the cohort's own period and those after it that have begun."""
    today = evaluator.calendar.day_of(evaluator.now)
    return split(cohort.start, today, cohort.grain)


def _cell(age: int, verdict: Verdict, found: ByKey, wording: Wording) -> CohortCell | None:
    """Return the cell; None where everything is known and the model follows the cohort no further."""
    if verdict.blocking:
        return CohortCell(since=age, value=None, display=NO_CELL, reasons=verdict.blocking)
    measured = found.get(f"{age}")
    if measured is None:
        return None
    if measured.number is None:
        return CohortCell(since=age, value=None, display=NO_CELL, reasons=(NOBODY,))
    return CohortCell(
        since=age,
        value=wording.exact(measured.number),
        display=wording.say(measured.number),
        provisional=verdict.settles_at is not None,
        reasons=verdict.remarks,
    )


def _open(age: int, period: Period) -> CohortCell:
    reason = Reason(code="period_open", sentence=f"{period.name} is not over.")
    return CohortCell(since=age, value=None, display=NO_CELL, reasons=(reason,))
