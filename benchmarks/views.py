"""The views that people query: `select *` of each at so many order lines, p95 against its target.

    python3 dev.py bench views --lines 1000000

It makes the demo company large enough, runs one refresh, and asks each view again and again from a connection of its own. The
target of a view is that of the KPI which measures its latency; a view without one is timed all the same.
"""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from assay import __version__
from assay.clock import FixedClock
from assay.runtime.demo_project import demo_project
from assay.runtime.lock import WorkerLock
from assay.runtime.refresh import refresh
from assay.runtime.worker import Worker

END = datetime(2026, 3, 2, 15, tzinfo=UTC)
LINES_AT_SCALE_1 = 58_000
"""Order lines of the demo company's two years."""
REPEATS = 40
VIEWS = {
    "v_sales_pulse_current": 200,
    "v_inventory_alerts": 200,
    "v_fulfillment_issues": 200,
    "v_cx_escalations": 200,
    "v_activation_rate_7d": 200,
    "v_kpi_summary": 300,
    "v_growth_milestones": 300,
}
"""Milliseconds, as the requirement states them."""


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench views", description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument(
        "--lines", type=int, default=1_000_000, help="order lines, about; 10000000 takes some 20 minutes and 15 GB"
    )
    options = parser.parse_args(arguments)
    scale = options.lines / LINES_AT_SCALE_1
    print(f"Assay {__version__}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        measure(Path(folder) / "shop", scale)


def measure(folder: Path, scale: float) -> None:
    """Build the company and time its views."""
    clock = FixedClock(END)
    started = time.perf_counter()
    project = demo_project(folder, clock, scale)
    with WorkerLock(project.generated):
        worker = Worker(project, clock)
        try:
            refresh(worker.place, lambda _step, _done, _of: None)
        finally:
            worker.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with duckdb.connect(str(project.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        lines = connection.execute("select count(*) from stg_order_lines").fetchall()[0][0]
        print(
            f"{lines:,} order lines made, loaded and published in {time.perf_counter() - started:.0f} s, peak {peak:.1f} GB\n"
        )
        print(f"{'view':<26}{'rows':>10}{'p50':>12}{'p95':>12}{'target':>10}")
        for view, target in VIEWS.items():
            seconds, rows = timed(connection, view)
            p95 = statistics.quantiles(seconds, n=20)[-1] * 1000
            verdict = "met" if p95 < target else "MISSED"
            print(f"{view:<26}{rows:>10,}{statistics.median(seconds) * 1000:>9.1f} ms{p95:>9.1f} ms{target:>7} ms  {verdict}")


def timed(connection: duckdb.DuckDBPyConnection, view: str) -> tuple[list[float], int]:
    """Return the seconds of each `select *`, rows fetched, and how many rows there are."""
    seconds, rows = [], 0
    for _ in range(REPEATS):
        began = time.perf_counter()
        rows = connection.execute(f'select * from "{view}"').to_arrow_table().num_rows
        seconds.append(time.perf_counter() - began)
    return seconds, rows
