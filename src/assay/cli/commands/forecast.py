"""`assay forecast`: the next periods of a KPI, with an interval and how far off such forecasts were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assay.cli.options import EXIT_WITHHELD, format_option, project_option, the_clock, the_project
from assay.cli.output import print_csv, print_json

if TYPE_CHECKING:
    from assay.values.forecast import BacktestFacts, ForecastAnswer, ForecastPoint


@click.command(short_help="Forecast a KPI, with its back-tested error.")
@click.argument("kpi")
@click.option("--periods", type=int, help="How many days, weeks or months (by the KPI's grain); 14, 4 or 3 otherwise.")
@click.option("--level", type=int, default=80, show_default=True, help="The interval, in percent: 50 to 99.")
@format_option("table", "json", "csv")
@project_option
def command(kpi: str, periods: int | None, level: int, output: str, folder: Path | None) -> int:
    """Forecast the next days, weeks or months of the KPI named KPI, or say why that cannot be done.

    Only published, settled periods are learnt from. Beside each forecast stands how far off the same way of forecasting was
    on periods that it had not seen.

    \b
    assay forecast total_revenue
    assay forecast paid_orders --periods 28 --level 90
    assay forecast total_revenue --format csv > next.csv

    Needs the extra `forecast`: pip install 'assay-kpi[forecast]'.

    Exit status: 0 a forecast, 3 withheld, 2 wrong use, 1 failure.
    """
    from assay.errors import UsageError
    from assay.runtime.desk import Desk
    from assay.runtime.forecasting.fitting import Fitter
    from assay.runtime.forecasting.forecasts import NOT_INSTALLED, Forecasts

    fitter = Fitter()
    try:
        answer = Forecasts(Desk(the_project(folder), the_clock()), fitter).ask(kpi, periods, level)
    finally:
        fitter.close()
    if NOT_INSTALLED in answer.reasons:
        raise UsageError(NOT_INSTALLED.sentence, NOT_INSTALLED.repair or "")
    if output == "json":
        print_json(answer)
    elif output == "csv":
        rows = [
            (p.period, p.start, p.end, p.forecast, p.lower, p.upper, answer.level, answer.data_quality) for p in answer.points
        ]
        print_csv(("period", "start", "end", "forecast", "lower", "upper", "level", "state"), rows)
        for reason in answer.reasons:
            click.echo(reason.sentence, err=True)
    else:
        click.echo("\n".join(_lines(answer)))
    return 0 if answer.points else EXIT_WITHHELD


def _lines(answer: ForecastAnswer) -> list[str]:
    unit = answer.unit.currency or answer.unit.kind
    lines = [f"{answer.label}: forecast in {unit}" if answer.points else f"{answer.label}: no forecast"]
    widths = [max((len(text) for text in column), default=0) for column in zip(*map(_cells, answer.points), strict=True)]
    for point in answer.points:
        name, middle, lower, upper = (text.rjust(width) for text, width in zip(_cells(point), widths, strict=True))
        lines.append(f"  {name}  {middle}  {answer.level} % between {lower} and {upper}")
    lines += _tested(answer.backtest, answer) if answer.backtest else []
    lines += [f"  {answer.method}"] if answer.method else []
    for reason in answer.reasons:
        lines.append(f"  · {reason.sentence}" + (f" (owner: {reason.owner})" if reason.owner else ""))
        lines += [f"    → {reason.repair}"] if reason.repair else []
    if answer.needs and answer.needs.possible_from:
        lines.append(f"    possible from {answer.needs.possible_from} on, if no {answer.grain} is missing until then")
    return lines


def _cells(point: ForecastPoint) -> tuple[str, str, str, str]:
    return point.period, point.forecast, point.lower, point.upper


def _tested(test: BacktestFacts, answer: ForecastAnswer) -> list[str]:
    share = f" ({test.wape_pct} %)" if test.wape_pct else ""
    against = (
        f"; {test.relative_mae} times the error of the naive forecast" if test.relative_mae and answer.model != "naive" else ""
    )
    return [
        f"  Such forecasts were off by {test.mae}{share} on average, from {test.start} to {test.end}{against}.",
        f"  The interval held {test.within} of {test.periods} {answer.grain}s forecast ({test.coverage_pct} %).",
    ]
