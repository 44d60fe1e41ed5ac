"""Numbers that stand in a model as they are: a `modelled` one for its own period alone, a `cohort` one only in its table.

Neither is ever merged over periods. What a modelled number leaves out, its model weighs by the rest; that is said beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from assay.calendar import Grain, ShopCalendar, Window, containing
from assay.catalog.contract import Kind, Kpi
from assay.catalog.entry import CompiledKpi
from assay.catalog.expression import Aggregate
from assay.planner.modelled import of_each, of_everything, part
from assay.planner.rollup import Rollup
from assay.runtime.answers.partials import Partials
from assay.values.answer import Reason
from assay.values.measured import Measured

TOLD_WHOLE = (Kind.MODELLED, Kind.COHORT)
BY_COHORT = Reason(code="by_cohort", sentence="It is told for each cohort and each period since, not as one number.")
NO_ROW = Reason(code="no_rows", sentence="The model has no row of this period.")


class Evaluation(Protocol):
    """What it takes to read a model's number: the aggregates, and when it is asked."""

    calendar: ShopCalendar
    now: datetime
    at: datetime
    partials: Partials

    def rollup(self, kpi: CompiledKpi) -> Rollup | None: ...


class Told(NamedTuple):
    """A modelled number, why there is none, and what is to be said beside it."""

    number: Measured | None
    why: tuple[Reason, ...] = ()
    beside: tuple[Reason, ...] = ()


def judged_window(evaluator: Evaluation, contract: Kpi, window: Window) -> Window:
    """Return the days by which the number as a whole is judged: of cohorts the newest of their periods that is over."""
    if contract.kind is not Kind.COHORT:
        return window
    grain: Grain = contract.grain.value
    today = evaluator.calendar.day_of(evaluator.now)
    over = containing(containing(today, grain).start - timedelta(days=1), grain)
    return Window(over.start, over.end) if over.end >= window.start else window


def told(evaluator: Evaluation, aggregate: Aggregate, kpi: CompiledKpi, window: Window) -> Told:
    """Return what the model's own row says of the period; nothing for another than the contract's."""
    contract = kpi.contract
    if contract.kind is Kind.COHORT:
        return Told(None, (BY_COHORT,))
    if (other := _other_period(evaluator, contract, window)) is not None:
        return Told(None, (other,))
    rollup = evaluator.rollup(kpi)
    assert rollup is not None

    def measure(one: Aggregate) -> Measured:
        return evaluator.partials.measure(rollup, of_everything(one, contract), window, evaluator.at)

    found = measure(aggregate)
    return _told(found, contract, measure) if found.n else Told(None, (NO_ROW,))


def told_by(evaluator: Evaluation, kpi: CompiledKpi, aggregate: Aggregate, window: Window, by: str) -> dict[str | None, Told]:
    """Return what the model's rows say of each value of the dimension; the row about all of them is none."""
    contract = kpi.contract
    if contract.kind is Kind.COHORT or _other_period(evaluator, contract, window) is not None:
        return {}
    rollup = evaluator.rollup(kpi)
    assert rollup is not None

    def rows(one: Aggregate) -> Mapping[str | None, Measured]:
        return evaluator.partials.breakdown(rollup, of_each(one, contract, by), window, by, evaluator.at)

    found = {key: one for key, one in rows(aggregate).items() if key != contract.total.get(by) and one.n}
    parts = {column: rows(part(column)) for column in contract.components.values()}

    def of(key: str | None) -> Callable[[Aggregate], Measured]:
        return lambda wanted: parts[wanted.argument or ""][key]

    return {key: _told(one, contract, of(key)) for key, one in found.items()}


def _told(found: Measured, contract: Kpi, measure: Callable[[Aggregate], Measured]) -> Told:
    missing = [name for name, column in contract.components.items() if not measure(part(column)).number]
    if found.number is None:
        return Told(None, (_too_little(missing),))
    return Told(found, beside=(_shared(missing),) if missing else ())


def _other_period(evaluator: Evaluation, contract: Kpi, window: Window) -> Reason | None:
    """Return why the model has no row of the window: it is no whole period of the contract's grain, nor one up to now."""
    grain: Grain = contract.grain.value
    whole = containing(window.start, grain)
    up_to_now = whole.end >= window.end >= evaluator.calendar.day_of(evaluator.now)
    if window.cut is None and window.start == whole.start and (window.end == whole.end or up_to_now):
        return None
    sentence = f"{contract.title} is worked out for a whole {grain} and told for that alone: it is not added up or averaged."
    return Reason(code="other_grain", sentence=sentence, input=contract.kpi)


def _shared(missing: list[str]) -> Reason:
    its = "its weight is" if len(missing) == 1 else "their weights are"
    sentence = f"Without {_listed(missing)}, of which nothing is known in this period: {its} shared among the rest."
    return Reason(code="components_missing", sentence=sentence)


def _too_little(missing: list[str]) -> Reason:
    if not missing:
        return NO_ROW
    return Reason(
        code="no_rows", sentence=f"Nothing is known of {_listed(missing)} in this period; the rest is too little to go by."
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
