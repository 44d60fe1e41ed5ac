"""Which shop days a stream covers, by its load log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assay.calendar import ONE_DAY, ShopCalendar
from assay.values.generation import Interval, StreamFacts
from assay.values.load import LoadEntry


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the intervals merged where they touch, in order."""
    merged: list[Interval] = []
    for interval in sorted(intervals, key=lambda one: (one.start is not None, one.start or one.end)):
        last = merged[-1] if merged else None
        if last is not None and (interval.start is None or interval.start <= last.end):
            merged[-1] = Interval(start=last.start, end=max(last.end, interval.end))
        else:
            merged.append(interval)
    return tuple(merged)


def without(intervals: Iterable[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return the intervals with [start, end) cut out of them."""
    kept: list[Interval] = []
    for one in intervals:
        if one.start is None or one.start < start:
            kept.append(Interval(start=one.start, end=min(start, one.end)))
        if one.end > end:
            kept.append(Interval(start=end if one.start is None else max(end, one.start), end=one.end))
    return tuple(kept)


def covered_by(entries: Iterable[LoadEntry]) -> tuple[Interval, ...]:
    """Return what the loads complete, taken in the order of receipt.

    A load's gaps hold against earlier claims too: rows that were rejected today make a day incomplete that was complete.
    """
    intervals: tuple[Interval, ...] = ()
    for entry in sorted(entries, key=lambda one: (one.received_at, one.batch)):
        if entry.complete_until is not None:
            # Nobody can say before it is over that a time is complete.
            end = min(entry.complete_until, entry.received_at)
            if entry.complete_from is None or entry.complete_from < end:
                intervals = union((*intervals, Interval(start=entry.complete_from, end=end)))
        for start, end in entry.gaps:
            intervals = without(intervals, start, end)
    return intervals


def stream_facts(entries: Sequence[LoadEntry], streams: Iterable[str], owners: dict[str, str]) -> dict[str, StreamFacts]:
    """Return what the load log says of each stream.

    A load speaks for its own stream and for those that it says it completes. What several sources deliver of one stream
    follows one another (a file of the past, then the shop's own feed): a day is covered when one of them completes it.
    """
    facts: dict[str, StreamFacts] = {}
    for stream in sorted(streams):
        speaking = [entry for entry in entries if stream in (entry.completes or (entry.stream,))]
        own = [entry for entry in entries if entry.stream == stream]
        facts[stream] = StreamFacts(
            stream=stream,
            intervals=covered_by(speaking),
            rows=sum(entry.rows for entry in own),
            newest_load=max((entry.received_at for entry in speaking), default=None),
            owner=owners.get(stream),
            rejected=union(Interval(start=start, end=end) for one in speaking if one.rejected for start, end in one.gaps),
            notes=tuple(dict.fromkeys(entry.note for entry in (*speaking, *own) if entry.note)),
        )
    return facts


@dataclass(frozen=True)
class Coverage:
    """One stream's intervals, asked by shop day."""

    intervals: tuple[Interval, ...]
    calendar: ShopCalendar

    @property
    def until(self) -> datetime | None:
        """The instant up to which the newest interval is complete."""
        return self.intervals[-1].end if self.intervals else None

    def span(self) -> tuple[date, date] | None:
        """Return the first and the last wholly covered day; None for a stream complete since ever, or not at all."""
        if not self.intervals or self.intervals[0].start is None:
            return None
        start, end = self.intervals[0].start, self.intervals[-1].end
        first = self.calendar.day_of(start)
        if self.calendar.start_of(first) < start:
            first += ONE_DAY
        last = self.calendar.day_of(end)
        return first, last - ONE_DAY

    def holds(self, start: datetime, end: datetime) -> bool:
        """Return whether all of [start, end) is covered."""
        return any((one.start is None or one.start <= start) and end <= one.end for one in self.intervals)

    def missing(self, first: date, last: date, until: datetime) -> list[date]:
        """Return the days of the window that are not covered up to their end, or up to `until` if that comes first."""
        start, end = self.calendar.start_of(first), min(self.calendar.end_of(last), until)
        if self.holds(start, end):
            return []
        found: list[date] = []
        for gap_start, gap_end in self._gaps(start, end):
            day = self.calendar.day_of(gap_start)
            while self.calendar.start_of(day) < gap_end:
                if not found or found[-1] < day:
                    found.append(day)
                day += ONE_DAY
        return found

    def _gaps(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the parts of [start, end) that are not covered, in order."""
        for interval in self.intervals:
            if interval.end <= start:
                continue
            if interval.start is not None and interval.start > start:
                yield start, min(interval.start, end)
            start = interval.end
            if start >= end:
                return
        if start < end:
            yield start, end
