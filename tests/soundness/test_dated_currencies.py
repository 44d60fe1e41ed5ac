"""A shop that changed its currency: money is in the currency of its day, amounts of two never meet without a rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from assay.catalog.contract import Question
from assay.runtime.desk import Desk
from assay.settings import Project, ProjectFile
from tests.soundness.bench import Bench, at, base, derived

KPIS = (
    base("revenue", "sum(amount)", "money", dimensions="[shop]"),
    base("largest", "max(amount)", "money"),
    base("mean", "avg(amount)", "money"),
    base("large", "sum(amount) filter (where shop = 'web')", "money"),
    base("sold", "count(*)"),
    derived("aov", "revenue / sold", "money"),
    derived("share_pct", "100 * large / revenue", "percent"),
    derived("week_before", "shift(revenue, interval 7 days)", "money"),
    derived("growth_pct", "pct_change(revenue, interval 7 days)", "percent"),
    derived("before", "avg_over(revenue, interval 7 days)", "money"),
    derived("aov_before", "avg_over(aov, interval 7 days)", "money"),
)
CHANGE = "2026-03-06"


def rows(old: str, new: str, rate: str | None = None) -> list[Mapping[str, Any]]:
    """Return the dated rows of a shop that gave up one currency for another on 6 March 2026."""
    return [{"currency": old}, {"currency": new, "from": CHANGE} | ({"rate": rate} if rate else {})]


def currency_of(bench: Bench, value: Any) -> None:
    """Change the setting, as a person does in `assay.yml`."""
    bench.project = Project(bench.folder, ProjectFile.model_validate({"timezone": bench.zone, "currency": value}))


@pytest.fixture
def changed(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Return a shop with two sales before the change (1,200 and 3,000 minor units) and one after it (2,500)."""
    made = Bench(tmp_path, currency=request.param)
    made.sell(("2026-03-04 10:00", 1200), ("2026-03-05 10:00", 3000), ("2026-03-06 10:00", 2500))
    made.publish(made.catalog(*KPIS))
    yield made
    made.close()


def euros(rate: str | None = None) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("changed", [rows("USD", "EUR", rate)], indirect=True)


def said(bench: Bench, kpi: str, period: str, **more: Any) -> tuple[str | None, str | None]:
    answer = bench.ask(kpi, period, **more)
    return answer.value, answer.unit.currency


def codes(bench: Bench, kpi: str, period: str) -> list[str]:
    return [reason.code for reason in bench.ask(kpi, period).reasons if reason.code != "freshness"]


@pytest.mark.parametrize("changed", [rows("JPY", "KWD")], indirect=True)
def test_each_day_is_in_the_minor_unit_of_its_own_currency(changed: Bench) -> None:
    assert said(changed, "revenue", "2026-03-04..2026-03-05") == ("4200", "JPY")
    assert said(changed, "revenue", "2026-03-06..2026-03-07") == ("2.500", "KWD")
    assert said(changed, "mean", "2026-03-04..2026-03-05") == ("2100", "JPY")
    assert said(changed, "largest", "2026-03-06") == ("2.500", "KWD")
    assert changed.ask("revenue", "2026-03-04").display == "¥1,200"
    assert changed.ask("revenue", "2026-03-06").unit.decimals == 3


@euros()
@pytest.mark.parametrize("kpi", ["revenue", "aov", "mean", "largest", "share_pct"])
def test_money_over_both_currencies_is_withheld(changed: Bench, kpi: str) -> None:
    answer = changed.ask(kpi, "2026-03-04..2026-03-06")
    assert answer.value is None
    assert answer.reasons[0].code == "currency_changed"
    assert "from USD to EUR (since 2026-03-06)" in answer.reasons[0].sentence
    assert answer.reasons[0].since == at("2026-03-06 00:00")
    assert changed.ask(kpi, "2026-03-04..2026-03-06", recompute=True).value is None


@euros()
def test_what_is_no_money_does_not_notice_the_change(changed: Bench) -> None:
    assert said(changed, "sold", "2026-03-04..2026-03-06") == ("3", None)
    assert said(changed, "share_pct", "2026-03-06") == ("100", None)


@pytest.mark.parametrize("changed", [rows("JPY", "KWD", "0.00205")], indirect=True)
def test_a_stated_rate_converts_the_earlier_part_exactly(changed: Bench) -> None:
    period = "2026-03-04..2026-03-06"
    total = 4200 * Fraction("0.00205") + Fraction("2.5")
    assert said(changed, "revenue", period) == ("11.110", "KWD")
    assert Fraction(Decimal("11.110")) == total
    assert said(changed, "aov", period) == (str(round(Decimal("11.11") / 3, 6)), "KWD")
    assert said(changed, "mean", period) == said(changed, "aov", period)
    assert said(changed, "share_pct", period) == ("100", None)
    assert changed.ask("revenue", period, recompute=True).value == "11.110"
    remark = next(reason for reason in changed.ask("revenue", period).reasons if reason.code == "currency_converted")
    assert remark.sentence == "Amounts before 2026-03-06 are converted from JPY at 0.00205 KWD each."
    assert codes(changed, "largest", period) == ["currency_changed"]


@euros("0.9")
def test_a_breakdown_over_both_currencies_adds_up_to_the_converted_total(changed: Bench) -> None:
    changed.sell(("2026-03-05 11:00", 500), shop="shop", log=True)
    changed.publish(changed.catalog(*KPIS))
    answer = changed.ask("revenue", "2026-03-04..2026-03-06", by="shop")
    assert answer.value == "67.30"  # (12.00 + 30.00 + 5.00) x 0.9 + 25.00
    assert {row.key: row.value for row in answer.rows or ()} == {"web": "62.80", "shop": "4.50"}


@euros()
def test_a_breakdown_over_both_currencies_shows_nothing_without_a_rate(changed: Bench) -> None:
    assert changed.ask("revenue", "2026-03-04..2026-03-06", by="shop").rows == ()
    across = changed.ask("revenue", "2026-03-06", by="shop", compare="previous")
    assert [(row.value, row.change) for row in across.rows or ()] == [("25.00", None)]


@euros()
def test_an_earlier_value_in_another_currency_is_not_compared(changed: Bench) -> None:
    comparison = changed.ask("revenue", "2026-03-06", compare="previous").comparison
    assert comparison is not None
    assert (comparison.value, comparison.change) == (None, None)
    assert comparison.reason is not None
    assert comparison.reason.code == "currency_changed"
    for kpi in ("week_before", "growth_pct", "before", "aov_before"):
        assert codes(changed, kpi, "2026-03-10") == ["currency_changed"], kpi
    assert said(changed, "week_before", "2026-03-05") == ("0.00", "USD")
    counted = changed.ask("sold", "2026-03-06", compare="previous").comparison
    assert counted is not None
    assert counted.change == "0"


@euros("0.9")
def test_a_stated_rate_converts_what_a_number_is_compared_with(changed: Bench) -> None:
    comparison = changed.ask("revenue", "2026-03-06", compare="previous").comparison
    assert comparison is not None
    assert (comparison.value, comparison.current, comparison.change) == ("27.00", "25.00", "-2.00")
    changed.publish(changed.catalog(*KPIS), now=at("2026-03-13 12:00"))
    assert said(changed, "week_before", "2026-03-12") == ("27.00", "EUR")
    assert said(changed, "growth_pct", "2026-03-12") == ("-100", None)
    assert said(changed, "before", "2026-03-12") == (str(round(Decimal(52) / 7, 6)), "EUR")  # (30.00 x 0.9 + 25.00) / 7
    assert said(changed, "aov_before", "2026-03-12") == ("26.00", "EUR")
    slices = changed.ask("revenue", "2026-03-06", by="shop", compare="previous").rows or ()
    assert [(row.value, row.change) for row in slices] == [("25.00", "-2.00")]


def test_a_change_of_the_setting_moves_nothing_before_its_day(bench: Bench) -> None:
    catalog = bench.catalog(*KPIS)
    bench.sell(("2026-03-04 10:00", 1200), ("2026-03-05 10:00", 3000))
    bench.publish(catalog, now=at("2026-03-06 00:00"))
    before = (bench.history("revenue"), said(bench, "revenue", "2026-03-05"), bench.ask("aov", "2026-03-01..2026-03-05").value)
    currency_of(bench, rows("USD", "EUR"))
    moved = bench.publish(catalog, now=at("2026-03-06 00:05"))
    assert (moved.restated, moved.days_changed) == (0, 0)
    after = (bench.history("revenue"), said(bench, "revenue", "2026-03-05"), bench.ask("aov", "2026-03-01..2026-03-05").value)
    assert before == after
    bench.sell(("2026-03-06 10:00", 2500))
    bench.publish(catalog, now=at("2026-03-07 12:00"))
    desk = Desk(bench.project, bench.clock)
    points = [(f"{one.start:%d}", one.value, one.currency) for one in desk.history("revenue", "day", 3).points]
    assert points == [("04", "12.00", "USD"), ("05", "30.00", "USD"), ("06", "25.00", None)]
    assert desk.history("revenue", "day", 3).unit.currency == "EUR"
    assert desk.restatements(None, 30) == []
    known = desk.as_of(Question(kpi="revenue", period="2026-03-05"), None, at("2026-03-06 00:02"))
    assert (known.value, known.display, known.unit.currency) == ("30.00", "$30.00", "USD")


def test_a_change_that_was_told_late_restates_from_its_day_on_and_says_what_was_known(bench: Bench) -> None:
    catalog = bench.catalog(*KPIS)
    bench.sell(("2026-03-05 10:00", 3000), ("2026-03-06 10:00", 2500))
    bench.publish(catalog, now=at("2026-03-08 12:00"))
    currency_of(bench, rows("USD", "JPY"))
    moved = bench.publish(catalog, now=at("2026-03-08 13:00"))
    assert said(bench, "revenue", "2026-03-06") == ("2500", "JPY")
    assert said(bench, "revenue", "2026-03-05") == ("30.00", "USD")
    assert moved.restated > 0
    desk = Desk(bench.project, bench.clock)
    assert {one["start"] for one in desk.restatements("revenue", 30) if one["period"] == "day"} == {"2026-03-06", "2026-03-07"}
    known = desk.as_of(Question(kpi="revenue", period="2026-03-06"), None, at("2026-03-08 12:30"))
    assert (known.display, known.unit.currency) == ("$25.00", "USD")


@euros()
def test_an_open_period_that_holds_a_coming_change_is_in_the_currency_of_today(changed: Bench) -> None:
    currency_of(changed, [{"currency": "USD"}, {"currency": "EUR", "from": "2026-03-20"}])
    changed.publish(changed.catalog(*KPIS))
    assert said(changed, "revenue", "2026-03") == ("67.00", "USD")


@euros()
def test_a_last_good_value_is_never_shown_in_another_currency(changed: Bench) -> None:
    changed.publish(changed.catalog(*KPIS), now=at("2026-03-07 00:00"))
    answer = changed.ask("revenue", "2026-02-28..2026-03-06")
    assert answer.value is None
    week = changed.ask("revenue", "2026-W10")  # 2 to 8 March, withheld; the week before was in dollars
    assert (week.value, week.last_good) == (None, None)


@euros()
def test_a_target_is_judged_in_the_currency_in_which_it_is_stated(changed: Bench) -> None:
    def judged(target: str, day: str) -> tuple[str | None, str, str | None]:
        changed.publish(changed.catalog(base("revenue", "sum(amount)", "money", target=target, direction="up")))
        found = changed.ask("revenue", day).target
        assert found is not None
        return found.status, found.text, found.reason.code if found.reason else None

    plain, dated = "{min: 20}", "[{min: 20}, {from: 2026-03-06, min: 18}]"
    assert judged(plain, "2026-03-06") == ("met", "at least €20.00", None)
    assert judged(plain, "2026-03-05") == (None, "at least €20.00", "currency_changed")
    assert judged(dated, "2026-03-05") == ("met", "at least $20.00", None)
    assert judged(dated, "2026-03-06") == ("met", "at least €18.00", None)
    assert judged("[{from: 2026-03-01, min: 20}]", "2026-03-06") == (None, "at least $20.00", "currency_changed")
    assert judged("{min: 0}", "2026-03-05") == ("met", "at least $0.00", None)


@euros("0.9")
def test_a_projection_is_not_made_across_the_change(changed: Bench) -> None:
    goal = base("revenue", "sum(amount)", "money", target="{goal: 3100, over: month}", direction="up")
    changed.publish(changed.catalog(goal))
    target = changed.ask("revenue", "2026-03-10").target
    assert target is not None
    assert [(pace.projected, pace.reason.code if pace.reason else None) for pace in target.pacing] == [
        (None, "currency_changed")
    ]


@euros()
def test_days_of_one_currency_are_told_apart_from_the_days_after_by_date_alone(changed: Bench) -> None:
    points = Desk(changed.project, changed.clock).history("revenue", "week", 2).points
    assert [(point.start, point.value, point.currency) for point in points] == [
        (date(2026, 2, 23), "0.00", "USD"),
        (date(2026, 3, 2), None, None),
    ]
