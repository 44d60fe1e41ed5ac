"""`assay doctor`: is the project well."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_json

_SIGNS = {"ok": "ok   ", "look": "look ", "wrong": "WRONG"}


@click.command(short_help="Look for what is wrong, and say how to mend it.")
@format_option("table", "json")
@project_option
def command(output: str, folder: Path | None) -> int:
    """Look at settings, KPI files, landing zone, publication, checks, worker, jobs and disk; say what to mend.

    Exit status: 0 well, 1 something is wrong.
    """
    from dataclasses import asdict

    from assay.runtime.doctor import examine

    found = list(examine(the_project(folder), the_clock()))
    if output == "json":
        print_json([asdict(one) for one in found])
    else:
        for one in found:
            click.echo(f"{_SIGNS[one.state]}  {one.what}: {one.sentence}" + (f"\n       → {one.repair}" if one.repair else ""))
    return 1 if any(one.state == "wrong" for one in found) else 0
