"""A number with what it stands on, as the rooms hand it around before it becomes an answer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Measured:
    """An aggregate's value over a window: exact, with its rows `n` and the rows left out because they were null."""

    number: Fraction | None
    n: int = 0
    nulls: int = 0
    sketched: bool = False
