"""`assay explain`: how a number came about."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, parse_at, project_option, the_clock, the_project
from assay.cli.output import answer_lines, print_json


@click.command(short_help="Show how a number came about.")
@click.argument("kpi")
@click.option("--period", metavar="P", help="The period, as in `assay get`.")
@click.option("--at", metavar="DATE", help="The day or instant at which it is asked.")
@format_option("table", "json")
@project_option
def command(kpi: str, period: str | None, at: str | None, output: str, folder: Path | None) -> None:
    """Show definition, plan, SQL, inputs, watermarks, checks, verdict and receipt of KPI."""
    from assay.runtime.desk import Desk
    from assay.runtime.explain import define

    found = define(Desk(the_project(folder), the_clock()), kpi, period, parse_at(at))
    if output == "json":
        print_json(found)
        return
    click.echo(f"{found.label} ({found.kpi})\n  {found.definition}")
    click.echo(f"  formula: {found.formula}")
    click.echo(f"  owner: {found.owner} · criticality: {found.criticality} · refresh: {found.refresh or '–'}")
    if found.source:
        click.echo(f"  source: {found.source}")
    _block("Plan", found.plan)
    _block("SQL", found.sql)
    inputs = [
        f"{one['stream']}: {one['rows']:,} rows, complete until {one['complete_until'] or 'never'}"
        + "".join(f"\n    {note}" for note in one["notes"])
        for one in found.inputs
    ]
    _block("Inputs and watermarks", inputs)
    _block(
        "Checks",
        [
            f"{one['check']}: {one['status']}" + (f" ({one['failures']} rows)" if one["failures"] else "")
            for one in found.checks
        ],
    )
    _block("Alerts", found.alerts)
    _block("Verdict", answer_lines(found.answer))
    _block("Receipt", [f"{key}: {value}" for key, value in (found.receipt or {}).items()])


def _block(title: str, lines: object) -> None:
    click.echo(f"\n{title}")
    for line in lines or ("–",):  # type: ignore[attr-defined]
        click.echo("  " + str(line).replace("\n", "\n  "))
