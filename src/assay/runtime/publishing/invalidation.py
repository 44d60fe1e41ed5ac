"""What has to be evaluated again: the days and periods of each KPI that may have another value or verdict than before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from assay.calendar import ONE_DAY, Period, ShopCalendar, containing
from assay.catalog.contract import Kind, Kpi, Question, seconds
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import Over, walk
from assay.ledger.periods import PeriodSet, Span, closed_set, current_periods, series_name
from assay.ledger.recording import PROVISIONAL
from assay.ledger.told import Ledgered
from assay.models.project import calendar_of, calendar_text
from assay.runtime.answers.answering import period_of
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.publishing.changes import Changes
from assay.runtime.publishing.generations import Snapshot
from assay.settings import Project
from assay.trust.coverage import Coverage
from assay.values.generation import Generation, Interval

Touched = tuple[tuple[frozenset[date], int], ...] | None
"""Shop days, each set with how many days later they still count; None is every day."""
EVER = 36_525
"""So many days a row that has no end yet counts on: a century."""
NO_PERIODS = PeriodSet(())


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
    other_checks = _other_checks(previous.generation, snapshot.generation)
    known: dict[tuple[str, str], int] = {}
    found: dict[str, Touched] = {}
    for name, kpi in snapshot.catalog.kpis.items():
        before, checks = previous.catalog.kpis.get(name), _checks_under(name, snapshot.catalog)
        under = [(model, by_model[model]) for model in models_under(name, snapshot.catalog) if model in by_model]
        redefined = before is None or before.definition_hash != kpi.definition_hash
        changed = before is None or _checks_under(name, previous.catalog) ^ checks or not checks.isdisjoint(other_checks)
        unknown = redefined or changed or _unfollowed(name, snapshot, followed)
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


def _other_checks(previous: Generation, now: Generation) -> set[str]:
    """Return the checks that say something else than in the previous generation, or that only one of them knows."""
    before, after = ({check.name: check.status for check in one.checks} for one in (previous, now))
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


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

    def __init__(self, snapshot: Snapshot, evaluator: Evaluator, told: Ledgered) -> None:
        self._snapshot, self._evaluator, self._told = snapshot, evaluator, told
        self._today = evaluator.calendar.day_of(evaluator.now)
        self._current = [(period.name, period) for period in current_periods(self._today)]
        self._spans: dict[str | None, tuple[date, date] | None] = {}
        self._sets: dict[tuple[Period, ...], PeriodSet] = {}
        self._hit: dict[tuple[PeriodSet, frozenset[date] | None, int], list[Period]] = {}
        self._tile_periods: dict[tuple[str, str, frozenset[str]], tuple[str, Period, Span]] = {}
        self._tiles: dict[str, list[Question]] = {}
        for board in snapshot.catalog.boards.values():
            for section in board.board.sections:
                for question in section.tiles:
                    self._tiles.setdefault(question.kpi, []).append(question)

    def of(self, name: str, touched: Touched) -> Iterator[tuple[str, Period]]:
        """Yield the periods to evaluate, each with the name of its series: the grain when closed, its own name when current."""
        contract = self._snapshot.catalog.kpis[name].contract
        if contract.kind is Kind.COHORT:
            return  # a table, of which each answer works out what it shows
        told, span = self._told.of(name), self._span(name)
        closed = closed_set(span[0], min(span[1], self._today - ONE_DAY), self._today) if span else NO_PERIODS
        if contract.kind is Kind.MODELLED:  # there is no number of any other period
            closed = self._set(tuple(period for period in closed.periods if period.grain == contract.grain.value))
        never, others = told.beside(closed)
        if touched is None:
            yield from ((period.grain, period) for period in closed.periods)
        else:
            yield from ((period.grain, period) for period in self._touching(closed, touched))
            # Closed since the last publication, without anything else that changed.
            open_still = never | (told.provisional & closed.by_span.keys())
            yield from ((closed.by_span[one].grain, closed.by_span[one]) for one in open_still)
        # Days that were covered when they were published, and are not any more.
        today = self._today.isoformat()
        outside = {one: _period(one) for one in others if one[2] < today}
        hit = self._touching(self._set(tuple(outside.values())), touched or ((None, 0),))
        yield from ((one.grain, one) for span, one in outside.items() if one in hit or span in told.provisional)
        yield from self._current
        yield from self._asked(name, touched)

    def _asked(self, name: str, touched: Touched) -> Iterator[tuple[str, Period]]:
        """Yield the periods over which boards show the KPI; one that is over is evaluated again for the same reasons as any."""
        kpi, models = self._snapshot.catalog.kpis[name], frozenset(models_under(name, self._snapshot.catalog))
        asked = [self._tile_period(one, kpi, models) for one in self._tiles.get(name, ())]
        every = touched is None
        hit = () if touched is None else self._touching(self._set(tuple(period for _, period, _ in asked)), touched)
        for series, period, span in asked:
            row = self._told.get((name, *span))
            if every or period.end >= self._today or row is None or row[1] >= PROVISIONAL or period in hit:
                yield series, period

    def _tile_period(self, question: Question, kpi: CompiledKpi, models: frozenset[str]) -> tuple[str, Period, Span]:
        """Return the period that a tile shows, with its series: the same for KPIs of the same models."""
        key = (question.at, question.period or kpi.contract.grain.value, models)
        if key not in self._tile_periods:
            period = period_of(question, kpi, None, self._evaluator)[0]
            series = series_name(period)
            self._tile_periods[key] = series, period, (series, period.start.isoformat(), period.end.isoformat())
        return self._tile_periods[key]

    def _span(self, name: str) -> tuple[date, date] | None:
        """Return the first and the last covered day of any input of the KPI."""
        catalog = self._snapshot.catalog
        known = []
        for one in (name, *catalog.depends_on(name)):
            contract = catalog.kpis[one].contract
            if contract.model not in self._spans:
                self._spans[contract.model] = self._evaluator.judge.span(contract)
            if span := self._spans[contract.model]:
                known.append(span)
        return (min(start for start, _ in known), max(end for _, end in known)) if known else None

    def _set(self, periods: tuple[Period, ...]) -> PeriodSet:
        if periods not in self._sets:
            self._sets[periods] = PeriodSet(periods)
        return self._sets[periods]

    def _touching(self, periods: PeriodSet, touched: Iterable[tuple[frozenset[date] | None, int]]) -> list[Period]:
        found: dict[Period, None] = {}
        for days, reach in touched:
            key = (periods, days, reach)
            if key not in self._hit:
                self._hit[key] = periods.touching(days, reach)
            found |= dict.fromkeys(self._hit[key])
        return list(found)


def _period(span: Span) -> Period:
    return containing(date.fromisoformat(span[1]), span[0])  # type: ignore[arg-type]  # whole periods have a grain for a name


def models_under(name: str, catalog: Catalog) -> set[str]:
    """Return the models whose rows the KPI is worked out from, through any number of steps."""
    names = (name, *catalog.depends_on(name))
    return {model for one in names if (model := catalog.kpis[one].contract.model)}


def _unfollowed(name: str, snapshot: Snapshot, followed: frozenset[str]) -> bool:
    """Return whether the KPI rests on a model of which it is not known which days changed."""
    rollups = [snapshot.plans.rollup(one) for one in (name, *snapshot.catalog.depends_on(name))]
    return any(rollup is not None and rollup.name not in followed for rollup in rollups)


def _checks_under(name: str, catalog: Catalog) -> set[str]:
    names = (name, *catalog.depends_on(name))
    return {check for one in names if one in catalog.kpis for check in catalog.kpis[one].contract.requires.checks}


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
