"""A check that was run on the data, and what it found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Check(BaseModel):
    """One run of one check: which models it speaks of, whether it blocks them, what it found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    models: tuple[str, ...]
    status: Literal["passed", "failed", "error"]
    blocking: bool = True
    failures: int = 0
    message: str = ""
    checked_at: datetime
    since: datetime | None = None
    """Of a failing check: when it was found to fail first, without having passed in between."""
    stream: str | None = None
    """The stream whose records it is about, if it is about one."""
    days: tuple[date, ...] | None = None
    """The shop days that a failing check touches: it withholds what rests on these. None: all that rests on its models."""
    repair: str | None = None
    """What mends it, where that is known better than "mend the rows that it finds"."""
    rows: tuple[str, ...] = ()
    """The first rows that a failing check finds, where it tells them: each with its name and what is wrong with it."""

    @property
    def found(self) -> str:
        """What a failing check found, as the end of a sentence."""
        if self.status == "error":
            return f"it could not run: {self.message}"
        found = f"{self.failures:,} {'row does' if self.failures == 1 else 'rows do'} not pass it"
        if not self.rows:
            return found
        more = self.failures - len(self.rows)
        return f"{found}: {', '.join(self.rows)}{f' and {more:,} more' if more > 0 else ''}"


def checks_sentence(checks: Sequence[Check]) -> str:
    """Return which checks fail, and what the first three of them found."""
    if len(checks) == 1:
        return f"The check {checks[0].name} fails: {checks[0].found}."
    named = ", ".join(f"{check.name} ({check.found})" for check in checks[:3])
    return f"{len(checks)} checks fail: {named}{f' and {len(checks) - 3} more' if len(checks) > 3 else ''}."
