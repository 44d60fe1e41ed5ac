"""`assay plan`: what a refresh would change."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_project
from assay.cli.output import print_json


@click.command(short_help="Show what a refresh would change.")
@format_option("table", "json")
@project_option
def command(output: str, folder: Path | None) -> int:
    """Show what a refresh, or the files that you edited, would change. Nothing is written.

    Exit status: 0, or 1 if the KPI files have mistakes.
    """
    from dataclasses import asdict

    from assay.runtime.preview import plan_refresh

    plan = plan_refresh(the_project(folder))
    if output == "json":
        print_json(asdict(plan))
        return 1 if plan.problems else 0
    for problem in plan.problems:
        click.echo(problem)
    for name, (before, after) in plan.redefined.items():
        change = f"{before}  →  {after}" if before != after else "through a KPI that it is made of"
        click.echo(f"~ {name}: defined anew: {change}")
    click.echo("".join(f"+ {name}: new\n" for name in plan.new), nl=False)
    click.echo("".join(f"- {name}: removed; its history stays in the ledger\n" for name in plan.removed), nl=False)
    click.echo("".join(f"  {name}: target, alerts or text\n" for name in plan.reworded), nl=False)
    for stream, rows in plan.batches.items():
        click.echo(f"  {stream}: {rows:,} records have landed and are not published")
    if plan.redefined:
        click.echo("Closed periods of what is defined anew are restated, with the cause `definition change`.")
    if plan.empty:
        click.echo("Nothing to change: files and landed records are what was published.")
    return 1 if plan.problems else 0
