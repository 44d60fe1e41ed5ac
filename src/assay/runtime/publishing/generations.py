"""The published generation: its files on disk, and reading one of them into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from assay.catalog import compiled
from assay.catalog.entry import Catalog
from assay.catalog.expression import aggregates
from assay.errors import AssayError
from assay.models.project import calendar_of, calendar_text
from assay.planner.plans import Plans
from assay.rollups.segments import write_durably
from assay.rollups.store import RollupStore
from assay.settings import Project
from assay.state.reader import StateReader
from assay.units import Currencies
from assay.values.generation import Generation


class Snapshot:
    """One generation in memory: its facts, its catalogue, its partials. Immutable; tables are read when first asked for."""

    def __init__(self, project: Project, generation: Generation, catalog: Catalog, before: Snapshot | None = None) -> None:
        """What the snapshot `before` has read and is still the same is not read again."""
        self.project = project
        self.generation = generation
        self.catalog = catalog
        self.read_as = catalog
        """The same catalogue as it was read for the publication, where it says what the one before it said."""
        self.plans: Plans = before.plans if before is not None and before.catalog is catalog else Plans(catalog)
        self._earlier: RollupStore | None = vars(before).get("store") if before is not None else None

    @cached_property
    def currencies(self) -> Currencies:
        """The dated currencies in which its numbers are."""
        return calendar_of(self.generation.calendar)[1] if self.generation.calendar else self.project.currencies

    @cached_property
    def store(self) -> RollupStore:
        """The generation's partials."""
        earlier, self._earlier = self._earlier, None
        return RollupStore(self.project.segments, self.generation.segments, self.plans.rollups, earlier)

    def read_ahead(self, names: Iterable[str]) -> None:
        """Read what the KPIs rest on together, where nothing has been read yet."""
        if not self.store.unread:
            return
        kpis = [self.catalog.kpis[one] for name in names for one in (name, *self.catalog.depends_on(name))]
        rollups = [(rollup, kpi) for kpi in kpis if (rollup := self.plans.rollup(kpi.name)) is not None]
        self.store.read_ahead((rollup, part) for rollup, kpi in rollups for part in aggregates(kpi.expression))


def require_same_calendar(project: Project, generation: Generation) -> None:
    """Refuse to show numbers under a time zone or a currency that they were not worked out in."""
    if generation.id and generation.calendar != calendar_text(project):
        raise AssayError(
            "The time zone or the currency of assay.yml is not the one in which the numbers were published.",
            "Run `assay refresh`; a server has to be started again.",
        )


def write_generation(project: Project, generation: Generation) -> tuple[str, str]:
    """Write the generation's file durably; return its name and hash."""
    content = generation.model_dump_json().encode()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{generation.id:08d}-{digest[:12]}.json"
    project.generations.mkdir(parents=True, exist_ok=True)
    write_durably(project.generations / name, content)
    return name, digest


def generation_file(path: Path) -> tuple[int, str] | None:
    """Return the number and the first digits of the hash that the file of a generation is named by; None of another file."""
    number, _, digest = path.stem.partition("-")
    return (int(number), digest) if number.isdigit() and digest else None


def write_catalog(project: Project, catalog: Catalog, before: Snapshot | None = None) -> str:
    """Write the compiled catalogue durably under its hash, unless the snapshot `before` has the same; return the hash."""
    if before is not None and before.read_as is catalog and _catalog_path(project, before.generation.catalog).exists():
        return before.generation.catalog
    content = compiled.dump(catalog)
    digest = hashlib.sha256(content).hexdigest()[:24]
    path = _catalog_path(project, digest)
    if not path.exists():
        project.generations.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    return digest


def _catalog_path(project: Project, digest: str) -> Path:
    return project.generations / f"catalog-{digest}.json"


def read_newest(project: Project) -> Snapshot | None:
    """Return the generation in force; None before the first."""
    newest = StateReader(project.state).newest()
    return None if newest is None else read_generation(project, newest[1], newest[2])


def read_generation(project: Project, file: str, sha256: str, before: Snapshot | None = None) -> Snapshot:
    """Return the generation of that file; raises `AssayError` if it is missing or damaged.

    Most publications change no definition and few partials: those of the snapshot `before` serve again where they are the same.
    """
    generation = Generation.model_validate_json(_checked(project.generations / file, sha256))
    if before is not None and before.generation.catalog == generation.catalog:
        return Snapshot(project, generation, before.catalog, before)
    path = _catalog_path(project, generation.catalog)
    return Snapshot(project, generation, compiled.load(_checked(path, generation.catalog)), before)


def nothing_published(project: Project, catalog: Catalog) -> Snapshot:
    """Return the empty generation that answers before anything was published."""
    generation = Generation(
        id=0,
        published_at=datetime.fromtimestamp(0, UTC),
        code_version="",
        catalog="",
        calendar="",
        warehouse="",
        segments=(),
        models={},
        streams={},
    )
    return Snapshot(project, generation, catalog)


def _checked(path: Path, sha256: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise AssayError(f"The published file {path.name} cannot be read: {error}", "Run `assay rebuild`.") from error
    if not hashlib.sha256(content).hexdigest().startswith(sha256):
        raise AssayError(f"The published file {path.name} is damaged: its checksum does not match.", "Run `assay rebuild`.")
    return content
