"""Which periods are published, and which of them a change touches."""

from __future__ import annotations

import random
from datetime import date, timedelta

from assay.calendar import Period, parse_period
from assay.ledger.periods import CURRENT, PeriodSet, closed_periods, current_periods, series_name

TODAY = date(2026, 3, 11)  # a Wednesday


def test_every_closed_period_of_every_grain_is_published_and_no_open_one() -> None:
    names = [period.name for period in closed_periods(date(2026, 2, 28), date(2026, 3, 11), TODAY)]

    assert names[:2] == ["2026-02-28", "2026-03-01"]
    assert "2026-03-10" in names
    assert "2026-03-11" not in names
    assert [name for name in names if "W" in name] == ["2026-W09", "2026-W10"]
    assert [name for name in names if len(name) == 7] == ["2026-02"]
    assert "2026-Q1" not in names
    assert "2026" not in names


def test_the_named_periods_that_end_today_are_published() -> None:
    assert [period.name for period in current_periods(TODAY)] == list(CURRENT)
    assert {period.end for period in current_periods(TODAY)} == {TODAY}


def test_a_whole_period_is_of_its_grain_and_a_part_is_of_its_name() -> None:
    assert series_name(parse_period("2026-02", TODAY)) == "month"
    assert series_name(parse_period("mtd", TODAY)) == "mtd"
    assert series_name(parse_period("mtd", date(2026, 3, 31))) == "month"
    assert series_name(parse_period("yesterday", TODAY)) == "day"
    assert series_name(parse_period("7d", date(2026, 3, 15))) == "7d"
    assert series_name(parse_period("2026-02-01..2026-02-28", TODAY)) == "2026-02-01..2026-02-28"


def period(start: int, end: int) -> Period:
    return Period("x", "range", date(2026, 3, start), date(2026, 3, end))


def test_a_change_touches_the_periods_that_hold_its_day() -> None:
    asked = [period(1, 2), period(3, 5), period(6, 9)]

    assert PeriodSet(asked).touching(frozenset({date(2026, 3, 4)}), 0) == [asked[1]]
    assert PeriodSet(asked).touching(frozenset({date(2026, 3, 2), date(2026, 3, 9)}), 0) == [asked[0], asked[2]]
    assert PeriodSet(asked).touching(frozenset(), 0) == []
    assert PeriodSet(asked).touching(None, 0) == asked


def test_a_formula_that_looks_back_carries_a_change_forward() -> None:
    asked = [period(1, 2), period(3, 5), period(6, 9)]

    assert PeriodSet(asked).touching(frozenset({date(2026, 3, 2)}), 1) == asked[:2]
    assert PeriodSet(asked).touching(frozenset({date(2026, 3, 2)}), 4) == asked


def test_periods_that_a_change_touches_are_found_among_many_as_one_by_one() -> None:
    dice = random.Random(5)
    closed = PeriodSet(closed_periods(date(2025, 1, 1), date(2026, 3, 10), TODAY))
    for _ in range(30):
        dirty = frozenset(date(2025, 1, 1) + timedelta(days=dice.randrange(450)) for _ in range(dice.choice([1, 2, 40])))
        reach = dice.choice([0, 1, 31, 36_525])
        found = closed.touching(dirty, reach)
        assert found == [
            one for one in closed.periods if any(one.start <= day + timedelta(days=reach) and day <= one.end for day in dirty)
        ]
