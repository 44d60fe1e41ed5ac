"""`assay check`: are the KPI files right."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_project
from assay.cli.output import print_json


@click.command(short_help="Check the KPI files and list every mistake.")
@click.option("--examples", is_flag=True, help="Also run every KPI's examples: rows in, value out.")
@format_option("table", "json")
@project_option
def command(examples: bool, output: str, folder: Path | None) -> int:
    """Check every KPI, board, target and alert file; list ALL mistakes with file, line and how to mend them.

    Exit status: 0 clean (warnings do not count), 1 mistakes.
    """
    from dataclasses import asdict

    from assay.runtime.packs import read_catalog

    project = the_project(folder)
    result = read_catalog(project)
    failed = []
    if examples and result.catalog is not None:
        from assay.runtime.examples import run_examples

        failed = run_examples(project, result.catalog)
    if output == "json":
        print_json({"problems": [asdict(problem) for problem in result.problems], "examples": failed})
    else:
        for problem in result.problems:
            click.echo(str(problem))
        for line in failed:
            click.echo(f"example: {line}")
        if result.catalog is not None and not failed:
            catalog = result.catalog
            click.echo(f"No mistakes. KPIs: {len(catalog.kpis)}, boards: {len(catalog.boards)}.")
        elif result.errors:
            click.echo(f"Mistakes: {len(result.errors)}. The catalogue in force stays until they are mended.")
    return 1 if result.errors or failed else 0
