"""A project on a stage: a folder that every scenario finds as it was published, and the commands that people run in it.

Each stage keeps one path for the whole session, so that dbt's parse of its files stays valid; a scenario gets a fresh copy
of what was published there.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.catalog.contract import Question
from assay.cli import main
from assay.clock import CLOCK_VARIABLE, FixedClock
from assay.runtime.desk import Desk
from assay.runtime.importing import take_file
from assay.runtime.jobs import run_job
from assay.runtime.setup import init
from assay.settings import Project, open_project
from assay.values.answer import Answer

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
"""Half past midnight in the shop: the last day of February has just ended."""
SOURCES = Path(__file__).parents[2] / "src"
LONG = 600.0
"""Seconds after which a test gives up waiting: far more than anything takes, also where many programs share the machine."""
Key = tuple[str, str, str, str]
Row = tuple[str | None, int]


@dataclass(frozen=True)
class Ran:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it said, as JSON."""
        return json.loads(self.out)


@dataclass
class Stage:
    """A project in a folder, under a clock that the scenario moves."""

    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    @property
    def project(self) -> Project:
        return open_project(self.folder)

    def desk(self) -> Desk:
        """Return a desk that answers from what is published."""
        return Desk(self.project, self.clock)

    def ask(self, kpi: str, period: str | None = None, **more: Any) -> Answer:
        """Answer one question in this process."""
        asked = {"kpi": kpi, "period": period, **more}
        return self.desk().ask(Question.model_validate({name: value for name, value in asked.items() if value is not None}))

    def value(self, kpi: str, period: str | None = None) -> str | None:
        """Return one value."""
        return self.ask(kpi, period).value

    def codes(self, kpi: str, period: str | None = None) -> list[str]:
        """Return the codes of an answer's reasons."""
        return [reason.code for reason in self.ask(kpi, period).reasons]

    def run(self, job: str = "refresh") -> dict[str, Any]:
        """Do a job in this process, as a command does where no worker lives."""
        with warnings.catch_warnings(), _reading_once(self.folder):
            warnings.simplefilter("ignore")  # dbt's own
            return run_job(self.project, self.clock, job, {}, lambda _step, _done, _total: None)

    def go_on(self) -> None:
        """Do in this process what a killed worker left behind, or a refresh if it left nothing."""
        from assay.runtime.worker import Worker

        worker = Worker(self.project, self.clock)
        try:
            if worker.state.next_job() is None:
                worker.state.add_job("refresh", {}, self.clock.now())
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                while worker.work():
                    pass
        finally:
            worker.close()
        assert self.rows("select problem from job where state <> 'done'") == []

    def take(self, name: str, text: str, kind: str, *, maps: tuple[str, ...] = (), replace: bool = False) -> Any:
        """Take a file in, without a refresh."""
        file = self.write(f"files/{name}", text)
        return take_file(self.project, self.clock, file, kind, maps, None, replace=replace, append=False)

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def cli(self, *arguments: str) -> Ran:
        """Run a command in this process."""
        out, err = io.StringIO(), io.StringIO()
        before = os.environ.get(CLOCK_VARIABLE)
        os.environ[CLOCK_VARIABLE] = self.clock.now().isoformat()
        status: Any = 0
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                main([*arguments, "--project", str(self.folder)])
        except SystemExit as leave:
            status = leave.code
        finally:
            if before is None:
                del os.environ[CLOCK_VARIABLE]
            else:
                os.environ[CLOCK_VARIABLE] = before
        return Ran(int(status or 0), out.getvalue(), err.getvalue())

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command as a process of its own, at the head of its own group."""
        command = [sys.executable, "-c", "from assay.cli import main; main()", *arguments, "--project", str(self.folder)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(command, env=self.environment(), text=True, start_new_session=True, **pipes)

    def start_module(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start a module as a process of its own."""
        command = [sys.executable, "-m", name, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.environment(), text=True, start_new_session=True, stdout=pipe, stderr=pipe)

    def environment(self) -> dict[str, str]:
        """Return the environment of a command: this checkout, this clock."""
        return {**os.environ, "PYTHONPATH": str(SOURCES), CLOCK_VARIABLE: self.clock.now().isoformat()}

    def process(self, *arguments: str) -> Ran:
        """Run a command as a process of its own."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=LONG)
        return Ran(process.returncode, out, err)

    def rows(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Read the state store with plain SQL."""
        with closing(sqlite3.connect(f"file:{self.project.state}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def ledger(self) -> dict[Key, Row]:
        """Return the newest published value and state of every series."""
        return newest_rows(self.project.state)

    def of_itself(self) -> set[str]:
        """Return the KPIs about Assay's own work: those differ from run to run, with its times and its crashes."""
        snapshot = self.desk().snapshot()
        facts = snapshot.generation.models
        own = {name for name, one in facts.items() if any(stream.startswith("assay_") for stream in one.streams)}
        kpis = snapshot.catalog.kpis
        models = {name: {kpis[one].contract.model for one in (name, *snapshot.catalog.depends_on(name))} for name in kpis}
        return {name for name, used in models.items() if used & own}

    def restatements(self) -> list[tuple[Any, ...]]:
        """Return (KPI, period, start, old, new, cause) of every restatement, in order."""
        return self.rows(
            "select s.kpi, s.period, s.start, r.old, r.new, r.cause from restatement r join series s on s.id = r.series "
            "order by r.id"
        )

    def generation(self) -> int:
        """Return the number of the generation in force."""
        return int(self.rows("select max(id) from generation")[0][0])

    def board(self, name: str = "operations") -> dict[str, Any]:
        """Return a board without what differs between equal ones: its generation and when it was published."""
        shown: dict[str, Any] = comparable(self.desk().board(name).model_dump(mode="json"))
        return shown


def newest_rows(state: Path) -> dict[Key, Row]:
    """Return the newest published value and state of every series of a state store."""
    sql = (
        "select s.kpi, s.period, s.start, s.end, l.value, l.state from series s join ledger l on l.series = s.id "
        "where l.generation = (select max(generation) from ledger where series = s.id)"
    )
    with closing(sqlite3.connect(f"file:{state}?mode=ro", uri=True)) as connection:
        return {tuple(row[:4]): (row[4], row[5]) for row in connection.execute(sql)}


def comparable(value: Any) -> Any:
    """Return an answer without the names of generations and the instants of publishing and checking."""
    if isinstance(value, Mapping):
        drop = ("generation", "published_at", "receipt", "now", "since")
        return {name: comparable(one) for name, one in value.items() if name not in drop}
    return [comparable(one) for one in value] if isinstance(value, list) else value


@dataclass
class Template:
    """A published project that is put on its stage again for every scenario."""

    stage: Path
    kept: Path

    def fresh(self) -> Stage:
        """Return the project as it was published."""
        shutil.rmtree(self.stage, ignore_errors=True)
        shutil.copytree(self.kept, self.stage, symlinks=True)
        return Stage(self.stage)

    def copy(self, folder: Path) -> Stage:
        """Return a copy at another place: for a server that lives while scenarios use the stage."""
        shutil.copytree(self.kept, folder, symlinks=True)
        return Stage(folder)


def publish_template(
    folder: Path, settings: dict[str, Any], files: Mapping[str, tuple[str, str]], own: Mapping[str, str] | None = None
) -> Template:
    """Make a project with files of its `own`, take the files (name: kind and text) in, refresh it, and keep a copy."""
    stage = Stage(folder / "stage")
    init(stage.folder, {"name": "Toy shop", "timezone": "America/Los_Angeles", "currency": "USD", **settings})
    for name, text in (own or {}).items():
        stage.write(name, text)
    for name, (kind, text) in files.items():
        stage.take(name, text, kind)
    stage.run()
    return keep(stage)


def keep(stage: Stage) -> Template:
    """Keep a copy of a published project beside it."""
    kept = stage.folder.with_name("kept")
    shutil.copytree(stage.folder, kept, symlinks=True)
    return Template(stage.folder, kept)


def share(factory: pytest.TempPathFactory, name: str, publish: Callable[[Path], Template]) -> Template:
    """Return what the first process of a test run to ask for the name has published, on a stage of this process's own."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared" / name
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "kept.txt"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder / "made", ignore_errors=True)  # of a process that failed
            done.write_text(str(publish(folder / "made").kept))
    return Template(factory.mktemp(name) / "stage", Path(done.read_text()))


_READ: dict[str, bytes] = {}
"""What dbt has read, by the settings of the project: without files of its own, every project of these settings is the same."""


@contextlib.contextmanager
def _reading_once(folder: Path) -> Iterator[None]:
    """Lend a new project what dbt has read of one like it: reading all packs anew is a third of a first refresh."""
    read, settings = folder / ".assay" / "dbt" / "target" / "partial_parse.msgpack", folder / "dbt_project.yml"
    if read.exists() or not settings.exists():
        yield
        return
    key = settings.read_text()
    if key in _READ:
        read.parent.mkdir(parents=True, exist_ok=True)
        read.write_bytes(_READ[key])
    yield
    if key not in _READ and not any(path.is_file() for name in ("models", "tests") for path in (folder / name).rglob("*")):
        _READ[key] = read.read_bytes()


def settings_of(stage: Stage, **changes: Any) -> None:
    """Change settings in `assay.yml`."""
    path = stage.folder / "assay.yml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))
