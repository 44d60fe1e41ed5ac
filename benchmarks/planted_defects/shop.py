"""The shop in which defects are planted: a project on the disk, what its sources deliver next, a refresh, and its answers.

Records come as a user's system delivers them: batches of the landing zone, or files by the use case behind `assay import`.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from assay.catalog.contract import Question
from assay.clock import FixedClock
from assay.demo import DemoCompany
from assay.runtime.desk import Desk
from assay.runtime.importing import Claims, take_file
from assay.runtime.jobs import run_job
from assay.runtime.packs import read_catalog
from assay.runtime.setup import init
from assay.settings import PROJECT_FILE, Project, open_project
from assay.sources.landing import LandingZone
from assay.values.answer import Answer
from benchmarks.planted_defects.truth import KPIS, SHOP, Kpi, Truth, day_of

Span = tuple[date, date]
COLUMNS = ("key", "event_at", "received_at", "sha256", "payload")
TIMES = {
    "orders": "ordered_at",
    "payments": "paid_at",
    "refunds": "refunded_at",
    "refund_lines": "refunded_at",
    "fulfillments": "fulfilled_at",
    "inventory_levels": "counted_at",
    "conversations": "opened_at",
    "sla_breaches": "detected_at",
    "automation_runs": "ran_at",
    "time_savings": "saved_at",
}
"""The field of a record that says on which day it counts; an order's line says none, and came with its order."""
STOCK = """
kpi: catalog_sku_count
label: Products on stock
definition: Different products in the last stock count.
unit: count
direction: up
owner: inventory-ops
kind: stock
model: fct_inventory
time: counted_on
entity: [sku, location]
formula: count(distinct sku)
---
kpi: critical_inventory_alerts
label: Products about to run out
definition: Products that are out of stock or last less than 3 days.
unit: count
direction: down
owner: inventory-ops
kind: stock
model: fct_inventory
time: counted_on
entity: [sku, location]
formula: count(distinct sku) filter (where alert_severity = 'critical')
"""
"""KPIs of the project itself, where no pack has them."""
Row = dict[str, Any]


def midnight(day: date) -> datetime:
    """Return the instant at which the shop's day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=SHOP).astimezone(UTC)


@dataclass
class Load:
    """Records that land together, and what the source says of them (arguments of `LandingZone.write`)."""

    rows: list[Row]
    says: dict[str, Any]


@dataclass
class Delivery:
    """What a source delivers of one stream since the instant `since`: the records of a bad day, and those around it.

    A defect changes `bad`, what is said of the load, or splits it; `file` are lines for `assay import` in place of the day.
    """

    source: str
    stream: str
    since: datetime
    day: date
    bad: list[Row]
    others: list[Row]
    says: dict[str, Any]
    more: list[Load] = field(default_factory=list)
    file: tuple[str, str, Claims] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    bits_flip: bool = False

    @property
    def whole_day(self) -> tuple[datetime, datetime]:
        """The instants between which the bad day lies."""
        return midnight(self.day), midnight(self.day + timedelta(days=1))

    def each(self, change: Callable[[Row], object], part: int = 1) -> None:
        """Change the payload of every record of the bad day, or of every so-many-th one."""
        for row in self.bad[::part]:
            payload = json.loads(row["payload"])
            change(payload)
            row["payload"] = json.dumps(payload)

    def drop(self, part: int) -> None:
        """Lose every so-many-th record of the bad day."""
        self.bad = [row for place, row in enumerate(self.bad) if place % part]

    def shift(self, hours: float) -> None:
        """Move the times of the bad day's records, as a source does whose clock is wrong."""
        off = timedelta(hours=hours)
        name = TIMES[self.stream]
        for row in self.bad:
            row["event_at"] += off
        self.each(lambda one: one.update({name: (datetime.fromisoformat(one[name]) + off).isoformat()}))

    def by_shard(self, name: str) -> dict[str, Load]:
        """Split the load into one for each shard and return them; nothing else is delivered."""
        rows = [*self.bad, *self.others]
        shards = sorted({json.loads(row["payload"])[name] for row in rows})
        parts = {
            shard: Load([row for row in rows if json.loads(row["payload"])[name] == shard], {**self.says, "shard": shard})
            for shard in shards
        }
        self.more = list(parts.values())
        self.bad, self.others = [], []
        self.says |= {"complete_from": None, "complete_until": None}
        return parts

    def as_file(self, lines: list[Row], claims: Claims | None = None) -> None:
        """Deliver the bad day as a file of these lines; the feed says nothing of it."""
        columns = list(lines[0])
        text = "\n".join(
            [
                ",".join(columns),
                *(",".join("" if line[name] is None else str(line[name]) for name in columns) for line in lines),
            ]
        )
        self.file = (self.stream, text + "\n", claims or Claims())
        self.says["gaps"] = (self.whole_day,)
        self.bad = []

    def lines(self, *names: str) -> list[Row]:
        """Return the bad day's records as lines of a file."""
        return [{name: payload[name] for name in names} for payload in (json.loads(row["payload"]) for row in self.bad)]

    def loads(self) -> list[Load]:
        """Return what lands."""
        return [Load([*self.bad, *self.others], self.says), *self.more]


@dataclass
class Shop:
    """A published project, copied to one path for every defect (so that dbt's parse stays valid), and its next delivery.

    The records are the demo company's from the day `first` on; `kept` has those up to the instant `end`, and the next
    delivery, of which the day `bad` is spoilt, those up to `then`.
    """

    kept: Path
    stage: Path
    first: date = date(2025, 10, 1)
    scale: float = 1.0
    end: datetime = datetime(2026, 3, 2, 15, tzinfo=UTC)
    then: datetime = datetime(2026, 3, 4, 15, tzinfo=UTC)
    bad: date = date(2026, 3, 3)

    @property
    def project(self) -> Project:
        """The project on its stage."""
        return open_project(self.stage)

    @property
    def earlier(self) -> dict[str, Span]:
        """Periods of which the next delivery says nothing, by name."""
        month = self.bad.replace(day=1) - timedelta(days=1)
        days = [self.bad - timedelta(days=back) for back in (11, 2)]
        return {f"{month:%Y-%m}": (month.replace(day=1), month)} | {f"{day}": (day, day) for day in days}

    @property
    def touched(self) -> dict[str, Span]:
        """Periods with days of the next delivery, by name."""
        before, week = self.bad - timedelta(days=1), self.bad - timedelta(days=6)
        return {
            f"{self.bad}": (self.bad, self.bad),
            f"{before}": (before, before),
            f"{week}..{self.bad}": (week, self.bad),
            f"{self.bad:%Y-%m}": (self.bad.replace(day=1), day_of(self.then.isoformat())),
        }

    def open(self, packs: Sequence[str]) -> None:
        """Make the project, take in what its sources delivered up to `end`, publish it, and keep a copy."""
        settings = {"name": "Planted defects", "timezone": SHOP.key, "currency": "USD", "packs": list(packs)}
        init(self.stage, settings)
        if not packs:
            (self.stage / "kpis" / "stock.yml").write_text(STOCK)
        zone = LandingZone(self.project.landing)
        for batch in self._company(self.end).batches():
            if batch.stream in self.streams:
                _write(zone, batch)
        self._refresh(self.end)
        shutil.copytree(self.stage, self.kept, symlinks=True)

    @cached_property
    def streams(self) -> frozenset[str]:
        """The streams that the project knows."""
        catalog = read_catalog(self.project).catalog
        assert catalog is not None
        return frozenset(catalog.streams)

    @cached_property
    def kpis(self) -> dict[str, Kpi]:
        """The KPIs of which the truth is known, and that the project has."""
        catalog = read_catalog(self.project).catalog
        assert catalog is not None
        return {name: kpi for name, kpi in KPIS.items() if name in catalog.kpis}

    def _company(self, until: datetime) -> DemoCompany:
        return DemoCompany(self.first, until, 7, self.scale, timezone=SHOP.key)

    @cached_property
    def next(self) -> dict[str, Any]:
        """What each source delivers next, by stream, as it should be."""
        pulled = [one for one in self._company(self.then).batches(self.end) if one.stream in self.streams]
        found: dict[str, Any] = {}
        for batch in pulled:
            before = found.get(batch.stream)
            if before is None:
                found[batch.stream] = batch
            else:  # a stretch ended in between
                records = pa.concat_tables([before.records, batch.records])
                found[batch.stream] = replace(batch, complete_from=before.complete_from, records=records)
        return found

    @cached_property
    def _landed(self) -> list[tuple[str, pa.Table]]:
        paths = sorted((self.kept / ".assay" / "landing").glob("*/*/*/records.parquet"))
        return [(path.parts[-3], pq.read_table(path, partitioning=None)) for path in paths]

    @cached_property
    def truth(self) -> Truth:
        """The records as they should be at `then`."""
        return Truth([*self._landed, *((stream, batch.records) for stream, batch in self.next.items())])

    @cached_property
    def truth_before(self) -> Truth:
        """The records that had been delivered by `end`."""
        return Truth(self._landed)

    def delivery(self, stream: str) -> Delivery:
        """Return the next delivery of a stream, for a defect to spoil."""
        batch = self.next[stream]
        bad: list[Row] = []
        others: list[Row] = []
        for row in batch.records.to_pylist():
            time = TIMES.get(stream)
            day = day_of(json.loads(row["payload"])[time] if time else row["event_at"].isoformat())
            (bad if day == self.bad else others).append(row)
        return Delivery(batch.source, stream, self.end, self.bad, bad, others, _said(batch))

    def deliver(self, *spoilt: Delivery) -> None:
        """Put the project on its stage as it was at `end`, deliver what comes next, and refresh it."""
        shutil.rmtree(self.stage, ignore_errors=True)
        shutil.copytree(self.kept, self.stage, symlinks=True)
        zone = LandingZone(self.project.landing)
        replaced = {one.stream for one in spoilt}
        for stream, batch in self.next.items():
            if stream not in replaced:
                _write(zone, batch)
        for delivery in spoilt:
            self._deliver(zone, delivery)
        self._refresh(self.then)

    def _deliver(self, zone: LandingZone, delivery: Delivery) -> None:
        for load in delivery.loads():
            table = pa.table({name: [row[name] for row in load.rows] for name in COLUMNS}, zone_schema())
            entry = zone.write(delivery.source, delivery.stream, table, **load.says)
            if delivery.bits_flip:
                path = zone.records(entry)
                content = bytearray(path.read_bytes())
                content[len(content) // 2] ^= 1
                path.write_bytes(bytes(content))
        if delivery.file is not None:
            kind, text, claims = delivery.file
            path = self.stage / f"{kind}.csv"
            path.write_text(text, "utf-8")
            take_file(
                self.project,
                FixedClock(self.then),
                path,
                kind,
                (),
                None,
                f"{delivery.day}",
                claims,
                replace=False,
                append=False,
            )
        if delivery.settings:
            path = self.stage / PROJECT_FILE
            path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **delivery.settings}))

    def _refresh(self, now: datetime) -> None:
        with quiet():
            run_job(self.project, FixedClock(now), "refresh", {}, lambda _step, _done, _total: None)

    def desk(self) -> Desk:
        """Return the desk at which a user asks, right after the refresh."""
        return Desk(self.project, FixedClock(self.then))

    @staticmethod
    def ask(desk: Desk, kpi: str, period: str) -> Answer:
        """Return the answer to one question."""
        return desk.ask(Question(kpi=kpi, period=period))


def zone_schema() -> pa.Schema:
    """Return the columns of `records.parquet`."""
    instant = pa.timestamp("us", "UTC")
    kinds = {"event_at": instant, "received_at": instant}
    return pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])


def _said(batch: Any) -> dict[str, Any]:
    return {name: getattr(batch, name) for name in ("received_at", "complete_from", "complete_until", "gaps")}


def _write(zone: LandingZone, batch: Any) -> None:
    zone.write(batch.source, batch.stream, batch.records, **_said(batch))


@contextmanager
def quiet() -> Iterator[None]:
    """Leave out the warnings of libraries."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dbt's own
        yield
