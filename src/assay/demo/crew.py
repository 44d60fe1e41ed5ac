"""The operators who answer customers and mend what went wrong: four to begin with, one leaves, and later one joins."""

from __future__ import annotations

import numpy as np

from assay.demo.dice import Ints
from assay.demo.story import Story

OPERATORS = ("op-1", "op-2", "op-3", "op-4", "op-5")
SHARES = (0.34, 0.28, 0.2, 0.18, 0.2)
"""How much of the work each one does, of what those do who are there."""
LEAVES, LEAVES_AFTER = 2, 0.55
JOINS, JOINS_AFTER = 4, 0.6
"""Who it is (a place in `OPERATORS`), and after which part of the planned days."""


def operator_of(story: Story, what: str, number: Ints, day: Ints) -> Ints:
    """Who does it, of those who work there on the day."""
    left = day >= int(story.planned * LEAVES_AFTER)
    joined = day >= int(story.planned * JOINS_AFTER)
    early, between, late = (story.dice.choose(what, number, _shares(who)) for who in ({JOINS}, {JOINS, LEAVES}, {LEAVES}))
    return np.where(joined, late, np.where(left, between, early)).astype(np.int64)


def _shares(absent: set[int]) -> list[float]:
    return [0.0 if who in absent else share for who, share in enumerate(SHARES)]
