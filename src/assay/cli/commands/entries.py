"""`assay entries`: what was recorded by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_csv, print_json


@click.command(short_help="List what was recorded by hand.")
@click.argument("kind", required=False)
@click.option("--last", type=click.IntRange(1, 100_000), metavar="DAYS", help="Only those of the last so many days.")
@format_option("table", "json", "csv")
@project_option
def command(kind: str | None, last: int | None, output: str, folder: Path | None) -> None:
    """List the entries of KIND, newest day first; without KIND, what can be recorded and how far each is complete."""
    from assay.runtime.desk import Desk
    from assay.runtime.entries import NO_KINDS, entries, entry_kinds

    project, clock = the_project(folder), the_clock()
    if kind is None:
        kinds = entry_kinds(Desk(project, clock))
        if output == "json":
            print_json([one.model_dump(mode="json") for one in kinds])
            return
        for one in kinds:
            said = f"complete since {one.complete_from}" if one.complete_from else "nothing recorded"
            click.echo(f"{one.kind}  {said}\n    {one.description}")
            for field in one.fields:
                words = f" ({', '.join(field.values)})" if field.values else ""
                click.echo(f"      {field.name}{words}{'' if field.required else ', if you like'}")
        if not kinds:
            click.echo(NO_KINDS)
        return
    today = project.calendar.day_of(clock.now())
    found = entries(project, clock, kind, today - timedelta(days=last - 1) if last else None)
    names = list(dict.fromkeys(name for one in found for name, value in one.values.items() if value is not None))
    rows = [
        (one.id, f"{one.day}", *("" if one.values.get(name) is None else str(one.values[name]) for name in names))
        for one in found
    ]
    if output == "json":
        print_json([one.model_dump(mode="json") for one in found])
    elif output == "csv":
        print_csv(("id", "day", *names), rows)
    elif not found:
        click.echo(f"Nothing is recorded. Begin with `assay record {kind} NAME=VALUE …`; `assay entries` names the fields.")
    else:
        widths = [max(len(row[place]) for row in [("id", "day", *names), *rows]) for place in range(len(names) + 2)]
        for row in [("id", "day", *names), *rows]:
            click.echo("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
