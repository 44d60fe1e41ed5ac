"""The verdict on a value: each reason that withholds it, and what goes along with one that is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from assay.calendar import Window
from assay.trust.freshness import freshness_of
from assay.trust.reasons import checks_fail
from assay.values.answer import DataQuality, Freshness
from assay.values.generation import Hold
from tests.unit.trust.judging import CALENDAR, a_check, codes, judge, kpi, midnight, noon, of_day, stream

HOUR = timedelta(hours=1)


def test_a_covered_day_that_is_over_is_shown_without_reasons() -> None:
    verdict = judge(noon(10), stream("orders", noon(10))).judge(kpi(), of_day(9))

    assert (verdict.blocking, verdict.remarks, verdict.missing) == ((), (), ())
    assert verdict.quality() is DataQuality.ACTUAL
    assert verdict.settles_at is None


def test_a_stream_that_never_came_withholds_and_names_the_import() -> None:
    verdict = judge(noon(10), stream("orders", noon(10)), stream("refunds", None)).judge(kpi(), of_day(9))

    assert codes(verdict) == ["no_data"]
    assert verdict.blocking[0].input == "refunds"
    assert verdict.blocking[0].repair == "assay import FILE --as refunds"
    assert verdict.blocking[0].owner == "ops"
    assert verdict.missing == (date(2026, 3, 9),)
    assert verdict.quality() is DataQuality.INSUFFICIENT_DATA


@pytest.mark.parametrize(
    ("until", "code"),
    [(None, "no_data"), (noon(8), "not_covered"), (noon(2), "too_old")],
    ids=["never came", "a day is missing", "grown old"],
)
def test_a_stream_that_says_what_repairs_it_is_not_repaired_by_an_import(until: datetime | None, code: str) -> None:
    mended = stream("readings", until).model_copy(update={"repair": "Ask the server."})
    window = of_day(10) if code == "too_old" else of_day(9)
    asked = kpi(kind="stock", entity=["sku"], carry="30d") if code == "too_old" else kpi()

    (reason,) = judge(noon(10), mended).judge(asked, window).blocking

    assert (reason.code, reason.repair) == (code, "Ask the server.")


def test_a_model_that_was_never_built_withholds() -> None:
    published, empty = judge(noon(10)), judge(noon(10), number=0)

    assert codes(published.judge(kpi(model="other"), of_day(9))) == ["no_data"]
    assert codes(empty.judge(kpi(model="other"), of_day(9))) == ["nothing_published"]


def test_each_uncovered_day_of_any_stream_is_missing() -> None:
    gap = (date(2026, 3, 4), date(2026, 3, 5))
    judged = judge(noon(10), stream("orders", noon(10), gap=gap), stream("refunds", noon(10)))

    verdict = judged.judge(kpi(), Window(date(2026, 3, 2), date(2026, 3, 9)))

    assert codes(verdict) == ["not_covered"]
    assert verdict.missing == (date(2026, 3, 4), date(2026, 3, 5))
    assert codes(judged.judge(kpi(), Window(date(2026, 3, 6), date(2026, 3, 9)))) == []


def test_a_model_that_looks_back_needs_the_days_before_as_well() -> None:
    gap = (date(2026, 3, 4), date(2026, 3, 4))
    judged = judge(noon(10), stream("orders", noon(10), gap=gap), lookback={"orders": 3})

    assert codes(judged.judge(kpi(), of_day(7))) == ["not_covered"]
    assert codes(judged.judge(kpi(), of_day(8))) == []
    assert "looks back 3 days" in judged.judge(kpi(), of_day(7)).blocking[0].sentence
    assert judged.judge(kpi(), of_day(7)).missing == ()


def test_an_open_day_is_complete_as_far_as_its_data_reach() -> None:
    judged = judge(noon(10), stream("orders", noon(10, -2)), stream("refunds", noon(10, -3)))

    verdict = judged.judge(kpi(), of_day(10))

    assert codes(verdict) == []
    assert verdict.as_of == noon(10, -3)
    assert verdict.settles_at == CALENDAR.end_of(date(2026, 3, 10))


def test_an_open_day_that_no_data_have_reached_is_not_covered() -> None:
    assert codes(judge(noon(10), stream("orders", midnight(date(2026, 3, 10)))).judge(kpi(), of_day(10))) == ["not_covered"]


@pytest.mark.parametrize(
    ("hours", "freshness", "changes"),
    [
        (10, Freshness.FRESH, 10),
        (10.01, Freshness.ACCEPTABLE, 15),
        (15, Freshness.ACCEPTABLE, 15),
        (15.01, Freshness.STALE, 30),
        (30, Freshness.STALE, 30),
        (30.01, Freshness.CRITICAL, None),
    ],
)
def test_freshness_changes_just_after_its_bounds(hours: float, freshness: Freshness, changes: int | None) -> None:
    found, at = freshness_of(hours * HOUR, 10 * HOUR)

    assert found is freshness
    assert at == (None if changes is None else changes * HOUR)


def test_data_that_are_critically_old_withhold_open_periods_alone() -> None:
    judged = judge(noon(10), stream("orders", noon(10, -10)))  # 02:00, at noon, expected every 3 hours
    strict = kpi(requires={"freshness": "3h"})

    assert codes(judged.judge(strict, of_day(10))) == ["too_old"]
    assert codes(judged.judge(strict, of_day(9))) == []
    assert judged.judge(strict, of_day(9)).freshness is Freshness.CRITICAL
    assert codes(judged.judge(kpi(requires={"freshness": "4h"}), of_day(10))) == []


def test_data_just_at_the_last_bound_are_stale_and_shown() -> None:
    verdict = judge(noon(10), stream("orders", noon(10, -9))).judge(kpi(requires={"freshness": "3h"}), of_day(10))

    assert (codes(verdict), verdict.freshness) == ([], Freshness.STALE)


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ((), "check_missing"),
        ((a_check("failed"),), "check_failed"),
        ((a_check("error"),), "check_failed"),
        ((a_check("passed", "another"),), "check_missing"),
    ],
)
def test_a_check_that_did_not_pass_withholds(checks: tuple[object, ...], code: str) -> None:
    judged = judge(noon(10), stream("orders", noon(10)), checks=checks)  # type: ignore[arg-type]

    verdict = judged.judge(kpi(requires={"checks": ["reconciles"]}), of_day(9))

    assert codes(verdict) == [code]
    assert verdict.blocking[0].input == "reconciles"
    assert verdict.blocking[0].repair


def test_checks_that_fail_are_named_up_to_three_and_hints_are_not() -> None:
    hint = a_check("failed", "hint").model_copy(update={"blocking": False})
    some = [a_check("failed", name) for name in ("d", "b", "a")]

    assert checks_fail([a_check("passed"), hint]) is None
    few, many = checks_fail([hint, *some]), checks_fail([*some, a_check("error", "c"), a_check("failed", "e")])

    assert few is not None
    assert few.sentence == "Failing at the last refresh: a, b, d."
    assert many is not None
    assert many.sentence == "Failing at the last refresh: a, b, c and 2 more."


def test_a_check_that_passed_says_nothing() -> None:
    judged = judge(noon(10), stream("orders", noon(10)), checks=(a_check("passed"),))

    assert codes(judged.judge(kpi(requires={"checks": ["reconciles"]}), of_day(9))) == []


def test_a_held_model_shows_closed_days_that_it_did_not_touch_as_stale() -> None:
    hold = Hold(code="check_failed", sentence="A check fails.", since=noon(10), days=(date(2026, 3, 5),))
    judged = judge(noon(10), stream("orders", noon(10)), held=hold)

    touched, untouched = judged.judge(kpi(), of_day(5)), judged.judge(kpi(), of_day(6))

    assert codes(touched) == ["check_failed"]
    assert codes(untouched) == []
    assert [reason.code for reason in untouched.remarks] == ["check_failed"]
    assert untouched.freshness is Freshness.STALE
    assert codes(judged.judge(kpi(), of_day(10))) == ["check_failed"]  # open
    assert codes(judged.judge(kpi(), Window(date(2026, 3, 1), date(2026, 3, 7)))) == ["check_failed"]


def test_of_days_that_came_while_a_model_is_held_the_hold_is_told_and_not_that_they_did_not_come() -> None:
    hold = Hold(code="check_failed", sentence="A check fails.", since=noon(9), days=(date(2026, 3, 5),))
    judged = judge(noon(12), stream("orders", noon(8)), held=hold, newest=(stream("orders", noon(10)),))

    came, not_yet = judged.judge(kpi(), of_day(9)), judged.judge(kpi(), of_day(11))

    assert codes(came) == ["check_failed"]
    assert came.missing == (date(2026, 3, 9),)
    assert codes(not_yet) == ["not_covered"]
    assert [reason.code for reason in not_yet.remarks] == ["check_failed"]


def test_a_model_held_as_a_whole_withholds_every_day() -> None:
    hold = Hold(code="model_failed", sentence="It could not be built.", since=noon(10), all_days=True)

    assert codes(judge(noon(10), stream("orders", noon(10)), held=hold).judge(kpi(), of_day(6))) == ["model_failed"]


def test_a_hold_of_a_day_touches_the_stock_that_is_carried_from_it() -> None:
    hold = Hold(code="check_failed", sentence="A check fails.", since=noon(10), days=(date(2026, 3, 5),))
    judged = judge(noon(20), stream("levels", noon(20)), held=hold)
    stock = kpi(kind="stock", entity=["sku"], carry="48h")

    assert codes(judged.judge(stock, of_day(6))) == ["check_failed"]
    assert codes(judged.judge(stock, of_day(9))) == []


def test_a_stock_needs_one_covered_day_within_its_carry() -> None:
    gap = (date(2026, 3, 5), date(2026, 3, 6))
    judged = judge(noon(10), stream("levels", noon(10), gap=gap))
    stock = kpi(kind="stock", entity=["sku"], carry="48h")

    assert codes(judged.judge(stock, of_day(5))) == []  # the state of the 4th
    assert codes(judged.judge(stock, of_day(6))) == ["not_covered"]
    assert codes(judged.judge(stock, of_day(7))) == []
    assert codes(judged.judge(stock, Window(date(2026, 3, 5), date(2026, 3, 7)))) == []  # only its end counts


def test_a_period_is_provisional_until_its_source_has_settled() -> None:
    judged = judge(noon(10), stream("orders", noon(10)))
    end = CALENDAR.end_of(date(2026, 3, 9))

    assert judged.judge(kpi(settle="3d"), of_day(9)).settles_at == end + timedelta(days=3)
    assert judged.judge(kpi(settle="12h"), of_day(9)).settles_at is None  # exactly now
    assert judged.judge(kpi(settle="13h"), of_day(9)).settles_at == end + timedelta(hours=13)


def test_a_verdict_holds_until_the_clock_alone_may_change_it() -> None:
    judged = judge(noon(10), stream("orders", noon(10, -1)))

    assert judged.judge(kpi(requires={"freshness": "2h"}), of_day(9)).valid_until == noon(10, 1)
    assert judged.judge(kpi(settle="13h"), of_day(9)).valid_until == noon(10, 1)
    assert judged.judge(kpi(), of_day(9)).valid_until == midnight(date(2026, 3, 11))


def test_data_of_just_the_expected_age_are_fresh_for_this_instant_alone() -> None:
    judged = judge(noon(10), stream("orders", noon(10, -2))).judge(kpi(requires={"freshness": "2h"}), of_day(9))

    assert judged.freshness is Freshness.FRESH
    assert judged.valid_until == noon(10) + timedelta(microseconds=1)
