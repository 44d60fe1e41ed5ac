"""Shop activation and operators' work, from planted files to answers, against arithmetic that shares nothing with them."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from assay.clock import FixedClock
from tests.scenarios.shop import Stage

from . import planted
from .faults import found_by
from .planted import NOW, breaches, day, days, end_of, quantile, ratio, rounded, shown
from .shop import Shop

SHOPS, BREACHES = planted.shops(), breaches()
LAST_DAYS = days(date(2026, 2, 10), date(2026, 2, 28))


def ask(stage: Stage, kpi: str, one: date) -> Decimal | None:
    return shown(stage.ask(kpi, f"{one}").value)


def week(last: date) -> list[date]:
    return days(last - timedelta(days=6), last)


def shops_at_the_end_of(one: date) -> tuple[int, int]:
    """Return how many shops there are, and how many of them are activated, before the day's last instant."""
    end = min(end_of(one), NOW + timedelta(microseconds=1))
    there = sum(shop.registered_at < end for shop in SHOPS)
    return there, sum(shop.activated_at is not None and shop.activated_at < end for shop in SHOPS)


def activation(last: date) -> Decimal:
    counted = [shops_at_the_end_of(one) for one in week(last)]
    return ratio(sum(active for _, active in counted), sum(there for there, _ in counted))


@pytest.mark.parametrize("one", [*LAST_DAYS, day(NOW)], ids=str)
def test_activation_is_a_ratio_of_sums_over_seven_days(operations: Stage, one: date) -> None:
    assert ask(operations, "shop_activation_rate_pct", one) == activation(one)


def test_a_mean_of_seven_daily_rates_would_be_another_number() -> None:
    counted = [shops_at_the_end_of(one) for one in week(date(2026, 2, 28))]
    mean = sum((Fraction(100 * active, there) for there, active in counted), Fraction(0)) / 7
    assert rounded(mean) != activation(date(2026, 2, 28))


def test_a_shop_that_registers_at_midnight_belongs_to_the_new_day(operations: Stage) -> None:
    found = [ask(operations, "registered_shops", date(2026, 2, number)) for number in (25, 26)]
    assert found == [40, 70]


def test_the_table_of_activation_has_the_same_numbers_for_every_day_that_is_over(operations: Stage) -> None:
    with duckdb.connect(str(operations.project.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select day, total_shops, shops_activated, activation_rate_7d_avg from shop_activation_metrics order by day"
        ).fetchall()
        newest = connection.execute("select day, activation_rate_7d_avg from v_activation_rate_7d").fetchall()
    assert [row[0] for row in rows] == days(date(2026, 2, 3), date(2026, 2, 28))
    assert [row[1:3] for row in rows] == [shops_at_the_end_of(row[0]) for row in rows]
    assert [row[3] for row in rows if row[0] >= LAST_DAYS[0]] == [activation(one) for one in LAST_DAYS]
    assert newest == [(LAST_DAYS[-1], activation(LAST_DAYS[-1]))]


def test_activation_stays_right_when_days_pass_on_which_no_shop_changes(operations: Stage, tmp_path: Path) -> None:
    shutil.copytree(operations.folder, tmp_path / "shop", symlinks=True)
    later = Stage(tmp_path / "shop", FixedClock(NOW + timedelta(days=3)))
    withheld = later.ask("shop_activation_rate_pct", "2026-03-03")
    assert (withheld.value, {reason.code for reason in withheld.reasons}) == (None, {"not_covered"})
    later.take("later.csv", planted.text_of(SHOPS[::-1]), "shops")  # the list in another order: no shop is new or other
    later.run()
    for last in (date(2026, 3, 2), date(2026, 3, 3)):
        counted = [shops_at_the_end_of(min(one, day(NOW))) for one in week(last)]
        expected = ratio(sum(active for _, active in counted), sum(there for there, _ in counted))
        assert ask(later, "shop_activation_rate_pct", last) == expected
        assert expected != activation(date(2026, 2, 28))


def detected(last: date) -> list[planted.Breach]:
    return [one for one in BREACHES if day(one.detected_at) in week(last)]


@pytest.mark.parametrize("one", [*LAST_DAYS[-4:], day(NOW)], ids=str)
def test_operators_resolve_and_respond_over_the_seven_days_that_end_with_the_asked_one(operations: Stage, one: date) -> None:
    those = detected(one)
    waits = [each.minutes for each in those if each.minutes is not None]
    assert ask(operations, "operator_sla_resolution_rate_pct", one) == ratio(
        sum(each.resolved_at is not None for each in those), len(those)
    )
    assert ask(operations, "median_operator_response_minutes", one) == quantile(waits, Fraction(1, 2))
    assert ask(operations, "p90_operator_response_minutes", one) == quantile(waits, Fraction(9, 10))


def acted(last: date) -> set[str | None]:
    return {
        one.operator_id
        for one in BREACHES
        for moment in (one.responded_at, one.resolved_at)
        if moment is not None and day(moment) in week(last)
    }


def test_an_operator_is_active_who_acted_in_seven_days_also_on_an_old_breach(operations: Stage) -> None:
    assert acted(date(2026, 2, 28)) == {"ana", "ben", "dora", "cleo"}
    assert acted(date(2026, 2, 27)) == {"ana", "ben", "dora"}
    for one in LAST_DAYS:
        assert ask(operations, "active_operators", one) == len(acted(one)), one


def test_a_week_shows_the_same_rolling_number_as_its_last_day(operations: Stage) -> None:
    for kpi in ("operator_sla_resolution_rate_pct", "median_operator_response_minutes", "active_operators"):
        assert operations.ask(kpi, "2026-W08").value == operations.ask(kpi, "2026-02-22").value


def test_the_view_of_performance_has_a_row_an_operator(operations: Stage) -> None:
    with duckdb.connect(str(operations.project.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select operator_id, days_active, sla_breaches_detected, sla_breaches_resolved, resolution_rate_pct, until_day "
            "from v_sla_performance_7d"
        ).fetchall()
    those = detected(day(NOW))
    for operator, active, count, resolved, rate, until in rows:
        own = [one for one in those if one.operator_id == operator]
        moments = [moment for one in BREACHES if one.operator_id == operator for moment in (one.responded_at, one.resolved_at)]
        assert active == len({day(moment) for moment in moments if moment and day(moment) in week(day(NOW))})
        assert (count, resolved) == (len(own), sum(one.resolved_at is not None for one in own))
        assert rate == (ratio(resolved, count) if count else None)
        assert until == day(NOW)
    assert {row[0] for row in rows} == {one.operator_id for one in those} | acted(day(NOW))


def test_the_thresholds_of_operations_hold_what_they_should(operations: Stage) -> None:
    rate = operations.ask("shop_activation_rate_pct", "2026-02-28")
    low = activation(date(2026, 2, 28))
    assert [one.severity for one in rate.breaches] == (["critical", "high"] if low < 50 else ["high"] if low < 75 else [])
    slow = operations.ask("p90_operator_response_minutes", "2026-02-28")
    assert slow.target is not None
    assert (slow.target.status, [one.severity for one in slow.breaches]) == ("missed", ["high"])


def test_a_breach_that_cannot_be_read_is_found(project: Shop) -> None:
    honest = {
        "breach_id": "",
        "detected_at": "2026-02-10T18:00:00Z",
        "kind": "inventory",
        "operator_id": "ana",
        "responded_at": "2026-02-10T18:10:00Z",
        "resolved_at": "2026-02-10T19:00:00Z",
    }
    faults: dict[str, dict[str, str | None]] = {
        "not detected": {"detected_at": None},
        "unknown kind": {"kind": "weather"},
        "response that is no instant": {"responded_at": "soon"},
        "resolution that is no instant": {"resolved_at": "2026-02-30T19:00:00Z"},
        "acted before": {"responded_at": "2026-02-10T17:00:00Z"},
        "resolved before": {"resolved_at": "2026-02-10T17:00:00Z"},
        "resolved by nobody": {"operator_id": None},
    }
    harmless: dict[str, dict[str, str | None]] = {
        "waiting": {"operator_id": None, "responded_at": None, "resolved_at": None},
        "not resolved": {"resolved_at": ""},
    }
    assert found_by(project, "sla_breaches_are_readable", "sla_breaches", honest, faults | harmless) == set(faults)


def test_a_shop_that_cannot_be_read_is_found(project: Shop) -> None:
    honest = {"shop_id": "", "registered_at": "2026-02-10T18:00:00Z", "activated_at": "2026-02-10T18:00:00Z"}
    faults: dict[str, dict[str, str | None]] = {
        "not registered": {"registered_at": None},
        "activation that is no instant": {"activated_at": "yes"},
        "activated before": {"activated_at": "2026-02-10T17:00:00Z"},
    }
    assert found_by(project, "shops_are_readable", "shops", honest, {**faults, "not activated": {"activated_at": None}}) == set(
        faults
    )
