"""Is the project well: what a data engineer looks at first when something is off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from assay.clock import Clock
from assay.errors import AssayError
from assay.runtime.lock import worker_lives
from assay.runtime.packs import packs_of, read_catalog
from assay.runtime.publishing.generations import read_newest
from assay.settings import Project
from assay.sources.landing import LandingZone
from assay.state.reader import StateReader

LEAST_FREE = 1_000_000_000


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: Literal["ok", "look", "wrong"]
    sentence: str
    repair: str = ""


def examine(project: Project, clock: Clock) -> Iterator[Finding]:
    """Look at everything that a number rests on; a part that cannot be looked at is itself a finding."""
    for what, look in LOOKS.items():
        try:
            yield from look(project, clock)
        except AssayError as error:
            yield Finding(what, "wrong", error.problem, error.remedy)


def _settings(project: Project, _clock: Clock) -> Iterator[Finding]:
    packs = ", ".join(packs_of(project))
    yield Finding("settings", "ok", f"{project.file.name}: {project.timezone}, {project.currencies.codes[-1]}, packs {packs}")


def _catalogue(project: Project, _clock: Clock) -> Iterator[Finding]:
    result = read_catalog(project)
    if result.catalog is None:
        yield Finding("KPI files", "wrong", f"{len(result.errors)} mistakes", "assay check")
    else:
        yield Finding("KPI files", "ok", f"{len(result.catalog.kpis)} KPIs, {len(result.catalog.boards)} boards")


def _landing(project: Project, _clock: Clock) -> Iterator[Finding]:
    if not project.landing.is_dir():
        yield Finding("landing zone", "look", "nothing has landed yet", "assay import FILE --as KIND")
        return
    zone = LandingZone(project.landing)
    entries = zone.batches()
    yield Finding("landing zone", "ok", f"{len(entries)} batches, {sum(entry.rows for entry in entries):,} records")
    for damaged in zone.damaged():
        yield Finding("landing zone", "wrong", damaged.problem, damaged.remedy)
    for path in zone.unknown():
        yield Finding("landing zone", "look", f"{path} is none of its files", "Move it away.")


def _generation(project: Project, clock: Clock) -> Iterator[Finding]:
    snapshot = read_newest(project)
    if snapshot is None:
        yield Finding("publication", "look", "nothing has been published yet", "assay refresh")
        return
    generation = snapshot.generation
    age = clock.now() - generation.published_at
    yield Finding("publication", "ok", f"generation {generation.id}, {age.total_seconds() / 3600:.1f} hours ago")
    for facts in generation.models.values():
        if facts.held is not None:
            yield Finding("models", "wrong", f"{facts.model} is held: {facts.held.sentence}", "Mend it, then assay refresh.")
    failed = [check for check in generation.checks if check.status != "passed"]
    yield Finding("checks", "wrong" if failed else "ok", f"{len(failed)} of {len(generation.checks)} checks fail")
    for check in failed:
        yield Finding("checks", "wrong", f"{check.name}: {check.failures} rows; {check.message}")


def _worker(project: Project, _clock: Clock) -> Iterator[Finding]:
    alive = worker_lives(project.generated) if project.generated.is_dir() else False
    yield Finding("worker", "ok", "a worker is running" if alive else "no worker is running; commands do the work themselves")
    for job in StateReader(project.state).jobs(5):
        state: Literal["ok", "wrong"] = "wrong" if job["state"] == "failed" else "ok"
        problem = json.loads(job["problem"]) if job["problem"] else {}
        said = f"job {job['id']} {job['kind']}: {job['state']}" + (f": {problem['problem']}" if problem else "")
        yield Finding(
            "jobs", state, "\n       ".join([said, *problem.get("trace", "").splitlines()]), problem.get("remedy", "")
        )


def _disk(project: Project, _clock: Clock) -> Iterator[Finding]:
    free = shutil.disk_usage(project.folder).free
    yield Finding(
        "disk", "ok" if free > LEAST_FREE else "wrong", f"{free / 1e9:.1f} GB free", "" if free > LEAST_FREE else "Make room."
    )


LOOKS: dict[str, Callable[[Project, Clock], Iterator[Finding]]] = {
    "settings": _settings,
    "KPI files": _catalogue,
    "landing zone": _landing,
    "publication": _generation,
    "worker": _worker,
    "disk": _disk,
}
