"""Assay as a source of its own: what it measures about itself lands as streams and goes the way of all other data.

A refresh lands the notes of all processes before it loads, and the state of the data (checks, ages, missing cells) after the
models are built; then it builds what rests on these streams. Nothing is measured unless a KPI rests on one of them. What a
crash may have lost is a gap in what a load completes: the number of that time is withheld, never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from assay.catalog.entry import Catalog
from assay.clock import Clock
from assay.engines.protocol import Engine
from assay.errors import AssayError
from assay.lineage.graph import Lineage
from assay.models.runner import BuildResult, ModelRunner
from assay.planner.tables import quoted
from assay.runtime.own.compaction import compact
from assay.runtime.own.measures import milliseconds
from assay.runtime.own.notes import Landed, NoteFolder, Span, boot
from assay.runtime.own.records import (
    CALLS,
    CHECKS,
    FRESHNESS,
    NOTES,
    QUERIES,
    RUNS,
    STATES,
    STREAMS,
    Record,
    records_of,
    table_of,
)
from assay.runtime.own.runs import Run
from assay.runtime.own.states import States, check_records, field_records, freshness_records, newest
from assay.settings import Project
from assay.sources.landing import Draft, LandingZone
from assay.telemetry import Notebook, logger
from assay.values.generation import StreamFacts

if TYPE_CHECKING:
    from assay.runtime.publishing.generations import Snapshot

_log = logger("self_report")
SOURCE = "assay"
LANDING_EVERY = timedelta(minutes=10)
"""A refresh lands what was measured when the last landing is this old, or when a state has changed."""
RUNS_BEFORE = timedelta(days=31)
"""Of a new project it is known that nothing ran before: so much of its past is complete from the first day."""


def asked_for(catalog: Catalog, lineage: Lineage) -> tuple[str, ...]:
    """Return the streams of Assay's own measurements, if a KPI rests on any of them."""
    nodes = lineage.models()
    models = {kpi.contract.model for kpi in catalog.kpis.values() if kpi.contract.model in nodes}
    resting = {stream for model in models if model for stream in lineage.streams_of(nodes[model])}
    return tuple(stream for stream in STREAMS if stream in catalog.streams) if resting & set(STREAMS) else ()


class Tools(Protocol):
    """What a worker has at hand."""

    clock: Clock

    @property
    def engine(self) -> Engine: ...

    @property
    def runner(self) -> ModelRunner: ...

    @property
    def notebook(self) -> Notebook: ...


class SelfReport:
    """What one refresh lands of Assay's own measurements."""

    def __init__(
        self, project: Project, zone: LandingZone, previous: Snapshot | None, now: datetime, run: Run | None = None
    ) -> None:
        self._project, self._zone, self._now, self._run = project, zone, now, run
        self._first = previous is None and not (zone.root / SOURCE).exists()
        self._untouched = self._first and not zone.batches()
        self._folder = NoteFolder(project.generated / "telemetry")
        self._boot = boot()
        self.streams: tuple[str, ...] = ()
        self.landed = False
        """Whether notes have landed: from time to time alone, so that their batches stay few."""
        facts = previous.generation.models.values() if previous else ()
        if previous is None or any(stream in STREAMS for one in facts for stream in one.streams):
            self._folder.prepare()  # before anything is pulled, so that the pull is noted
        if run is not None and self._first:
            run.begin()  # when it was made, nothing could be noted yet

    def ask(self, catalog: Catalog, lineage: Lineage) -> None:
        """Find out which measurements are wanted; without any, nothing is measured from now on."""
        self.streams = asked_for(catalog, lineage)
        if self.streams:
            self._folder.prepare()
        else:
            self._folder.abandon()

    def land(self, catalog: Catalog, build: BuildResult, facts: Mapping[str, StreamFacts], place: Tools) -> None:
        """Land what was noted and how the data stands; where that fails, the refresh goes on, and the coverage stands still."""
        try:
            self.land_notes()
            self.land_states(States(place.clock.now(), self._project.calendar, catalog, build, facts), place)
            if self.landed and compact(self._zone, SOURCE, self._project.calendar, place.clock.now()):
                forget_batches(place.engine, self._zone)
        except (AssayError, OSError) as error:
            _log.warning("what Assay measured about itself did not land: %s", error)

    def probe(self, place: Tools) -> None:
        """Time the models that are marked `timed`, as often as notes land."""
        if self.landed:
            probe(place.notebook, place.clock, place.engine, place.runner.marked("timed"))

    def land_notes(self) -> None:
        """Land what the processes have noted, and the run that is under way as one that has begun."""
        known = self._folder.landed()
        if not self.streams or (known is not None and self._now - known.notes < LANDING_EVERY):
            return
        since = known.notes if known else self._now
        until, forgotten, lost = self._folder.take(since, self._now, same_boot=known is None or known.boot == self._boot)
        records: dict[str, list[Record]] = defaultdict(list)
        for name, notes, whole in self._folder.files():
            lost += [] if whole else [(since, self._now)]
            for stream, found in records_of(name, notes).items():
                records[stream] += found
        if self._run is not None:
            records[RUNS].append(Record(self._run.id, self._run.started_at, self._run.facts()))
        drafts = []
        for stream in (one for one in NOTES if one in self.streams):
            start = since if known else self._beginning(stream)
            gaps = _joined([*lost, *forgotten] if stream == QUERIES else lost)
            drafts.append(self._draft(stream, records[stream], start, until, gaps, self._now))
        self._zone.write_all(drafts)
        self._folder.remember(Landed(until, known.states if known else self._now, self._boot))
        self._folder.forget()
        self.landed = True

    def land_states(self, states: States, place: Tools) -> None:
        """Land how checks, ages and cells stand after a build, if anything became another or the last landing is old."""
        now, engine = states.now, place.engine
        known = self._folder.landed() or Landed(now, now, self._boot)
        checks = check_records(states, newest(engine, CHECKS))
        ages, urgent = freshness_records(states, newest(engine, FRESHNESS))
        first = self._first and self.landed
        if not (first or checks or urgent or now - known.states >= LANDING_EVERY):
            return
        fields = field_records(states, engine, place.runner.critical_columns())
        found = {
            stream: records for stream, records in zip(STATES, (checks, ages, fields), strict=True) if stream in self.streams
        }
        start = self._midnight() if first else known.states
        drafts = [self._draft(stream, records, start, now, [], now) for stream, records in found.items() if records]
        if silent := tuple(stream for stream, records in found.items() if not records):
            drafts.append(replace(self._draft(silent[0], [], start, now, [], now), completes=silent))
        self._zone.write_all(drafts)
        self._folder.remember(replace(known, states=now))

    def _beginning(self, stream: str) -> datetime:
        """Return since when a stream is complete whose first batch this is: what did not exist did nothing."""
        calendar = self._project.calendar
        if stream == CALLS and not self._untouched:
            return self._now  # somebody has imported something, and nobody noted how that went
        if stream == RUNS and self._first:
            return calendar.start_of(calendar.day_of(self._now - RUNS_BEFORE))
        return self._midnight() if self._first else self._now

    def _midnight(self) -> datetime:
        return self._project.calendar.start_of(self._project.calendar.day_of(self._now))

    def _draft(
        self,
        stream: str,
        records: Sequence[Record],
        start: datetime,
        until: datetime,
        gaps: Sequence[Span],
        received_at: datetime,
    ) -> Draft:
        complete = start < until
        return Draft(
            SOURCE,
            stream,
            table_of(records, received_at),
            received_at,
            start if complete else None,
            until if complete else None,
            tuple(gaps),
        )


def forget_batches(engine: Engine, zone: LandingZone) -> None:
    """Take the rows of batches that are gone out of the warehouse; they are there again under another batch."""
    kept = [entry.batch for entry in zone.batches() if entry.source == SOURCE]
    for stream in STREAMS:
        gone = "source = ? and not list_contains(?::varchar[], batch)"
        engine.execute(f"delete from raw.{quoted(stream)} where {gone}", [SOURCE, kept])  # noqa: S608 - a name of ours
        engine.execute(f"delete from raw._loads where stream = ? and {gone}", [stream, SOURCE, kept])  # noqa: S608 - written above


def probe(notebook: Notebook, clock: Clock, engine: Engine, models: Iterable[str]) -> None:
    """Time how long each of the models takes to be read."""
    for model in models:
        started = clock.monotonic()
        try:
            engine.query(f"select * from {quoted(model)}")  # noqa: S608 - the name is quoted
            success = True
        except AssayError:
            success = False
        took = milliseconds(clock, started)
        notebook.note(QUERIES, {"kind": "probe", "subject": model, "success": success, "milliseconds": took})


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
