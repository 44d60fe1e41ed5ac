"""One thing that is wrong in a catalogue file: where, what came, what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Blame = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A mistake at a place; `line` and `column` are 1-based. An error keeps the catalogue from loading, a warning does not."""

    file: str
    line: int
    column: int
    message: str
    remedy: str = ""
    suggestion: str = ""
    rule: str = "shape"
    severity: Blame = "error"

    def __str__(self) -> str:
        said = f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.message}{self.suggestion}"
        return f"{said} {self.remedy} [{self.rule}]" if self.remedy else f"{said} [{self.rule}]"


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems by file and place, each once."""
    return tuple(sorted(set(problems)))


def blocking(problems: Iterable[Problem]) -> bool:
    """Return whether one of the problems is an error."""
    return any(problem.severity == "error" for problem in problems)
