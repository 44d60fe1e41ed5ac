"""What lands: one record as a source delivered it, and the entry of the load that brought it.

A load declares the interval for which its streams are complete. Coverage is worked out from these declarations and
never from rows: a day without orders is a day of zero orders only when a load says that it is complete.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class LandingRecord(BaseModel):
    """One row of a batch's `records.parquet`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="The record's identity within its source and stream; a later record of the key replaces it.")
    event_at: datetime = Field(description="When it happened, by the source.")
    received_at: datetime = Field(description="When it reached Assay.")
    sha256: str = Field(description="Hash of the payload's bytes.")
    payload: str | None = Field(description="What the source delivered, as JSON text; null says that the record was deleted.")


class LoadEntry(BaseModel):
    """A batch's `load.json`: what came, and what it completes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    source: SourceName
    stream: SourceName
    batch: str = Field(pattern=r"^[0-9A-Za-z-]{1,80}$", description="Unique within the stream; sorts by the time of receipt.")
    received_at: datetime
    rows: int = Field(ge=0)
    sha256: str = Field(description="Hash of the bytes of records.parquet.")
    complete_from: datetime | None = Field(default=None, description="Start of the completed interval; null: since ever.")
    complete_until: datetime | None = Field(
        default=None, description="End of it, exclusive; null: this load completes nothing."
    )
    gaps: tuple[tuple[datetime, datetime], ...] = Field(
        default=(), description="Parts of the interval that are not complete, such as days with rejected rows."
    )
    completes: tuple[SourceName, ...] = Field(default=(), description="The streams that it completes; its own, if empty.")
    rejected: int = Field(default=0, ge=0)
    note: str = Field(default="", description="What a reader of a receipt should know: no status column, so paid in full …")
