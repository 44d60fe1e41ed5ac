"""A number with what it stands on, as the rooms hand it around before it becomes an answer."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple


class Measured(NamedTuple):
    """An aggregate's value over a window: exact, with its rows `n` and the rows left out because they were null."""

    number: Fraction | None
    n: int = 0
    nulls: int = 0
    sketched: bool = False
