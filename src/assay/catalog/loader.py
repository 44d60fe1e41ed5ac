"""From folders to a catalogue: reads every file of the packs and of the project, reports everything that is wrong, compiles.

Nothing is raised for what files hold. With an error in any file there is no catalogue, so that the one in force stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assay.catalog.compiling import compile_draft
from assay.catalog.draft import CatalogDraft, DraftAlert, DraftKpi, DraftTarget
from assay.catalog.entry import PROJECT, Catalog
from assay.catalog.kpi_files import Reading
from assay.catalog.linter import lint
from assay.catalog.models import ModelSchema, StreamSchema, read_checks, read_models
from assay.catalog.problem import Problem, blocking, ordered
from assay.catalog.shared import names_in_use
from assay.catalog.yaml_files import Document, read_documents

OVERLAYS = ("targets", "alerts", "refresh", "benchmarks")
"""Files that add to KPIs which are defined elsewhere."""


@dataclass(frozen=True, slots=True)
class CatalogRoot:
    """A folder to read: a pack, or the user's project (which may replace what packs declare)."""

    path: Path
    name: str = PROJECT
    project: bool = False
    shown_as: str | None = None
    """What stands before file names in messages; the pack's name, or nothing for a project."""

    def shown(self, file: Path) -> str:
        """Return the file's name as messages show it."""
        prefix = self.shown_as if self.shown_as is not None else "" if self.project else self.name
        relative = file.relative_to(self.path).as_posix()
        return f"{prefix}/{relative}" if prefix else relative


@dataclass(frozen=True, slots=True)
class LoadResult:
    """The catalogue, or None if there are errors; and every problem, by file and line."""

    catalog: Catalog | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the catalogue from loading."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


@dataclass
class _Models:
    models: dict[str, ModelSchema] = field(default_factory=dict)
    streams: dict[str, StreamSchema] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)


def load_catalog(roots: Sequence[CatalogRoot], rule_folders: Sequence[Path] = (), checks: Collection[str] = ()) -> LoadResult:
    """Read the roots in order, packs first, the project last. Raises nothing for what the files hold.

    `rule_folders` hold further linter rules, `checks` are names of checks that exist besides dbt's data tests.
    """
    draft, problems = read_draft(roots, checks)
    problems = ordered([*problems, *lint(draft, rule_folders)])
    return LoadResult(None if blocking(problems) else compile_draft(draft), problems)


def read_draft(roots: Sequence[CatalogRoot], checks: Collection[str] = ()) -> tuple[CatalogDraft, tuple[Problem, ...]]:
    """Return what the roots' files say, not yet linted, and what is wrong with their shape."""
    problems: list[Problem] = []
    known = _Models()
    imports: list[str] = []
    readings: list[Reading] = []
    for root in roots:
        reading = Reading(PROJECT if root.project else root.name, root.project)
        readings.append(reading)
        _read_root(root, reading, known, problems)
        imports += [str(path) for path in _files(root.path, "imports", deep=False)]
        problems += reading.problems
    definitions = tuple(kpi for reading in readings for kpi in reading.kpis)
    boards = tuple(board for reading in readings for board in reading.boards)
    mentions = tuple(mention for reading in readings for mention in reading.mentions)
    kpis = _in_force(definitions, readings)
    used = names_in_use(kpis, boards, mentions)
    unused = {id(kpi.document) for kpi in definitions if kpi.name not in used}
    draft = CatalogDraft(
        kpis={name: kpi for name, kpi in kpis.items() if name in used},
        definitions=tuple(kpi for kpi in definitions if kpi.name in used),
        boards=boards,
        models=known.models,
        streams=known.streams,
        mentions=tuple(mention for mention in mentions if id(mention.document) not in unused),
        imports=tuple(imports),
        listings=tuple(listing for reading in readings for listing in reading.listings),
        refresh_configs=tuple(config for reading in readings for config in reading.refresh_configs),
        checks=frozenset(known.checks).union(checks),
        unreadable=frozenset(name for reading in readings for name in reading.unreadable),
    )
    return draft, tuple(problems)


def _read_root(root: CatalogRoot, reading: Reading, known: _Models, problems: list[Problem]) -> None:
    for folder in ("kpis", "boards"):
        for document in _documents(root, _files(root.path, folder), problems):
            reading.document(document)
    for what in OVERLAYS:
        files = [path for path in (root.path / f"{what}.yml", root.path / f"{what}.yaml") if path.is_file()]
        for document in _documents(root, files, problems):
            reading.overlay(document, what)
    for document in _documents(root, _files(root.path, "jobs"), problems):
        reading.jobs(document)
    for document in _documents(root, [*_files(root.path, "models"), *_files(root.path, "macros")], problems):
        models, streams, found = read_models(document, reading.pack)
        known.models.update({model.name: model for model in models})
        known.streams.update({stream.name: stream for stream in streams})
        known.checks |= read_checks(document)
        problems += found
    known.checks |= {path.stem for path in (root.path / "tests").rglob("*.sql")}
    for document in _documents(root, _files(root.path, "tests"), problems):
        known.checks |= read_checks(document)


def _files(root: Path, folder: str, *, deep: bool = True) -> list[Path]:
    below = (root / folder).rglob("*") if deep else (root / folder).glob("*")
    return sorted(path for path in below if path.suffix in {".yml", ".yaml"} and path.is_file())


def _documents(root: CatalogRoot, files: Sequence[Path], problems: list[Problem]) -> Iterator[Document]:
    for path in files:
        documents, found = read_documents(path, root.shown(path))
        problems += found
        yield from documents


def _in_force(definitions: Sequence[DraftKpi], readings: Sequence[Reading]) -> dict[str, DraftKpi]:
    """Return one definition a name: the project's, else the first; with what every root adds."""
    chosen: dict[str, DraftKpi] = {}
    for kpi in definitions:
        if kpi.name not in chosen or (kpi.project and not chosen[kpi.name].project):
            chosen[kpi.name] = kpi
    return {name: _with_overlays(kpi, readings) for name, kpi in chosen.items()}


def _with_overlays(kpi: DraftKpi, readings: Sequence[Reading]) -> DraftKpi:
    targets: list[DraftTarget] = list(kpi.targets)
    alerts: dict[str, DraftAlert] = {alert.name: alert for alert in kpi.alerts}
    contract = kpi.contract
    for reading in readings:
        if reading.targets.get(kpi.name):
            targets = [target for target in targets if target.pack != reading.pack] + reading.targets[kpi.name]
        for alert in reading.alerts.get(kpi.name, ()):
            name = alert.name if alert.alert.name or alert.name not in alerts else f"{kpi.name}_{len(alerts) + 1}"
            alerts[name] = replace(alert, name=name)
        if kpi.name in reading.refresh:
            contract = contract.model_copy(update={"refresh": reading.refresh[kpi.name]})
        if kpi.name in reading.benchmarks:
            contract = contract.model_copy(update={"benchmarks": reading.benchmarks[kpi.name]})
    return replace(kpi, contract=contract, targets=tuple(targets), alerts=tuple(alerts.values()))
