"""`assay record`: one entry by hand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from assay.cli.commands.refresh import refresh_after
from assay.cli.options import project_option, the_clock, the_project
from assay.errors import UsageError


@click.command(short_help="Record a cost, a balance … by hand.")
@click.argument("kind")
@click.argument("values", nargs=-1, metavar="[NAME=VALUE]…")
@click.option("--id", "number", metavar="ID", help="The entry's own identity; an entry that has it is replaced.")
@click.option("--remove", "removed", metavar="ID", help="Take an entry back.")
@click.option("--complete", "declares", is_flag=True, help="Record nothing, and say that everything until now is recorded.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="With --complete: the first day of the books.")
@click.option("--no-refresh", is_flag=True, help="Only record; `assay refresh` makes the numbers later.")
@project_option
def command(
    kind: str,
    values: tuple[str, ...],
    number: str | None,
    removed: str | None,
    declares: bool,
    since: datetime | None,
    no_refresh: bool,
    folder: Path | None,
) -> None:
    """Record one entry of KIND and publish the numbers that it changes. `assay entries` lists the kinds and their fields.

    \b
    assay record operating_costs cost_type=personnel amount=18200 cost_date=2026-02-28
    assay record operating_costs --id 3f9c2ab01d77 cost_type=personnel amount=18400 cost_date=2026-02-28
    assay record operating_costs --remove 3f9c2ab01d77
    assay record operating_costs --complete

    With every entry you say that all earlier ones are recorded, too: from the first recorded day until now, days without an
    entry count as days without one. After now nothing is known, until you record again or say --complete.
    """
    from assay.runtime.entries import complete, record, remove

    if sum(map(bool, (values or number, removed, declares))) != 1 or (since and not declares):
        raise UsageError(
            "Say one thing: an entry (NAME=VALUE …), --remove ID, or --complete.", "`assay record --help` shows each."
        )
    project, clock = the_project(folder), the_clock()
    if removed:
        done = remove(project, clock, kind, removed)
        click.echo(f"Removed {done.id} of {kind}.")
    elif declares:
        done = complete(project, clock, kind, since.date() if since else None)
    else:
        done = record(project, clock, kind, _pairs(values), number)
        assert done.entry is not None  # it was just recorded
        said = ", ".join(f"{name} {value}" for name, value in done.entry.values.items() if value is not None)
        click.echo(f"Recorded {done.id} of {kind}, {done.entry.day}: {said}.")
    if done.complete_from and done.complete_until:
        until = f"{project.calendar.local(done.complete_until):%Y-%m-%d %H:%M}"
        click.echo(f"Complete from {done.complete_from} to {until}.")
    else:
        click.echo("No day is complete any more: there is no entry left.")
    refresh_after(project, clock, f"recording of {kind}", later=no_refresh)


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or name.strip() in found:
            raise UsageError(f"{text!r} is not one NAME=VALUE.", "Name each field once: amount=5000 cost_type=marketing.")
        found[name.strip()] = value
    return found
