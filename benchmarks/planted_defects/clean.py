"""How many values of a clean year the checks of the records withhold: all of that is by mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from assay.calendar import Window
from assay.clock import FixedClock
from assay.runtime.demo_project import demo_project
from assay.runtime.jobs import run_job
from assay.runtime.publishing.generations import Snapshot, read_newest
from assay.trust.verdict import Judge
from benchmarks.planted_defects.shop import quiet

END = datetime(2026, 3, 2, 15, tzinfo=UTC)
CLEAN_DAYS = 365
MOST_FALSE = 0.01


def clean_year(folder: Path, scale: float) -> float:
    """Publish the demo company; print and return which share of the values of its newest 365 days is withheld."""
    project = demo_project(folder, FixedClock(END), scale)
    with quiet():
        run_job(project, FixedClock(END), "refresh", {}, lambda _step, _done, _total: None)
    snapshot = read_newest(project)
    assert snapshot is not None
    return _share(snapshot)


def _share(snapshot: Snapshot) -> float:
    judge = Judge(snapshot.generation, snapshot.project.calendar, END)
    last = snapshot.project.calendar.day_of(END) - timedelta(days=1)
    names = {check.name for check in snapshot.generation.checks if check.stream}
    withheld = values = remarks = 0
    for kpi in snapshot.catalog.kpis.values():
        if kpi.contract.model not in snapshot.generation.models:
            continue
        for back in range(CLEAN_DAYS):
            day = last - timedelta(days=back)
            verdict = judge.judge(kpi.contract, Window(day, day))
            values += 1
            withheld += any(one.code == "check_failed" and one.input in names for one in verdict.blocking)
            remarks += any(one.code == "check_warns" for one in verdict.remarks)
    share = withheld / values
    print(f"{'clean values over ' + str(CLEAN_DAYS) + ' days':<58}{values:>10,}")
    print(f"{'  withheld falsely':<58}{withheld:>10,}  {share:.3%} (at most {MOST_FALSE:.0%})")
    print(f"{'  shown with a remark':<58}{remarks:>10,}  {remarks / values:.3%}")
    return share
