"""`assay import`: a file of your own."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.commands.refresh import refresh_after
from assay.cli.options import project_option, the_clock, the_project


@click.command(short_help="Take a file of orders, refunds, products …")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "kind", required=True, metavar="KIND", help="What the rows are: orders, payments, refunds, products …")
@click.option(
    "--map", "maps", multiple=True, metavar="NAME=COLUMN,…", help="Which column is which, by heading or by place (1, 2, 3)."
)
@click.option(
    "--date-format", metavar="FORMAT", help="How the file writes dates, such as %d/%m/%Y, where it can be read in two ways."
)
@click.option(
    "--covers",
    metavar="DAYS",
    help="The days of which the file holds every row: 2026-01, 2026-01-01..2026-03-31; its first to its last otherwise.",
)
@click.option("--shard", metavar="SHARD", help="The shop, location … whose part of the rows this is.")
@click.option(
    "--rows",
    type=click.IntRange(min=0),
    help="How many rows the source counts; where the file has others, nothing is complete.",
)
@click.option("--preview", "only_look", is_flag=True, help="Show what the file would become, and write nothing.")
@click.option(
    "--replace", is_flag=True, help="The file's days become exactly this file; earlier rows of these days are taken back."
)
@click.option("--append", is_flag=True, help="Add the rows to the days' earlier ones, even where the files overlap.")
@click.option("--no-refresh", is_flag=True, help="Only take the file; `assay refresh` makes the numbers later.")
@project_option
def command(
    file: Path,
    kind: str,
    maps: tuple[str, ...],
    date_format: str | None,
    covers: str | None,
    shard: str | None,
    rows: int | None,
    only_look: bool,
    replace: bool,
    append: bool,
    no_refresh: bool,
    folder: Path | None,
) -> None:
    """Take FILE (CSV, Parquet or columns between spaces) and publish the numbers that it makes.

    \b
    assay import orders.csv --as orders
    assay import history.txt --as orders --map customer_id=1,ordered_at=2,total=4
    assay import orders.csv --as orders --preview

    Importing a file again adds nothing. Days with rejected rows are not counted as complete.
    """
    from assay.runtime.importing import Claims, look, take_file

    project, clock = the_project(folder), the_clock()
    claims = Claims(shard, rows)
    if only_look:
        click.echo("\n".join(look(project, clock, file, kind, maps, date_format, covers, claims).lines()))
        return
    summary = take_file(project, clock, file, kind, maps, date_format, covers, claims, replace=replace, append=append)
    click.echo("\n".join(summary.lines()))
    refresh_after(project, clock, f"import of {kind}", later=no_refresh)
