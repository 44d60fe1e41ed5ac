"""A failing check that names days withholds what rests on them, and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from assay.calendar import Window
from assay.values.check import Check
from tests.unit.trust.judging import codes, judge, kpi, midnight, noon, of_day, stream

ORDERS = stream("orders", midnight(date(2026, 4, 1)))


def check(*days: int, **more: Any) -> Check:
    known: dict[str, Any] = {
        "name": "volume_orders",
        "models": ("sales",),
        "status": "failed",
        "message": "2 orders on that day; there were about 40.",
        "checked_at": datetime(2026, 3, 20, tzinfo=UTC),
        "days": tuple(date(2026, 3, day) for day in days),
        "stream": "orders",
    }
    return Check(**(known | more))


def test_only_the_windows_that_touch_its_days_are_withheld() -> None:
    judged = judge(noon(20), ORDERS, checks=(check(5),))
    assert [codes(judged.judge(kpi(), of_day(day))) for day in (4, 5, 6)] == [[], ["check_failed"], []]
    assert codes(judged.judge(kpi(), Window(date(2026, 3, 1), date(2026, 3, 7)))) == ["check_failed"]
    assert codes(judged.judge(kpi(), Window(date(2026, 3, 6), date(2026, 3, 12)))) == []
    assert judged.judge(kpi(), of_day(5)).blocking[0].sentence == "2 orders on that day; there were about 40."


def test_a_model_that_the_check_does_not_speak_of_goes_on() -> None:
    assert codes(judge(noon(20), ORDERS, checks=(check(5, models=("visits",)),)).judge(kpi(), of_day(5))) == []


def test_a_number_that_looks_back_is_touched_by_the_days_it_looks_back_on() -> None:
    judged = judge(noon(20), ORDERS, lookback={"orders": 3}, checks=(check(5),))
    assert [codes(judged.judge(kpi(), of_day(day))) for day in (8, 9)] == [["check_failed"], []]


def test_a_carried_state_is_touched_for_as_long_as_it_is_carried() -> None:
    stock = kpi(kind="stock", entity=["sku"], carry="48h")
    judged = judge(noon(20), ORDERS, checks=(check(5),))
    assert [codes(judged.judge(stock, of_day(day))) for day in (5, 6, 7)] == [["check_failed"], ["check_failed"], []]


def test_a_count_of_what_is_open_right_now_rests_on_the_days_before_as_well() -> None:
    active = kpi(kind="active", formula="active(from_at, to_at)", time=None, unit="count")
    judged = judge(noon(20), ORDERS, checks=(check(5),))
    assert codes(judged.judge(active, of_day(20))) == ["check_failed"]
    assert codes(judged.judge(active, of_day(4))) == []


def test_what_is_only_odd_goes_along_as_a_remark() -> None:
    verdict = judge(noon(20), ORDERS, checks=(check(5, blocking=False),)).judge(kpi(), of_day(5))
    assert codes(verdict) == []
    assert [reason.code for reason in verdict.remarks] == ["check_warns"]


def test_a_check_that_passed_says_nothing() -> None:
    assert codes(judge(noon(20), ORDERS, checks=(check(status="passed"),)).judge(kpi(), of_day(5))) == []
