"""`assay trust`: every source, every check, and every problem with what it blocks, on one screen."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import EXIT_WITHHELD, format_option, project_option, the_clock, the_project
from assay.cli.output import print_json


@click.command(short_help="Show what is wrong with the data, and what that blocks.")
@click.option("--all", "everything", is_flag=True, help="Also list every number that is blocked and every check that passed.")
@format_option("table", "json")
@project_option
def command(everything: bool, output: str, folder: Path | None) -> int:
    """Show every source, every check, and every problem once: what it blocks, since when, whose it is, how to repair it.

    Exit status 0 when no number is blocked, 3 when one is.
    """
    from assay.cli.trust_screen import print_trust
    from assay.runtime.desk import Desk

    report = Desk(the_project(folder), the_clock()).trust()
    if output == "json":
        print_json(report)
    else:
        print_trust(report, everything=everything)
    return EXIT_WITHHELD if report.blocks_anything else 0
