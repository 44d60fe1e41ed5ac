"""How many kinds of defects in what a source delivers are caught, and how many clean values are withheld by mistake.

The demo company is published once. Its 365 newest days are clean: what the checks of the records withhold of them is
withheld falsely. Then the company's next days are delivered once for each kind of defect, and it is asked whether the
numbers that rest on them are withheld. Nothing of that is built by dbt: its tests catch further defects, record by record.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from assay.calendar import Window
from assay.catalog.entry import CompiledKpi
from assay.clock import FixedClock
from assay.demo import DemoCompany
from assay.engines.protocol import Engine
from assay.runtime.demo_project import demo_project
from assay.runtime.generations import Snapshot, read_newest
from assay.runtime.lock import WorkerLock
from assay.runtime.refresh import refresh
from assay.runtime.wiring import open_warehouse
from assay.runtime.worker import Worker
from assay.settings import Project, ProjectFile
from assay.sources.landing import LandingZone
from assay.trust.checking import run_checks
from assay.trust.ground import Ground
from assay.trust.load_log import stream_facts
from assay.trust.profile import bring_up_to_date
from assay.trust.verdict import Judge
from assay.values.generation import Generation
from assay.values.load import DayCount, LoadEntry

END = datetime(2026, 3, 2, 15, tzinfo=UTC)
THEN = datetime(2026, 3, 4, 15, tzinfo=UTC)
BAD = date(2026, 3, 3)
"""The whole day that the next delivery completes."""
CLEAN_DAYS = 365
MOST_FALSE = 0.01
ASKED = {
    "payments": "gross_revenue",
    "orders": "total_orders",
    "order_lines": "product_revenue",
    "inventory_levels": "critical_inventory_alerts",
}
COLUMNS = ("key", "event_at", "received_at", "sha256", "payload")
Row = dict[str, Any]


@dataclass
class Delivery:
    """What the source delivers of one stream: its records of the bad day, the others, and what the load says of them."""

    rows: list[Row]
    others: list[Row]
    entry: LoadEntry
    more: list[LoadEntry] = field(default_factory=list)
    listed_shards: tuple[str, ...] = ()
    lost: bool = False

    def each(self, change: Callable[[Row], None], part: int = 1) -> None:
        """Change the payload of every record of the bad day, or of every so-many-th one."""
        for row in self.rows[::part]:
            payload = json.loads(row["payload"])
            change(payload)
            row["payload"] = json.dumps(payload)

    def says(self, **facts: Any) -> None:
        """Change what the load says."""
        self.entry = self.entry.model_copy(update=facts)

    def shard(self, name: str, **facts: Any) -> None:
        """Add a load of a shard over the same interval."""
        self.more.append(
            self.entry.model_copy(update={"shard": name, "batch": f"{self.entry.batch}-{name}", "rows": 0, **facts})
        )


def _times(factor: float) -> Callable[[Row], None]:
    return lambda payload: payload.update(amount=f"{float(payload['amount']) * factor:.2f}")


def _put(**fields: Any) -> Callable[[Row], None]:
    return lambda payload: payload.update(fields)


def _without(name: str) -> Callable[[Row], None]:
    return lambda payload: payload.pop(name)


def _renamed(name: str, to: str) -> Callable[[Row], None]:
    return lambda payload: payload.update({to: payload.pop(name)})


def _raw(text: str) -> Callable[[Delivery], None]:
    def bend(it: Delivery) -> None:
        for row in it.rows:
            row["payload"] = text

    return bend


def _again(it: Delivery) -> None:
    for row in list(it.rows):
        payload = row["payload"].replace(row["key"], f"x{row['key']}")
        it.rows.append({**row, "key": f"x{row['key']}", "payload": payload})


def _many(it: Delivery) -> None:
    rows = list(it.rows)
    for copy in range(9):
        it.rows += [
            {**row, "key": f"{row['key']}-{copy}", "payload": row["payload"].replace("}", f', "n": {copy}}}')} for row in rows
        ]


def _page(it: Delivery) -> None:
    it.rows = it.rows[: len(it.rows) // 2] * 2


def _ahead(it: Delivery) -> None:
    for row in it.rows:
        row["received_at"] = row["event_at"] - timedelta(hours=5)


def _keep(count: int) -> Callable[[Delivery], None]:
    def bend(it: Delivery) -> None:
        it.rows = it.rows[:count]

    return bend


def _day_count(it: Delivery) -> None:
    start = it.entry.complete_from or END
    it.says(day_counts=(DayCount(start=start, end=THEN, expected=len(it.rows) + 4, counted=len(it.rows)),))


def _silent_shard(it: Delivery) -> None:
    it.shard("reno", complete_until=END + timedelta(hours=2))
    it.shard("los-angeles")
    it.says(complete_until=None, complete_from=None)


def _short_shard(it: Delivery) -> None:
    it.shard("reno", expected_rows=64, counted_rows=60)
    it.shard("los-angeles")
    it.says(complete_until=None, complete_from=None)


def _missing_shard(it: Delivery) -> None:
    it.listed_shards = ("los-angeles", "reno")
    it.shard("los-angeles")
    it.says(complete_until=None, complete_from=None)


def _lost(it: Delivery) -> None:
    it.lost = True


def _bent(change: Callable[[Row], None], part: int = 1) -> Callable[[Delivery], None]:
    return lambda it: it.each(change, part)


DEFECTS: Mapping[str, tuple[str, Callable[[Delivery], None]]] = {
    "a delivery is cut off, and counted": ("payments", lambda it: it.says(expected_rows=it.entry.rows + 7)),
    "a delivery has rows too many, and is counted": ("payments", lambda it: it.says(expected_rows=max(0, it.entry.rows - 3))),
    "a day is cut off, and its rows counted": ("payments", _day_count),
    "nothing is delivered": ("payments", lambda it: it.says(complete_from=None, complete_until=None)),
    "a batch is damaged on the disk": ("payments", _lost),
    "an empty delivery says that it is complete": ("orders", _keep(0)),
    "hardly anything is delivered as complete": ("orders", _keep(2)),
    "hardly any lines are delivered as complete": ("order_lines", _keep(5)),
    "half of the stock count is lost, and counted": ("inventory_levels", lambda it: it.says(expected_rows=it.entry.rows * 2)),
    "nearly all of the stock count is lost": ("inventory_levels", _keep(6)),
    "rows of the day were rejected": ("payments", lambda it: it.says(gaps=((END, THEN),), rejected=3)),
    "the load says that it completes what is to come": ("payments", lambda it: it.says(received_at=END + timedelta(hours=3))),
    "a field vanishes": ("payments", _bent(_without("amount"))),
    "a field vanishes from a third of the records": ("payments", _bent(_without("amount"), 3)),
    "a field is renamed": ("payments", _bent(_renamed("amount", "amount_total"))),
    "the currency vanishes": ("orders", _bent(_without("currency"))),
    "text becomes a number": ("payments", lambda it: it.each(lambda one: one.update(amount=float(one["amount"])))),
    "text becomes an object": ("payments", lambda it: it.each(lambda one: one.update(amount={"value": one["amount"]}))),
    "text becomes a list": ("payments", lambda it: it.each(lambda one: one.update(amount=[one["amount"]]))),
    "true becomes a word": ("orders", _bent(_put(is_test="no"))),
    "the records are no JSON": ("payments", _raw('{"payment_id": ')),
    "a 200 with an error for a body": ("payments", _raw('{"error": "too many requests"}')),
    "cents in place of dollars": ("payments", _bent(_times(100))),
    "dollars in place of cents": ("payments", _bent(_times(0.01))),
    "thousandths": ("order_lines", _bent(_times(1000))),
    "an amount is null": ("payments", _bent(_put(amount=None))),
    "an amount is empty": ("payments", _bent(_put(amount=""))),
    "a product is null": ("order_lines", _bent(_put(sku=None))),
    "the source's clock is hours ahead": ("payments", _ahead),
    "a page comes again in place of the next": ("payments", _page),
    "a load comes twice under other identities": ("payments", _again),
    "ten times as many orders as ever": ("orders", _many),
    "one place is silent": ("inventory_levels", _silent_shard),
    "one place is cut off, and counted": ("inventory_levels", _short_shard),
    "a place that is expected never delivers": ("inventory_levels", _missing_shard),
}


def main(arguments: list[str]) -> None:
    """Measure and print; fail where a defect slips through or too much is withheld falsely."""
    parser = argparse.ArgumentParser(prog="dev.py bench planted_defects", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a shop of some 30 orders a day")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # dbt's own
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        project = demo_project(Path(folder) / "shop", FixedClock(END), options.scale)
        with WorkerLock(project.generated):
            worker = Worker(project, FixedClock(END))
            try:
                refresh(worker.place, lambda _step, _done, _total: None)
            finally:
                worker.close()
        snapshot = read_newest(project)
        assert snapshot is not None
        false = clean_days(snapshot)
        missed = planted(project, snapshot, Path(folder) / "defects", options.scale)
    if missed or false > MOST_FALSE:
        sys.exit("A defect slipped through." if missed else "Too many clean values are withheld.")


def clean_days(snapshot: Snapshot) -> float:
    """Print and return which share of the values of the clean days the checks of the records withhold."""
    judge = Judge(snapshot.generation, snapshot.project.calendar, END)
    last = snapshot.project.calendar.day_of(END) - timedelta(days=1)
    withheld = values = remarks = 0
    for kpi in _based(snapshot):
        for back in range(CLEAN_DAYS):
            day = last - timedelta(days=back)
            verdict = judge.judge(kpi.contract, Window(day, day))
            names = {check.name for check in snapshot.generation.checks if check.stream}
            values += 1
            withheld += any(one.code == "check_failed" and one.input in names for one in verdict.blocking)
            remarks += any(one.code == "check_warns" for one in verdict.remarks)
    share = withheld / values
    print(f"{'clean values over ' + str(CLEAN_DAYS) + ' days':<58}{values:>10,}")
    print(f"{'  withheld falsely':<58}{withheld:>10,}  {share:.3%} (at most {MOST_FALSE:.0%})")
    print(f"{'  shown with a remark':<58}{remarks:>10,}  {remarks / values:.3%}")
    return share


def _based(snapshot: Snapshot) -> list[CompiledKpi]:
    """Return the KPIs that read a model that was built."""
    return [kpi for kpi in snapshot.catalog.kpis.values() if kpi.contract.model in snapshot.generation.models]


def planted(project: Project, snapshot: Snapshot, folder: Path, scale: float) -> list[str]:
    """Plant every kind of defect, each in a fresh copy of the warehouse; print and return those that are shown as numbers."""
    assert project.file.demo is not None
    company = DemoCompany(
        date.fromisoformat(project.file.demo.start),
        THEN,
        project.file.demo.seed,
        scale,
        timezone=project.timezone,
        silent_day=project.file.demo.silent_day,
    )
    pulled = list(company.batches(END))
    batches = {stream: _one([batch for batch in pulled if batch.stream == stream]) for stream in {one.stream for one in pulled}}
    entries = LandingZone(project.landing).batches()
    missed: list[str] = []
    spent = 0.0
    for name, (stream, bend) in {"(none)": ("payments", _nothing), **DEFECTS}.items():
        delivery = _delivery(project, batches[stream])
        bend(delivery)
        rest = [batch for other, batch in batches.items() if other != stream]
        why, seconds = _asked(project, snapshot, folder, stream, delivery, entries, rest)
        spent += seconds
        shown = "shown" if why is None else why
        if (why is None) != (name == "(none)"):
            missed.append(name)
        print(f"  {name:<50}{stream:<18}{shown[:100]}")
    print(
        f"{'kinds of defects caught':<58}{len(DEFECTS) - len([one for one in missed if one in DEFECTS]):>6} of {len(DEFECTS)}"
    )
    print(f"{'checks of the records, on average':<58}{1000 * spent / (len(DEFECTS) + 1):>10.0f} ms")
    return missed


def _nothing(_: Delivery) -> None:
    """A delivery without a defect, to see that it is not the defect that is taken for one."""


def _one(batches: list[Any]) -> Any:
    """Return the batches of a stream, one for each stretch, as one."""
    starts = [batch.complete_from for batch in batches if batch.complete_until]
    start = None if None in starts else min(starts)
    return replace(batches[-1], complete_from=start, records=pa.concat_tables(batch.records for batch in batches))


def _entry(batch: Any, rows: int) -> LoadEntry:
    return LoadEntry(
        source=batch.source,
        stream=batch.stream,
        batch="20260304T150000000000Z-next",
        received_at=batch.received_at,
        rows=rows,
        sha256="",
        complete_from=batch.complete_from,
        complete_until=batch.complete_until,
        gaps=batch.gaps,
    )


def _delivery(project: Project, batch: Any) -> Delivery:
    rows = batch.records.to_pylist()
    of_day = [row for row in rows if project.calendar.day_of(row["event_at"]) == BAD]
    others = [row for row in rows if project.calendar.day_of(row["event_at"]) != BAD]
    return Delivery(of_day, others, _entry(batch, len(rows)))


def _asked(
    project: Project,
    snapshot: Snapshot,
    folder: Path,
    stream: str,
    delivery: Delivery,
    entries: list[LoadEntry],
    rest: list[Any],
) -> tuple[str | None, float]:
    """Return why the stream's KPI is withheld on the bad day, None if it is shown, and how long the checks took."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / ".assay").mkdir(parents=True)
    shutil.copy(project.warehouse, folder / ".assay")
    engine = open_warehouse(Project(folder, ProjectFile(timezone=project.timezone, currency=project.file.currency)))
    try:
        came = [_entry(batch, batch.records.num_rows) for batch in rest]
        for batch, entry in zip(rest, came, strict=True):
            _land(engine, entry, batch.records)
        if not delivery.lost:
            came += [delivery.entry, *delivery.more]
            rows = [*delivery.rows, *delivery.others]
            _land(engine, delivery.entry, pa.table({name: [row[name] for row in rows] for name in COLUMNS}))
        schema = snapshot.catalog.streams[stream]
        rules = schema.rules.model_copy(update={"shards": delivery.listed_shards})
        streams = {**snapshot.catalog.streams, stream: replace(schema, rules=rules)}
        facts = stream_facts([*entries, *came], streams, project.calendar)
        started = time.perf_counter()
        bring_up_to_date(engine, project.calendar, [one for one in came if one.rows])
        models = snapshot.generation.models
        models_of = {name: [model for model, one in models.items() if name in one.streams] for name in streams}
        checks = run_checks(Ground(engine, project.calendar, THEN, facts, [*entries, *came]), models_of)
        spent = time.perf_counter() - started
    finally:
        engine.close()
    known = {
        name: one.model_copy(update={"coverage": {each: facts[each] for each in one.streams}, "held": None})
        for name, one in models.items()
    }
    generation: Generation = snapshot.generation.model_copy(update={"models": known, "streams": facts, "checks": checks})
    kpi = snapshot.catalog.kpis[ASKED[stream]].contract
    kpi = kpi.model_copy(update={"requires": kpi.requires.model_copy(update={"checks": ()})})
    verdict = Judge(generation, project.calendar, THEN).judge(kpi, Window(BAD, BAD))
    return (f"{verdict.blocking[0].code}: {verdict.blocking[0].sentence}" if verdict.blocking else None), spent


def _land(engine: Engine, entry: LoadEntry, records: pa.Table) -> None:
    engine.connection.register("delivered", records)
    engine.execute(
        f'insert into raw."{entry.stream}" select ?, key, event_at, received_at, ?, sha256, payload from delivered',
        [entry.source, entry.batch],
    )
    engine.connection.unregister("delivered")
