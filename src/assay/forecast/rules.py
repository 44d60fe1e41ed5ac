"""How much history a forecast needs, how far it may reach, and from where its back-test starts: arithmetic, no models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ForecastGrain = Literal["day", "week", "month"]
LEAST_ORIGINS = 2
"""From how many points of the history a model is chosen, and from how many newer ones its error is measured."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds at one grain; all in periods of that grain."""

    season: int
    """How many periods a season has; 1 is none."""
    learn: int
    """The fewest periods that a model learns from, without any knowledge of seasons."""
    learn_season: int
    """The fewest periods that it learns a season from."""
    usual: int
    """How many periods are forecast if nobody says."""
    most: int
    lag: int
    """How many closed periods may still be unsettled or awaited."""
    reach: int
    """How far back the history is read: older periods say little of the next ones."""


RULES: dict[str, Rule] = {
    "day": Rule(season=7, learn=28, learn_season=28, usual=14, most=90, lag=14, reach=400),
    "week": Rule(season=1, learn=16, learn_season=16, usual=4, most=26, lag=3, reach=208),
    "month": Rule(season=12, learn=12, learn_season=24, usual=3, most=12, lag=2, reach=120),
}


@dataclass(frozen=True, slots=True)
class Span:
    """What is forecast: `periods` periods, after `lead` closed ones that are not proved yet and so are forecast on the way."""

    periods: int
    lead: int = 0

    @property
    def steps(self) -> int:
        """How many periods a model has to look ahead."""
        return self.lead + self.periods


def needed(rule: Rule, span: Span) -> int:
    """Return how many proved periods in a row a forecast needs."""
    return _enough(rule.learn, span)


def _enough(learn: int, span: Span) -> int:
    return learn + 2 * (span.steps + LEAST_ORIGINS - 1)


def longest(rule: Rule, history: int, lead: int) -> int:
    """Return how many periods can be forecast from so many proved ones; 0 if none."""
    return max(0, min(rule.most, (history - needed(rule, Span(0, lead))) // 2))


def season_of(rule: Rule, history: int, span: Span) -> int:
    """Return the length of the season that the history lets a model learn at every origin of the back-test; 1 is none."""
    return rule.season if history >= _enough(rule.learn_season, span) else 1


@dataclass(frozen=True, slots=True)
class Origins:
    """Where forecasts of the back-test begin: after so many periods of the history, ascending.

    What is foreseen from those that choose lies before those that measure.
    """

    choosing: tuple[int, ...]
    measuring: tuple[int, ...]


def most_origins(span: Span) -> int:
    """Return how many origins there are of each kind at most: 6, and up to 12 where each foresees little."""
    return min(12, max(6, 42 // span.periods))


def origins(rule: Rule, history: int, span: Span) -> Origins:
    """Return the origins. They stand so far apart that no period is foreseen twice, if there is room for that."""
    learn = rule.learn if season_of(rule, history, span) == 1 else rule.learn_season
    room = (history - learn - 2 * span.steps) // 2
    most = most_origins(span)
    apart = max(1, min(span.periods, room // (most - 1)))
    back = [apart * place for place in reversed(range(min(most, room // apart + 1)))]
    measuring = tuple(history - span.steps - one for one in back)
    return Origins(tuple(measuring[0] - span.steps - one for one in back), measuring)
