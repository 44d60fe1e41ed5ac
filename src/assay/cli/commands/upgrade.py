"""`assay upgrade`: write a project's generated files again."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import project_option, the_project


@click.command(short_help="Write the dbt files again (new version, settings).")
@project_option
def command(folder: Path | None) -> None:
    """Write the project's dbt files again: after a new version of Assay, or a change of packs, zone or currency."""
    from assay.runtime.setup import upgrade

    for line in upgrade(the_project(folder)):
        click.echo(line)
    click.echo("Next: `assay refresh`.")
