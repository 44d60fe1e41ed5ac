"""Which days the load log covers: never what rows there happen to be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assay.calendar import ShopCalendar
from assay.catalog.models import StreamSchema
from assay.trust.coverage import Coverage
from assay.trust.intervals import union
from assay.trust.load_log import covered_by, stream_facts
from assay.values.generation import Interval
from assay.values.load import LoadEntry

CALENDAR = ShopCalendar.of("America/Los_Angeles")


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def interval(start: int | None, end: int) -> Interval:
    return Interval(start=None if start is None else at(start), end=at(end))


def entry(stream: str = "orders", start: int | None = 1, end: int | None = 5, **facts: object) -> LoadEntry:
    known = {"source": "shop", "stream": stream, "batch": "b1", "received_at": at(9), "rows": 3, "sha256": "x"}
    known |= {"complete_from": None if start is None else at(start), "complete_until": None if end is None else at(end)}
    return LoadEntry.model_validate(known | facts)


@pytest.mark.parametrize(
    ("pieces", "merged"),
    [
        ([], []),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(4, 5), (1, 3)], [(1, 3), (4, 5)]),
        ([(1, 9), (2, 3)], [(1, 9)]),
        ([(1, 3), (2, 5), (5, 6), (8, 9)], [(1, 6), (8, 9)]),
        ([(2, 4), (None, 3)], [(None, 4)]),
        ([(None, 3), (None, 2), (5, 6)], [(None, 3), (5, 6)]),
    ],
)
def test_intervals_that_touch_become_one(pieces: list[tuple[int | None, int]], merged: list[tuple[int | None, int]]) -> None:
    assert union(interval(*one) for one in pieces) == tuple(interval(*one) for one in merged)


@pytest.mark.parametrize(
    ("gaps", "left"),
    [
        ([], [(1, 9)]),
        ([(3, 4)], [(1, 3), (4, 9)]),
        ([(1, 2), (8, 9)], [(2, 8)]),
        ([(3, 5), (4, 6)], [(1, 3), (6, 9)]),
        ([(1, 9)], []),
        ([(10, 11)], [(1, 9)]),
    ],
)
def test_a_load_completes_its_interval_without_its_gaps(gaps: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    load = entry(start=1, end=9, gaps=[(at(start), at(end)) for start, end in gaps])

    assert covered_by([load]) == tuple(interval(*one) for one in left)


def test_a_gap_in_what_is_complete_since_ever_leaves_both_sides() -> None:
    load = entry(start=None, end=9, gaps=[(at(3), at(4))])

    assert covered_by([load]) == (interval(None, 3), interval(4, 9))


def test_a_load_that_completes_nothing_covers_nothing() -> None:
    assert covered_by([entry(end=None)]) == ()


def test_a_later_gap_holds_against_an_earlier_claim_and_a_later_claim_mends_it() -> None:
    whole = entry(start=1, end=9)
    rejected = entry(end=None, batch="b2", gaps=[(at(3), at(4))])
    again = entry(start=3, end=4, batch="b3")

    assert covered_by([whole, rejected]) == (interval(1, 3), interval(4, 9))
    assert covered_by([again, whole, rejected]) == (interval(1, 9),)


def test_a_load_speaks_for_the_streams_that_it_completes() -> None:
    load = entry("orders", completes=["orders", "payments"], note="paid in full")

    named = {name: StreamSchema(name, owner="ops") for name in ("orders", "payments", "refunds")}

    facts = stream_facts([load], named, CALENDAR)

    assert facts["payments"].intervals == facts["orders"].intervals == (interval(1, 5),)
    assert (facts["orders"].rows, facts["payments"].rows, facts["refunds"].rows) == (3, 0, 0)
    assert facts["payments"].notes == ("paid in full",)
    assert facts["refunds"].intervals == ()
    assert facts["refunds"].newest_load is None
    assert facts["orders"].owner == "ops"


def covered(*pieces: tuple[datetime | None, datetime]) -> Coverage:
    return Coverage(union(Interval(start=start, end=end) for start, end in pieces), CALENDAR)


def day(number: int) -> date:
    return date(2026, 3, number)


def test_a_day_is_missing_unless_all_of_it_is_covered() -> None:
    whole = covered((CALENDAR.start_of(day(7)), CALENDAR.end_of(day(8))))  # the 8th has 23 hours
    short = covered((CALENDAR.start_of(day(7)), CALENDAR.end_of(day(8)) - timedelta(seconds=1)))

    assert whole.missing(day(7), day(8), at(31)) == []
    assert short.missing(day(7), day(8), at(31)) == [day(8)]
    assert whole.missing(day(6), day(9), at(31)) == [day(6), day(9)]


def test_a_gap_inside_a_day_misses_that_day_once() -> None:
    coverage = covered((at(1), at(5, 10)), (at(5, 11), at(5, 12)), (at(5, 13), at(20)))

    assert coverage.missing(day(2), day(10), at(31)) == [day(5)]


def test_days_to_come_are_not_missing() -> None:
    coverage = covered((at(1), at(5, 20)))

    assert coverage.missing(day(2), day(9), at(5, 20)) == []
    assert coverage.missing(day(2), day(9), at(6, 20)) == [day(5), day(6)]


def test_nothing_loaded_misses_every_day() -> None:
    assert covered().missing(day(2), day(4), at(31)) == [day(2), day(3), day(4)]
    assert covered().until is None
    assert covered().span() is None


def test_the_span_holds_wholly_covered_days_only() -> None:
    coverage = covered((CALENDAR.start_of(day(2)) + timedelta(hours=1), CALENDAR.start_of(day(9)) + timedelta(hours=3)))

    assert coverage.span() == (day(3), day(8))
    assert covered((None, at(9))).span() is None
