"""What is wrong with the streams of a generation: each fault once, however many streams and days it takes with it.

A fault is a root cause: streams that one source delivers together and that lack the same days lack them for one reason.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from assay.calendar import ONE_DAY, ShopCalendar
from assay.trust.coverage import Coverage
from assay.values.generation import StreamFacts

MOST_RUNS = 6
"""More separate gaps of one source than this are told as one: nobody reads sixty lines of the same."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A root cause in what was delivered: its streams, and the shop days that are not complete because of it.

    `code` is one of not_covered (a hole), rejected_rows, count_mismatch, shard_silent, late (nothing newer came), history
    (nothing older was ever loaded), no_data. `since` is the instant from which data is missing.
    """

    key: str
    code: str
    streams: tuple[str, ...]
    days: tuple[date, ...] = ()
    source: str | None = None
    shard: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Gap:
    """Consecutive days of one stream that are not complete for one reason."""

    code: str
    stream: str
    source: str | None
    shard: str | None
    days: tuple[date, ...]


@dataclass(frozen=True)
class Faults:
    """The faults of all streams at one instant."""

    streams: Mapping[str, StreamFacts]
    calendar: ShopCalendar
    now: datetime

    @cached_property
    def by_key(self) -> dict[str, Fault]:
        """Every fault by its key."""
        found = [*self._gaps, *self._trailing, *self._histories, *self._never]
        return {fault.key: fault for fault in found}

    def of(self, stream: str, first: date, last: date, *, newest: bool = True) -> tuple[str, ...]:
        """Return the keys of what makes days from `first` to `last` incomplete; `newest`: also that nothing newer came."""
        keys = [
            fault.key
            for fault in self._of_stream.get(stream, ())
            if (newest or fault.code != "late") and _touches(fault.days, first, last)
        ]
        began = self._began(stream)
        if began is not None and first < began:
            keys += [fault.key for fault in self._histories if stream in fault.streams]
        return tuple(dict.fromkeys(keys))

    def late(self, stream: str) -> str:
        """Return the key of the fault that nothing newer of the stream came."""
        return next((fault.key for fault in self._trailing if stream in fault.streams), f"late:{stream}")

    def runs(self, stream: str) -> Iterator[tuple[date, date]]:
        """Yield the first and last day of each gap of the stream, the newest days left out."""
        for fault in self._of_stream.get(stream, ()):
            if fault.code != "late":
                yield from ((run[0], run[-1]) for run in runs_of(fault.days))

    def missing_days(self, stream: str) -> int:
        """Return how many days between the stream's first and its newest are not complete."""
        return len({day for fault in self._of_stream.get(stream, ()) if fault.code != "late" for day in fault.days})

    def until(self, stream: str) -> datetime | None:
        """Return the instant up to which the stream's newest data is complete."""
        return Coverage(self.streams[stream].intervals, self.calendar).until if stream in self.streams else None

    def reached(self, stream: str) -> datetime | None:
        """Return how far the stream reaches; where it comes in shards, the one that reaches furthest."""
        facts = self.streams.get(stream, StreamFacts(stream=stream))
        parts = (facts.intervals, *(one.intervals for one in facts.shards))
        ends = [intervals[-1].end for intervals in parts if intervals]
        return max(ends, default=None)

    @cached_property
    def _of_stream(self) -> dict[str, list[Fault]]:
        found: dict[str, list[Fault]] = {}
        for fault in (*self._gaps, *self._trailing):
            for stream in fault.streams:
                found.setdefault(stream, []).append(fault)
        return found

    @property
    def _today(self) -> date:
        return self.calendar.day_of(self.now)

    def _began(self, stream: str) -> date | None:
        facts = self.streams.get(stream)
        if facts is None or not facts.intervals or facts.intervals[0].start is None:
            return None
        start = facts.intervals[0].start
        day = self.calendar.day_of(start)
        return day if self.calendar.start_of(day) == start else day + ONE_DAY

    @cached_property
    def _gaps(self) -> list[Fault]:
        """Holes, together where one source left the same days of several streams out."""
        groups: dict[tuple[str, str | None, str | None, tuple[date, ...]], list[str]] = {}
        for facts in self.streams.values():
            gaps = self._gaps_of(facts)
            for code, shard in dict.fromkeys((gap.code, gap.shard) for gap in gaps):
                same = [gap for gap in gaps if (gap.code, gap.shard) == (code, shard)]
                days = [gap.days for gap in same]
                if len(days) > MOST_RUNS:
                    days = [tuple(day for run in days for day in run)]
                for run in days:
                    source = same[0].source
                    groups.setdefault((code, source or f"?{facts.stream}", shard, run), []).append(facts.stream)
        return [
            self._fault(code, tuple(streams), days, None if (source or "?").startswith("?") else source, shard)
            for (code, source, shard, days), streams in groups.items()
        ]

    def _fault(
        self, code: str, streams: tuple[str, ...], days: tuple[date, ...], source: str | None, shard: str | None
    ) -> Fault:
        name = ":".join(one for one in (code, streams[0], shard, days[0].isoformat()) if one)
        return Fault(name, code, streams, days, source, shard, self.calendar.start_of(days[0]))

    def _gaps_of(self, facts: StreamFacts) -> list[_Gap]:
        covered, began = Coverage(facts.intervals, self.calendar), self._began(facts.stream)
        if covered.until is None:
            return []
        last = self.calendar.day_of(covered.until)
        first = began or min((self.calendar.day_of(one.end) for one in facts.intervals), default=last)
        everywhere = covered.missing(first, self._today, self.now) if first <= self._today else []
        silent = self._silent(facts, first)
        kinds: dict[tuple[str, str | None], list[date]] = {}
        for day in everywhere:
            for kind in self._kinds(facts, day, silent.get(day, ()), newest=day >= last):
                kinds.setdefault(kind, []).append(day)
        source = source_of(facts)
        return [_Gap(code, facts.stream, source, shard, run) for (code, shard), days in kinds.items() for run in runs_of(days)]

    def _kinds(
        self, facts: StreamFacts, day: date, silent: tuple[str, ...], *, newest: bool
    ) -> Iterator[tuple[str, str | None]]:
        """Yield why a day is not complete; nothing for the newest days, which have only not come yet."""
        start, end = self.calendar.start_of(day), self.calendar.end_of(day)
        wrong = {one.shard for one in facts.miscounts if one.start < end and start < one.end}
        if wrong:
            yield from (("count_mismatch", shard) for shard in sorted(wrong, key=str))
        elif Coverage(facts.rejected, self.calendar).holds(start, end):
            yield "rejected_rows", None
        elif silent:
            yield from (("shard_silent", shard) for shard in silent)
        elif not newest:
            yield "not_covered", None

    def _silent(self, facts: StreamFacts, first: date) -> dict[date, tuple[str, ...]]:
        """Return the shards that alone are not complete, by day."""
        found: dict[date, list[str]] = {}
        for one in facts.shards:
            for day in Coverage(one.intervals, self.calendar).missing(first, self._today, self.now):
                found.setdefault(day, []).append(one.shard)
        return {day: tuple(shards) for day, shards in found.items() if len(shards) < len(facts.shards)}

    @cached_property
    def _trailing(self) -> list[Fault]:
        """What has not come yet: the streams that a source delivers together and that reach equally far are one."""
        reached: dict[tuple[str, datetime], list[str]] = {}
        delivered: dict[str, int] = {}
        for facts in self.streams.values():
            if (until := self.reached(facts.stream)) is not None:
                source = source_of(facts) or f"?{facts.stream}"
                reached.setdefault((source, until), []).append(facts.stream)
                delivered[source] = delivered.get(source, 0) + 1
        found: list[Fault] = []
        for (source, until), streams in reached.items():
            whole = len(streams) == delivered[source] and not source.startswith("?")
            key = f"late:{source if whole else streams[0]}"
            day = self.calendar.day_of(until)
            last = self._today.toordinal() if until < self.now else day.toordinal() - 1
            days = tuple(date.fromordinal(n) for n in range(day.toordinal(), last + 1))
            known = source if whole or len(streams) > 1 else None
            found.append(Fault(key, "late", tuple(streams), days, known, None, until))
        return found

    @cached_property
    def _histories(self) -> list[Fault]:
        """What was never loaded of the days before: the streams of a source that begin together are one."""
        begun: dict[tuple[str, date], list[str]] = {}
        for facts in self.streams.values():
            if (began := self._began(facts.stream)) is not None:
                begun.setdefault((source_of(facts) or f"?{facts.stream}", began), []).append(facts.stream)
        return [Fault(f"history:{streams[0]}", "history", tuple(streams)) for streams in begun.values()]

    @cached_property
    def _never(self) -> list[Fault]:
        return [
            Fault(f"no_data:{facts.stream}", "no_data", (facts.stream,), source=source_of(facts))
            for facts in self.streams.values()
            if not facts.intervals
        ]


def _touches(days: tuple[date, ...], first: date, last: date) -> bool:
    place = bisect_left(days, first)
    return place < len(days) and days[place] <= last


def source_of(facts: StreamFacts) -> str | None:
    """Return the source that delivers the stream now: the one that reaches furthest."""
    feeds = [feed for feed in facts.feeds if not feed.retired and feed.complete_until is not None]
    return max(feeds, key=lambda feed: (feed.complete_until, feed.source)).source if feeds else None


def runs_of(days: Iterable[date]) -> Iterator[tuple[date, ...]]:
    """Yield the days in runs without a break."""
    run: list[date] = []
    for day in days:
        if run and day != run[-1] + ONE_DAY:
            yield tuple(run)
            run = []
        run.append(day)
    if run:
        yield tuple(run)
