"""Pacing: where the month, the quarter and the year land, worked out by hand, and when that is not said."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from assay.calendar import Window
from assay.catalog.entry import Catalog
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.pacing import judged, projection
from assay.values.answer import PaceFacts, Reason
from tests.unit.runtime.numbers import CALENDAR, Numbers, ask, catalog, evaluator, noon

JUNE_11 = date(2026, 6, 11)
ROLLING = """
kpi: year_revenue
unit: number
direction: up
formula: revenue
window: ytd
{year_revenue}
---
kpi: goal_of_the_year
unit: number
formula: "1000"
---
kpi: progress
unit: number
direction: up
formula: 100 * year_revenue / goal_of_the_year
{progress}
---
kpi: buyers
unit: count
direction: up
model: sales
time: sold_on
formula: count(distinct tickets)
target: {{goal: 100, over: year}}
"""


def daily(first: date, last: date, amount: int) -> dict[date, list[int]]:
    """Return one sale of this amount on every day."""
    return {first + timedelta(days=n): [amount] for n in range((last - first).days + 1)}


def seasonal(last: date = JUNE_11) -> Numbers:
    """Return sales of 10 a day in 2025 (20 in June, 40 in December), and of 30 a day since New Year 2026 (60 in June)."""
    sales = daily(date(2024, 1, 1), date(2025, 12, 31), 10)
    sales |= daily(date(2025, 6, 1), date(2025, 6, 30), 20)
    sales |= daily(date(2025, 12, 1), date(2025, 12, 31), 40)
    sales |= daily(date(2026, 1, 1), last, 30)
    sales |= daily(date(2026, 6, 1), last, 60)
    return Numbers(sales)


def rolling(year_revenue: str = "", progress: str = "", **fields: str) -> Catalog:
    return catalog(ROLLING.format(year_revenue=year_revenue, progress=progress), **fields)


def paced(
    worked: Evaluator | None = None, name: str = "revenue", text: str = "yesterday", *, target: str = "{goal: 6000, over: year}"
) -> list[PaceFacts]:
    """Return the pacing of an answer, by default that of yesterday's revenue on 11 June 2026."""
    worked = worked or evaluator(catalog(revenue=f"target: {target}"), seasonal(), noon(JUNE_11))
    facts = ask(worked, name, text).target
    assert facts is not None
    return list(facts.pacing)


def reason(pace: PaceFacts) -> Reason:
    assert pace.reason is not None
    assert pace.status is None
    return pace.reason


def test_the_rest_of_last_year_at_this_years_rate_is_added_to_what_is_there() -> None:
    found = projection(Fraction(300), Fraction(200), Fraction(500))
    assert found is not None
    assert (found.rate, found.total) == (Fraction(3, 2), 300 + 300 * Fraction(3, 2))


def test_a_third_is_carried_exactly() -> None:
    found = projection(Fraction(1), Fraction(3), Fraction(10))
    assert found is not None
    assert found.total == Fraction(10, 3)


@pytest.mark.parametrize(("so_far", "elapsed"), [(5, 0), (5, -1), (-1, 5)])
def test_without_a_positive_base_there_is_no_rate(so_far: int, elapsed: int) -> None:
    assert projection(Fraction(so_far), Fraction(elapsed), Fraction(50)) is None


def test_nothing_sold_until_now_projects_nothing() -> None:
    found = projection(Fraction(0), Fraction(5), Fraction(50))
    assert found is not None
    assert found.total == 0


@pytest.mark.parametrize(
    ("total", "status"),
    [(98, "on_track"), (Fraction(9799, 100), "behind"), (102, "on_track"), (Fraction(10201, 100), "ahead"), (100, "on_track")],
)
def test_within_two_percent_of_the_plan_is_on_track(total: Fraction, status: str) -> None:
    assert judged(Fraction(total), Fraction(100)) == status


def test_a_year_lands_where_its_seasons_take_it() -> None:
    """Worked out by hand.

    To 10 June: 151 days of 30 and 10 of 60 = 5,130. The same days less 364 are 2 January to 11 June 2025: 150 days of 10 and
    11 of 20 = 1,720. The whole shifted year is 2 January 2025 to 1 January 2026: 364 days of 10, June and December more
    (30 * 10 + 31 * 30) and 1 January of 30 = 3,640 + 300 + 930 + 30 = 4,900. Rest 3,180 at 5,130 / 1,720.
    """
    year = paced()[-1]
    assert (year.period.name, year.period.start, year.period.end) == ("2026", date(2026, 1, 1), date(2026, 12, 31))
    assert (year.days, year.so_far, year.plan) == (161, "5130", "6000")
    assert Fraction(year.projected or 0) == round(Fraction(5130 * 4900, 1720), 6)
    assert (year.projected_pct_of_plan, year.status, year.reason) == ("243.575581", "ahead", None)
    assert year.method is not None
    assert "161 complete days at 2.983 times" in year.method


def test_a_month_is_held_to_its_seasonal_share_of_the_year() -> None:
    """June less 364 days is 2 June to 1 July 2025: 29 days of 20 and one of 10 = 590; the year is 4,900 as above."""
    month = paced()[0]
    assert (month.period.name, month.days, month.so_far) == ("2026-06", 10, "600")
    assert Fraction(month.plan or 0) == round(Fraction(6000 * 590, 4900), 6)
    assert month.projected == "1770"  # ten days of 20 made 200: three times as much now, so 3 * 590
    assert month.status == "ahead"


def test_the_month_before_is_projected_in_the_same_way_and_compared_with_what_it_became() -> None:
    """Worked out by hand.

    May to its 10th: 300, against 100 on 2 to 11 May 2025; 2 May to 1 June 2025 made 310 + 10: 3 * 320 = 960, not 930.
    2025 to its 161st day: 1,710, against 1,610 from 3 January 2024 on, whose 365 days made 3,650: not 4,880.
    """
    month, year = paced()
    assert month.backtest_error_pct == "3.225806"  # 100 * 30 / 930
    assert year.backtest_error_pct == "-20.559261"


def test_without_history_before_the_period_before_nothing_is_tested() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    month, year = paced(evaluator(kpis, seasonal(), noon(JUNE_11), since=date(2024, 1, 4)))
    assert (month.backtest_error_pct, year.backtest_error_pct) == ("3.225806", None)
    assert year.status == "ahead"


def test_a_period_before_that_is_shorter_than_what_has_passed_tests_nothing() -> None:
    march_30 = date(2026, 3, 30)
    worked = evaluator(catalog(revenue="target: {goal: 6000, over: year}"), seasonal(march_30), noon(march_30))
    month = paced(worked)[0]
    assert (month.days, month.backtest_error_pct) == (29, None)
    assert month.status is not None


@pytest.mark.parametrize(("over", "names"), [("month", ["2026-06"]), ("quarter", ["2026-06", "2026-Q2"])])
def test_a_goal_paces_its_own_period_and_the_month(over: str, names: list[str]) -> None:
    assert [pace.period.name for pace in paced(target=f"{{goal: 1770, over: {over}}}")] == names


def test_a_months_own_goal_is_its_plan() -> None:
    (month,) = paced(target="{goal: 1770, over: month}")
    assert (month.plan, month.projected, month.projected_pct_of_plan, month.status) == ("1770", "1770", "100", "on_track")


@pytest.mark.parametrize(
    ("day", "over", "said"),
    [(3, "month", "2 complete days"), (7, "quarter", "6 complete days"), (14, "year", "13 complete days")],
)
def test_after_a_few_days_nothing_is_projected(day: int, over: str, said: str) -> None:
    start = date(2026, 4, 1) if over == "quarter" else date(2026, 1, 1)
    early = noon(start + timedelta(days=day - 1))
    kpis = catalog(revenue=f"target: {{goal: 6000, over: {over}}}")
    short = paced(evaluator(kpis, seasonal(), early))[-1]
    assert reason(short).code == "history_short"
    assert said in reason(short).sentence
    assert paced(evaluator(kpis, seasonal(), early + timedelta(days=1)))[-1].projected is not None


def test_a_day_that_has_ended_but_has_not_arrived_is_no_complete_day() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    reached = CALENDAR.start_of(date(2026, 6, 10)) + timedelta(hours=23)
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), until={"sales": reached})
    assert [pace.days for pace in paced(worked, text="day")] == [9, 160]


def test_history_that_begins_too_late_withholds_the_pace_and_not_the_value() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), since=date(2025, 1, 3))
    answer = ask(worked, "revenue", "yesterday")
    assert answer.value == "60"
    month, year = answer.target.pacing if answer.target else ()
    assert reason(year).code == "history_short"
    assert reason(year).sentence == ("The history begins on 2025-01-03; the days from 2025-01-02 to 2026-01-01 are needed.")
    assert (year.so_far, year.plan, year.projected) == ("5130", "6000", None)
    assert (month.projected, month.plan) == ("1770", None)  # June 2025 is there, its share of that year is not


def test_an_uncovered_day_in_last_years_days_withholds_the_pace_with_its_owner_and_not_the_value() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), gap=date(2025, 9, 9))
    answer = ask(worked, "revenue", "yesterday")
    assert (answer.value, answer.data_quality) == ("60", "actual")
    month, year = answer.target.pacing if answer.target else ()
    assert "No load says that sales are complete for 2025-09-09." in reason(year).sentence
    assert (reason(year).code, reason(year).owner, reason(year).input) == ("history_short", "ops", "sales")
    assert (month.projected, month.plan, month.status) == ("1770", None, None)


def test_the_first_day_that_is_just_covered_is_enough() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), since=date(2025, 1, 2))
    assert [pace.status for pace in paced(worked)] == ["ahead", "ahead"]


def test_a_base_of_nothing_withholds_the_pace() -> None:
    numbers = Numbers(daily(date(2026, 1, 1), JUNE_11, 30))
    worked = evaluator(catalog(revenue="target: {goal: 6000, over: year}"), numbers, noon(JUNE_11))
    assert [reason(pace).code for pace in paced(worked)] == ["history_short", "history_short"]
    assert "not positive" in reason(paced(worked)[-1]).sentence


def test_a_number_that_is_withheld_is_not_projected() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), since=date(2026, 6, 1))
    assert {reason(pace).code for pace in paced(worked, text="2026-05-20")} == {"withheld"}


def test_data_that_are_far_too_old_are_not_projected() -> None:
    kpis = catalog(revenue="target: {goal: 6000, over: year}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), until={"sales": noon(JUNE_11 - timedelta(days=5))})
    assert {reason(pace).code for pace in paced(worked, text="2026-06-01")} == {"too_old"}


def test_an_estimate_never_enters() -> None:
    """A day of last year is missing, so that its sum would be the estimate."""
    kpis = catalog(revenue='estimate: "5"\ntarget: {goal: 6000, over: year}')
    worked = evaluator(kpis, seasonal(), noon(JUNE_11), gap=date(2025, 9, 9), estimates=True)
    assert ask(worked, "revenue", "2025-09-09").value == "5"
    assert "estimates are not projected" in reason(paced(worked)[-1]).sentence


def test_a_leap_year_meets_as_many_days_of_the_year_before() -> None:
    """29 February 2028 is the 60th day; 364 days before its first 60 days are 3 January to 3 March 2027: 60 days too."""
    now = noon(date(2028, 3, 1))
    sales = daily(date(2026, 1, 1), date(2027, 12, 31), 10) | daily(date(2028, 1, 1), date(2028, 3, 1), 20)
    kpis = catalog(revenue="target: {goal: 3660, over: year}")
    year = paced(evaluator(kpis, Numbers(sales), now))[-1]
    assert (year.days, year.so_far) == (60, "1200")
    # 3 January 2027 to 2 January 2028 are 366 days: 364 of 10 and two of 20.
    assert year.projected == str(2 * (364 * 10 + 2 * 20))


def test_a_leap_days_month_is_paced_over_its_29_days() -> None:
    now = noon(date(2028, 2, 20))
    sales = daily(date(2026, 1, 1), date(2027, 12, 31), 10) | daily(date(2028, 1, 1), date(2028, 2, 20), 20)
    (month,) = paced(evaluator(catalog(revenue="target: {goal: 580, over: month}"), Numbers(sales), now))
    assert (month.days, month.projected, month.status) == (19, "580", "on_track")


@pytest.mark.parametrize("text", ["2025", "2025-06-10", "2026-05"])
def test_a_period_that_is_over_has_no_pace(text: str) -> None:
    goal = "{goal: 600, over: month}" if text == "2026-05" else "{goal: 6000, over: year}"
    assert paced(text=text, target=goal) == []


def test_an_earlier_day_of_a_year_that_goes_on_is_paced_as_the_year_stands_now() -> None:
    assert [(pace.period.name, pace.days) for pace in paced(text="2026-05-20")] == [("2026", 161)]


def test_a_number_that_does_not_add_up_has_no_pace() -> None:
    worked = evaluator(rolling(), seasonal(), noon(JUNE_11))
    assert paced(worked, "buyers") == []


def test_revenue_since_new_year_is_paced_like_the_revenue_behind_it() -> None:
    worked = evaluator(rolling("target: {goal: 6000, over: year}"), seasonal(), noon(JUNE_11))
    assert [pace.model_dump() for pace in paced(worked, "year_revenue")] == [pace.model_dump() for pace in paced()]


def test_a_share_of_a_goal_is_paced_through_what_it_scales() -> None:
    """5,130 of 1,000 are 513 %; the year lands at 100 / 1,000 of what the revenue lands at."""
    kpis = rolling(progress="target: {milestones: {q1: 25, q2: 50, q3: 75, q4: 1500}}")
    worked = evaluator(kpis, seasonal(), noon(JUNE_11))
    quarter, year = paced(worked, "progress")
    assert (quarter.period.start, quarter.period.end, quarter.plan) == (date(2026, 1, 1), date(2026, 6, 30), "50")
    assert (year.plan, year.so_far) == ("1500", "513")
    assert Fraction(year.projected or 0) == round(Fraction(5130 * 4900, 17200), 6)
    # 2 January to 1 July 2025: 150 days of 10 to May, 30 of 20 in June, one of 10.
    assert Fraction(quarter.projected or 0) == round(Fraction(5130 * (1500 + 600 + 10), 17200), 6)


def test_in_the_last_quarter_its_milestone_is_the_years() -> None:
    october = date(2026, 10, 20)
    kpis = rolling(progress="target: {milestones: {q1: 25, q4: 100}}")
    (year,) = paced(evaluator(kpis, seasonal(october), noon(october)), "progress")
    assert (year.period.name, year.plan) == ("2026", "100")


def test_a_target_without_goal_or_milestones_has_no_pace() -> None:
    assert paced(target="{min: 5}") == []


def test_a_pace_costs_few_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six windows for month and year together, and at most four more for each back-test."""
    asked: list[Window] = []
    whole = Evaluator.exactly

    def counted(self: Evaluator, name: str, window: Window) -> object:
        asked.append(window)
        return whole(self, name, window)

    monkeypatch.setattr(Evaluator, "exactly", counted)
    paced()
    assert len(asked) == len(set(asked))
    assert len(asked) <= 14
