"""The trust report as a person reads it in a terminal: problems first, then sources, then checks."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from assay.cli.output import console
from assay.values.trust import Blocked, Incident, SourceTrust, TrustReport

SHOWN = 6
_MISSING = "–"


def print_trust(report: TrustReport, *, everything: bool) -> None:
    """Write the report; `everything` also lists every blocked number and every check that passed."""
    zone = ZoneInfo(report.timezone)
    click.echo(f"{report.project} · Trust")
    click.echo(report.sentence)
    if report.published_at:
        click.echo(f"generation {report.generation}, published {_local(report.published_at, zone)}")
    for number, incident in enumerate(report.incidents, 1):
        click.echo()
        click.echo("\n".join(incident_lines(number, incident, zone, everything=everything)))
    _print_sources(report, zone)
    _print_checks(report, zone, everything=everything)


def incident_lines(number: int, incident: Incident, zone: ZoneInfo, *, everything: bool = False) -> list[str]:
    """Return an incident as lines: what is wrong, since when, whose it is, what it blocks, how to repair it."""
    facts = [incident.code]
    facts += [f"since {_local(incident.since, zone)}"] if incident.since else []
    facts += [f"owner: {incident.owner}"] if incident.owner else []
    lines = [f"{number}. {incident.sentence}", f"   {' · '.join(facts)}"]
    lines += [f"   holds back {', '.join(incident.models)}"] if incident.models else []
    now, other = [one for one in incident.blocks if one.now], [one for one in incident.blocks if not one.now]
    most = len(incident.blocks) if everything else SHOWN
    if now:
        lines.append(f"   blocks {_counted(len(now))}: {_listed(now, most)}")
    if other:
        also = "also " if now else ""
        lines.append(f"   {also}withholds other periods of {_counted(len(other))}: {_listed(other, most)}")
    if not incident.blocks:
        lines.append("   blocks nothing")
    if incident.repair:
        lines.append(f"   → {incident.repair}")
    return lines


def _counted(number: int) -> str:
    return f"{number:,} number{'' if number == 1 else 's'}"


def _listed(blocks: list[Blocked], most: int) -> str:
    named = [f"{one.kpi} (critical)" if one.criticality == "critical" else one.kpi for one in blocks[:most]]
    more = len(blocks) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _print_sources(report: TrustReport, zone: ZoneInfo) -> None:
    from rich.table import Table

    table = Table(title="Sources", title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for name in ("stream", "source", "complete until", "newest load", "state", "rows", "expected"):
        table.add_column(name, justify="right" if name in ("rows", "expected") else "left", overflow="fold")
    for row in report.sources:
        feeds = row.feeds or (None,)
        for place, feed in enumerate(feeds):
            alone = feed is None or len(row.feeds) == 1
            facts = row if feed is None or alone else feed
            name = row.stream if place == 0 else ""
            source = "" if feed is None else feed.source + (f" · {feed.shard}" if feed.shard else "")
            table.add_row(
                name,
                source,
                _short(facts.complete_until, report.now, zone) if facts.complete_until else "nothing",
                _short(facts.newest_load, report.now, zone) if facts.newest_load else _MISSING,
                _state(row) if alone else ("retired" if feed and feed.retired else facts.freshness or "followed by another"),
                f"{facts.rows:,}",
                f"{facts.expected_rows:,}" if facts.expected_rows is not None else _MISSING,
            )
    click.echo()
    console().print(table)


def _state(row: SourceTrust) -> str:
    if row.freshness is None:
        return _MISSING
    missing = f", {row.missing_days:,} {'day' if row.missing_days == 1 else 'days'} missing" if row.missing_days else ""
    return f"{row.freshness} ({row.expected}){missing}"


def _print_checks(report: TrustReport, zone: ZoneInfo, *, everything: bool) -> None:
    from rich.table import Table

    passed = sum(check.status == "passed" for check in report.checks)
    shown = [check for check in report.checks if everything or check.status != "passed"]
    click.echo()
    if shown:
        table = Table(title="Checks", title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
        for name in ("check", "status", "failures", "blocks", "since", "models"):
            table.add_column(name, justify="right" if name == "failures" else "left", overflow="fold")
        for check in shown:
            since = _local(check.since, zone) if check.since else ""
            models = ", ".join(check.models[:4]) + (f" and {len(check.models) - 4} more" if len(check.models) > 4 else "")
            table.add_row(check.check, check.status, f"{check.failures:,}", "yes" if check.blocking else "no", since, models)
        console().print(table)
    when = f", last run {_local(report.checked_at, zone)}" if report.checked_at else ""
    hint = "" if everything or not passed else " --all lists them."
    if report.checks:
        click.echo(f"{passed:,} of {len(report.checks):,} checks passed{when}.{hint}")
    else:
        click.echo("No check has been run yet: assay refresh runs them.")


def _short(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return an instant without its year where that is this one: seven columns have to fit."""
    local = instant.astimezone(zone)
    return f"{local:%m-%d %H:%M}" if local.year == now.astimezone(zone).year else f"{local:%Y-%m-%d}"


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
