"""Which shop days a stream covers, asked of the intervals that its load log gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from assay.calendar import ONE_DAY, ShopCalendar
from assay.values.generation import Interval


@dataclass(frozen=True)
class Coverage:
    """One stream's intervals, asked by shop day."""

    intervals: tuple[Interval, ...]
    calendar: ShopCalendar
    disputed_until: datetime | None = None
    """The end of what came although it is known not to be complete: rows were rejected, or the source counts others."""

    @cached_property
    def until(self) -> datetime | None:
        """The instant up to which the newest interval is complete."""
        return self.intervals[-1].end if self.intervals else None

    @cached_property
    def reach(self) -> datetime | None:
        """The instant up to which records came, complete or known not to be."""
        return max((one for one in (self.until, self.disputed_until) if one is not None), default=None)

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
