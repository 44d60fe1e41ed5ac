"""What has to be evaluated again: the days and periods of each KPI that may have another value or verdict than before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from assay.calendar import Period, ShopCalendar, containing
from assay.catalog.contract import Kind, Kpi, seconds
from assay.catalog.entry import Catalog
from assay.catalog.expression import Over, walk
from assay.ledger.periods import closed_periods, current_periods, touching
from assay.ledger.told import Ledgered, Span
from assay.models.project import calendar_of, calendar_text
from assay.planner.rollup import rollup_of
from assay.runtime.answering import period_of
from assay.runtime.changes import Changes
from assay.runtime.evaluation import Evaluator
from assay.runtime.generations import Snapshot
from assay.settings import Project
from assay.trust.coverage import Coverage
from assay.trust.verdict import Judge
from assay.values.check import Check
from assay.values.generation import Interval

Touched = tuple[tuple[frozenset[date], int], ...] | None
"""Shop days, each set with how many days later they still count; None is every day."""
EVER = 36_525
"""So many days a row that has no end yet counts on: a century."""


def everything(catalog: Catalog) -> dict[str, Touched]:
    """Return that every day of every KPI has to be evaluated."""
    return dict.fromkeys(catalog.kpis)


def revalued(previous: Snapshot | None, project: Project, today: date) -> frozenset[date] | None:
    """Return the days until today whose money another setting of the currency says otherwise than the previous generation.

    None is every day. A change of zones moves the days themselves, which is all of them.
    """
    before = previous.generation.calendar if previous else calendar_text(project)
    if before == calendar_text(project):
        return frozenset()
    zones, currencies = calendar_of(before)
    first = project.currencies.differ_from(currencies)
    if zones != calendar_of(calendar_text(project))[0] or first is None or first == date.min:
        return None
    return frozenset(first + timedelta(days=n) for n in range((today - first).days + 1))


def dirty_days_of(
    previous: Snapshot,
    snapshot: Snapshot,
    changes: Mapping[str, Changes],
    followed: frozenset[str],
    also: frozenset[date] = frozenset(),
) -> dict[str, Touched]:
    """Return the days of each KPI that may have another value or verdict than in the previous generation, and `also` these."""
    by_model = {model: _dirty_model(previous, snapshot, model, changes[model]) for model in changes}
    known: dict[tuple[str, str], int] = {}
    found: dict[str, Touched] = {}
    for name, kpi in snapshot.catalog.kpis.items():
        before = previous.catalog.kpis.get(name)
        under = [(model, by_model[model]) for model in models_under(name, snapshot.catalog) if model in by_model]
        redefined = before is None or before.definition_hash != kpi.definition_hash
        unknown = redefined or _checks_changed(previous, snapshot, name) or _unfollowed(name, snapshot.catalog, followed)
        found[name] = (
            None
            if unknown or any(days is None for _, days in under)
            else tuple((also | (days or set()), reach_of(name, snapshot.catalog, model, known)) for model, days in under)
        )
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


def reach_of(name: str, catalog: Catalog, model: str, known: dict[tuple[str, str], int] | None = None) -> int:
    """Return how many days later a changed day of the model still counts: for a carried stock, look-backs and the formula.

    `known` keeps what was worked out for other KPIs.
    """
    known = {} if known is None else known
    if (name, model) in known:
        return known[name, model]
    kpi = catalog.kpis[name]
    own = _carried_days(kpi.contract, catalog) if kpi.contract.model == model else 0
    own += _rolling_days(kpi.contract.window)
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
    resting = [one for one in catalog.inputs(name) if model in models_under(one, catalog)]
    known[name, model] = own + over + max((reach_of(one, catalog, model, known) for one in resting), default=0)
    return known[name, model]


def _carried_days(contract: Kpi, catalog: Catalog) -> int:
    """Return how many days later a row of the KPI's own model still counts."""
    if contract.of_every_day:
        return EVER
    model = catalog.models.get(contract.model or "")
    carried = seconds(contract.carry) // 86400 if contract.kind is Kind.STOCK else 0
    days: int = max([carried, *(model.lookback.values() if model else ())])
    return days


def _rolling_days(window: str | None) -> int:
    """Return how many days after a day its rows still stand in a rolling number, at most."""
    if window is None:
        return 0
    to_date = {"wtd": 7, "mtd": 31, "qtd": 92, "ytd": 366}
    return to_date[window] if window in to_date else int(window[:-1]) * {"d": 1, "m": 31}[window[-1]]


class Periods:
    """Which periods a publication evaluates; what KPIs of the same data ask for is worked out once."""

    def __init__(self, snapshot: Snapshot, judge: Judge, told: Ledgered, today: date) -> None:
        self._snapshot, self._judge, self._told, self._today = snapshot, judge, told, today
        self._current = [(period.name, period) for period in current_periods(today)]
        self._closed: dict[tuple[date, date] | None, dict[Span, Period]] = {None: {}}
        self._touched: dict[tuple[tuple[date, date], frozenset[date], int], list[Period]] = {}

    def of(self, name: str, touched: Touched) -> Iterator[tuple[str, Period]]:
        """Yield the periods to evaluate, each with the name of its series: the grain when closed, its own name when current."""
        told, span = self._told.of(name), self._span(name)
        closed = self._closed_in(span)
        if touched is None:
            yield from ((period.grain, period) for period in closed.values())
        elif span:
            for days, reach in touched:
                yield from ((period.grain, period) for period in self._touching(span, days, reach))
            # Closed since the last publication, without anything else that changed.
            open_still = (closed.keys() - told.whole.keys()) | (told.provisional & closed.keys())
            yield from ((closed[one].grain, closed[one]) for one in open_still)
        # Days that were covered when they were published, and are not any more.
        today = self._today.isoformat()
        outside = {one: _period(one) for one in told.whole.keys() - closed.keys() if one[2] < today}
        hit = {one for days, reach in touched or ((None, 0),) for one in touching(outside.values(), days, reach)}
        yield from ((one.grain, one) for span, one in outside.items() if one in hit or span in told.provisional)
        yield from self._current

    def _span(self, name: str) -> tuple[date, date] | None:
        """Return the first and the last covered day of any input of the KPI."""
        catalog = self._snapshot.catalog
        spans = [self._judge.span(catalog.kpis[one].contract) for one in (name, *catalog.depends_on(name))]
        known = [span for span in spans if span]
        return (min(start for start, _ in known), max(end for _, end in known)) if known else None

    def _closed_in(self, span: tuple[date, date] | None) -> dict[Span, Period]:
        if span not in self._closed:
            assert span is not None
            last = min(span[1], self._today - timedelta(days=1))
            periods = closed_periods(span[0], last, self._today)
            self._closed[span] = {(one.grain, one.start.isoformat(), one.end.isoformat()): one for one in periods}
        return self._closed[span]

    def _touching(self, span: tuple[date, date], days: frozenset[date], reach: int) -> list[Period]:
        key = (span, days, reach)
        if key not in self._touched:
            self._touched[key] = touching(self._closed_in(span).values(), days, reach)
        return self._touched[key]


def _period(span: Span) -> Period:
    return containing(date.fromisoformat(span[1]), span[0])  # type: ignore[arg-type]  # whole periods have a grain for a name


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
    if old.intervals == new.intervals:
        return set()
    days = {
        day
        for start, end in _covered_by_one(old.intervals, new.intervals)
        for day in _days_from(calendar.day_of(start), calendar.day_of(end))
    }
    return {
        day
        for day in days
        if old.holds(calendar.start_of(day), calendar.end_of(day)) != new.holds(calendar.start_of(day), calendar.end_of(day))
    }


def _days_from(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _covered_by_one(old: Sequence[Interval], new: Sequence[Interval]) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches of time that lie in an interval of one side alone, and every edge at which a side begins or ends."""
    sides = [{one for one in side if one not in other} for side, other in ((old, new), (new, old))]
    edges = sorted({edge for side in sides for one in side for edge in (one.start, one.end) if edge is not None})
    yield from ((edge, edge) for edge in edges)
    for start, end in pairwise(edges):
        if len({any((one.start is None or one.start <= start) and end <= one.end for one in side) for side in sides}) > 1:
            yield start, end
