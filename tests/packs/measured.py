"""A small project that measures itself by the shipped KPIs: the pack's KPI files on `base` alone, and schedules of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from assay.clock import FixedClock
from assay.runtime.setup import init
from tests.scenarios.shop import Stage

KPIS = Path(__file__).parents[2] / "packs" / "commerce_ops" / "kpis"
START = datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
"""Half past nine on a Monday in the shop."""
HEADINGS = "order_id,customer_id,ordered_at,total,financial_status,is_test,cancelled_at"


@dataclass
class Ticking(FixedClock):
    """A clock that stands, and by which everything that is timed takes `step` seconds."""

    step: float = 0.0
    _ticks: float = 0.0

    def monotonic(self) -> float:
        self._ticks += self.step
        return self._ticks


OWN = ("data_quality.yml", "reliability.yml", "database.yml")
RELATED = """kpi: revenue_growth_wow_pct
definition: A KPI that one of base's names as related.
unit: percent
direction: up
formula: pct_change(total_revenue, interval 7 days)
owner: sales-ops
"""


def project(folder: Path) -> Stage:
    """Return a project with the KPI files of the pack that are about Assay itself."""
    stage = Stage(folder, Ticking(START))
    init(folder, {"name": "Toy shop", "timezone": "America/Los_Angeles", "currency": "USD", "packs": []})
    stage.write("kpis/related.yml", RELATED)
    for file in OWN:
        stage.write(f"kpis/{file}", (KPIS / file).read_text())
    return stage


def at(stage: Stage, hour: int, minute: int = 0, day: int = 2) -> Stage:
    """Move the clock to a time of the shop's day in March 2026 (before the 8th: eight hours behind UTC)."""
    stage.clock.instant = datetime(2026, 3, day, hour, minute, tzinfo=UTC) + timedelta(hours=8)
    return stage


def orders(*rows: tuple[str, str, str]) -> str:
    """Return a file of paid orders of (number, noon of which day, total)."""
    lines = [f"{number},c1,{day}T20:00:00+00:00,{total},paid,false," for number, day, total in rows]
    return "\n".join([HEADINGS, *lines]) + "\n"


def warehouse(stage: Stage, sql: str) -> list[tuple[Any, ...]]:
    """Read the project's warehouse with plain SQL."""
    with duckdb.connect(str(stage.project.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()
