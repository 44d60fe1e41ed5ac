"""A check that was run on the data, and what it found."""

from __future__ import annotations

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
