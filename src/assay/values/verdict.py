"""What is known about a number besides the number: can it be shown, how fresh is it, how much of it is covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from assay.values.answer import DataQuality, Freshness, Reason

_WORST_FIRST = (Freshness.CRITICAL, Freshness.STALE, Freshness.ACCEPTABLE, Freshness.FRESH)


@dataclass(frozen=True, slots=True)
class SilentShard:
    """A part of the streams that alone is not complete, by the dimension that holds it, and why."""

    dimension: str
    shard: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Verdict:
    """The trust in one value over one window.

    `blocking` are the reasons that withhold it; `remarks` go along with a value that is shown. `missing` are days that
    are not covered, of `days`. `valid_until` is the first instant at which the clock alone may change the verdict.
    """

    days: int
    missing: tuple[date, ...] = ()
    blocking: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()
    freshness: Freshness | None = None
    as_of: datetime | None = None
    settles_at: datetime | None = None
    estimated: bool = False
    valid_until: datetime | None = None
    silent: tuple[SilentShard, ...] = ()
    """Where nothing else withholds it: the shards that do. A breakdown by their dimension shows the others."""

    @property
    def empty(self) -> bool:
        """Whether it says nothing, as that of a literal does."""
        known = self.freshness or self.as_of or self.settles_at or self.valid_until or self.estimated
        return not (known or self.missing or self.blocking or self.remarks or self.silent)

    def quality(self) -> DataQuality:
        """Return the state that an answer carries."""
        if self.blocking:
            return DataQuality.INSUFFICIENT_DATA
        return DataQuality.ESTIMATED if self.estimated else DataQuality.ACTUAL


def combine(verdicts: tuple[Verdict, ...], days: int) -> Verdict:
    """Return the verdict of a value that is made of others: whatever is wrong with one is wrong with it."""
    verdicts = tuple(verdict for verdict in verdicts if not verdict.empty) or verdicts
    first = verdicts[0]
    alike = all(verdict is first or verdict == first for verdict in verdicts)  # a ratio of two columns of one model
    if alike and first.days == days:
        return first
    plain = all(not (verdict.missing or verdict.blocking or verdict.remarks) for verdict in verdicts)
    # A literal has no freshness and takes none away; a part that was never loaded does.
    never_loaded = not plain and any(verdict.freshness is None and verdict.blocking for verdict in verdicts)
    fresh = {verdict.freshness for verdict in verdicts}
    known = [verdict.as_of for verdict in verdicts if verdict.as_of]
    settles = [verdict.settles_at for verdict in verdicts if verdict.settles_at]
    valid = [verdict.valid_until for verdict in verdicts if verdict.valid_until]
    return Verdict(
        days=days,
        missing=() if plain else tuple(sorted({day for verdict in verdicts for day in verdict.missing})),
        blocking=() if plain else _once(reason for verdict in verdicts for reason in verdict.blocking),
        remarks=() if plain else _once(reason for verdict in verdicts for reason in verdict.remarks),
        freshness=None if never_loaded else next((step for step in _WORST_FIRST if step in fresh), None),
        as_of=min(known) if known else None,
        settles_at=max(settles) if settles else None,
        estimated=any(verdict.estimated for verdict in verdicts),
        valid_until=min(valid) if valid else None,
        silent=() if plain else _silent(verdicts),
    )


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(reasons))


def _silent(verdicts: tuple[Verdict, ...]) -> tuple[SilentShard, ...]:
    """Return the silent shards of all parts; none where a part is withheld for another reason."""
    if any(verdict.blocking and not verdict.silent for verdict in verdicts):
        return ()
    return tuple(dict.fromkeys(one for verdict in verdicts for one in verdict.silent))
