"""Publishing: what the models changed becomes new partials, new verdicts, and one new generation, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from assay import __version__
from assay.calendar import Period, ShopCalendar, Window, containing
from assay.catalog.contract import Kind, seconds
from assay.catalog.entry import Catalog
from assay.catalog.expression import Over, walk
from assay.engines.protocol import Engine
from assay.errors import AssayError
from assay.ledger.periods import GRAINS, closed_periods, current_periods, series_name, touching
from assay.ledger.recording import PROVISIONAL, Evaluated, changed_rows, fact_hash, restatements
from assay.models.project import calendar_text
from assay.models.runner import BuildResult
from assay.planner.rollup import Rollup, plan_rollups, rollup_of
from assay.planner.tables import quoted, tables_of
from assay.rollups.build import build_tables, dirty_days
from assay.rollups.segments import MOST_SEGMENTS, write_segment
from assay.rollups.tables import NotKeptError
from assay.runtime.answering import period_of
from assay.runtime.direct import KeptOrDirect
from assay.runtime.evaluation import Evaluator
from assay.runtime.generations import Snapshot, write_catalog, write_generation
from assay.settings import Project
from assay.state.store import StateStore
from assay.trust.coverage import Coverage
from assay.trust.verdict import Judge
from assay.units import published
from assay.values.check import Check
from assay.values.generation import Generation, Hold, ModelFacts, SegmentRef, StreamFacts

Progress = Callable[[str, int, int], None]
"""Called with a step in words, and how many of how many parts of it are done."""


@dataclass
class Changes:
    """The days that a build changed under each model, and the models under which rows were changed or removed."""

    last: int = 0
    logged: frozenset[str] = frozenset()
    """The model's day columns that the change log follows; of any other every day may have changed at any time."""
    days: dict[tuple[str, str], set[date]] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Publication:
    """What a publication did, for the person who asked for it."""

    generation: int
    rows: int
    restated: int
    days_changed: int
    held: tuple[str, ...]


class Publisher:
    """Publishes one generation after a build."""

    def __init__(self, project: Project, engine: Engine, state: StateStore, token: int, previous: Snapshot | None) -> None:
        self._project = project
        self._engine = engine
        self._state = state
        self._token = token
        self._previous = previous
        self._calendar: ShopCalendar = project.calendar

    def publish(
        self,
        catalog: Catalog,
        build: BuildResult,
        streams: dict[str, StreamFacts],
        touched: set[date],
        now: datetime,
        progress: Progress,
    ) -> Publication:
        """Make new segments for what changed, evaluate what they touch, and publish it in one transaction."""
        before = self._previous.generation if self._previous else None
        started_anew = (
            before is None or before.warehouse != self._engine.identity or before.calendar != calendar_text(self._project)
        )
        rollups = plan_rollups(catalog)
        changes = {model: self._changes(model, started_anew) for model in sorted({r.model for r in rollups.values()})}
        models = {model: self._facts(model, catalog, build, streams, changes[model], touched, now) for model in changes}
        newest = self._state.newest_generation()
        number = (newest.id if newest else 0) + 1
        followed = {name for name, rollup in rollups.items() if self._followed(rollup, catalog, changes)}
        known = frozenset() if started_anew else frozenset(followed)
        segments, days = self._segments(rollups, models, changes, number, known, now, progress)
        generation = Generation(
            id=number,
            published_at=now,
            code_version=__version__,
            catalog=write_catalog(self._project, catalog),
            calendar=calendar_text(self._project),
            warehouse=self._engine.identity,
            segments=tuple(segments),
            models=models,
            streams=streams,
            checks=build.checks,
            supersedes=before.id if before else None,
        )
        snapshot = Snapshot(self._project, generation, catalog)
        dirty = self._dirty(snapshot, changes, started_anew, frozenset(followed))
        evaluated, facts = self._evaluate(snapshot, dirty, now, progress)
        return self._commit(generation, evaluated, facts, changes, catalog, sum(len(d) for d in days.values()), now)

    def _commit(
        self,
        generation: Generation,
        evaluated: list[Evaluated],
        facts: dict[str, Any],
        changes: dict[str, Changes],
        catalog: Catalog,
        days_changed: int,
        now: datetime,
    ) -> Publication:
        before = self._state.newest_rows()
        rows = changed_rows(evaluated, before)
        withheld = self._state.values_before_withheld()
        corrected = frozenset(
            name
            for name in catalog.kpis
            if any(changes[model].corrected for model in _models_under(name, catalog) if model in changes)
        )
        old = {row[2] for row in (*before.values(), *withheld.values())} - facts.keys()
        bodies = facts | {key: body for key in old if (body := self._state.fact(key)) is not None}
        restated = restatements(evaluated, before | withheld, bodies, corrected)
        file, digest = write_generation(self._project, generation)
        self._state.publish(generation.id, now, file, digest, self._token, rows, facts, restated)
        held = tuple(model for model, one in generation.models.items() if one.held)
        return Publication(generation.id, len(rows), len(restated), days_changed, held)

    # What changed

    def _changes(self, model: str, started_anew: bool) -> Changes:
        known = self._previous.generation.models.get(model) if self._previous and not started_anew else None
        since = known.changes_read if known and known.warehouse == self._engine.identity else 0
        changes = Changes(since)
        for row in self._log("seq, time_column, day, kind", "model = ? and seq > ?", [model, since]):
            changes.last = max(changes.last, row["seq"])
            if row["day"] is not None:
                changes.days.setdefault((model, row["time_column"]), set()).add(row["day"])
            if row["kind"] in ("updated", "deleted"):
                changes.corrected.add(model)
        changes.logged = frozenset(row["time_column"] for row in self._log("distinct time_column", "model = ?", [model]))
        return changes

    def _log(self, columns: str, condition: str, parameters: list[object]) -> list[dict[str, Any]]:
        """Return rows of the warehouse's change log; the first build makes it, so before that there are none."""
        try:
            sql = f"select {columns} from assay.changed_days where {condition}"  # noqa: S608 - both are written above
            return list(self._engine.query(sql, parameters).to_pylist())
        except AssayError as error:
            if "does not exist" not in str(error):
                raise
            return []

    def _followed(self, rollup: Rollup, catalog: Catalog, changes: dict[str, Changes]) -> bool:
        """Return whether the change log says which days of the rollup changed; only dbt models made as `fact` write it."""
        if rollup.time in changes[rollup.model].logged:
            return True
        if rollup.time not in catalog.models[rollup.model].times:
            return False
        never = f"select count(*) = 0 as never from {quoted(rollup.model)}"  # noqa: S608 - a fact that never had a row
        return bool(self._engine.query(never)["never"][0].as_py())

    def _facts(
        self,
        model: str,
        catalog: Catalog,
        build: BuildResult,
        streams: dict[str, StreamFacts],
        changes: Changes,
        touched: set[date],
        now: datetime,
    ) -> ModelFacts:
        node = build.lineage.models().get(model)
        names = build.lineage.streams_of(node) if node else ()
        schema = catalog.models.get(model)
        old = self._previous.generation.models.get(model) if self._previous else None
        fresh = ModelFacts(
            model=model,
            streams=names,
            lookback=dict(schema.lookback) if schema else {},
            coverage={name: streams[name] for name in names if name in streams},
            warehouse=self._engine.identity,
            changes_read=changes.last,
            promoted_at=now,
        )
        hold = self._hold(model, build, changes, touched, old, now)
        if hold is None:
            return fresh
        kept = old or fresh.model_copy(update={"changes_read": 0})
        return kept.model_copy(update={"held": hold if old else hold.model_copy(update={"all_days": True})})

    def _hold(
        self, model: str, build: BuildResult, changes: Changes, touched: set[date], old: ModelFacts | None, now: datetime
    ) -> Hold | None:
        earlier = old.held if old else None
        all_days = bool(earlier and earlier.all_days)
        if model in build.failed or model not in build.built:
            why = build.failed.get(model, "it was not built")
            days = touched | (set(earlier.days) if earlier else set())
            code, sentence = "model_failed", f"The model {model} could not be built: {why}"
        else:
            failing = [check for check in build.checks if check.blocking and check.status != "passed" and model in check.models]
            if not failing:
                return None
            # A record that a model leaves out for its fault changes no day of it: its own day is touched all the same.
            days = {day for changed in changes.days.values() for day in changed} | touched
            days |= set(earlier.days) if earlier else set()
            code, sentence = "check_failed", _failing(failing)
            all_days = all_days or self._unproved(failing, earlier)
        since = earlier.since if earlier else now
        return Hold(code=code, sentence=sentence, since=since, days=tuple(sorted(days)), all_days=all_days)

    def _unproved(self, failing: list[Check], earlier: Hold | None) -> bool:
        """Return whether a check fails that the published days have never passed: it may be about any of them."""
        before = {check.name: check.status for check in self._previous.generation.checks} if self._previous else {}
        return any(
            before.get(check.name, "") != "passed" and (earlier is None or check.name not in before) for check in failing
        )

    # Segments

    def _segments(
        self,
        rollups: dict[str, Rollup],
        models: dict[str, ModelFacts],
        changes: dict[str, Changes],
        number: int,
        followed: frozenset[str],
        now: datetime,
        progress: Progress,
    ) -> tuple[list[SegmentRef], dict[str, list[date]]]:
        today = self._calendar.day_of(now)
        old = self._old_segments()
        old_rollups = plan_rollups(self._previous.catalog) if self._previous else {}
        found: list[SegmentRef] = []
        rebuilt: dict[str, list[date]] = {}
        for done, (name, rollup) in enumerate(sorted(rollups.items())):
            progress("Rolling up", done, len(rollups))
            kept = [segment for table in tables_of(rollup) for segment in old.get(table.name, [])]
            if models[rollup.model].held is not None:
                found += kept
                continue
            same = name in followed and name in old_rollups and old_rollups[name].keeps_the_same(rollup) and bool(kept)
            same = same and all(segment.warehouse == self._engine.identity for segment in kept)
            dirty = dirty_days(rollup, sorted(changes[rollup.model].days.get((rollup.model, rollup.time), ())))
            if same and not dirty:
                found += kept
                continue
            rebuilt[name] = dirty
            full = not same or max(len(old.get(table.name, [])) for table in tables_of(rollup)) >= MOST_SEGMENTS
            for table, rows, days in build_tables(self._engine, rollup, None if full else dirty, today):
                written = write_segment(self._project.segments, number, table.name, rows, days)
                segment = written.model_copy(update={"warehouse": self._engine.identity})
                found += [segment] if full else [*old.get(table.name, []), segment]
        progress("Rolling up", len(rollups), len(rollups))
        return found, rebuilt

    def _old_segments(self) -> dict[str, list[SegmentRef]]:
        found: dict[str, list[SegmentRef]] = {}
        for segment in self._previous.generation.segments if self._previous else ():
            found.setdefault(segment.table, []).append(segment)
        return found

    # What has to be evaluated again

    def _dirty(
        self, snapshot: Snapshot, changes: dict[str, Changes], started_anew: bool, followed: frozenset[str]
    ) -> dict[str, frozenset[date] | None]:
        """Return the days of each KPI that may have another value or verdict; None for all of them."""
        if started_anew or self._previous is None:
            return dict.fromkeys(snapshot.catalog.kpis)
        by_model = {model: self._dirty_model(model, snapshot, changes[model]) for model in changes}
        found: dict[str, frozenset[date] | None] = {}
        for name, kpi in snapshot.catalog.kpis.items():
            before = self._previous.catalog.kpis.get(name)
            sets = [by_model[model] for model in _models_under(name, snapshot.catalog) if model in by_model]
            redefined = before is None or before.definition_hash != kpi.definition_hash
            unknown = redefined or self._checks_changed(name, snapshot) or _unfollowed(name, snapshot.catalog, followed)
            found[name] = None if unknown or None in sets else frozenset(d for days in sets if days for d in days)
        return found

    def _dirty_model(self, model: str, snapshot: Snapshot, changes: Changes) -> set[date] | None:
        assert self._previous is not None
        new, old = snapshot.generation.models[model], self._previous.generation.models.get(model)
        if old is None or (old.held is None) != (new.held is None) or (new.held and new.held.all_days):
            return None
        if set(new.streams) != set(old.streams) or new.lookback != old.lookback:
            return None
        days = {day for changed in changes.days.values() for day in changed} | set(new.held.days if new.held else ())
        for stream in {*new.coverage, *old.coverage}:
            before, now = (
                Coverage(facts.coverage[stream].intervals if stream in facts.coverage else (), self._calendar)
                for facts in (old, new)
            )
            days |= _differing_days(before, now, self._calendar)
        return days

    def _checks_changed(self, name: str, snapshot: Snapshot) -> bool:
        assert self._previous is not None
        before, now = (_statuses(one.generation.checks, _checks_under(name, one.catalog)) for one in (self._previous, snapshot))
        return before != now

    # Evaluation

    def _evaluate(
        self, snapshot: Snapshot, dirty: dict[str, frozenset[date] | None], now: datetime, progress: Progress
    ) -> tuple[list[Evaluated], dict[str, Any]]:
        judge = Judge(snapshot.generation, self._calendar, now)
        held = frozenset(model for model, facts in snapshot.generation.models.items() if facts.held)
        partials = KeptOrDirect(snapshot.store, self._engine, held)  # a part of a day long ago is in the warehouse alone
        evaluator = Evaluator(snapshot.catalog, partials, judge, currency=self._project.file.currency)
        today = self._calendar.day_of(now)
        published_before: dict[str, dict[Any, bool]] = {}
        for (kpi_name, *rest), row in self._state.newest_rows().items():
            published_before.setdefault(kpi_name, {})[tuple(rest)] = row[1] < PROVISIONAL
        found: list[Evaluated] = []
        facts: dict[str, Any] = {}
        for done, (name, days) in enumerate(dirty.items()):
            progress("Proving", done, len(dirty))
            kpi = snapshot.catalog.kpis[name]
            body = series_fact(name, snapshot.catalog)
            key = fact_hash(body)
            facts[key] = body
            asked = [(series_name(one), one) for one in _asked_by_boards(name, snapshot, evaluator)]
            wanted = [*_periods(name, snapshot, judge, days, published_before.get(name, {}), today), *asked]
            periods = {(kind, one.start, one.end): one for kind, one in wanted}  # a day may be asked for by several names
            for (kind, _, _), period in periods.items():
                try:
                    outcome = evaluator.kpi(name, Window(period.start, period.end))
                except NotKeptError:  # a held model's partials do not keep it, and its rows are not to be read
                    continue
                value = outcome.shown()
                quality = outcome.verdict.quality()
                text = None if value is None else str(published(value, kpi.contract.unit, self._project.file.currency))
                if text is None:
                    quality = type(quality).INSUFFICIENT_DATA
                provisional = outcome.verdict.settles_at is not None
                found.append(Evaluated(name, kind, period.start, period.end, text, quality, provisional, key))
        progress("Proving", len(dirty), len(dirty))
        return found, facts


def series_fact(name: str, catalog: Catalog) -> dict[str, Any]:
    """Return what a published number rests on besides its generation: the definition that made it."""
    kpi = catalog.kpis[name]
    return {
        "kpi": name,
        "definition": kpi.definition_hash,
        "formula": kpi.contract.formula,
        "inputs": list(catalog.depends_on(name)),
        "models": sorted(_models_under(name, catalog)),
    }


def reach_of(name: str, catalog: Catalog) -> int:
    """Return how many days a change of one day is carried forward by the KPI's formula, its carried stock and look-back."""
    kpi = catalog.kpis[name]
    own = seconds(kpi.contract.carry) // 86400 if kpi.contract.kind is Kind.STOCK else 0
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


def _periods(
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


def _asked_by_boards(name: str, snapshot: Snapshot, evaluator: Evaluator) -> list[Period]:
    """Return the periods over which boards show the KPI."""
    questions = [
        question
        for board in snapshot.catalog.boards.values()
        for section in board.board.sections
        for question in section.tiles
        if question.kpi == name
    ]
    return [period_of(question, snapshot.catalog.kpis[name], None, evaluator)[0] for question in questions]


def _models_under(name: str, catalog: Catalog) -> set[str]:
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


def _failing(checks: list[Check]) -> str:
    names = ", ".join(f"{check.name} ({check.failures} rows)" for check in checks[:3])
    return f"{'A check fails' if len(checks) == 1 else f'{len(checks)} checks fail'}: {names}."


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
