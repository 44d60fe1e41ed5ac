"""What lands: one record as a source delivered it, and the entry of the load that brought it.

A load declares the interval for which its streams are complete. Coverage is worked out from these declarations and
never from rows: a day without orders is a day of zero orders only when a load says that it is complete.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

EVER = datetime(1, 1, 2, tzinfo=UTC)
"""Stands for the beginning of time where an instant is needed."""
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class LandingRecord(BaseModel):
    """One row of a batch's `records.parquet`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(description="The record's identity within its source and stream; a later record of the key replaces it.")
    event_at: datetime = Field(description="When it happened, by the source.")
    received_at: datetime = Field(description="When it reached Assay.")
    sha256: str = Field(description="Hash of the payload's bytes.")
    payload: str | None = Field(description="What the source delivered, as JSON text; null says that the record was deleted.")


class DayCount(BaseModel):
    """How many rows of a part of the interval the source says there are, and how many came."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: datetime
    end: datetime = Field(description="Exclusive.")
    expected: int = Field(ge=0)
    counted: int = Field(ge=0)


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
    shard: str | None = Field(
        default=None,
        pattern=r"^[^\s/][^/\n]{0,99}$",
        description="The part of the stream that it speaks for, such as a shop or a location; null: it speaks for all.",
    )
    expected_rows: int | None = Field(
        default=None, ge=0, description="How many rows the source says it delivered; where others came, nothing is complete."
    )
    counted_rows: int | None = Field(
        default=None, ge=0, description="How many rows came, where that is another number than `rows`, the records."
    )
    day_counts: tuple[DayCount, ...] = Field(default=(), description="The same by day, where the source counts its days.")
    note: str = Field(default="", description="What a reader of a receipt should know: no status column, so paid in full …")

    @property
    def came(self) -> int:
        """How many rows came, as the source counts them."""
        return self.rows if self.counted_rows is None else self.counted_rows

    @property
    def miscounted(self) -> tuple[DayCount, ...]:
        """The parts of the interval for which the source counts other rows than came; of a load without end, none."""
        found = [one for one in self.day_counts if one.expected != one.counted]
        if self.expected_rows is not None and self.expected_rows != self.came and self.complete_until is not None:
            start = self.complete_from or EVER
            found.append(DayCount(start=start, end=self.complete_until, expected=self.expected_rows, counted=self.came))
        return tuple(found)
