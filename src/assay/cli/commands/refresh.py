"""`assay refresh`: pull, load, build, prove, publish."""

from __future__ import annotations

from pathlib import Path

import click

from assay.cli.options import EXIT_WITHHELD, format_option, project_option, the_clock, the_project
from assay.cli.output import print_json
from assay.cli.progress import watching
from assay.clock import Clock
from assay.settings import Project


@click.command(short_help="Bring every number up to date.")
@click.option("--data-set", "name", metavar="NAME", help="Only what the streams under this data set make; see `jobs/`.")
@format_option("table", "json")
@project_option
def command(name: str | None, output: str, folder: Path | None) -> int:
    """Bring every number up to date and publish a new generation.

    It works beside a running `assay serve`, whose worker then does it, and without one.

    \b
    assay refresh
    assay refresh --data-set ticket_sla_compliance

    Exit status: 0 done, 3 a data set is late or one of its checks fails, 2 wrong use, 1 failure.
    """
    from assay.runtime.jobs import run_job

    kind, arguments = ("refresh", {}) if name is None else ("data_set", {"name": name})
    with watching(quiet=output == "json") as watch:
        result = run_job(the_project(folder), the_clock(), kind, arguments, watch)
    if output == "json":
        print_json(result)
    else:
        click.echo("\n".join([*result_lines(result), *(data_set_lines(result) if name is not None else [])]))
    return EXIT_WITHHELD if result.get("late") or result.get("broken") else 0


def refresh_after(project: Project, clock: Clock, because: str, *, later: bool) -> None:
    """Publish the numbers that follow from what was just taken in, and say so; `later` leaves that to the person."""
    from assay.runtime.jobs import run_job

    if later:
        click.echo("Next: `assay refresh`.")
        return
    with watching() as watch:
        result = run_job(project, clock, "refresh", {"because": because}, watch)
    click.echo("\n".join(result_lines(result)))


def data_set_lines(result: dict[str, object]) -> list[str]:
    """Return how the refresh of a data set stands to its contract, for a person."""
    attempts, broken = result["attempts"], result["broken"]
    tries = "" if attempts == 1 else f" at attempt {attempts}"
    kept = f"later than its SLA of {result['sla']}" if result["late"] else f"within its SLA of {result['sla']}"
    lines = [f"{result['data_set']} is refreshed{tries}: {result['seconds']:.1f} s, {kept}."]
    if isinstance(broken, list) and broken:
        lines.append(f"! These checks should pass and do not: {', '.join(broken)}. `assay trust` says what they block.")
    return lines


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
