"""One refresh: pull, land, load, build, publish. Read `refresh` aloud and you know the way of the data."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from assay.catalog.entry import Catalog
from assay.clock import Clock
from assay.engines.protocol import Engine
from assay.errors import AssayError, UsageError
from assay.ledger.told import Ledgered
from assay.lineage.graph import Lineage
from assay.models.project import OWN_PACKAGE, write_dbt_project
from assay.models.runner import ModelRunner
from assay.runtime.own.measures import called, notebook_of
from assay.runtime.own.report import SelfReport
from assay.runtime.own.runs import Run
from assay.runtime.packs import packs_of, read_catalog
from assay.runtime.problems.faulty_rows import with_rows
from assay.runtime.publishing.generations import Snapshot, read_generation, read_newest
from assay.runtime.publishing.proofs import stream_checks, with_expected_age
from assay.runtime.publishing.publish import Progress, Publication, Publisher
from assay.runtime.publishing.snapshots import keep, restore
from assay.runtime.wiring import open_warehouse
from assay.settings import Project
from assay.sources.landing import DamagedBatchError, LandingZone
from assay.sources.raw import ensure_tables, load_raw
from assay.state.reader import StateReader
from assay.state.store import StateStore
from assay.telemetry import Notebook, logger
from assay.trust.load_log import stream_facts
from assay.values.generation import StreamFacts
from assay.values.load import LoadEntry

_log = logger("refresh")


@dataclass
class Workplace:
    """What a worker works with; the warehouse is opened when it is first needed."""

    project: Project
    clock: Clock
    state: StateStore
    token: int
    run: Run | None = None
    """The job that is under way."""
    _engine: Engine | None = None
    _runner: ModelRunner | None = None
    _published: tuple[str, Snapshot, Ledgered] | None = None
    """The generation that this worker published last: its file, what it has read, what the ledger says."""

    def newest(self) -> tuple[Snapshot | None, Ledgered | None]:
        """Return the generation in force, and what the ledger says of it where this worker has published it."""
        newest = StateReader(self.project.state).newest()
        if newest is None:
            return None, None
        if self._published is not None and self._published[0] == newest[1]:
            return self._published[1:]
        return read_generation(self.project, newest[1], newest[2]), None

    def keep(self, snapshot: Snapshot, told: Ledgered) -> None:
        """Keep what was published for the next publication."""
        newest = StateReader(self.project.state).newest()
        self._published = (newest[1], snapshot, told) if newest is not None else None

    @cached_property
    def notebook(self) -> Notebook:
        """Where this process takes down what it measures."""
        return notebook_of(self.project, self.clock)

    @property
    def engine(self) -> Engine:
        """The open warehouse."""
        if self._engine is None:
            self._engine = open_warehouse(self.project)
        return self._engine

    @property
    def runner(self) -> ModelRunner:
        """The persistent dbt runner."""
        if self._runner is None:
            self._runner = ModelRunner(self.project)
        return self._runner

    def forget_damaged(self) -> None:
        """Set the warehouse aside; the next one is new."""
        self.engine.set_aside()
        self._engine = None

    def close(self) -> None:
        """Let go of the warehouse."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def refresh(place: Workplace, progress: Progress, models: Sequence[str] = ()) -> dict[str, Any]:
    """Bring everything up to date and publish a new generation; return what happened.

    With `models` only what the streams under them make; every other model stays as it was published. A warehouse that turns
    out to be damaged is set aside, and everything is made again from the landing zone.
    """
    try:
        return _refresh(place, progress, models)
    except Exception as error:
        if not place.engine.damaged(str(error)):
            raise
        _log.warning("the warehouse is damaged and is built again: %s", error)
        progress("The warehouse is damaged: building it again", 0, 1)
        place.forget_damaged()
        return _refresh(place, progress)


def _refresh(place: Workplace, progress: Progress, models: Sequence[str] = (), *, anew: bool = False) -> dict[str, Any]:
    previous, told = (None, None) if anew else place.newest()
    catalog, problems = catalog_in_force(place.project, previous)
    zone = LandingZone(place.project.landing)
    own = SelfReport(place.project, zone, previous, place.clock.now(), place.run)
    progress("Pulling records", 0, 1)
    pulled = pull(place, zone)
    write_dbt_project(place.project, packs_of(place.project))
    only = _streams_under(models, place.runner.lineage()) if models and previous else None
    progress("Loading records", 0, 1)
    entries, loaded, damaged = load(place, zone, catalog, only)
    progress("Building models", 0, 1)
    now = place.clock.now()
    lineage, snapshots = place.runner.lineage(), place.runner.snapshots()
    if only is None:
        own.ask(catalog, lineage)
    idle, left_out = unasked(catalog, lineage)
    restore(place.engine, snapshots, place.project.snapshots)
    build = place.runner.build(now, on=only or (), off=(*own.streams, *idle), without=left_out)
    said = [*build.failed.values(), *(check.message for check in build.checks)]
    if damage := next((words for words in said if place.engine.damaged(words)), None):
        raise AssayError(damage, "Run `assay rebuild`.")
    keep(place.engine, snapshots, place.project.snapshots)
    streams = _facts(place, catalog, entries, now)
    progress("Checking records", 0, 1)
    checks = stream_checks(place.project, place.engine, build.lineage, streams, entries, now)
    build = replace(build, checks=(*with_rows(build.checks, build.faulty, place.engine), *checks))
    if only is not None and previous is not None:
        streams = {**previous.generation.streams, **{name: streams[name] for name in only if name in streams}}
        build = build.beside(previous.generation.checks)
    if own.streams:
        own.land(catalog, build, streams, place)
        entries, _, damaged = load(place, zone, catalog)
        build = build.and_then(place.runner.build(now, on=own.streams))
        streams = _facts(place, catalog, entries, now)
    publisher = Publisher(place.project, place.engine, place.state, place.token, previous, told)
    publication, snapshot = publisher.publish(catalog, build, streams, touched_days(place, loaded), now, progress)
    place.keep(snapshot, publisher.told)
    own.probe(place)
    forget_old_segments(place.project, snapshot, previous)
    return _result(publication, pulled, loaded, [*problems, *(str(one) for one in damaged)])


def _streams_under(models: Sequence[str], lineage: Lineage) -> tuple[str, ...]:
    nodes = lineage.models()
    return tuple(sorted({stream for model in models if model in nodes for stream in lineage.streams_of(nodes[model])}))


def unasked(catalog: Catalog, lineage: Lineage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the streams and the models built on demand on which neither a KPI nor a model of the project's own rests."""
    nodes = lineage.models()
    models = {kpi.contract.model for kpi in catalog.kpis.values()} | {one.model for one in catalog.listings.values()}
    asked = {nodes[model] for model in models if model in nodes}
    asked |= {node for node in nodes.values() if node.startswith(f"model.{OWN_PACKAGE}.")}
    used = {name for node in asked for name in (*lineage.streams_of(node), *lineage.models_of(node))}
    return (
        tuple(sorted(name for name, one in catalog.streams.items() if one.rules.on_demand and name not in used)),
        tuple(sorted(name for name, one in catalog.models.items() if one.on_demand and name in nodes and name not in used)),
    )


def _facts(place: Workplace, catalog: Catalog, entries: Sequence[LoadEntry], now: datetime) -> dict[str, StreamFacts]:
    facts = stream_facts(entries, catalog.streams, place.project.calendar, place.project.file.streams)
    return with_expected_age(facts, place.project, now)


def rebuild(place: Workplace, progress: Progress) -> dict[str, Any]:
    """Throw the warehouse away and make it again from the landing zone, then every rollup; numbers stay what they were."""
    progress("Setting the old warehouse aside", 0, 1)
    place.close()
    for path in (place.project.warehouse, place.project.warehouse.with_name(place.project.warehouse.name + ".wal")):
        path.unlink(missing_ok=True)
    shutil.rmtree(place.project.generated / "dbt" / "target", ignore_errors=True)
    try:
        read_newest(place.project)
    except AssayError as error:
        _log.warning("the newest generation is left behind: %s", error)
        return _refresh(place, progress, anew=True)
    return refresh(place, progress)


def catalog_in_force(project: Project, previous: Snapshot | None) -> tuple[Catalog, list[str]]:
    """Return the project's catalogue; while its files are broken, the one that was published last, and what is wrong."""
    result = read_catalog(project)
    if result.catalog is not None:
        return result.catalog, []
    problems = [str(problem) for problem in result.errors]
    if previous is None:
        raise UsageError(
            "The KPI files have mistakes:\n  " + "\n  ".join(problems), "Mend them; `assay check` lists them again."
        )
    return previous.catalog, ["The KPI files have mistakes, so the catalogue of the last generation stays in force.", *problems]


def pull(place: Workplace, zone: LandingZone) -> int:
    """Land what the project's sources have delivered since the last pull; return how many records came."""
    demo = place.project.file.demo
    if demo is None:
        return 0
    from assay.demo import SOURCES, DemoCompany

    known: dict[str, datetime] = {}  # by stream: one that a later version of the demo adds comes whole
    for entry in zone.batches():
        if entry.source in SOURCES:
            known[entry.stream] = max(entry.received_at, known.get(entry.stream, entry.received_at))
    company = DemoCompany(
        date.fromisoformat(demo.start),
        place.clock.now(),
        demo.seed,
        demo.scale,
        timezone=place.project.timezone,
        silent_day=demo.silent_day,
        packs=place.project.file.packs,
    )
    with called(place.notebook, SOURCES, "pull"):
        batches = list(company.batches(known))
    for batch in batches:
        zone.write(
            batch.source,
            batch.stream,
            batch.records,
            received_at=batch.received_at,
            complete_from=batch.complete_from,
            complete_until=batch.complete_until,
            gaps=batch.gaps,
        )
    return sum(batch.records.num_rows for batch in batches)


def load(
    place: Workplace, zone: LandingZone, catalog: Catalog, only: Collection[str] | None = None
) -> tuple[list[LoadEntry], list[LoadEntry], list[DamagedBatchError]]:
    """Load the batches that the warehouse does not have yet; return the sound ones, those loaded now, and the damaged.

    `only` are the streams to load; the batches of others are left where they are.

    A damaged batch is left out: what it would complete stays uncovered, so what rests on it is withheld, and all else goes on.
    """
    ensure_tables(place.engine.connection, catalog.streams)
    entries, damaged = [one for one in zone.batches() if only is None or one.stream in only], zone.damaged()
    while True:
        try:
            return entries, load_raw(place.engine.connection, zone, entries, place.clock), damaged
        except DamagedBatchError as error:
            sound = [entry for entry in entries if zone.path(entry) != error.path]
            if len(sound) == len(entries):
                raise
            damaged.append(error)
            entries = sound


def touched_days(place: Workplace, loaded: Sequence[LoadEntry]) -> set[date]:
    """Return the shop days of the records that this refresh loaded: what a model that failed would have changed."""
    days: set[date] = set()
    calendar = place.project.calendar
    for entry in loaded:
        rows = place.engine.query(
            f"select distinct time_bucket(interval '15 minutes', event_at) as quarter from raw.\"{entry.stream}\" "  # noqa: S608
            "where source = ? and batch = ?",
            [entry.source, entry.batch],
        )
        days |= {calendar.day_of(quarter) for quarter in rows["quarter"].to_pylist() if isinstance(quarter, datetime)}
    return days


def forget_old_segments(project: Project, newest: Snapshot, previous: Snapshot | None) -> None:
    """Delete the segments that neither the newest generation nor the one before it names."""
    kept = {segment.file for one in (newest, previous) if one for segment in one.generation.segments}
    for path in project.segments.glob("*"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _result(publication: Publication, pulled: int, loaded: Sequence[LoadEntry], problems: list[str]) -> dict[str, Any]:
    return {**asdict(publication), "pulled": pulled, "loaded": len(loaded), "problems": problems}
