"""Publishing: what the models changed becomes new partials, new verdicts, and one new generation, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from assay import __version__
from assay.calendar import ShopCalendar, Window
from assay.catalog.entry import Catalog
from assay.catalog.models import ModelSchema
from assay.engines.protocol import Engine
from assay.ledger.recording import Evaluated, changed_rows, fact_hash, restatements
from assay.ledger.told import Ledgered
from assay.models.project import calendar_text
from assay.models.runner import BuildResult
from assay.planner.plans import Plans
from assay.planner.rollup import SLOT_DAYS, Rollup
from assay.planner.tables import NUMBERING, tables_of
from assay.rollups.build import build_all, dirty_days
from assay.rollups.segments import MOST_SEGMENTS, make_durable, merge_segments, write_segment
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.direct import DirectPartials, KeptOrDirect
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.publishing.changes import ChangeLog, Changes
from assay.runtime.publishing.generations import Snapshot, write_catalog, write_generation
from assay.runtime.publishing.invalidation import (
    Periods,
    Touched,
    dirty_days_of,
    everything,
    models_under,
    revalued,
)
from assay.runtime.publishing.listings import read_listings
from assay.runtime.publishing.stage_kpis import stage_kpis
from assay.settings import Project
from assay.state.store import StateStore
from assay.trust.causes import since_when
from assay.trust.reasons import owners_of
from assay.trust.verdict import Judge
from assay.units import published
from assay.values.check import Check, checks_sentence
from assay.values.generation import Generation, Hold, ModelFacts, SegmentRef, StreamFacts

Progress = Callable[[str, int, int], None]
"""Called with a step in words, and how many of how many parts of it are done."""


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

    def __init__(
        self,
        project: Project,
        engine: Engine,
        state: StateStore,
        token: int,
        previous: Snapshot | None,
        told: Ledgered | None = None,
    ) -> None:
        """`told` is what the ledger says as of the previous generation, where the caller has kept it."""
        self._project = project
        self._engine = engine
        self._state = state
        self._token = token
        self._previous = previous
        self.told = told or Ledgered(state.newest_rows())
        self._calendar: ShopCalendar = project.calendar

    def publish(
        self,
        catalog: Catalog,
        build: BuildResult,
        streams: dict[str, StreamFacts],
        touched: set[date],
        now: datetime,
        progress: Progress,
    ) -> tuple[Publication, Snapshot]:
        """Make new segments for what changed, evaluate what they touch, and publish it in one transaction."""
        before = self._previous.generation if self._previous else None
        moved = revalued(self._previous, self._project, self._calendar.day_of(now))
        started_anew = before is None or before.warehouse != self._engine.identity or moved is None
        named, read = write_catalog(self._project, catalog, self._previous), catalog
        if self._previous is not None and self._previous.generation.catalog == named:
            catalog = self._previous.catalog  # files that say the same as before: what was planned for them still holds
        plans = self._previous.plans if self._previous and self._previous.catalog is catalog else Plans(catalog)
        rollups = plans.rollups
        log = ChangeLog(self._engine)
        names = sorted({rollup.model for rollup in rollups.values()})
        changes = log.since({model: self._read_until(model, started_anew) for model in names})
        models = {model: self._facts(model, catalog, build, streams, changes[model], touched, now) for model in changes}
        newest = self._state.newest_generation()
        number = (newest.id if newest else 0) + 1
        followed = frozenset(n for n, rollup in rollups.items() if log.follows(rollup, catalog, changes[rollup.model]))
        known = frozenset() if started_anew else followed
        segments, days_changed = self._segments(rollups, models, changes, number, known, now, progress)
        generation = Generation(
            id=number,
            published_at=now,
            code_version=__version__,
            catalog=named,
            calendar=calendar_text(self._project),
            warehouse=self._engine.identity,
            segments=tuple(segments),
            models=models,
            streams=streams,
            checks=since_when(build.checks, before.checks if before else ()),
            listings=read_listings(self._engine, self._project, catalog, build, before, now),
            supersedes=before.id if before else None,
        )
        snapshot = Snapshot(self._project, generation, catalog, self._previous)
        snapshot.read_as = read
        if self._previous is None or started_anew:
            dirty = everything(catalog)
        else:
            dirty = dirty_days_of(self._previous, snapshot, changes, followed, moved or frozenset())
        with ThreadPoolExecutor(1, "disk") as disk:  # the disk works while the numbers are worked out
            written = disk.submit(self._write, generation)
            evaluated, facts = self._evaluate(snapshot, dirty, now, progress)
            publication = self._commit(generation, *written.result(), evaluated, facts, changes, catalog, days_changed, now)
        return publication, snapshot

    def _write(self, generation: Generation) -> tuple[str, str]:
        """Bring the new segments and the generation that names them onto the disk; return its file's name and hash."""
        known = {segment.file for segment in (self._previous.generation.segments if self._previous else ())}
        make_durable(self._project.segments, [segment for segment in generation.segments if segment.file not in known])
        return write_generation(self._project, generation)

    def _commit(
        self,
        generation: Generation,
        file: str,
        digest: str,
        evaluated: list[Evaluated],
        facts: dict[str, Any],
        changes: dict[str, Changes],
        catalog: Catalog,
        days_changed: int,
        now: datetime,
    ) -> Publication:
        before = {one.key: row for one in evaluated if (row := self.told.get(one.key)) is not None}
        rows = changed_rows(evaluated, before)
        if any(one.value is not None and before.get(one.key, ("", 0, ""))[0] is None for one in evaluated):
            shown = self._state.values_before_withheld()  # shown again: it is compared with what was shown before
            before |= {one.key: shown[one.key] for one in evaluated if one.key in shown}
        corrected = frozenset(
            name
            for name in catalog.kpis
            if any(changes[model].corrected for model in models_under(name, catalog) if model in changes)
        )
        old = {row[2] for row in before.values()} - facts.keys()
        bodies = facts | {key: body for key in old if (body := self._state.fact(key)) is not None}
        restated = restatements(evaluated, before, bodies, corrected)
        named = stage_kpis(catalog)
        self._state.publish(generation.id, now, file, digest, self._token, rows, facts, restated, named)
        self.told.add(rows)
        held = tuple(model for model, one in generation.models.items() if one.held)
        return Publication(generation.id, len(rows), len(restated), days_changed, held)

    # What changed

    def _read_until(self, model: str, started_anew: bool) -> int:
        """Return how far the published segments of the model have read the warehouse's change log."""
        known = self._previous.generation.models.get(model) if self._previous and not started_anew else None
        return known.changes_read if known and known.warehouse == self._engine.identity else 0

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
        schema = catalog.models.get(model)
        names = build.lineage.streams_of(node) if node else ()
        names = in_use(names, schema, streams) if schema else names
        old = self._previous.generation.models.get(model) if self._previous else None
        if old is not None and model in build.left_out:
            return old
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
        owner = owners_of(fresh.coverage.values())
        return kept.model_copy(update={"held": hold.model_copy(update={"owner": owner, "all_days": hold.all_days or not old})})

    def _hold(
        self, model: str, build: BuildResult, changes: Changes, touched: set[date], old: ModelFacts | None, now: datetime
    ) -> Hold | None:
        earlier = old.held if old else None
        all_days = bool(earlier and earlier.all_days)
        unbuilt = build.why_unbuilt(model)
        if unbuilt:
            days = touched | (set(earlier.days) if earlier else set())
            code, sentence = "model_failed", unbuilt
        else:
            failing = build.failing(model)
            if not failing:
                return None
            # A record that a model leaves out for its fault changes no day of it: its own day is touched all the same.
            days = changes.all_days() | touched
            days |= set(earlier.days) if earlier else set()
            code, sentence = "check_failed", checks_sentence(failing)
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
    ) -> tuple[list[SegmentRef], int]:
        """Return the segments that hold from now on, and how many days of rollups changed."""
        today = self._calendar.day_of(now)
        old = self._old_segments()
        numbered = f"{self._engine.identity}/{NUMBERING}"
        file = f"{number:08d}-{self._token}.arrow"
        old_rollups = self._previous.plans.rollups if self._previous else {}
        found: list[SegmentRef] = []
        stale: list[tuple[Rollup, list[date] | None]] = []
        days_changed = 0
        for name, rollup in sorted(rollups.items()):
            kept = [segment for table in tables_of(rollup) for segment in old.get(table.name, [])]
            if models[rollup.model].held is not None:
                found += kept
                continue
            same = name in followed and name in old_rollups and old_rollups[name].keeps_the_same(rollup) and bool(kept)
            same = same and all(segment.warehouse == numbered for segment in kept)
            dirty = dirty_days(rollup, sorted(changes[rollup.model].days.get(rollup.time, ())))
            if same and not dirty:
                found += kept
                continue
            days_changed += len(dirty)
            stale.append((rollup, dirty if same else None))
        for table, rows, days, numbers in build_all(self._engine, stale, today, old, partial(progress, "Rolling up")):
            written = write_segment(self._project.segments, file, table.name, rows, days, numbers)
            segment = written.model_copy(update={"warehouse": numbered})
            if days is not None and self._previous is not None:
                self._previous.store.lay(table, (rows, days), segment.sha256)
            segments = [segment] if days is None else [*old.get(table.name, []), segment]
            if len(segments) > MOST_SEGMENTS:
                since = today - timedelta(days=SLOT_DAYS) if table.kind == "slots" else None
                segments = merge_segments(self._project.segments, file, segments, since)
            found += segments
        return found, days_changed

    def _old_segments(self) -> dict[str, list[SegmentRef]]:
        found: dict[str, list[SegmentRef]] = {}
        for segment in self._previous.generation.segments if self._previous else ():
            found.setdefault(segment.table, []).append(segment)
        return found

    # Evaluation

    def _evaluate(
        self, snapshot: Snapshot, dirty: dict[str, Touched], now: datetime, progress: Progress
    ) -> tuple[list[Evaluated], dict[str, Any]]:
        judge = Judge(snapshot.generation, self._calendar, now)
        held = frozenset(model for model, facts in snapshot.generation.models.items() if facts.held)
        # A part of a day long ago is in the warehouse alone.
        partials = KeptOrDirect(snapshot.store, DirectPartials(self._engine), held)
        evaluator = Evaluator(snapshot.catalog, partials, judge, currencies=self._project.currencies, plans=snapshot.plans)
        snapshot.read_ahead(dirty)
        to_evaluate = Periods(snapshot, evaluator, self.told)
        found: list[Evaluated] = []
        facts: dict[str, Any] = {}
        for done, (name, touched) in enumerate(dirty.items()):
            progress("Proving", done, len(dirty))
            kpi = snapshot.catalog.kpis[name]
            body = series_fact(name, snapshot.catalog)
            key = fact_hash(body)
            facts[key] = body
            withheld: dict[tuple[tuple[str, str | None], ...], str] = {}
            # A day may be asked for by several names.
            periods = {(kind, one.start, one.end): one for kind, one in to_evaluate.of(name, touched)}
            for (kind, _, _), period in periods.items():
                window = Window(period.start, period.end)
                try:
                    outcome = evaluator.kpi(name, window)
                except NotKeptError:  # a held model's partials do not keep it, and its rows are not to be read
                    continue
                value = outcome.shown()
                quality = outcome.verdict.quality()
                text = None if value is None else str(published(value, kpi.contract.unit, evaluator.eras.currency(window)))
                because = key
                if text is None:
                    quality = type(quality).INSUFFICIENT_DATA
                    why = tuple((one.code, one.input) for one in (*outcome.verdict.blocking, *outcome.reasons))
                    if why not in withheld:  # few reasons withhold thousands of periods
                        fact = body | {"reasons": [{"code": code, "input": of} for code, of in why]}
                        withheld[why] = fact_hash(fact)
                        facts[withheld[why]] = fact
                    because = withheld[why]
                provisional = outcome.verdict.settles_at is not None
                days = period.start.isoformat(), period.end.isoformat()
                found.append(Evaluated(name, kind, *days, text, quality, provisional, because))
        progress("Proving", len(dirty), len(dirty))
        return found, facts


def series_fact(name: str, catalog: Catalog) -> dict[str, Any]:
    """Return what a published number rests on besides its generation: the definition that made it.

    The fact of one that is withheld has the `reasons` as well, each with its code and input.
    """
    kpi = catalog.kpis[name]
    return {
        "kpi": name,
        "definition": kpi.definition_hash,
        "formula": kpi.contract.formula,
        "inputs": list(catalog.depends_on(name)),
        "models": sorted(models_under(name, catalog)),
    }


def in_use(streams: tuple[str, ...], schema: ModelSchema, known: dict[str, StreamFacts]) -> tuple[str, ...]:
    """Return the streams that the numbers rest on: no optional ones without any load, and one group of several.

    Of empty groups the first is waited for; where only optional streams are left, the first that the model names.
    """
    loaded = {name for name, facts in known.items() if facts.newest_load is not None}
    filled = {name for name in loaded if known[name].rows}
    groups = [set(group) for group in schema.either]
    chosen = next((group for having in (filled, loaded) for group in groups if group & having), next(iter(groups), set[str]()))
    unused = {name for name in schema.optional if name not in loaded} | set[str]().union(*groups) - chosen
    return tuple(name for name in streams if name not in unused) or schema.optional[:1]
