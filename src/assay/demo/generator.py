"""The demo company as its sources deliver it: batches of records, a first pull or what came since the last one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from assay.demo import company, loyalty, marketing, operations, streams
from assay.demo.customers import Clientele
from assay.demo.days import add_months
from assay.demo.departments import Departments, further_streams
from assay.demo.dice import Ints
from assay.demo.helpdesk import conversation_rows, conversations_of
from assay.demo.orders import Counters, make_orders
from assay.demo.outcomes import outcomes_of, refunds_of
from assay.demo.planted import planted_events
from assay.demo.rendering import PRODUCTS_WITH_TERMS, STREAMS, Complete, Stream, rendered
from assay.demo.stock import Stockroom
from assay.demo.story import Story, first_day_before
from assay.demo.streams import Rows
from assay.errors import UsageError

Span = tuple[datetime, datetime]
_EVER = -(2**62)


def first_day(end: datetime, months: int = 24, timezone: str = "America/Los_Angeles") -> date:
    """The `start` of a company whose planned months end with the local day of `end`. Work it out once and keep it."""
    return first_day_before(end.astimezone(ZoneInfo(timezone)).date(), months)


def silent_day(start: date) -> date:
    """The silent day that a new demo plants: early, so that no running year rests on it. Keep it with the `start`."""
    return start + timedelta(days=company.SILENT_AFTER)


@dataclass(frozen=True)
class DemoBatch:
    """What a source delivered of one stream in one pull.

    `complete_from` (None: since ever) to `complete_until` (exclusive; None: nothing) is what it completes, without `gaps`.
    `records` is a `pyarrow.Table` with the columns of `records.parquet`, by time of arrival; it may be empty.
    """

    source: str
    stream: str
    received_at: datetime
    complete_from: datetime | None
    complete_until: datetime | None
    gaps: tuple[Span, ...]
    records: Any


@dataclass(frozen=True)
class DemoCompany:
    """One made-up shop from its day `start` to the instant `end`; equal arguments give equal records.

    `start` is the shop's first local day (`first_day` works it out from the first `end`). Whoever pulls again later
    keeps `start`, `seed`, `scale` and `months` and moves only `end`: everything delivered before stays as it was.
    `months` from `start` are the planned months: by their end, not by `end`, stand the stock-outs, the
    growth, the operators who come and go, and what waits at the helpdesk. `scale` 1 is 25 to 45 orders a day and 64
    products; products grow with it ten times at most, shops and hours saved not at all. Of the `silent_day` the shop and its
    warehouse delivered nothing. What `packs` read beside the streams of the shop, its helpdesk and its office comes as well.
    Raises UsageError when the arguments make no company.
    """

    start: date
    end: datetime
    seed: int = 7
    scale: float = 1.0
    months: int = 24
    timezone: str = "America/Los_Angeles"
    silent_day: date | None = None
    packs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.end.tzinfo is None:
            raise UsageError(f"The demo's end {self.end} is not an instant.", "Give it an offset, such as +00:00.")
        if self.scale <= 0 or self.months < 1:
            raise UsageError(
                f"A demo of scale {self.scale} over {self.months} months is not possible.",
                "Use a scale above 0 and at least one month.",
            )
        if self._last_day < self.start:
            raise UsageError(f"The demo ends ({self.end}) before its first day {self.start}.", "Use a later end.")

    @property
    def _last_day(self) -> date:
        return self.end.astimezone(ZoneInfo(self.timezone)).date()

    @cached_property
    def _story(self) -> Story:
        return Story(self.start, self._last_day, self.seed, self.scale, self.months, self.timezone, self.silent_day)

    def batches(self, since: datetime | Mapping[str, datetime] | None = None) -> Iterator[DemoBatch]:
        """What arrives after `since` and up to `end`: per stream a batch for each stretch of up to a year.

        Every stream has its batch in every stretch, an empty one if nothing came, because it completes its interval.
        Nothing comes when `since` is not before `end`. By stream, `since` may say for each when it was last pulled: one that
        it does not name comes whole.
        """
        after = {stream.name: _since(since, stream.name) for stream in self._streams}
        pulled = dict(after)
        waiting: dict[str, list[Rows]] = {stream.name: [] for stream in self._streams}
        stretches = self._stretches(min(after.values()))
        until = next(stretches, None)
        for last, chunk in self._chunks():
            for name, rows in chunk.items():
                waiting[name].append(streams.selected(rows, rows["received"] > pulled[name]))
            while until is not None and (until <= self._story.days.starts[last] or last == self._days):
                for stream in self._streams:
                    if after[stream.name] < until:
                        yield self._batch(stream, after[stream.name], until, waiting)
                        after[stream.name] = until
                until = next(stretches, None)

    def planted(self) -> dict[str, Any]:
        """The events that are planted on purpose, for tests to look for; None where the story has none (yet).

        `silent_day`; `stock_outs` (sku, first and last day); `discontinued` (sku, first day); `price_rise` (day);
        `clock_changes` (days); and per kind of order the id of the first one that was delivered before `end`.
        """
        return planted_events(self._story, self._days, (chunk["orders"] for _, chunk in self._chunks()), _seconds(self.end))

    @property
    def _days(self) -> int:
        return (self._last_day - self.start).days + 1

    @cached_property
    def _streams(self) -> tuple[Stream, ...]:
        shop = (PRODUCTS_WITH_TERMS, *STREAMS[1:]) if self._verifies else STREAMS
        return (*shop, *further_streams(self.packs))

    @property
    def _verifies(self) -> bool:
        """Whether the shop verifies who buys, and tells what its products cost."""
        return company.CAMPAIGNS in self.packs

    def _chunks(self) -> Iterator[tuple[int, dict[str, Rows]]]:
        """A month of the story at a time: the day before which it ends, and its rows by stream."""
        story, counters = self._story, Counters()
        stockroom, watch, clientele = Stockroom(story), operations.Stockwatch(story), Clientele(story)
        departments = Departments(story, {stream.name for stream in further_streams(self.packs)})
        first = month = 0
        while first < self._days:
            month += 1
            last = min(story.days.index(add_months(self.start, month)), self._days)
            orders, counters = make_orders(story, first, last, counters)
            outcomes = outcomes_of(story, orders)
            refunds, back = refunds_of(story, orders, outcomes)
            if self._verifies:
                refunds = replace(refunds, reason=loyalty.reasons_with_verification(story, orders, refunds))
            counts = stockroom.count(first, orders, last - first)
            talks = conversations_of(story, orders)
            run_out = watch.run_out(first, counts)
            shop = {
                "orders": streams.order_rows(orders, outcomes, refunds),
                "order_lines": streams.line_rows(orders, outcomes),
                "payments": streams.payment_rows(story, orders, outcomes),
                "refunds": streams.refund_rows(orders, refunds),
                "refund_lines": streams.refund_line_rows(orders, refunds, back),
                "fulfillments": streams.fulfillment_rows(orders, outcomes),
                "products": streams.product_rows(story, first, last),
                "inventory_levels": streams.inventory_rows(story, first, counts),
                "customers": clientele.newcomers(orders),
                "conversations": conversation_rows(story, talks),
                "sla_breaches": operations.breach_rows(story, orders, outcomes, talks, run_out),
                "shops": operations.shop_rows(story, first, last),
                "time_savings": operations.time_saving_rows(story, first, last),
                "automation_runs": operations.automation_rows(story, first, last),
            }
            yield last, shop | departments.rows(orders, outcomes, shop, shop["customers"], first, last)
            first = last

    def _stretches(self, after: int) -> Iterator[int]:
        """Ends of the stretches, up to `end`: a year each, less where the scale would make a batch of it unwieldy."""
        step = int(np.clip(round(36 / self.scale), 1, 12))
        end, month = _seconds(self.end), step
        while (until := self._month_start(month)) < end:
            if until > after:
                yield until
            month += step
        if end > after:
            yield end

    def _month_start(self, month: int) -> int:
        index = self._story.days.index(add_months(self.start, month))
        return int(self._story.days.starts[index]) if index <= self._days else _seconds(self.end)

    def _batch(self, stream: Stream, after: int, until: int, waiting: dict[str, list[Rows]]) -> DemoBatch:
        rows = streams.stacked(waiting[stream.name])
        arrived = rows["received"] <= until
        waiting[stream.name] = [streams.selected(rows, ~arrived)]
        complete_from, complete_until, gaps = self._completes(stream, after, until)
        return DemoBatch(
            source=stream.source,
            stream=stream.name,
            received_at=_instant(until),
            complete_from=complete_from,
            complete_until=complete_until,
            gaps=gaps,
            records=rendered(self._story, stream, streams.selected(rows, arrived)),
        )

    def _completes(self, stream: Stream, after: int, until: int) -> tuple[datetime | None, datetime | None, tuple[Span, ...]]:
        opened = self._story.days.start_of(stream.begins(self._story))
        low, high = max(after, opened), until
        if stream.complete in (Complete.DAYS, Complete.QUARTERS):
            low, high = (self._told_until(stream, instant) for instant in (after, until))
            low = max(low, opened)
        if low >= high:
            return None, None, ()
        silent, ever = stream.source in company.SILENT_SOURCES, stream.complete is Complete.EVER
        gaps = self._gaps(opened if ever else low, high) if silent else ()
        return (None if ever else _instant(low)), _instant(high), gaps

    def _told_until(self, stream: Stream, instant: int) -> int:
        """The end of the last day, or quarter of a day, that has been told of by `instant`."""
        ends, delay = self._story.days.starts, streams.COUNT_DELAY
        if stream.complete is Complete.QUARTERS:
            ends, delay = self._quarters, marketing.QUARTER_DELAY
        place = int(np.searchsorted(ends + delay, instant, side="right")) - 1
        return int(ends[max(place, 0)])

    @cached_property
    def _quarters(self) -> Ints:
        days = np.arange(self._story.days.count)
        return np.sort(np.concatenate([self._story.days.starts[:1], *marketing.quarters(self._story, days)]))

    def _gaps(self, low: int, high: int) -> tuple[Span, ...]:
        """The part of the silent day that lies within the interval."""
        if self._story.silent < 0:
            return ()
        start, end = self._story.silence
        start, end = max(start, low), min(end, high)
        return ((_instant(start), _instant(end)),) if start < end else ()


def _since(since: datetime | Mapping[str, datetime] | None, stream: str) -> int:
    """The last pull of a stream in seconds; long before the first record where there was none."""
    at = since.get(stream) if isinstance(since, Mapping) else since
    return _EVER if at is None else _seconds(at)


def _seconds(instant: datetime) -> int:
    """Whole seconds since 1970; all instants of the story are whole, so the part of a second changes nothing."""
    if instant.tzinfo is None:
        raise UsageError(f"{instant} is not an instant.", "Give it an offset, such as +00:00.")
    return int(instant.timestamp() // 1)


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
