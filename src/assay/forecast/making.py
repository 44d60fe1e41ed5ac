"""A forecast, whole: rules, back-test, and the chosen model fitted to all of the history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.forecast.backtest import Trial, choose, interval, mean_error
from assay.forecast.models import Limits, ahead
from assay.forecast.rules import RULES, Span, needed, origins, season_of


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be forecast: proved values of consecutive periods, the oldest first, and how far ahead. Plain, to be sent."""

    history: tuple[float, ...]
    grain: str
    periods: int
    lead: int = 0
    level: int = 80
    floor: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One period ahead: in `level` of a hundred such cases it lies between `lower` and `upper`."""

    middle: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """How such forecasts did on periods that neither model nor choice had seen."""

    origins: int
    held_out: int
    mae: float
    naive_mae: float
    wape: float | None
    """The sum of the errors in percent of the sum of what came; None where that is 0."""
    within: int
    first: int
    last: int
    """The places in the history of the first and last period that was foreseen."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next periods, how they were foreseen, and how well the same went before."""

    model: str
    season: int
    steps: tuple[Step, ...]
    backtest: Backtest


def forecast(task: Task) -> Forecast:
    """Return the forecast. The same task has the same answer. Raises `ValueError` for a history that is too short."""
    rule, span = RULES[task.grain], Span(task.periods, task.lead)
    history = np.array(task.history, dtype=np.float64)
    if len(history) < needed(rule, span):
        raise ValueError(f"{len(history)} periods are too few: {needed(rule, span)} are needed.")
    season = season_of(rule, len(history), span)
    trial = Trial(history, span, season, task.level, Limits(task.floor, task.ceiling))
    starts = origins(rule, len(history), span)
    found = choose(trial, starts)
    said = ahead(found.model, history, span.steps, season, task.level)
    if said is None:
        raise ValueError("The model that was chosen cannot be fitted to the whole history.")
    limits = trial.limits.held_by(history)
    stretch = found.stretch_at(len(history), task.level)
    low, high = interval(said, limits, stretch, float(history.std()))
    rows = zip(limits.keep(said.middle), low, high, strict=True)
    came = np.abs(np.concatenate([one.came for one in found.measured_by])).sum()
    errors = np.concatenate([one.errors for one in found.measured_by])
    return Forecast(
        model=found.model,
        season=season,
        steps=tuple(Step(*map(float, row)) for row in rows)[span.lead :],
        backtest=Backtest(
            origins=len(starts.measuring),
            held_out=len(errors),
            mae=float(errors.mean()),
            naive_mae=mean_error(found.naive_by),
            wape=float(100 * errors.sum() / came) if came > 0 else None,
            within=found.within(task.level),
            first=starts.measuring[0] + span.lead,
            last=starts.measuring[-1] + span.steps - 1,
        ),
    )
