"""The CEO's time, from planted files to answers, against arithmetic that shares nothing with the product."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import duckdb
import pytest

from tests.scenarios.shop import Stage

from .faults import found_by
from .planted import NOW, day, days, rounded, savings, shown
from .shop import Shop

ALL = savings()


def minutes(first: date, last: date, category: str | None = None) -> int:
    return sum(one.minutes for one in ALL if first <= day(one.saved_at) <= last and category in (None, one.category))


def ask(stage: Stage, kpi: str, period: str) -> Decimal | None:
    return shown(stage.ask(kpi, period).value)


@pytest.mark.parametrize("one", [date(2025, 12, 31), date(2026, 1, 1), date(2026, 2, 27), date(2026, 2, 28)], ids=str)
def test_hours_are_minutes_by_sixty(operations: Stage, one: date) -> None:
    assert ask(operations, "ceo_hours_saved", f"{one}") == rounded(Fraction(minutes(one, one), 60))


def test_hours_are_told_by_category(operations: Stage) -> None:
    answer = operations.ask("ceo_hours_saved", "2026-02", by="category")
    first, last = date(2026, 2, 1), date(2026, 2, 28)
    assert {row.key: shown(row.value) for row in answer.rows or ()} == {
        name: rounded(Fraction(minutes(first, last, name), 60))
        for name in ("reporting", "inventory", "support", "fulfillment", "marketing")
    }


@pytest.mark.parametrize("last", [date(2026, 1, 1), date(2026, 2, 28), day(NOW)], ids=str)
def test_the_year_counts_from_the_first_of_january(operations: Stage, last: date) -> None:
    this_year = minutes(date(2026, 1, 1), last)
    assert minutes(date(2025, 12, 20), last) > this_year
    assert ask(operations, "ytd_days_saved", f"{last}") == rounded(Fraction(this_year, 60 * 24))
    assert ask(operations, "ytd_workdays_saved", f"{last}") == rounded(Fraction(this_year, 60 * 8))
    assert ask(operations, "ytd_value_saved", f"{last}") == rounded(Fraction(this_year * 200, 60))


def test_the_last_of_december_belongs_to_its_own_year(operations: Stage) -> None:
    withheld = operations.ask("ytd_days_saved", "2025-12-31")  # the file begins on 20 December: the rest of 2025 is not known
    assert (withheld.value, {reason.code for reason in withheld.reasons}) == (None, {"not_covered"})


def test_the_year_s_goal_is_held_to_its_even_share(operations: Stage) -> None:
    passed = len(days(date(2026, 1, 1), date(2026, 2, 28)))
    value = operations.ask("ytd_value_saved", "2026-02-28")
    saved = Fraction(minutes(date(2026, 1, 1), date(2026, 2, 28)) * 200, 60)
    assert value.target is not None
    assert value.target.status == ("met" if saved >= Fraction(100000 * passed, 365) else "missed")
    hours = operations.ask("ceo_hours_saved", "2026-02-28")
    assert hours.target is not None
    assert hours.target.status == ("met" if minutes(date(2026, 2, 28), date(2026, 2, 28)) >= 120 else "missed")


def test_the_views_have_the_same_sums(operations: Stage) -> None:
    with duckdb.connect(str(operations.project.warehouse), read_only=True) as connection:
        month = connection.execute(
            "select until_day, total_hours_saved, total_value_saved from v_ceo_time_savings_30d"
        ).fetchall()
        year = connection.execute(
            "select total_hours_saved_ytd, total_days_saved_ytd, total_workdays_saved_ytd, total_value_saved_ytd "
            "from v_ceo_time_savings_ytd"
        ).fetchall()
    last = day(NOW)
    recent, since = minutes(date(2026, 1, 31), last), minutes(date(2026, 1, 1), last)
    assert month == [(last, rounded(Fraction(recent, 60)), rounded(Fraction(recent * 200, 60)))]
    assert year == [
        tuple(rounded(Fraction(since * 200 if by is None else since, by or 60)) for by in (60, 60 * 24, 60 * 8, None))
    ]


def test_an_entry_that_cannot_be_read_is_found(project: Shop) -> None:
    honest = {"entry_id": "", "saved_at": "2026-02-10T18:00:00Z", "category": "support", "minutes": 30}
    faults: dict[str, dict[str, object]] = {
        "no time": {"saved_at": None},
        "unknown category": {"category": "golf"},
        "half minutes": {"minutes": "1.5"},
        "no minutes": {"minutes": None},
        "time taken": {"minutes": -5},
    }
    assert found_by(project, "time_savings_are_readable", "time_savings", honest, {**faults, "none": {"minutes": 0}}) == set(
        faults
    )
