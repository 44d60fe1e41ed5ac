"""What has to be evaluated again: the days and periods of each KPI that may have another value or verdict than before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from assay.calendar import Period, ShopCalendar, containing
from assay.catalog.contract import Kind, seconds
from assay.catalog.entry import Catalog
from assay.catalog.expression import Over, walk
from assay.ledger.periods import GRAINS, closed_periods, current_periods, touching
from assay.planner.rollup import rollup_of
from assay.runtime.answering import period_of
from assay.runtime.changes import Changes
from assay.runtime.evaluation import Evaluator
from assay.runtime.generations import Snapshot
from assay.trust.coverage import Coverage
from assay.trust.verdict import Judge
from assay.values.check import Check

Days = frozenset[date] | None
"""Shop days; None is all of them."""
EVER = 36_525
"""So many days a row that has no end yet counts on: a century."""


def everything(catalog: Catalog) -> dict[str, Days]:
    """Return that every day of every KPI has to be evaluated."""
    return dict.fromkeys(catalog.kpis)


def dirty_days_of(
    previous: Snapshot, snapshot: Snapshot, changes: Mapping[str, Changes], followed: frozenset[str]
) -> dict[str, Days]:
    """Return the days of each KPI that may have another value or verdict than in the previous generation."""
    by_model = {model: _dirty_model(previous, snapshot, model, changes[model]) for model in changes}
    found: dict[str, Days] = {}
    for name, kpi in snapshot.catalog.kpis.items():
        before = previous.catalog.kpis.get(name)
        sets = [by_model[model] for model in models_under(name, snapshot.catalog) if model in by_model]
        redefined = before is None or before.definition_hash != kpi.definition_hash
        unknown = redefined or _checks_changed(previous, snapshot, name) or _unfollowed(name, snapshot.catalog, followed)
        found[name] = None if unknown or None in sets else frozenset(d for days in sets if days for d in days)
    return found


def _dirty_model(previous: Snapshot, snapshot: Snapshot, model: str, changes: Changes) -> set[date] | None:
    new, old = snapshot.generation.models[model], previous.generation.models.get(model)
    if old is None or (old.held is None) != (new.held is None) or (new.held and new.held.all_days):
        return None
    if set(new.streams) != set(old.streams) or new.lookback != old.lookback:
        return None
    days = changes.all_days() | set(new.held.days if new.held else ())
    calendar = snapshot.project.calendar
    for stream in {*new.coverage, *old.coverage}:
        before, now = (
            Coverage(facts.coverage[stream].intervals if stream in facts.coverage else (), calendar) for facts in (old, new)
        )
        days |= _differing_days(before, now, calendar)
    return days | _odd_days(previous, model) | _odd_days(snapshot, model)


def _odd_days(snapshot: Snapshot, model: str) -> set[date]:
    """Return the days of the model that failing checks name."""
    checks = snapshot.generation.checks
    return {day for check in checks if check.status != "passed" and model in check.models for day in check.days or ()}


def _checks_changed(previous: Snapshot, snapshot: Snapshot, name: str) -> bool:
    before, now = (_statuses(one.generation.checks, _checks_under(name, one.catalog)) for one in (previous, snapshot))
    return before != now


def reach_of(name: str, catalog: Catalog) -> int:
    """Return how many days a change of one day is carried forward by the KPI's formula, its carried stock and look-back."""
    kpi = catalog.kpis[name]
    own = seconds(kpi.contract.carry) // 86400 if kpi.contract.kind is Kind.STOCK else 0
    if kpi.contract.kind is Kind.ACTIVE and kpi.contract.time is None:
        own = EVER
    model = catalog.models.get(kpi.contract.model or "")
    own = max([own, *(model.lookback.values() if model else ())]) + _rolling_days(kpi.contract.window)
    length = {"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}
    formulas = [kpi.expression]
    if watched := catalog.watched(name):  # rules look back as well, and a tile may show the day before
        own = max(own, 1)
        formulas += [alert.condition for one in watched for alert in catalog.kpis[one].alerts]
    over = max(
        (
            (part.interval.count + 1) * length[part.interval.unit]
            for one in formulas
            for part in walk(one)
            if isinstance(part, Over)
        ),
        default=0,
    )
    inputs = max((reach_of(one, catalog) for one in catalog.inputs(name)), default=0)
    total: int = own + over + inputs
    return total


def _rolling_days(window: str | None) -> int:
    """Return how many days after a day its rows still stand in a rolling number, at most."""
    if window is None:
        return 0
    to_date = {"wtd": 7, "mtd": 31, "qtd": 92, "ytd": 366}
    return to_date[window] if window in to_date else int(window[:-1]) * {"d": 1, "m": 31}[window[-1]]


def periods_to_evaluate(
    name: str, snapshot: Snapshot, judge: Judge, days: frozenset[date] | None, settled: Mapping[Any, bool], today: date
) -> Iterable[tuple[str, Period]]:
    """Yield the periods to evaluate, each with the name of its series: the grain when closed, its own name when current."""
    names = (name, *snapshot.catalog.depends_on(name))
    spans = [span for one in names if (span := judge.span(snapshot.catalog.kpis[one].contract))]
    if spans:
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
        closed = list(closed_periods(first, min(last, today - timedelta(days=1)), today))
        wanted = touching(closed, days, reach_of(name, snapshot.catalog))
        yield from ((period.grain, period) for period in wanted)
        if days is not None:  # closed since the last publication, without anything else that changed
            for period in closed:
                if not settled.get((period.grain, period.start.isoformat(), period.end.isoformat()), False):
                    yield period.grain, period
    told = [
        (containing(date.fromisoformat(start), grain), final)
        for (grain, start, end), final in settled.items()
        if grain in GRAINS and date.fromisoformat(end) < today
    ]
    # Days that were covered when they were published, and are not any more.
    outside = [(period, final) for period, final in told if not spans or period.end < first or period.start > last]
    touched = set(touching([period for period, _ in outside], days, reach_of(name, snapshot.catalog)))
    yield from ((period.grain, period) for period, final in outside if period in touched or not final)
    yield from ((period.name, period) for period in current_periods(today))


def asked_by_boards(name: str, snapshot: Snapshot, evaluator: Evaluator) -> list[Period]:
    """Return the periods over which boards show the KPI."""
    questions = [
        question
        for board in snapshot.catalog.boards.values()
        for section in board.board.sections
        for question in section.tiles
        if question.kpi == name
    ]
    return [period_of(question, snapshot.catalog.kpis[name], None, evaluator)[0] for question in questions]


def models_under(name: str, catalog: Catalog) -> set[str]:
    """Return the models whose rows the KPI is worked out from, through any number of steps."""
    names = (name, *catalog.depends_on(name))
    return {model for one in names if (model := catalog.kpis[one].contract.model)}


def _unfollowed(name: str, catalog: Catalog, followed: frozenset[str]) -> bool:
    """Return whether the KPI rests on a model of which it is not known which days changed."""
    rollups = [rollup_of(catalog.kpis[one], catalog) for one in (name, *catalog.depends_on(name))]
    return any(rollup is not None and rollup.name not in followed for rollup in rollups)


def _checks_under(name: str, catalog: Catalog) -> set[str]:
    names = (name, *catalog.depends_on(name))
    return {check for one in names if one in catalog.kpis for check in catalog.kpis[one].contract.requires.checks}


def _statuses(checks: Iterable[Check], wanted: set[str]) -> dict[str, str | None]:
    known = {check.name: check.status for check in checks}
    return {name: known.get(name) for name in wanted}


def _differing_days(old: Coverage, new: Coverage, calendar: ShopCalendar) -> set[date]:
    """Return the days that one of the coverages holds and the other does not."""
    edges = [edge for one in (*old.intervals, *new.intervals) for edge in (one.start, one.end) if edge is not None]
    if old.intervals == new.intervals or not edges:
        return set()
    first, last = calendar.day_of(min(edges)), calendar.day_of(max(edges))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        day
        for day in days
        if old.holds(calendar.start_of(day), calendar.end_of(day)) != new.holds(calendar.start_of(day), calendar.end_of(day))
    }
