"""`assay history`: what was published, period by period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_csv, print_json


@click.command(short_help="Show the published values of a KPI.")
@click.argument("kpi")
@click.option(
    "--grain",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    default="day",
    show_default=True,
    help="How long each period is.",
)
@click.option("--last", type=click.IntRange(1, 10000), default=30, show_default=True, help="How many closed periods.")
@format_option("table", "json", "csv")
@project_option
def command(kpi: str, grain: str, last: int, output: str, folder: Path | None) -> None:
    """Show the published values of KPI, one a closed period, oldest first."""
    from assay.runtime.desk import Desk

    found = Desk(the_project(folder), the_clock()).history(kpi, grain, last)  # type: ignore[arg-type]
    if output == "json":
        print_json(found)
        return
    rows: list[tuple[Any, ...]] = [
        (point.start, point.end, point.value, point.state, point.generation, point.currency or found.unit.currency)
        for point in found.points
    ]
    changed = any(point.currency for point in found.points)  # amounts of several currencies stand below each other
    if output == "csv":
        names = ("start", "end", "value", "state", "generation", "currency")
        print_csv(*((names, rows) if changed else (names[:-1], [row[:-1] for row in rows])))
        return
    if not rows:
        click.echo(f"No closed {grain} of {kpi} has been published yet. `assay refresh` publishes.")
    width = max((len(value or "–") for _, _, value, *_ in rows), default=0)
    for start, end, value, state, _, currency in rows:
        click.echo(
            f"{start if start == end else f'{start} to {end}'}  {value or '–':>{width}}"
            + (f" {currency}" if changed else "")
            + ("" if state == "actual" else f"  {state}")
        )
