"""When the project's data is due again, by the refresh schedules of its KPIs, in the shop's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from assay.clock import Clock
from assay.runtime.publishing.generations import read_newest
from assay.settings import Project

CONTINUOUS = timedelta(minutes=1)
WITHOUT_SCHEDULE = timedelta(hours=1)
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule:
    """Says when a refresh is due. Runs that were missed (a stopped machine, a paused process) come together into one."""

    def __init__(self, project: Project, clock: Clock) -> None:
        self._project = project
        self._clock = clock
        self._next: datetime | None = None

    def due(self) -> bool:
        """Return whether a scheduled time has passed since the last call that said so, or since the last publication."""
        now = self._clock.now()
        if self._next is None:
            snapshot = read_newest(self._project)
            self._next = self._following(snapshot.generation.published_at if snapshot else now)
        if self._next > now:
            return False
        self._next = self._following(now)
        return True

    def _following(self, after: datetime) -> datetime:
        """Return the first scheduled instant after `after`; schedules are read anew each time, for they may change."""
        snapshot = read_newest(self._project)
        kpis = snapshot.catalog.kpis.values() if snapshot else ()
        lines = {kpi.contract.refresh.schedule for kpi in kpis if kpi.contract.refresh}
        if not lines:
            return after + WITHOUT_SCHEDULE
        return min(after + CONTINUOUS if line == "continuous" else next_run(line, self._project, after) for line in lines)


def next_run(line: str, project: Project, after: datetime) -> datetime:
    """Return the first instant after `after` at which a cron line in the shop's zone fires."""
    from apscheduler.triggers.cron import CronTrigger

    *rest, weekday = line.split()
    trigger: Any = CronTrigger.from_crontab(" ".join([*rest, weekday_names(weekday)]), timezone=project.calendar.zones[-1])
    upcoming = trigger.get_next_fire_time(None, after + timedelta(microseconds=1))
    return (
        after + timedelta(days=1) if upcoming is None else upcoming.astimezone(UTC)
    )  # local times of one zone compare by the wall clock


def weekday_names(field: str) -> str:
    """Return cron's day-of-week field by names: in cron 0 and 7 are Sunday, the scheduling library counts from Monday."""
    if field == "*":
        return field
    names: list[str] = []
    for part in field.split(","):
        days, _, step = part.partition("/")
        first, _, last = ("0-6" if days == "*" else days).partition("-")
        chosen = range(int(first), int(last or (first if not step else 6)) + 1, int(step or 1))
        names += [_WEEKDAYS[day] for day in chosen]
    return ",".join(dict.fromkeys(names))
