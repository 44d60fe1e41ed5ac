"""`assay refresh`: pull, load, build, prove, publish."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import format_option, project_option, the_clock, the_project
from assay.cli.output import print_json
from assay.cli.progress import watching


@click.command(short_help="Bring every number up to date.")
@format_option("table", "json")
@project_option
def command(output: str, folder: Path | None) -> None:
    """Bring every number up to date and publish a new generation.

    It works beside a running `assay serve`, whose worker then does it, and without one.
    """
    from assay.runtime.jobs import run_job

    with watching(quiet=output == "json") as watch:
        result = run_job(the_project(folder), the_clock(), "refresh", {}, watch)
    if output == "json":
        print_json(result)
    else:
        click.echo("\n".join(result_lines(result)))


def result_lines(result: dict[str, object]) -> list[str]:
    """Return what a refresh did, for a person."""
    lines = [
        f"Published generation {result['generation']}: {result['rows']} ledger rows, "
        f"{result['restated']} restatements, {result['pulled']} records pulled."
    ]
    held = result["held"]
    if isinstance(held, list) and held:
        lines.append(f"Held back because a check or a build failed: {', '.join(held)}. Their numbers are stale or withheld.")
    problems = result["problems"]
    lines += [f"! {problem}" for problem in problems] if isinstance(problems, list) else []
    return lines
