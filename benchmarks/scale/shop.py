"""The benchmark's shop: a real project folder whose marts were made by SQL, published without dbt by the real publisher."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, load_catalog
from assay.clock import FixedClock
from assay.engines.protocol import Engine
from assay.lineage.graph import Lineage
from assay.models.runner import BuildResult
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.publishing.generations import Snapshot, read_newest
from assay.runtime.publishing.publish import Progress, Publication, Publisher
from assay.runtime.refresh import Workplace, forget_old_segments
from assay.settings import PROJECT_FILE, Project, open_project
from assay.state.store import StateStore
from assay.trust.verdict import Judge
from assay.values.generation import Generation, Interval, ModelFacts, StreamFacts
from benchmarks.scale import data
from benchmarks.scale.company import END
from benchmarks.scale.questions import Question, asked

CATALOG = Path(__file__).parent / "catalog"
STREAM_OF = {"events": "visits", "visits": "visits", "tickets": "tickets"}
"""The stream on which a mart rests; the others rest on orders."""
CHANGE_LOG = """
create schema if not exists assay;
create table if not exists assay.changed_days (
  seq bigint not null, model varchar not null, time_column varchar not null, day date not null, kind varchar not null,
  "rows" bigint not null, invocation varchar not null, changed_at timestamptz not null
);
"""
"""The table that `packs/base/macros/materializations/change_log.sql` makes."""


@dataclass
class Shop:
    """One project of the benchmark; the warehouse is opened when it is first needed."""

    folder: Path

    @cached_property
    def project(self) -> Project:
        return open_project(self.folder)

    @cached_property
    def catalog(self) -> Catalog:
        """The catalogue of the project's own files."""
        result = load_catalog([CatalogRoot(self.folder, project=True)])
        if result.catalog is None:
            raise RuntimeError("\n".join(map(str, result.errors)))
        return result.catalog

    @cached_property
    def questions(self) -> list[Question]:
        return asked(list(self.catalog.kpis))

    @cached_property
    def place(self) -> Workplace:
        """What a worker that lives has at hand: the state store, the warehouse, the generation that it published last."""
        state = StateStore(self.project.state)
        return Workplace(self.project, FixedClock(END), state, state.take_over(END, 1))

    @property
    def engine(self) -> Engine:
        """The open warehouse."""
        return self.place.engine

    def close(self) -> None:
        """Let go of the warehouse and the state store."""
        self.place.close()
        self.place.state.close()

    @property
    def made(self) -> bool:
        """Whether the marts are there, all of them."""
        return (self.folder / "made").exists()

    def prepare(self) -> None:
        """Write the project's files: settings, KPIs, models, and one board that asks everything."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("kpis", "models"):
            shutil.copytree(CATALOG / name, self.folder / name, dirs_exist_ok=True)
        settings = {"name": "Scale", "timezone": data.ZONE, "currency": "USD", "packs": []}
        (self.folder / PROJECT_FILE).write_text(yaml.safe_dump(settings))
        names = [document["kpi"] for path in sorted((self.folder / "kpis").glob("*.yml")) for document in documents(path)]
        tiles = [
            {"kpi": one.kpi, "at": "yesterday"} | ({} if one.period == "yesterday" else {"period": one.period})
            for one in asked(names)
        ]
        board = {"board": "everything", "label": "Everything", "sections": [{"label": "Everything", "tiles": tiles}]}
        (self.folder / "boards").mkdir(exist_ok=True)
        (self.folder / "boards" / "everything.yml").write_text(yaml.safe_dump(board, sort_keys=False))

    def make(self, fill: Callable[[Path], None]) -> None:
        """Fill a new warehouse, and write in its change log that every day of every mart was built."""
        self.prepare()
        shutil.rmtree(self.project.generated, ignore_errors=True)
        fill(self.project.warehouse)
        self.engine.execute(CHANGE_LOG)
        for table, (_, day) in data.KEYS.items():
            self.log(table, f"select distinct {day} from {table}", "built")
        (self.folder / "made").touch()

    def log(self, table: str, days: str, kind: str) -> None:
        """Write to the change log what the materialization `fact` would: the days that the query `days` gives."""
        self.engine.execute(
            "insert into assay.changed_days select (select coalesce(max(seq), 0) from assay.changed_days) "
            f"+ row_number() over (order by day), ?, ?, day, ?, 1, 'benchmark', now() from ({days}) as changed(day)",
            [table, data.KEYS[table][1], kind],
        )

    def publish(self, progress: Progress = lambda *_: None, *, later: int = 0, engine: Engine | None = None) -> Publication:
        """Publish what the marts hold, `later` minutes after the benchmark's instant."""
        now = END + timedelta(minutes=later)
        previous, told = self.place.newest()
        publisher = Publisher(self.project, engine or self.engine, self.place.state, self.place.token, previous, told)
        publication, snapshot = publisher.publish(self.catalog, self._build(), self._streams(now), set(), now, progress)
        self.place.keep(snapshot, publisher.told)
        forget_old_segments(self.project, snapshot, previous)
        return publication

    def forget(self) -> None:
        """Forget what was published, and the numbers that distinct values have: the next publication is the first."""
        self.close()
        del self.place
        for folder in (self.project.segments, self.project.generations):
            shutil.rmtree(folder, ignore_errors=True)
        for file in self.project.generated.glob("state.sqlite*"):
            file.unlink()
        tables = "select table_name from duckdb_tables() where schema_name = 'assay' and table_name like 'ids_%'"
        for row in self.engine.query(tables).to_pylist():
            self.engine.execute(f'drop table assay."{row["table_name"]}"')

    def _build(self) -> BuildResult:
        parents: dict[str, tuple[str, ...]] = {}
        for model in self.catalog.models:
            stream = f"source.scale.raw.{STREAM_OF.get(model, 'orders')}"
            parents |= {f"model.scale.{model}": (stream,), stream: ()}
        lineage = Lineage(parents, {key: key.rsplit(".", 1)[1] for key in parents})
        return BuildResult(frozenset(self.catalog.models), {}, (), lineage)

    def _streams(self, now: datetime) -> dict[str, StreamFacts]:
        complete = Interval(start=self.project.calendar.start_of(data.FIRST), end=now)
        return {
            name: StreamFacts(stream=name, intervals=(complete,), newest_load=now) for name in ("orders", "visits", "tickets")
        }

    def snapshot(self) -> Snapshot:
        """Return the generation in force."""
        found = read_newest(self.project)
        if found is None:
            raise RuntimeError("Nothing is published: run the part `build` first.")
        return found

    def unpublished(self) -> Snapshot:
        """Return a generation of the marts without partials: what the warehouse alone answers from."""
        streams = self._streams(END)
        models = {
            model: ModelFacts(model=model, streams=(name,), coverage={name: streams[name]}, promoted_at=END)
            for model in self.catalog.models
            if (name := STREAM_OF.get(model, "orders"))
        }
        nothing = {"code_version": "", "catalog": "", "calendar": "", "warehouse": ""}
        known = Generation(id=1, published_at=END, segments=(), models=models, streams=streams, **nothing)
        return Snapshot(self.project, known, self.catalog)

    def evaluator(self, snapshot: Snapshot, partials: Partials) -> Evaluator:
        """Return a new evaluator, which has worked out nothing yet."""
        judge = Judge(snapshot.generation, self.project.calendar, END)
        return Evaluator(snapshot.catalog, partials, judge, currencies=self.project.currencies, plans=snapshot.plans)

    def numbers(self, snapshot: Snapshot, partials: Partials, questions: Sequence[Question]) -> list[Any]:
        """Return the numbers of the questions, verdicts included, as a board works them out."""
        evaluator = self.evaluator(snapshot, partials)
        return [evaluator.kpi(question.kpi, question.window).shown() for question in questions]


def documents(path: Path) -> list[dict[str, Any]]:
    """Return the documents of a YAML file."""
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def day_before(days: int) -> date:
    """Return the day so many days before the last one."""
    return data.LAST - timedelta(days=days)
