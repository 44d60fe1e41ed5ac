"""When data are due again: cron lines as cron reads them, in the shop's zone, missed runs come together into one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from assay.catalog.contract import Refresh
from assay.clock import FixedClock
from assay.runtime import schedule
from assay.runtime.schedule import Schedule, next_run
from assay.settings import Project, ProjectFile

ZONE = ZoneInfo("America/Los_Angeles")
PROJECT = Project(Path("/nowhere"), ProjectFile(timezone=ZONE.key, currency="USD"))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("line", "after", "expected"),
    [
        ("30 0 * * *", "2026-05-13T00:29", "2026-05-13T00:30"),
        ("30 0 * * *", "2026-05-13T00:30", "2026-05-14T00:30"),
        ("*/15 * * * *", "2026-05-13T10:07", "2026-05-13T10:15"),
        ("0 8 1 * *", "2026-05-13T10:00", "2026-06-01T08:00"),
        ("0 8 29 2 *", "2026-05-13T10:00", "2028-02-29T08:00"),
        ("0 8 * * 0", "2026-05-13T10:00", "2026-05-17T08:00"),  # Sunday
        ("0 8 * * 7", "2026-05-13T10:00", "2026-05-17T08:00"),
        ("0 8 * * 1", "2026-05-13T10:00", "2026-05-18T08:00"),  # Monday
        ("0 8 * * 6", "2026-05-13T10:00", "2026-05-16T08:00"),  # Saturday
        ("0 8 * * 1-5", "2026-05-15T10:00", "2026-05-18T08:00"),  # Friday, then Monday
        ("0 8 * * 5-7", "2026-05-16T10:00", "2026-05-17T08:00"),  # Saturday, then Sunday
        ("0 8 * * 0,3", "2026-05-13T10:00", "2026-05-17T08:00"),
        ("0 8 * * */2", "2026-05-13T10:00", "2026-05-14T08:00"),  # Sunday, Tuesday, Thursday, Saturday
        ("30 2 * * *", "2026-03-07T10:00", "2026-03-08T03:30"),  # that hour is skipped
    ],
)
def test_a_cron_line_fires_when_cron_would_on_the_shops_wall_clock(line: str, after: str, expected: str) -> None:
    assert next_run(Refresh(schedule=line).schedule, PROJECT, local(after)) == local(expected).astimezone(UTC)


def test_a_nightly_run_comes_once_a_night_in_the_night_of_25_hours() -> None:
    at, fired = local("2026-10-31T12:00"), []
    while (at := next_run("30 0 * * *", PROJECT, at)) < local("2026-11-03T12:00"):
        fired.append(at.astimezone(ZONE).date())

    assert fired == [date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3)]


@pytest.mark.parametrize(
    "line",
    [
        *("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8"),
        *("a * * * *", "5-1 * * * *", "@daily", "*/x * * * *", "0 8 * * mon"),
    ],
)
def test_a_line_that_cron_would_not_take_is_refused_in_the_file(line: str) -> None:
    with pytest.raises(ValidationError):
        Refresh(schedule=line)


class Published:
    """A generation that was published at an instant, with KPIs of these schedules."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: datetime | None, *lines: str) -> None:
        kpis = {line: SimpleNamespace(contract=SimpleNamespace(refresh=Refresh(schedule=line))) for line in lines}
        self.snapshot = SimpleNamespace(catalog=SimpleNamespace(kpis=kpis), generation=SimpleNamespace(published_at=at))
        monkeypatch.setattr(schedule, "read_newest", lambda _project: self.snapshot if at else None)


NOW = datetime(2026, 5, 13, 17, tzinfo=UTC)  # 10:00 in the shop


def test_a_run_is_due_once_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    Published(monkeypatch, NOW, "0 11 * * *")
    clock = FixedClock(NOW)
    due = Schedule(PROJECT, clock)
    said = []
    for minutes in (0, 59, 60, 60, 61, 120):
        clock.instant = NOW + timedelta(minutes=minutes)
        said.append(due.due())

    assert said == [False, False, True, False, False, False]


def test_runs_that_were_missed_come_together_into_one(monkeypatch: pytest.MonkeyPatch) -> None:
    Published(monkeypatch, NOW, "*/15 * * * *", "0 * * * *")
    clock = FixedClock(NOW)
    due = Schedule(PROJECT, clock)
    assert not due.due()
    clock.instant = NOW + timedelta(days=3, minutes=1)

    assert [due.due(), due.due()] == [True, False]


def test_a_run_that_was_missed_while_nothing_ran_is_due_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    Published(monkeypatch, NOW - timedelta(days=2), "0 9 * * *")

    due = Schedule(PROJECT, FixedClock(NOW))

    assert [due.due(), due.due()] == [True, False]


def test_the_earliest_of_all_schedules_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    Published(monkeypatch, NOW, "0 11 * * *", "continuous")
    clock = FixedClock(NOW)
    due = Schedule(PROJECT, clock)
    assert not due.due()
    clock.instant = NOW + timedelta(minutes=1)

    assert due.due()


def test_a_clock_that_jumps_back_fires_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    Published(monkeypatch, NOW, "0 11 * * *")
    clock = FixedClock(NOW + timedelta(minutes=60))
    due = Schedule(PROJECT, clock)
    assert due.due()
    clock.instant = NOW

    assert not due.due()
