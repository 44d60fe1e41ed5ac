"""The full build of the rollups and the first publication: seconds by kind of table, peak memory, the additive part alone."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from assay.engines.protocol import Engine
from benchmarks.scale.figures import Report, peak_gb, seconds
from benchmarks.scale.naive import ADDITIVE_SCAN, SCAN
from benchmarks.scale.shop import Shop


class WatchedEngine:
    """An engine that notes how long each statement takes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.took: list[tuple[str, float]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        began = time.perf_counter()
        found = self._engine.query(sql, parameters)
        self.took.append((sql, time.perf_counter() - began))
        return found

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        began = time.perf_counter()
        self._engine.execute(sql, parameters)
        self.took.append((sql, time.perf_counter() - began))

    def by_kind(self) -> dict[str, float]:
        """Return the seconds by what the statements are for."""
        found: dict[str, float] = defaultdict(float)
        for sql, took in self.took:
            found[kind_of(sql)] += took
        return dict(found)


def kind_of(sql: str) -> str:
    """Return what kind of table of partials a statement fills."""
    for kind, pattern in (
        ("numbering of distinct values", r"^(insert|create|describe) "),
        ("distinct values", r" as id\b|ids\.id"),
        ("sketches", r" as bucket"),
        ("values of small days", r"<= 1000|as value from"),
        ("by dimension", r" as key"),
        ("quarter hours", r" as slot"),
        ("days", r"_day as day"),
    ):
        if re.search(pattern, sql):
            return kind
    return "other"


def measure(shop: Shop, report: Report, scale: str) -> None:
    """Publish the first generation and say where its time goes."""
    engine = WatchedEngine(shop.engine)
    marks: dict[str, float] = {}
    peak: dict[str, float] = {}
    processor: dict[str, float] = {}

    def mark(step: str, done: int, of: int) -> None:
        marks.setdefault(step, time.perf_counter())
        if done == of:
            marks[f"{step} done"] = time.perf_counter()
            processor[step] = time.process_time()
            peak[step] = peak_gb()

    scan = sum(seconds(partial(shop.engine.query, sql)) for sql in SCAN.values())
    additive = sum(seconds(partial(shop.engine.query, sql)) for sql in ADDITIVE_SCAN.values())
    scan = min(scan, sum(seconds(partial(shop.engine.query, sql)) for sql in SCAN.values()))
    began, used = time.perf_counter(), time.process_time()
    publication = shop.publish(mark, engine=engine)
    whole = marks["Rolling up done"] - marks["Rolling up"]
    kinds = engine.by_kind()
    for kind, took in sorted(kinds.items(), key=lambda one: -one[1]):
        report.add(f"of the build: {kind}", took, "s")
    by_dimension = kinds.get("by dimension", 0.0)
    large = scale == "100M"
    report.add(
        "full build of the rollups, without dimensions",
        whole - by_dimension,
        "s",
        reference="scan of the same columns",
        reference_value=scan,
        goal=40 if large else None,
    )
    used = processor["Rolling up"] - used
    report.add("full build with the declared dimensions", whole, "s", note=f"{used:,.1f} s of two processors")
    report.add(
        "additive part of the build against its scan",
        kinds.get("days", 0.0) / additive,
        "×",
        goal=6 if large else None,
        note=f"{kinds.get('days', 0.0):.2f} s, scan {additive:.2f} s",
    )
    report.add("peak memory of the build", peak["Rolling up"], "GB", goal=4 if large else None)
    proving = processor["Proving"] - processor["Rolling up"]
    report.add(
        "first publication: proving and writing three years of values",
        time.perf_counter() - marks["Proving"],
        "s",
        note=f"{proving:,.1f} s of processor until proved",
    )
    report.add("first publication in all", time.perf_counter() - began, "s", note=f"{publication.rows:,} ledger rows")
    report.add("peak memory of the first publication", peak_gb(), "GB")
    size = sum(path.stat().st_size for path in shop.project.segments.glob("*")) / 1e6
    report.add("segments on disk", size, "MB")
