"""How old data is against what is expected of it: f, 1.5 f, 3 f."""

from __future__ import annotations

from datetime import datetime, timedelta

from assay.catalog.contract import seconds
from assay.values.answer import Freshness
from assay.values.generation import StreamFacts

DEFAULT_FRESHNESS = "26h"
_STEPS = ((1.0, Freshness.FRESH), (1.5, Freshness.ACCEPTABLE), (3.0, Freshness.STALE))


def freshness_of(age: timedelta, expected: timedelta) -> tuple[Freshness, timedelta | None]:
    """Return the freshness of data of that age, and the age at which it changes."""
    for factor, step in _STEPS:
        if age <= expected * factor:
            return step, expected * factor
    return Freshness.CRITICAL, None


def stream_freshness(facts: StreamFacts, now: datetime) -> Freshness | None:
    """Return how fresh a stream is against its own declaration; None where nothing of it is complete."""
    if not facts.intervals:
        return None
    expected = timedelta(seconds=seconds(facts.freshness or DEFAULT_FRESHNESS))
    return freshness_of(now - facts.intervals[-1].end, expected)[0]


def worst(steps: list[Freshness]) -> Freshness:
    """Return the oldest of them."""
    return max(steps, key=list(Freshness).index)
