"""A check that was run on the data, and what it found."""

from __future__ import annotations

from datetime import datetime
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
