"""A workbench for tests of soundness: rows in a warehouse, published without dbt, so that a test says just what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assay.catalog.contract import Question
from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, load_catalog
from assay.clock import FixedClock
from assay.engines.protocol import Engine
from assay.lineage.graph import Lineage
from assay.models.runner import BuildResult
from assay.runtime.desk import Desk
from assay.runtime.publishing.generations import read_newest
from assay.runtime.publishing.publish import Publication, Publisher
from assay.runtime.wiring import open_warehouse
from assay.settings import Project, ProjectFile
from assay.state.store import StateStore
from assay.values.answer import Answer
from assay.values.check import Check
from assay.values.generation import Interval, StreamFacts

MODEL = """
version: 2
models:
  - name: sales
    config: {materialized: fact, key: [id], times: [sold_on]}
    columns:
      - {name: id, data_type: VARCHAR}
      - {name: sold_on, data_type: DATE, config: {meta: {instant: sold_at}}}
      - {name: sold_at, data_type: TIMESTAMPTZ}
      - {name: shop, data_type: VARCHAR}
      - {name: buyer, data_type: VARCHAR}
      - {name: amount, data_type: BIGINT, config: {meta: {unit: money}}}
      - {name: units, data_type: BIGINT}
sources:
  - name: raw
    tables: [{name: orders}, {name: visits}]
"""
KPI = """
kpi: {name}
label: {name}
definition: A number.
unit: {unit}
owner: me
formula: "{formula}"
"""
LOG = (
    "create schema if not exists assay; create table if not exists assay.changed_days "
    "(seq bigint, model varchar, time_column varchar, day date, kind varchar)"
)


def at(text: str) -> datetime:
    """Return an instant of UTC: `2026-03-10 12:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NOON = at("2026-03-10 12:00")
FIRST_DAY = at("2025-01-01 00:00")


def base(name: str, formula: str, unit: str = "count", **more: str) -> str:
    """Return the file text of a KPI over `sales`."""
    return derived(name, formula, unit, model="sales", time="sold_on", **more)


def derived(name: str, formula: str, unit: str = "count", **more: str) -> str:
    """Return the file text of a KPI; `more` are further fields in YAML."""
    fields = "".join(f"{key}: {value}\n" for key, value in more.items())
    return KPI.format(name=name, unit=unit, formula=formula) + fields


@dataclass
class Bench:
    """A project whose models are tables that the test fills by hand."""

    folder: Path
    zone: str = "UTC"
    currency: Any = "USD"
    model: str = MODEL
    now: datetime = NOON
    since: datetime = FIRST_DAY
    streams: tuple[str, ...] = ("orders",)
    clock: FixedClock = field(init=False)

    def __post_init__(self) -> None:
        self.project = Project(self.folder, ProjectFile(timezone=self.zone, currency=self.currency))
        self.clock = FixedClock(self.now)
        self.engine: Engine = open_warehouse(self.project)
        self.state = StateStore(self.project.state)
        self.token = self.state.take_over(self.now, 1)
        self.coverage: dict[str, list[Interval]] = {}
        self.engine.execute(
            "create table sales (id varchar, sold_on date, sold_at timestamptz, shop varchar, buyer varchar, "
            "amount bigint, units bigint)"
        )
        self.engine.execute(LOG)
        self.log([])

    def close(self) -> None:
        """Let go of the warehouse, as a process that ends does."""
        self.engine.close()
        self.state.close()

    def catalog(self, *kpis: str) -> Catalog:
        """Return the catalogue of these KPI files."""
        for name, text in (("kpis/all.yml", "\n---".join(kpis)), ("models/all.yml", self.model)):
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        result = load_catalog([CatalogRoot(self.folder, project=True)])
        assert result.catalog is not None, [str(problem) for problem in result.problems]
        return result.catalog

    def sell(self, *rows: tuple[str, int], shop: str | None = "web", log: bool = True) -> None:
        """Add sales of (instant in UTC, amount in cents)."""
        for number, (instant, amount) in enumerate(rows):
            moment = at(instant)
            day = self.project.calendar.day_of(moment)
            self.engine.execute(
                "insert into sales values (?, ?, ?, ?, ?, ?, ?)",
                [f"{instant}/{number}/{shop}", day, moment, shop, f"b{number}", amount, 1],
            )
        if log:
            self.log([self.project.calendar.day_of(at(instant)) for instant, _ in rows])

    def log(self, days: Iterable[date], time: str = "sold_on", kind: str = "inserted", model: str = "sales") -> None:
        """Write to the change log what a build of a fact would."""
        for day in sorted(set(days)):
            self.engine.execute(
                "insert into assay.changed_days select coalesce(max(seq), 0) + 1, ?, ?, ?, ? from assay.changed_days",
                [model, time, day, kind],
            )

    def publish(
        self,
        catalog: Catalog,
        *,
        now: datetime | None = None,
        until: datetime | None = None,
        checks: Sequence[Check] = (),
        built: Sequence[str] = ("sales",),
        streams: Sequence[str] | None = None,
        facts: Mapping[str, StreamFacts] | None = None,
        rests: Mapping[str, Sequence[str]] | None = None,
    ) -> Publication:
        """Publish a generation; streams are complete until `until`, now by default. A model rests on all of them, or on those
        that `rests` names."""
        self.clock.instant = now or self.clock.instant
        end = until or self.clock.instant
        names = self.streams if streams is None else tuple(streams)
        parents: dict[str, tuple[str, ...]] = {
            f"model.p.{model}": tuple(f"source.p.raw.{s}" for s in (rests or {}).get(model, names)) for model in catalog.models
        }
        parents |= {f"source.p.raw.{stream}": () for stream in names}
        lineage = Lineage(parents, {key: key.rsplit(".", 1)[1] for key in parents})
        build = BuildResult(frozenset(built), {}, tuple(checks), lineage)
        covered = {s: StreamFacts(stream=s, intervals=(Interval(start=self.since, end=end),)) for s in names}
        publisher = Publisher(self.project, self.engine, self.state, self.token, read_newest(self.project))
        return publisher.publish(catalog, build, covered | dict(facts or {}), set(), self.clock.instant, lambda *_: None)[0]

    def ask(self, kpi: str, period: str = "day", moment: date | datetime | None = None, **more: Any) -> Answer:
        """Ask the desk; the warehouse is let go for the moment, so that a question may open it."""
        recompute = bool(more.pop("recompute", False))
        self.engine.close()
        try:
            return Desk(self.project, self.clock).ask(Question(kpi=kpi, period=period, **more), moment, recompute=recompute)
        finally:
            self.engine = open_warehouse(self.project)

    def history(self, kpi: str, grain: Any = "day", last: int = 30) -> dict[str, str | None]:
        """Return the published values of the closed periods by their first day."""
        return {f"{point.start}": point.value for point in Desk(self.project, self.clock).history(kpi, grain, last).points}
