"""The time, as a value that is handed in: nothing else in Assay may ask the machine what time it is."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from assay.errors import UsageError

CLOCK_VARIABLE = "ASSAY_NOW"


class Clock(Protocol):
    """What the time is (`now`, UTC) and how much of it has passed (`monotonic`, seconds)."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


@dataclass
class FixedClock:
    """A clock that stands at `instant` until somebody moves it (tests, replays)."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return time.monotonic()


def clock_from_environment() -> Clock:
    """Return the machine's clock, or one that stands at `ASSAY_NOW` (ISO 8601 with an offset) for tests and replays."""
    text = os.environ.get(CLOCK_VARIABLE)
    if not text:
        return SystemClock()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise UsageError(
            f"{CLOCK_VARIABLE} is {text!r}, which is not an instant.",
            f"Set it to an ISO 8601 instant with an offset, for example 2026-03-01T07:00:00+00:00, or unset {CLOCK_VARIABLE}.",
        )
    return FixedClock(instant.astimezone(UTC))
