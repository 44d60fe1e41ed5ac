"""`assay restatements`: closed periods whose published number changed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_csv, print_json


@click.command(short_help="Show published numbers that changed later.")
@click.argument("kpi", required=False)
@click.option("--last", type=click.IntRange(1, 10000), default=30, show_default=True, help="How many, newest first.")
@format_option("table", "json", "csv")
@project_option
def command(kpi: str | None, last: int, output: str, folder: Path | None) -> None:
    """Show what changed after it was published: old and new value, why, and what readers saw until then.

    The cause is late data, a correction, or a definition change.
    """
    from assay.runtime.desk import Desk

    desk = Desk(the_project(folder), the_clock())
    found = desk.restatements(kpi, last)
    if output == "json":
        print_json(found)
    elif output == "csv":
        flat = [{name: value for name, value in one.items() if name != "shown"} for one in found]
        print_csv(tuple(flat[0]) if flat else ("kpi",), [tuple(one.values()) for one in flat])
    elif not found:
        click.echo("No closed number has changed since it was published.")
    else:
        for one in found:
            period = one["start"] if one["start"] == one["end"] else f"{one['start']} to {one['end']}"
            change = f"{one['old'] or '–'} → {one['new'] or '–'}"
            click.echo(f"{one['kpi']}  {period}  {change}  {one['cause']}  (generation {one['generation']})")
            for span in one["shown"]:
                since, until = (desk.project.calendar.local(datetime.fromisoformat(span[edge])) for edge in ("from", "until"))
                said = f"showed {span['value']}" if span["value"] is not None else "withheld"
                click.echo(f"    {said} from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M}")
