"""A generation: everything that one publication rests on, in one immutable file.

The publish transaction inserts its row; the file it names holds what an answer needs: which catalogue, which rollup
segments, what every stream covers, which models are held and why.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assay.values.check import Check


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Frozen):
    """[start, end) for which a stream is complete; a start of None is since ever."""

    start: datetime | None
    end: datetime


class Miscount(_Frozen):
    """A part of a stream for which its source counts other rows than came: nothing of it is known to be complete."""

    start: datetime
    end: datetime
    expected: int
    counted: int
    source: str
    batch: str
    shard: str | None = None


class FeedFacts(_Frozen):
    """What one source delivered of one stream, or of one shard of it."""

    source: str
    shard: str | None = None
    complete_until: datetime | None = None
    newest_load: datetime | None = None
    loads: int = 0
    rows: int = 0
    """Rows that came, as the source counts them."""
    expected: int | None = None
    """Rows that the source says it delivered, where all of its loads say so."""
    rejected: int = 0
    retired: bool = False


class ShardFacts(_Frozen):
    """What one shard of a stream completes."""

    shard: str
    intervals: tuple[Interval, ...] = ()


class StreamFacts(_Frozen):
    """What the load log says of one stream."""

    stream: str
    intervals: tuple[Interval, ...] = ()
    rows: int = 0
    newest_load: datetime | None = None
    owner: str | None = None
    notes: tuple[str, ...] = ()
    rejected: tuple[Interval, ...] = ()
    """Days that are not complete because rows of theirs were rejected."""
    feeds: tuple[FeedFacts, ...] = ()
    """By source and shard."""
    shards: tuple[ShardFacts, ...] = ()
    """The known shards; `intervals` is what all of them complete."""
    shard_by: str | None = None
    """The record's field, and dimension of the models, that holds the shard."""
    miscounts: tuple[Miscount, ...] = ()
    freshness: str | None = None
    """How old the stream may be (`26h`), by its own declaration."""
    schedule: str | None = None
    """When it is due again: a cron line in the shop's zone, or `continuous`."""
    sla: str = "2h"
    """How late it may be after the schedule."""
    repair: str | None = None
    """What brings its records where they are missing or late; the import of a file, if it does not say."""
    unchecked: tuple[str, ...] = ()
    """The checks of the records that make no sense for it."""


class ModelFacts(_Frozen):
    """One mart as it was promoted: the streams it rests on, and how far back they reach into a row."""

    model: str
    streams: tuple[str, ...]
    lookback: dict[str, int] = {}
    coverage: dict[str, StreamFacts] = {}
    """The streams as they were when the model was last promoted: a held model knows nothing newer."""
    warehouse: str = ""
    """The warehouse whose change log `changes_read` counts in."""
    changes_read: int = 0
    """The last entry of the warehouse's change log that the model's segments include."""
    promoted_at: datetime
    held: Hold | None = None


class Hold(_Frozen):
    """Why a model's newest build was not promoted, and the days that it touched."""

    code: Literal["check_failed", "model_failed"]
    sentence: str
    since: datetime
    owner: str | None = None
    """Who answers for the streams that the model rests on."""
    days: tuple[date, ...] = ()
    all_days: bool = False


class SegmentRef(_Frozen):
    """A rollup segment: daily partials that replace the days that they name in earlier segments of their table."""

    table: str
    file: str
    start: int = 0
    size: int | None = None
    """Its bytes in the file; all of them from the start on, if None."""
    sha256: str
    rows: int
    warehouse: str = ""
    """Where its rows were read: the dense numbers of distinct values mean nothing in another warehouse."""
    numbers: str = ""
    """How distinct values are numbered, where it holds any: segments of other numbers do not lie on one another."""
    merged: tuple[str, ...] = ()
    """The hashes of the segments that were made into this one, in their order."""


class ListingRows(_Frozen):
    """The newest rows of a model, as they were read."""

    rows: tuple[dict[str, str | None], ...] = ()
    """Amounts as decimals in the currency of the row's day, instants in ISO 8601, by the names of the listing's columns."""
    currencies: tuple[str, ...] = ()
    """Of each row the currency of its amounts."""
    read_at: datetime | None = None
    """When; None if that was never possible."""
    held: str | None = None
    """Why the rows of the newest build were not taken."""
    streams: tuple[str, ...] = ()


class Generation(_Frozen):
    """One publication."""

    id: int
    published_at: datetime
    code_version: str
    catalog: str
    """Name of the compiled catalogue's file (its hash)."""
    calendar: str
    """The dated zones and currencies as text; other zones dirty every day, another currency those from its first day on."""
    warehouse: str
    """Identity of the warehouse the segments were read from; a rebuilt one has another."""
    segments: tuple[SegmentRef, ...]
    models: dict[str, ModelFacts]
    streams: dict[str, StreamFacts]
    checks: tuple[Check, ...] = ()
    notices: tuple[str, ...] = ()
    listings: dict[str, ListingRows] = {}
    supersedes: int | None = None


ModelFacts.model_rebuild()
