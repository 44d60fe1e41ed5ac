"""What a forecast is made into: which KPIs have none, how numbers are rounded, what is remarked."""

from __future__ import annotations

import pytest

from assay.calendar import containing
from assay.forecast.making import Backtest, Forecast, Step
from assay.runtime.forecasting.proved import Run
from assay.runtime.forecasting.words import backtested, limits, method, never, point, readable, weak
from assay.state.reader import Published
from assay.units import Unit
from assay.values.answer import UnitFacts
from tests.unit.runtime.numbers import FIRST, catalog, noon

MORE = """
kpi: revenue_this_month
unit: number
direction: up
formula: revenue
window: mtd
---
kpi: share_of_the_month
unit: percent
direction: up
formula: 100 * revenue / revenue_this_month
---
kpi: revenue_of_a_week
unit: number
direction: up
formula: revenue
window: 7d
---
kpi: revenue_by_quarter
unit: number
direction: up
formula: revenue
grain: quarter
---
kpi: alarms
unit: count
direction: down
kind: breaches
formula: breaches(critical)
"""
MONEY = UnitFacts(kind="money", currency="USD", decimals=2)
COUNT = UnitFacts(kind="count", decimals=0)
RATIO = UnitFacts(kind="ratio", decimals=2)
PERCENT = UnitFacts(kind="percent", decimals=1)
DAY = containing(FIRST, "day")
TEST = Backtest(origins=2, held_out=10, mae=0.0456, naive_mae=0.1, wape=4.09, within=8, first=0, last=1)
RUN = Run(tuple(Published("revenue", "day", FIRST, FIRST, "1", 0, 1, noon(FIRST), "") for _ in range(2)), 0, DAY, "begins")


def why(name: str) -> tuple[str, str] | None:
    """Return code and repair of the reason why the KPI has no forecast."""
    found = catalog(MORE)
    reason = never(found.kpis[name], found)
    return (reason.code, reason.repair or "") if reason else None


def test_a_number_that_begins_anew_has_none_nor_has_what_is_made_of_it() -> None:
    assert why("revenue_this_month") == (
        "begins_anew",
        "Where it will land is said by the pacing of its target, if it has a goal. revenue can be forecast.",
    )
    assert (why("share_of_the_month") or ("",))[0] == "begins_anew"
    assert why("revenue_of_a_week") is None
    assert why("revenue") is None


def test_alarms_and_quarters_have_none() -> None:
    assert why("alarms") == ("no_forecast", "")
    assert why("revenue_by_quarter") == ("no_forecast", "")


@pytest.mark.parametrize(
    ("step", "unit", "said"),
    [
        (Step(1234.567, 1000.001, 2000.001), MONEY, ("1234.57", "1000.00", "2000.01")),
        (Step(2.5, 0.2, 4.1), COUNT, ("2", "0", "5")),
        (Step(3.0, 3.0, 3.0), COUNT, ("3", "3", "3")),
        (Step(-0.001, -0.04, 0.02), PERCENT, ("0.0", "-0.1", "0.1")),
        (Step(0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2), RATIO, ("0.30", "0.30", "0.30")),  # not 0.31 for the float's last digit
    ],
)
def test_the_ends_of_an_interval_are_rounded_away_from_its_middle(step: Step, unit: UnitFacts, said: tuple[str, ...]) -> None:
    found = point(DAY, step, unit)
    assert (found.forecast, found.lower, found.upper) == said


def test_a_small_ratio_keeps_three_figures() -> None:
    from decimal import Decimal

    assert readable(RATIO, Decimal("0.0123")).decimals == 4
    assert readable(RATIO, Decimal("1.23")).decimals == 2
    assert readable(MONEY, Decimal("0.01")).decimals == 2


def test_the_error_is_told_in_the_unit_and_in_percent_of_what_came_but_for_percentages() -> None:
    money = backtested(TEST, RUN, MONEY)
    assert (money.mae, money.wape_pct, money.relative_mae, money.coverage_pct) == ("0.05", "4.1", "0.46", "80.0")
    percent = backtested(TEST, RUN, PERCENT)
    assert (percent.mae, percent.wape_pct) == ("0.046", None)


def test_an_interval_that_has_held_far_less_often_than_it_says_is_remarked() -> None:
    assert weak(TEST, 80) == ()
    assert weak(TEST, 95) == ()
    [remark] = weak(TEST, 96)
    assert remark.sentence == "The interval held 8 of 10 such periods, not 96 % of them: take it as too narrow."


def test_the_method_says_when_the_naive_forecast_is_used_and_when_no_season_is_known() -> None:
    naive = Forecast("naive", 7, (), TEST)
    assert method(naive, RUN, "day").startswith("Each day repeats the newest proved one of its weekday;")
    months = method(Forecast("theta", 1, (), TEST), RUN, "month")
    assert months.startswith("The theta method, learnt from the 2 months until")
    assert months.endswith("The history is too short to know the seasons of a year.")


def test_only_plain_numbers_may_go_below_nothing() -> None:
    assert limits(Unit.COUNT) == (0, None)
    assert limits(Unit.PERCENT) == (0, 100)
    assert limits(Unit.NUMBER) == (None, None)
