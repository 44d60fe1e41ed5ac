"""What a refresh proves of the landed records before it publishes: their checks, and how old each stream may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from assay.catalog.contract import seconds
from assay.engines.protocol import Engine
from assay.lineage.graph import Lineage
from assay.runtime.schedule import next_run
from assay.settings import Project
from assay.trust.checking import run_checks
from assay.trust.ground import Ground
from assay.trust.profile import bring_up_to_date
from assay.values.check import Check
from assay.values.generation import StreamFacts
from assay.values.load import LoadEntry

RUNS = 8
"""So many runs of a schedule show its longest pause: those of a week, for a schedule by the day."""


def stream_checks(
    project: Project,
    engine: Engine,
    lineage: Lineage,
    streams: Mapping[str, StreamFacts],
    entries: Sequence[LoadEntry],
    now: datetime,
) -> tuple[Check, ...]:
    """Return what the checks of the landed records say; each speaks of the models that rest on its stream."""
    shards = {name: facts.shard_by for name, facts in streams.items() if facts.shard_by}
    bring_up_to_date(engine, project.calendar, entries, shards)
    ground = Ground(engine, project.calendar, now, streams, entries)
    models_of: dict[str, list[str]] = {name: [] for name in streams}
    for model, node in sorted(lineage.models().items()):
        for stream in lineage.streams_of(node):
            models_of.setdefault(stream, []).append(model)
    return run_checks(ground, models_of, project.file.accepted)


def with_expected_age(streams: Mapping[str, StreamFacts], project: Project, now: datetime) -> dict[str, StreamFacts]:
    """Return the streams, those with a schedule alone with the age that it allows: its longest pause and its lateness."""
    return {
        name: facts.model_copy(update={"freshness": _allowed(facts.schedule, facts.sla, project, now)})
        if facts.schedule and facts.freshness is None
        else facts
        for name, facts in streams.items()
    }


def _allowed(schedule: str, sla: str, project: Project, now: datetime) -> str:
    late = timedelta(seconds=seconds(sla))
    if schedule != "continuous":
        runs = [next_run(schedule, project, now)]
        while len(runs) < RUNS:
            runs.append(next_run(schedule, project, runs[-1]))
        late += max(later - earlier for earlier, later in pairwise(runs))
    return f"{max(1, int(late.total_seconds() // 60))}m"
