"""What a forecast is made into: rounded numbers, the method in a sentence, and why some KPIs have none."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from assay.calendar import Period
from assay.catalog.contract import Kind
from assay.catalog.entry import Catalog, CompiledKpi
from assay.forecast.making import Backtest, Forecast, Step
from assay.forecast.rules import RULES
from assay.runtime.forecasting.proved import Run
from assay.units import PLACES, Unit
from assay.values.answer import Reason, UnitFacts
from assay.values.forecast import BacktestFacts, ForecastPoint

FAR = 15
"""By how many points an interval may hold less often than it promises before that is remarked."""
_NOT_A_NUMBER = {
    Kind.COHORT: "is a table of cohorts",
    Kind.MODELLED: "is what its model says of one period",
    Kind.BREACHES: "counts alert rules that hold",
}
_TO_DATE = {"wtd": "week", "mtd": "month", "qtd": "quarter", "ytd": "year"}
_SMOOTHED = {"ets": "Exponential smoothing (ETS, additive)", "theta": "The theta method"}
_REPEATED = {7: "weekday", 12: "month of the year"}


def never(kpi: CompiledKpi, catalog: Catalog) -> Reason | None:
    """Return why such a KPI has no forecast, whatever its history is; None if it can have one."""
    title, grain = kpi.contract.title, kpi.contract.grain.value
    if (why := _NOT_A_NUMBER.get(kpi.contract.kind)) is not None:
        return Reason(code="no_forecast", sentence=f"{title} {why}, and that is not forecast.")
    for name in (kpi.name, *catalog.depends_on(kpi.name)):
        if (window := catalog.kpis[name].contract.window) in _TO_DATE:
            said = f"{title} begins anew with every {_TO_DATE[window]}: a forecast would not see that coming."
            inputs = " and ".join(catalog.inputs(name))
            other = "Where it will land is said by the pacing of its target, if it has a goal."
            return Reason(code="begins_anew", sentence=said, repair=other + (f" {inputs} can be forecast." if inputs else ""))
    if grain in RULES:
        return None
    return Reason(code="no_forecast", sentence=f"{title} is told by {grain}; days, weeks and months are forecast.")


def limits(unit: Unit) -> tuple[float | None, float | None]:
    """Return below and above what a number of the unit usually is not; a history that was there is not held to it."""
    return (None if unit is Unit.NUMBER else 0.0), (100.0 if unit is Unit.PERCENT else None)


def readable(unit: UnitFacts, size: Decimal) -> UnitFacts:
    """Return how to read a forecast: as the KPI's values, small ratios with three figures."""
    if unit.kind not in (Unit.RATIO, Unit.NUMBER) or not size:
        return unit
    return unit.model_copy(update={"decimals": min(PLACES, max(unit.decimals, 2 - size.adjusted()))})


def point(period: Period, step: Step, unit: UnitFacts) -> ForecastPoint:
    """Return one period ahead; the ends of its interval are rounded away from the middle."""
    return ForecastPoint(
        period=period.name,
        start=period.start,
        end=period.end,
        forecast=_rounded(step.middle, unit.decimals),
        lower=_rounded(step.lower, unit.decimals, ROUND_FLOOR),
        upper=_rounded(step.upper, unit.decimals, ROUND_CEILING),
    )


def backtested(one: Backtest, run: Run, unit: UnitFacts) -> BacktestFacts:
    """Return what the back-test showed."""
    return BacktestFacts(
        start=run.periods[one.first].start,
        end=run.periods[one.last].end,
        origins=one.origins,
        periods=one.held_out,
        mae=_error(one.mae, unit),
        wape_pct=None if one.wape is None or unit.kind == Unit.PERCENT else _rounded(one.wape, 1),
        naive_mae=_error(one.naive_mae, unit),
        relative_mae=_rounded(one.mae / one.naive_mae, 2) if one.naive_mae > 0 else None,
        within=one.within,
        coverage_pct=_rounded(100 * one.within / one.held_out, 1),
    )


def method(found: Forecast, run: Run, grain: str) -> str:
    """Return how the forecast was made, in a sentence or two."""
    history = f"the {counted(len(run.periods), grain)} until {run.periods[-1].end}"
    repeated = _REPEATED.get(found.season)
    if found.model in _SMOOTHED:
        pattern = f", {repeated} by {repeated}" if repeated else ""
        said = f"{_SMOOTHED[found.model]}, learnt from {history}{pattern}; it was nearer than repeating what was."
    elif found.model == "naive" and repeated:
        said = f"Each {grain} repeats the newest proved one of its {repeated}; over {history} no model was nearer."
    else:
        said = f"Each {grain} repeats the newest proved one; over {history} nothing was nearer."
    if found.season == 1 and RULES[grain].season > 1:
        said += " The history is too short to know the seasons of a year."
    return said


def weak(one: Backtest, level: int) -> tuple[Reason, ...]:
    """Return the remark that the interval has held far less often than it promises."""
    if 100 * one.within >= (level - FAR) * one.held_out:
        return ()
    held = f"The interval held {one.within} of {one.held_out} such periods, not {level} % of them: take it as too narrow."
    return (Reason(code="interval_too_narrow", sentence=held),)


def counted(count: int, grain: str) -> str:
    """Return `1 day`, `14 days`."""
    return f"{count} {grain}" if count == 1 else f"{count} {grain}s"


def _error(number: float, unit: UnitFacts) -> str:
    """Return a mean error: as the values, a small one with two figures."""
    if unit.kind == Unit.MONEY or not number:
        return _rounded(number, unit.decimals)
    return _rounded(number, min(PLACES, max(unit.decimals, 1 - Decimal(repr(number)).adjusted())))


def _rounded(number: float, decimals: int, rounding: str = ROUND_HALF_EVEN) -> str:
    exact = Decimal(repr(number)).quantize(Decimal(1).scaleb(-PLACES - 2))  # a float's own noise is not rounded away from
    return f"{exact.quantize(Decimal(1).scaleb(-decimals), rounding=rounding) + 0:f}"
