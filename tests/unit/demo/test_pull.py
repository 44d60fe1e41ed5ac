"""A project pulls each stream of the demo company from where that stream was left."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assay.clock import FixedClock
from assay.demo import DemoCompany
from assay.runtime.demo_project import demo_project
from assay.runtime.refresh import Workplace, pull
from assay.settings import Project
from assay.sources.landing import LandingZone
from tests.unit.demo.pulls import SHORT_END, STREAM_NAMES

NO_STATE: Any = None
LATER = SHORT_END + timedelta(hours=3)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A demo that has been pulled once."""
    made = demo_project(tmp_path / "demo", FixedClock(SHORT_END), 0.05)
    pull_at(made, SHORT_END)
    return made


def pull_at(project: Project, instant: datetime) -> int:
    return pull(Workplace(project, FixedClock(instant), NO_STATE, 0), LandingZone(project.landing))


def rows_by_stream(project: Project) -> dict[str, int]:
    rows = dict.fromkeys(STREAM_NAMES, 0)
    for entry in LandingZone(project.landing).batches():
        rows[entry.stream] += entry.rows
    return rows


def rows_of_one_pull(project: Project, instant: datetime) -> dict[str, int]:
    demo = project.file.demo
    assert demo is not None
    rows = dict.fromkeys(STREAM_NAMES, 0)
    for batch in DemoCompany(
        date.fromisoformat(demo.start), instant, demo.seed, demo.scale, silent_day=demo.silent_day
    ).batches():
        rows[batch.stream] += batch.records.num_rows
    return rows


def test_two_pulls_land_what_one_would_have_landed(project: Project) -> None:
    assert pull_at(project, LATER) > 0
    assert rows_by_stream(project) == rows_of_one_pull(project, LATER)


def test_a_stream_that_the_project_does_not_have_yet_comes_whole(project: Project) -> None:
    for source in ("helpdesk", "ops"):  # a project that was made when the company had no such sources
        shutil.rmtree(project.landing / source)
    pull_at(project, LATER)
    assert rows_by_stream(project) == rows_of_one_pull(project, LATER)
    first = min(e.complete_from for e in LandingZone(project.landing).batches() if e.stream == "shops" and e.complete_from)
    assert first == datetime.fromisoformat("2024-03-21T07:00:00+00:00")


def test_a_pull_that_was_stopped_between_two_streams_is_made_up_for(project: Project) -> None:
    whole = rows_by_stream(project)
    for stream in ("shop/payments", "helpdesk/conversations"):  # as if only their first year had landed
        for batch in sorted((project.landing / stream).iterdir())[1:]:
            shutil.rmtree(batch)
    missing = sum(whole.values()) - sum(rows_by_stream(project).values())
    assert pull_at(project, SHORT_END) == missing > 0
    assert rows_by_stream(project) == whole
