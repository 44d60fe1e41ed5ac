"""Running dbt in this process: models, seeds and snapshots first, then the tests that audit them.

Tests do not stop models: a model whose tests fail is built, and then held back from publication, so that the days that
it touched are known.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from assay.errors import AssayError
from assay.lineage.graph import Lineage
from assay.settings import Project
from assay.telemetry import logger
from assay.values.check import Check

_log = logger("models")


@dataclass(frozen=True)
class BuildResult:
    """What dbt did: the models that were built, those that failed or were skipped (with why), the checks, the lineage."""

    built: frozenset[str]
    failed: dict[str, str]
    checks: tuple[Check, ...]
    lineage: Lineage
    left_out: frozenset[str] = frozenset()
    """Models that were not to be built: they stay as they were published."""
    faulty: Mapping[str, str] = field(default_factory=dict)
    """Of each failing check the SQL that finds the faulty rows."""

    def why_unbuilt(self, model: str) -> str | None:
        """Return in a sentence why a model that was to be built was not; None if it was."""
        if model in self.built and model not in self.failed:
            return None
        return f"The model {model} could not be built: {self.failed.get(model, 'it was not built')}"

    def failing(self, model: str) -> list[Check]:
        """Return the checks that hold the whole model; one that names the faulty days withholds these alone."""
        broken = (check for check in self.checks if check.blocking and check.status != "passed" and model in check.models)
        return [check for check in broken if check.days is None]

    def and_then(self, later: BuildResult) -> BuildResult:
        """Return both builds as one; the later one had other models."""
        built, failed = self.built | later.built, self.failed | later.failed
        return BuildResult(built, failed, (*self.checks, *later.checks), later.lineage)

    def beside(self, earlier: Iterable[Check]) -> BuildResult:
        """Return the build of a part of the models: the others are left out, and their checks stand as they did."""
        ran = {check.name for check in self.checks}
        left_out = frozenset(self.lineage.models()) - self.built - frozenset(self.failed)
        return replace(self, checks=(*self.checks, *(one for one in earlier if one.name not in ran)), left_out=left_out)


class ModelRunner:
    """A persistent dbt runner; not for use from several threads."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._manifest: Any = None
        self._parsed: frozenset[tuple[str, int, int]] = frozenset()

    def build(
        self, now: datetime, *, on: Sequence[str] = (), off: Sequence[str] = (), without: Sequence[str] = ()
    ) -> BuildResult:
        """Build every model, seed and snapshot and run every data test; raises `AssayError` if dbt cannot start at all.

        `on` builds only what rests on one of these streams; `off` leaves out what does, `without` what rests on these models.
        """
        self._parse()
        left_out = [*(f"source:raw.{stream}+" for stream in off), *(f"{model}+" for model in without)]
        chosen = [*_option("--select", [f"source:raw.{stream}+" for stream in on]), *_option("--exclude", left_out)]
        no_tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
        ran = self._invoke("build", *no_tests, *chosen)  # seeds, models and snapshots, each after what it rests on
        tested = self._invoke("test", "--exclude-resource-type", "unit_test", *chosen)
        lineage = self._lineage()
        built = frozenset(
            one.node.name for one in ran if one.node.unique_id.startswith("model.") and str(one.status) == "success"
        )
        failed = {
            one.node.name: _first_line(one.message)
            for one in ran
            if str(one.status) in ("error", "skipped", "partial success", "fail")
        }
        tests = [one for one in tested if one.node.unique_id.startswith("test.")]
        faulty = {one.node.name: str(one.node.compiled_code) for one in tests if str(one.status) in ("fail", "warn")}
        return BuildResult(built, failed, tuple(_check(one, lineage, now) for one in tests), lineage, faulty=faulty)

    def lineage(self) -> Lineage:
        """Return what rests on what, by the project's files."""
        self._parse()
        return self._lineage()

    def snapshots(self) -> dict[str, tuple[str, str]]:
        """Return schema and table of every snapshot, by name."""
        self._parse()
        nodes = [node for node in self._manifest.nodes.values() if node.unique_id.startswith("snapshot.")]
        return {node.name: (str(node.schema), str(node.alias)) for node in nodes}

    def marked(self, meta: str) -> list[str]:
        """Return the models whose `meta` says so, by name."""
        self._parse()
        models = [node for node in self._manifest.nodes.values() if node.unique_id.startswith("model.")]
        return sorted(node.name for node in models if node.config.meta.get(meta) is True)

    def critical_columns(self) -> dict[str, list[str]]:
        """Return the columns that should never be empty, by model: marked `critical` in their `meta`, or, where a model is
        kept as a table, tested to be not null."""
        self._parse()
        nodes = self._manifest.nodes
        found: dict[str, set[str]] = {}
        for node in nodes.values():
            if node.unique_id.startswith("model."):
                marked = {name for name, column in node.columns.items() if _says(column, "critical")}
                found.setdefault(node.name, set()).update(marked)
            elif node.unique_id.startswith("test.") and _test_of(node) == "not_null":
                model = nodes.get(node.attached_node)
                if model is not None and str(model.config.materialized) == "fact":
                    found.setdefault(model.name, set()).add(str(node.column_name))
        return {model: sorted(columns) for model, columns in sorted(found.items()) if columns}

    def _parse(self) -> None:
        """Read the project's files, unless none of them has changed since the last time: reading is most of dbt's time."""
        files = self._files()
        if self._manifest is None or files != self._parsed:
            self._manifest = None
            self._manifest = self._invoke("parse")
            self._parsed = files

    def _files(self) -> frozenset[tuple[str, int, int]]:
        """Return name, time and size of every file that dbt reads."""
        project = self._project.folder
        roots = [path.resolve() for path in (self._project.generated / "dbt" / "packages").iterdir()]
        roots += [project / name for name in ("models", "tests", "macros", "seeds", "snapshots")]
        files = [path for root in roots for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"]
        files += [project / "dbt_project.yml", self._project.generated / "dbt" / "profiles.yml"]
        return frozenset((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)

    def _lineage(self) -> Lineage:
        nodes = {**self._manifest.nodes, **self._manifest.sources}
        parents = {
            key: tuple(getattr(node.depends_on, "nodes", ())) if hasattr(node, "depends_on") else ()
            for key, node in nodes.items()
        }
        return Lineage(parents, {key: node.name for key, node in nodes.items()})

    def _invoke(self, command: str, *options: str) -> Any:
        from dbt.cli.main import dbtRunner

        arguments = [
            command,
            *("--project-dir", str(self._project.folder)),
            *("--profiles-dir", str(self._project.generated / "dbt")),
            *("--quiet", "--no-use-colors", "--no-send-anonymous-usage-stats", "--no-version-check", "--no-print"),
            *("--log-level-file", "none", "--no-write-json"),
            *options,
        ]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            outcome = dbtRunner(manifest=self._manifest).invoke(arguments)
        if outcome.exception is not None:
            raise AssayError(
                f"dbt could not {command}: {_first_line(str(outcome.exception))}",
                f"Mend the model that it names; `{_bare(self._project.folder)}` shows the same.",
            )
        result: Any = outcome.result
        if command == "parse":
            return result
        return list(result.results) if result is not None else []


def _option(name: str, values: Sequence[str]) -> list[str]:
    return [name, *values] if values else []


def _test_of(node: Any) -> str:
    """Return which generic test it is; a singular one has no name but its own."""
    return str(getattr(getattr(node, "test_metadata", None), "name", ""))


def _says(column: Any, meta: str) -> bool:
    return column.meta.get(meta) is True or getattr(column.config, "meta", {}).get(meta) is True


def _bare(folder: Path) -> str:
    return f"dbt build --project-dir {folder} --profiles-dir {folder}/.assay/dbt"


def _first_line(message: object) -> str:
    lines = [
        line.strip() for line in str(message or "it was skipped, because a model before it failed").splitlines() if line.strip()
    ]
    return " ".join(lines[:3])[:400]


def _doubted(node: Any, lineage: Lineage) -> tuple[str, ...]:
    """Return what a failing test says is wrong: the models that its meta `doubts`, or all that it reads."""
    read = tuple(node.depends_on.nodes)
    names = node.config.meta.get("doubts", ())
    doubted = tuple(key for key in read if lineage.names.get(key) in names)
    return doubted if len(doubted) == len(names) > 0 else read  # one that it does not read is a mistake: doubt all


def _check(result: Any, lineage: Lineage, now: datetime) -> Check:
    node = result.node
    status = {"pass": "passed", "warn": "failed", "fail": "failed"}.get(str(result.status), "error")
    return Check(
        name=node.name,
        models=tuple(sorted(lineage.downstream_models(_doubted(node, lineage)))),
        status=status,
        blocking=str(node.config.severity).lower() == "error" and str(result.status) != "warn",
        failures=int(result.failures or 0),
        message="" if status == "passed" else _first_line(result.message),
        checked_at=now,
    )
