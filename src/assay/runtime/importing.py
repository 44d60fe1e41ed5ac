"""Taking a file in: what a person's file becomes, before a refresh makes numbers of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from assay.calendar import parse_period
from assay.clock import Clock
from assay.errors import UsageError, suggest
from assay.runtime.packs import packs_of
from assay.settings import Project
from assay.sources.files import (
    ImportKind,
    ImportPreview,
    ImportSettings,
    ImportSummary,
    import_kinds,
    parse_mapping,
    preview,
    take,
)
from assay.sources.landing import LandingZone


def kinds_of(project: Project) -> dict[str, ImportKind]:
    """Return what files can be imported as, by the packs and the project."""
    folders = [*packs_of(project).values(), project.folder]
    return import_kinds(folders)


def kind_of(project: Project, name: str) -> ImportKind:
    """Return one kind; a `UsageError` names the ones that there are."""
    known = kinds_of(project)
    if name not in known:
        listed = "\n  ".join(f"{kind.kind}: {kind.description}" for kind in known.values())
        raise UsageError(f'There is no import kind "{name}".{suggest(name, known)}', f"--as takes one of:\n  {listed}")
    return known[name]


def look(
    project: Project,
    clock: Clock,
    file: Path,
    kind: str,
    maps: tuple[str, ...],
    date_format: str | None,
    covers: str | None = None,
) -> ImportPreview:
    """Return what the file would become; nothing is written."""
    return preview(
        file,
        kind_of(project, kind),
        parse_mapping(maps),
        _settings(project, clock, date_format, covers),
        received_at=clock.now(),
    )


def take_file(
    project: Project,
    clock: Clock,
    file: Path,
    kind: str,
    maps: tuple[str, ...],
    date_format: str | None,
    covers: str | None = None,
    *,
    replace: bool,
    append: bool,
) -> ImportSummary:
    """Take the file into the landing zone; it is durable when this returns."""
    zone = LandingZone(project.landing)
    return take(
        file,
        kind_of(project, kind),
        parse_mapping(maps),
        _settings(project, clock, date_format, covers),
        zone=zone,
        received_at=_after_all(zone, clock.now()),
        replace=replace,
        append=append,
    )


def _after_all(zone: LandingZone, now: datetime) -> datetime:
    """Return a time of receipt after every earlier one: a clock that stands or goes back must not let old rows win."""
    newest = max((entry.received_at for entry in zone.batches()), default=None)
    return now if newest is None or now > newest else newest + timedelta(microseconds=1)


def _settings(project: Project, clock: Clock, date_format: str | None, covers: str | None) -> ImportSettings:
    calendar = project.calendar
    zones = tuple(zip((None, *calendar.since), (zone.key for zone in calendar.zones), strict=True))
    days = parse_period(covers, calendar.day_of(clock.now())) if covers else None
    return ImportSettings(
        zones, project.file.currency, date_format=date_format, covers=(days.start, days.end) if days else None
    )
