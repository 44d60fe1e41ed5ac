"""The models that are compared, each a name and a function: history in, the next periods with half an interval's width out.

Nothing else knows `statsforecast` (extra `forecast`); it is imported when the first model is fitted.
"""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
EXTRA = "statsforecast"
NAIVE = "naive"
"""The season before, once more: what every other model has to be better than. Without seasons, the newest period."""
MODELS = (NAIVE, "newest", "ets", "theta")
"""The simplest first: where two are equally good, the first is taken."""


class Ahead(NamedTuple):
    """The next periods as a model sees them: the middle, and how far the interval reaches to either side."""

    middle: Numbers
    reach: Numbers


@dataclass(frozen=True, slots=True)
class Limits:
    """What the number never is: below `floor`, above `ceiling`; None is no limit."""

    floor: float | None = None
    ceiling: float | None = None

    def keep(self, values: Numbers) -> Numbers:
        """Return the values moved into the limits."""
        return np.clip(values, self.floor, self.ceiling) if (self.floor, self.ceiling) != (None, None) else values

    def held_by(self, history: Numbers) -> Limits:
        """Return the limits that the history itself never broke."""
        floor = self.floor if self.floor is not None and history.min() >= self.floor else None
        return Limits(floor, self.ceiling if self.ceiling is not None and history.max() <= self.ceiling else None)


def installed() -> bool:
    """Return whether the models are there (the extra `forecast`)."""
    return importlib.util.find_spec(EXTRA) is not None


def ahead(model: str, history: Numbers, steps: int, season: int, level: int) -> Ahead | None:
    """Return the next `steps` periods with the model's own interval at `level` percent; None where it cannot be fitted."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter(
            "ignore"
        )  # a flat history makes the libraries under the models talk; what they return is looked at
        try:
            said: dict[str, Any] = _made(model, season).forecast(y=history, h=steps, level=[level])
        except (ValueError, ArithmeticError, RuntimeError, IndexError, np.linalg.LinAlgError):
            return None
    middle, low, high = (np.asarray(said[name], dtype=np.float64) for name in ("mean", f"lo-{level}", f"hi-{level}"))
    reach = (high - low) / 2
    return Ahead(middle, reach) if np.isfinite(middle).all() and np.isfinite(reach).all() else None


@lru_cache(maxsize=16)
def _made(model: str, season: int) -> Any:
    from statsforecast.models import AutoETS, AutoTheta, Naive, SeasonalNaive

    if model in (NAIVE, "newest"):
        return SeasonalNaive(season) if model == NAIVE and season > 1 else Naive()
    if model == "ets":  # additive forms alone: exact intervals, and histories that touch zero
        return AutoETS(season_length=season, model="AZA" if season > 1 else "AZN")
    return AutoTheta(season_length=season)
