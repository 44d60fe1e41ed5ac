"""Taking a file in: what a person's file becomes, before a refresh makes numbers of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from assay.calendar import parse_period
from assay.clock import Clock
from assay.errors import UsageError, suggest
from assay.runtime.own.measures import called, notebook_of
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
from assay.sources.files.take import SOURCE
from assay.sources.landing import LandingZone


@dataclass(frozen=True)
class Claims:
    """What is said of a file besides its rows: the shard that it holds, how many rows its source counts, and on which day."""

    shard: str | None = None
    rows: int | None = None
    days: tuple[tuple[date, int], ...] = ()


NO_CLAIMS = Claims()


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
    claims: Claims = NO_CLAIMS,
) -> ImportPreview:
    """Return what the file would become; nothing is written."""
    return preview(
        file,
        kind_of(project, kind),
        parse_mapping(maps),
        import_settings(project, clock, date_format, covers, claims_of(file, claims)),
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
    claims: Claims = NO_CLAIMS,
    *,
    replace: bool,
    append: bool,
) -> ImportSummary:
    """Take the file into the landing zone; it is durable when this returns."""
    zone = LandingZone(project.landing)
    with called(notebook_of(project, clock), [SOURCE], "import"):
        return take(
            file,
            kind_of(project, kind),
            parse_mapping(maps),
            import_settings(project, clock, date_format, covers, claims_of(file, claims)),
            zone=zone,
            received_at=after_all(zone, clock.now()),
            replace=replace,
            append=append,
        )


def after_all(zone: LandingZone, now: datetime) -> datetime:
    """Return a time of receipt after every earlier one: a clock that stands or goes back must not let old rows win."""
    newest = max((entry.received_at for entry in zone.batches()), default=None)
    return now if newest is None or now > newest else newest + timedelta(microseconds=1)


def claims_of(file: Path, given: Claims) -> Claims:
    """Return what is said of the file, by the command and by a `FILE.manifest.json` beside it; the command wins."""
    path = file.with_name(f"{file.name}.manifest.json")
    if not path.is_file():
        return given
    try:
        found = _Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} is no manifest: {str(error).splitlines()[0]}", 'It holds {"rows": 1200, "days": {"2026-03-01": 40}}.'
        ) from error
    return Claims(
        given.shard or found.shard, found.rows if given.rows is None else given.rows, tuple(sorted(found.days.items()))
    )


class _Manifest(BaseModel):
    """What an exporting system says of its file."""

    model_config = ConfigDict(extra="ignore")

    rows: int | None = Field(default=None, ge=0)
    days: dict[date, int] = {}
    shard: str | None = None


def import_settings(
    project: Project, clock: Clock, date_format: str | None = None, covers: str | None = None, claims: Claims = NO_CLAIMS
) -> ImportSettings:
    """Return what a conversion has to know of the shop: its zones and currencies, and what is said of the file."""
    calendar = project.calendar
    zones = tuple(zip((None, *calendar.since), (zone.key for zone in calendar.zones), strict=True))
    days = parse_period(covers, calendar.day_of(clock.now())) if covers else None
    return ImportSettings(
        zones,
        project.currencies,
        date_format=date_format,
        covers=(days.start, days.end) if days else None,
        shard=claims.shard,
        expected_rows=claims.rows,
        expected_days=claims.days,
    )
