"""The back-test: forecasts as they would have been made at earlier points of the history, beside what came.

A forecast from an origin sees the history before it and nothing else. The older origins choose the model; the newer ones say
how far off it is and how often its interval held, and what they foresee is over only after what the older ones foresaw.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assay.forecast.models import MODELS, NAIVE, Ahead, Limits, Numbers, ahead
from assay.forecast.rules import Origins, Span


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One forecast of the back-test beside what came, only over the periods that would have been shown."""

    origin: int
    until: int
    """How many periods had to be over, for all of it to be known."""
    ahead: Ahead
    came: Numbers
    limits: Limits
    spread: float
    """How far the values of its history lie apart: stands in for the width of an interval that has none."""

    @property
    def errors(self) -> Numbers:
        """How far off each period was."""
        return np.abs(self.limits.keep(self.ahead.middle) - self.came)

    @property
    def strain(self) -> Numbers:
        """How many times the model's own interval would have had to be as wide, to hold what came."""
        width = np.where(self.ahead.reach > 0, self.ahead.reach, self.spread)
        return np.divide(self.errors, width, out=np.zeros_like(width), where=width > 0)

    def within(self, stretch: float) -> int:
        """Return how many periods came to lie inside the interval, stretched so many times."""
        low, high = interval(self.ahead, self.limits, stretch, self.spread)
        return int(np.count_nonzero((low <= self.came) & (self.came <= high)))


def interval(one: Ahead, limits: Limits, stretch: float, spread: float) -> tuple[Numbers, Numbers]:
    """Return the lower and upper ends of the interval, stretched so many times."""
    width = stretch * np.where((one.reach > 0) | (stretch <= 1), one.reach, spread)
    return limits.keep(one.middle - width), limits.keep(one.middle + width)


@dataclass(frozen=True, slots=True)
class Trial:
    """A history, and how it is looked back on."""

    history: Numbers
    span: Span
    season: int
    level: int
    limits: Limits

    def held_out(self, model: str, origins: Sequence[int]) -> list[HeldOut] | None:
        """Return the model's forecasts from the origins; None where one of them cannot be made."""
        found = []
        for origin in origins:
            known = self.history[:origin]
            said = ahead(model, known, self.span.steps, self.season, self.level)
            if said is None:
                return None
            shown = slice(self.span.lead, self.span.steps)
            one = Ahead(said.middle[shown], said.reach[shown])
            came, until = self.history[origin:][shown], origin + self.span.steps
            found.append(HeldOut(origin, until, one, came, self.limits.held_by(known), float(known.std())))
        return found


@dataclass(frozen=True, slots=True)
class Measured:
    """The chosen model, and how it and the naive one did on the newer origins."""

    model: str
    chosen_by: list[HeldOut]
    measured_by: list[HeldOut]
    naive_by: list[HeldOut]

    def within(self, level: int) -> int:
        """Return how many measured periods lay inside an interval that was stretched by what was known at their origin."""
        return sum(one.within(self.stretch_at(one.origin, level)) for one in self.measured_by)

    def stretch_at(self, origin: int, level: int) -> float:
        """Return how the interval of a forecast from there is stretched: by the newest forecasts that were over by then."""
        known = [one for one in (*self.chosen_by, *self.measured_by) if one.until <= origin]
        return stretch_of(known[-len(self.measured_by) :], level)


def choose(trial: Trial, origins: Origins) -> Measured:
    """Return the model with the smallest mean error on the older origins; the naive one where it has no clear advantage."""
    older = {model: found for model in MODELS if (found := trial.held_out(model, origins.choosing)) is not None}
    naive = trial.held_out(NAIVE, origins.measuring)
    if NAIVE not in older or naive is None:
        raise ValueError("The naive model can be fitted to every finite history.")
    best = min(older, key=lambda model: mean_error(older[model]))  # of equals the first, which is the simplest
    newer = naive if best == NAIVE else trial.held_out(best, origins.measuring)
    if newer is None or mean_error(newer) >= mean_error(naive):
        return Measured(NAIVE, older[NAIVE], naive, naive)
    return Measured(best, older[best], newer, naive)


def mean_error(found: Sequence[HeldOut]) -> float:
    """Return the mean of how far off the periods were (MAE)."""
    return float(np.concatenate([one.errors for one in found]).mean())


def stretch_of(found: Sequence[HeldOut], level: int) -> float:
    """Return how many times wider than the model says the interval has to be, so that it held in `level` percent; at least 1.

    Models believe that they are right; the quantile of what they missed by, counted as if one more were to come, is what holds.
    """
    strains = np.sort(np.concatenate([one.strain for one in found]))
    place = min(len(strains), math.ceil((len(strains) + 1) * level / 100))
    return max(1.0, float(strains[place - 1]))
