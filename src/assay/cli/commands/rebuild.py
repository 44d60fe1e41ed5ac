"""`assay rebuild`: the warehouse and the rollups again, from the landing zone."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.commands.refresh import result_lines
from assay.cli.options import project_option, the_clock, the_project
from assay.cli.progress import watching


@click.command(short_help="Make the warehouse again from what landed.")
@project_option
def command(folder: Path | None) -> None:
    """Throw the warehouse away and make it again from the landing zone; every number stays what it was.

    Use it when a file is damaged, or to prove that nothing but the landing zone and the ledger is needed.
    """
    from assay.runtime.jobs import run_job

    with watching() as watch:
        result = run_job(the_project(folder), the_clock(), "rebuild", {}, watch)
    click.echo("\n".join(result_lines(result)))
