"""`assay get`: one number, with what it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.options import EXIT_WITHHELD, format_option, parse_at, project_option, the_clock, the_project
from assay.cli.output import print_answer, print_csv, print_json, state_words
from assay.values.answer import Answer, Cohort, CohortCell

if TYPE_CHECKING:
    from assay.catalog.entry import Catalog


@click.command(short_help="Show a number, or why it is withheld.")
@click.argument("kpi", required=False)
@click.option(
    "--period",
    metavar="P",
    help="day yesterday wtd mtd qtd ytd 7d 3m all, 2026-01-31, 2026-W05, 2026-01, 2026-Q1, 2026, or DATE..DATE.",
)
@click.option("--at", metavar="DATE", help="The day or instant at which the question is asked; now otherwise.")
@click.option("--by", metavar="DIMENSION", help="Break the number down: one row for each value of the dimension.")
@click.option("--top", type=click.IntRange(1, 1000), help="Only the largest rows.")
@click.option(
    "--compare", type=click.Choice(["previous", "same_day_last_week", "last_year", "none"]), help="Compare with another period."
)
@click.option("--scenario", metavar="NAME", help="The number under other assumptions: a scenario that the KPI lists.")
@click.option(
    "--as-of", metavar="DATE", help="As it was published then (the end of that shop day); nothing is worked out again."
)
@click.option("--recompute", is_flag=True, help="Work it out from the warehouse's rows instead of the published partials.")
@click.option("--diff", is_flag=True, help="What was published (at --as-of, or newest) beside what the data says now.")
@click.option("--allow-estimates", is_flag=True, help="Use the KPI's stated estimate where data is missing, marked as such.")
@format_option("table", "json", "csv")
@project_option
def command(
    kpi: str | None,
    period: str | None,
    at: str | None,
    by: str | None,
    top: int | None,
    compare: str | None,
    scenario: str | None,
    as_of: str | None,
    recompute: bool,
    diff: bool,
    allow_estimates: bool,
    output: str,
    folder: Path | None,
) -> int:
    """Show the KPI named KPI, or why it is withheld.

    \b
    assay get total_revenue --period mtd --compare previous
    assay get product_revenue --period 30d --by sku --top 5
    assay get weighted_pipeline --period 2026-Q1 --scenario optimistic
    assay get total_revenue --period 2026-01 --as-of 2026-02-01 --diff

    Exit status: 0 a value, 3 withheld, 2 wrong use, 1 failure.
    """
    from assay.catalog.contract import Question
    from assay.runtime.answers.answering import in_scenario
    from assay.runtime.desk import Desk
    from assay.runtime.diff import difference

    project = the_project(folder)
    desk = Desk(project, the_clock())
    if kpi is None:
        _list(desk.snapshot().catalog)
        return 0
    if scenario is not None:
        kpi = in_scenario(kpi, scenario, desk.snapshot().catalog)
    question = Question.model_validate(
        {
            key: value
            for key, value in {"kpi": kpi, "period": period, "by": by, "top": top, "compare": compare}.items()
            if value is not None
        }
    )
    moment = parse_at(at)
    known = parse_at(as_of)
    if diff:
        answer = difference(desk, question, moment, known)
    elif known is not None:
        answer = desk.as_of(question, moment, known)
    else:
        answer = desk.ask(question, moment, allow_estimates=allow_estimates, recompute=recompute)
    _write(answer, output)
    return 0 if answer.tells else EXIT_WITHHELD


def _cell(row: Cohort, cell: CohortCell) -> tuple[object, ...]:
    state = "withheld" if cell.value is None else "provisional" if cell.provisional else "actual"
    return (row.name, row.size, cell.since, cell.value, state, cell.reasons[0].sentence if cell.reasons else "")


def _words(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value is None else value


def _list(catalog: Catalog) -> None:
    """Write which KPIs there are."""
    width = max((len(name) for name in catalog.kpis), default=0)
    for name, kpi in sorted(catalog.kpis.items()):
        click.echo(f"{name:<{width}}  {kpi.contract.title} ({kpi.contract.unit.value})")


def _write(answer: Answer, output: str) -> None:
    if output == "json":
        print_json(answer)
    elif output == "csv" and answer.cohorts is not None:
        cells = [(row, cell) for row in answer.cohorts.rows for cell in row.cells]
        print_csv(("cohort", "size", "since", "value", "state", "reason"), [_cell(row, cell) for row, cell in cells])
    elif output == "csv" and answer.rows is not None:
        header = (answer.by or "key", "value", "change", "change_pct", "state")
        print_csv(header, [(row.key, row.value, row.change, row.change_pct, state_words(answer)) for row in answer.rows])
    elif output == "csv":
        reason = answer.reasons[0].sentence if answer.reasons else ""
        print_csv(
            ("kpi", "period", "start", "end", "value", "unit", "state", "freshness", "reason", "receipt"),
            [
                (
                    answer.kpi,
                    answer.period.name,
                    answer.period.start,
                    answer.period.end,
                    answer.value,
                    answer.unit.currency or answer.unit.kind,
                    state_words(answer),
                    answer.freshness,
                    reason,
                    answer.receipt,
                )
            ],
        )
    else:
        print_answer(answer)
        if answer.note:
            for key, value in answer.note.items():
                click.echo(f"  {key.replace('_', ' ')}: {_words(value)}")
