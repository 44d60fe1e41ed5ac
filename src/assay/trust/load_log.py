"""What the load log says of each stream: what is complete, by whom it was delivered, and what does not add up.

Everything here is worked out from what loads declare, never from rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assay.calendar import ShopCalendar
from assay.catalog.models import StreamSchema
from assay.settings import StreamSetting
from assay.trust.intervals import intersection, union, without
from assay.values.generation import FeedFacts, Interval, Miscount, ShardFacts, StreamFacts
from assay.values.load import LoadEntry

_NOTHING = StreamSetting()


def covered_by(entries: Iterable[LoadEntry]) -> tuple[Interval, ...]:
    """Return what the loads complete, taken in the order of receipt.

    A load's gaps hold against earlier claims too: rows that were rejected today make a day incomplete that was complete.
    The same holds for what the source counts otherwise than it came: nobody knows what is missing.
    """
    intervals: tuple[Interval, ...] = ()
    for entry in sorted(entries, key=lambda one: (one.received_at, one.batch)):
        if entry.complete_until is not None:
            # Nobody can say before it is over that a time is complete.
            end = min(entry.complete_until, entry.received_at)
            if entry.complete_from is None or entry.complete_from < end:
                intervals = union((*intervals, Interval(start=entry.complete_from, end=end)))
        for start, end in (*entry.gaps, *((one.start, one.end) for one in entry.miscounted)):
            intervals = without(intervals, start, end)
    return intervals


def stream_facts(
    entries: Sequence[LoadEntry],
    streams: Mapping[str, StreamSchema],
    calendar: ShopCalendar,
    settings: Mapping[str, StreamSetting] | None = None,
) -> dict[str, StreamFacts]:
    """Return what the load log says of each stream.

    A load speaks for its own stream and for those that it says it completes. What several sources deliver of one stream
    follows one another (a file of the past, then the shop's own feed): a day is covered when one of them completes it.
    Shards stand beside one another: a day is covered when all of them complete it.
    """
    return {name: _facts(entries, streams[name], calendar, (settings or {}).get(name, _NOTHING)) for name in sorted(streams)}


def _facts(entries: Sequence[LoadEntry], stream: StreamSchema, calendar: ShopCalendar, setting: StreamSetting) -> StreamFacts:
    name, rules = stream.name, stream.rules
    speaking = [entry for entry in entries if name in (entry.completes or (entry.stream,))]
    own = [entry for entry in entries if entry.stream == name]
    retired = dict(rules.retired) | setting.retired
    shards = _shards(speaking, (*rules.shards, *setting.shards), dict(rules.opened) | setting.opened, retired, calendar)
    return StreamFacts(
        stream=name,
        intervals=_together(shards) if shards else covered_by(speaking),
        rows=sum(entry.rows for entry in own),
        newest_load=max((entry.received_at for entry in speaking), default=None),
        owner=stream.owner,
        rejected=union(Interval(start=start, end=end) for one in speaking if one.rejected for start, end in one.gaps),
        notes=tuple(dict.fromkeys(entry.note for entry in (*speaking, *own) if entry.note)),
        feeds=_feeds(speaking, own, retired),
        shards=tuple(ShardFacts(shard=shard, intervals=union((*own_, *absent))) for shard, (own_, absent) in shards.items()),
        shard_by=rules.shard,
        miscounts=tuple(
            Miscount(**one.model_dump(), source=entry.source, batch=entry.batch, shard=entry.shard)
            for entry in speaking
            for one in entry.miscounted
        ),
        freshness=rules.freshness,
        schedule=rules.refresh.schedule if rules.refresh else None,
        sla=rules.refresh.sla if rules.refresh else "2h",
        repair=setting.repair or rules.repair,
        unchecked=rules.unchecked,
    )


_Parts = tuple[tuple[Interval, ...], tuple[Interval, ...]]
"""What a shard completes, and when there was no such shard."""


def _shards(
    speaking: Sequence[LoadEntry],
    listed: Sequence[str],
    opened: Mapping[str, date],
    retired: Mapping[str, date],
    calendar: ShopCalendar,
) -> dict[str, _Parts]:
    """Return the known shards; a load without a shard speaks for all of them.

    A shard that nobody listed is known from its first delivery on: what was complete before stays so.
    """
    known = sorted({*listed, *opened, *(entry.shard for entry in speaking if entry.shard)})
    found: dict[str, _Parts] = {}
    last = max((one.end for one in covered_by(speaking)), default=None) if known else None
    for shard in known:
        mine = [entry for entry in speaking if entry.shard == shard]
        complete = covered_by(entry for entry in speaking if entry.shard in (None, shard))
        absent: list[Interval] = []
        if shard in opened:
            absent.append(Interval(start=None, end=calendar.start_of(opened[shard])))
        elif shard not in listed and not any(entry.complete_until and entry.complete_from is None for entry in mine):
            absent.append(Interval(start=None, end=min(entry.complete_from or entry.received_at for entry in mine)))
        if shard in retired and last is not None and (gone := calendar.start_of(retired[shard])) < last:
            absent.append(Interval(start=gone, end=last))
        found[shard] = complete, tuple(absent)
    return found


def _together(shards: Mapping[str, _Parts]) -> tuple[Interval, ...]:
    """Return what every shard completes that there was at the time, and at least one of them."""
    anyone = union(interval for complete, _ in shards.values() for interval in complete)
    everyone = intersection([union((*complete, *absent)) for complete, absent in shards.values()])
    return intersection([anyone, everyone])


def _feeds(speaking: Sequence[LoadEntry], own: Sequence[LoadEntry], retired: Mapping[str, date]) -> tuple[FeedFacts, ...]:
    found: list[FeedFacts] = []
    for source, shard in sorted({(one.source, one.shard or "") for one in (*speaking, *own)}):
        mine = [one for one in own if (one.source, one.shard or "") == (source, shard)]
        said = [one for one in speaking if (one.source, one.shard or "") == (source, shard)]
        newest = max(one.received_at for one in (*mine, *said))
        covered = covered_by(said)
        counted = [one.expected_rows for one in mine if one.expected_rows is not None]
        found.append(
            FeedFacts(
                source=source,
                shard=shard or None,
                complete_until=covered[-1].end if covered else None,
                newest_load=newest,
                loads=len(mine),
                rows=sum(one.came for one in mine),
                expected=sum(counted) if mine and len(counted) == len(mine) else None,
                rejected=sum(one.rejected for one in mine),
                retired=shard in retired,
            )
        )
    return tuple(found)
