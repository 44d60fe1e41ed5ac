"""Chance without a state: every draw is a hash of (seed, what is drawn, whose draw it is).

A generator with a state would give an order other values as soon as something before it drew once more. Here order 4,711
gets the same values in whatever chunk it is made and however far the story has run.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_WORD = (1 << 64) - 1


def _mix(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scramble 64-bit words (the finalizer of splitmix64); array arithmetic wraps, as it must here."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def places(edges: Floats | Ints, values: Floats | Ints) -> Ints:
    """How many of the rising `edges` each value has reached."""
    found: Ints = np.searchsorted(edges, values, side="right").astype(np.int64)
    return found


@dataclass(frozen=True)
class Dice:
    """Draws for `index` (order numbers, days …); the name says what is drawn, and other names are independent of it."""

    seed: int

    def uniform(self, what: str, index: Ints) -> Floats:
        """Numbers in [0, 1) of 32 bits, so that adding a day's index to them stays exact."""
        salt = (self.seed * 0x9E3779B97F4A7C15 + zlib.crc32(what.encode()) * 0xD1B54A32D192ED03) & _WORD
        words = _mix(_mix(index.astype(np.uint64) ^ np.uint64(salt)) + np.uint64(0x9E3779B97F4A7C15))
        return (words >> np.uint64(32)).astype(np.float64) / 2.0**32

    def between(self, what: str, index: Ints, low: int, high: int) -> Ints:
        """Whole numbers from `low` to `high`, both included."""
        return low + (self.uniform(what, index) * (high - low + 1)).astype(np.int64)

    def choose(self, what: str, index: Ints, shares: Sequence[float]) -> Ints:
        """Positions in `shares`, each as often as its share of their sum."""
        edges = np.cumsum(np.asarray(shares, dtype=np.float64))
        return places(edges / edges[-1], self.uniform(what, index))

    def around(self, what: str, index: Ints, mean: Floats) -> Ints:
        """Counts around `mean` that scatter like a Poisson's (by its normal approximation), never negative."""
        radius, turn = self._bell(what, index)
        counts: Ints = np.maximum(0, np.rint(mean + np.sqrt(mean) * radius * turn)).astype(np.int64)
        return counts

    def lognormal(self, what: str, index: Ints, median: Floats | float, spread: float) -> Floats:
        """Waiting times: half are below the median, and `spread` (the deviation of the logarithm) makes the long tail."""
        radius, turn = self._bell(what, index)
        return median * np.exp(spread * (radius * turn))

    def _bell(self, what: str, index: Ints) -> tuple[Floats, Floats]:
        """Two factors whose product is a draw of the normal distribution."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(what + ", radius", index)))
        return radius, np.cos(2.0 * np.pi * self.uniform(what + ", turn", index))
