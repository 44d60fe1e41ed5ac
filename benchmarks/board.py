"""The spine, measured: the board from rollups beside the same numbers by SQL, and a refresh that changes one day.

Every figure is printed beside its reference from the same run, for machines are noisy: read the ratios.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assay import __version__
from assay.calendar import Window, parse_period
from assay.catalog.entry import Catalog
from assay.clock import FixedClock
from assay.runtime.answers.direct import DirectPartials
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.demo_project import demo_project
from assay.runtime.desk import Desk
from assay.runtime.lock import WorkerLock
from assay.runtime.publishing.generations import Snapshot, read_newest
from assay.runtime.refresh import refresh
from assay.runtime.worker import Worker
from assay.settings import Project
from assay.trust.verdict import Judge

END = datetime(2026, 3, 2, 15, tzinfo=UTC)
PERIODS = ("yesterday", "7d", "30d", "90d", "365d", "mtd", "qtd", "ytd")
REPEATS = 5


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench board", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is a shop of some 30 orders a day over 24 months")
    options = parser.parse_args(arguments)
    print(f"Assay {__version__}, Python {platform.python_version()}, {platform.machine()}, scale {options.scale}")
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        measure(Path(folder) / "shop", options.scale)


def measure(folder: Path, scale: float) -> None:
    """Build the demo company and time what people wait for."""
    clock = FixedClock(END)
    project = demo_project(folder, clock, scale)
    with WorkerLock(project.generated):
        worker = Worker(project, clock)
        try:
            first = timed_refresh(worker, "first refresh")
            clock.instant = END + timedelta(hours=1)
            again = timed_refresh(worker, "refresh of one changed day")
            print(f"{'a changed day against the first build, without dbt':<58}{ratio(again, first)}")
            board(project, worker)
        finally:
            worker.close()


def timed_refresh(worker: Worker, name: str) -> float:
    """Run one refresh, print its steps, and return the seconds from built models to the published generation."""
    started = time.perf_counter()
    marks: dict[str, float] = {}

    def mark(step: str, _done: int, _total: int) -> None:
        marks.setdefault(step, time.perf_counter())

    refresh(worker.place, mark)
    ended = time.perf_counter()
    built = marks["Rolling up"]
    print(f"{name + ': in all':<58}{ended - started:>10.2f} s")
    print(f"{'  of that dbt (models and checks)':<58}{built - marks['Building models']:>10.2f} s")
    print(f"{'  from built models to the published generation':<58}{ended - built:>10.2f} s")
    return ended - built


def board(project: Project, worker: Worker) -> None:
    """Time every KPI over every period from rollups and by SQL, and check that both say the same."""
    snapshot = read_newest(project)
    assert snapshot is not None
    asked = questions(project, worker, snapshot.catalog)
    fast = best(lambda: numbers(project, worker, snapshot, snapshot.store, asked))
    direct = DirectPartials(worker.place.engine)
    slow = best(lambda: numbers(project, worker, snapshot, direct, asked), repeats=1)
    same = numbers(project, worker, snapshot, snapshot.store, asked) == numbers(project, worker, snapshot, direct, asked)
    count = len(asked)
    print(f"{f'{count} numbers from rollups, in memory':<58}{fast * 1000:>10.1f} ms")
    print(f"{f'{count} numbers by SQL, one query each':<58}{slow * 1000:>10.1f} ms   {ratio(slow, fast)}")
    print(f"{'both say the same':<58}{'yes' if same else 'NO':>10}")
    desk = Desk(project, worker.clock)
    name = desk.boards()[0]["board"]
    whole = best(lambda: desk.board(name).model_dump_json())
    print(f"{'the whole board as JSON, with targets and comparisons':<58}{whole * 1000:>10.1f} ms")


def questions(project: Project, worker: Worker, catalog: Catalog) -> list[tuple[str, Window]]:
    """Return every KPI with every period, as closed windows that both ways can answer."""
    yesterday = project.calendar.day_of(worker.clock.now()) - timedelta(days=1)
    periods = [parse_period("day" if name == "yesterday" else name, yesterday) for name in PERIODS]
    return [(kpi, Window(period.start, period.end)) for kpi in catalog.kpis for period in periods]


def numbers(
    project: Project, worker: Worker, snapshot: Snapshot, partials: Partials, asked: list[tuple[str, Window]]
) -> list[object]:
    """Return the number of each question."""
    judge = Judge(snapshot.generation, project.calendar, worker.clock.now())
    evaluator = Evaluator(snapshot.catalog, partials, judge, currencies=project.currencies)
    return [evaluator.kpi(kpi, window).shown() for kpi, window in asked]


def best(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Return the median of the seconds that the work takes once everything is warm."""
    if repeats > 1:
        work()
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def ratio(slow: float, fast: float) -> str:
    """Return how many times as long the first takes."""
    return f"{slow / fast:>10.2f} ×"
