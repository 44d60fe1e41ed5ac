"""Segments and lifecycle stages, from planted files to answers, against a classification of their own."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from assay.clock import FixedClock
from tests.scenarios.shop import Stage

from .planted import ratio, rounded, shown
from .planted_sales import DAY, GAPS, NOW, SEGMENTS, TODAY, end_of, plan, shop_day, stage
from .shop import Shop, order, payment

PLAN = plan()
STAGES = {
    "new": "new_customers_share_pct",
    "active": "active_customers_share_pct",
    "at_risk": "at_risk_customers_share_pct",
    "churned": "churned_customers_share_pct",
    "reactivated": "reactivated_customers_share_pct",
}
DAYS = [
    date(2025, 3, 31),
    date(2025, 4, 1),
    date(2025, 6, 30),
    date(2025, 9, 30),
    date(2025, 11, 2),
    date(2026, 1, 31),
    TODAY - DAY,
]


def ask(sold: Stage, kpi: str, period: str, at: datetime = NOW) -> Decimal | None:
    answer = Stage(sold.folder, FixedClock(at)).ask(kpi, period)
    assert answer.value is not None or answer.reasons
    return shown(answer.value)


def stages_at(at: datetime) -> list[str]:
    return [stage(PLAN.purchases(customer, at), at) for customer in PLAN.buyers(at)]


@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize("day", [date(2024, 11, 30), date(2025, 7, 4), TODAY - DAY], ids=str)
def test_a_segment_has_its_share_of_the_customers_whose_segment_is_known(sold: Stage, segment: str, day: date) -> None:
    known = [found for one in PLAN.buyers(end_of(day)) if (found := PLAN.segments.get(one)) is not None]
    assert 0 < len(known) < len(PLAN.buyers(end_of(day)))
    assert ask(sold, f"{segment}_share_pct", f"{day}") == ratio(known.count(segment), len(known))


@pytest.mark.parametrize("segment", SEGMENTS)
@pytest.mark.parametrize("month", ["2024-12", "2025-10", "2026-02"])
def test_the_order_value_of_a_segment_is_its_captures_by_its_paid_orders(sold: Stage, segment: str, month: str) -> None:
    paid = [
        o
        for o in PLAN.orders
        if o.paid and PLAN.segments.get(o.customer_id) == segment and f"{shop_day(o.ordered_at):%Y-%m}" == month
    ]
    expected = rounded(Fraction(sum(o.cents for o in paid), 100 * len(paid))) if paid else None
    found = ask(sold, f"{segment}_aov", month)
    assert found is None if expected is None else found is not None and abs(found - expected) < Decimal("0.01")


def test_the_shares_and_order_values_are_held_against_the_ranges_of_the_requirement(sold: Stage) -> None:
    texts = {segment: sold.ask(f"{segment}_share_pct", "2026-02-28").target for segment in SEGMENTS}
    assert {segment: (target.low, target.high) for segment, target in texts.items() if target} == {
        "diy_builder": ("35", "45"),
        "professional_shop": ("15", "25"),
        "enthusiast_collector": ("20", "30"),
        "first_time_builder": ("10", "15"),
        "racing_enthusiast": ("10", "15"),
    }
    target = sold.ask("professional_shop_aov", "2025").target
    assert target is not None
    assert (target.low, target.high) == ("500.00", None)


@pytest.mark.parametrize("day", DAYS[1:], ids=str)
def test_every_customer_is_in_one_stage_at_the_end_of_a_day(sold: Stage, day: date) -> None:
    found = stages_at(end_of(day))
    shares = {name: ask(sold, kpi, f"{day}") for name, kpi in STAGES.items()}
    assert shares == {name: ratio(found.count(name), len(found)) for name in STAGES}
    assert ask(sold, "reactivated_customers", f"{day}") == found.count("reactivated")


def test_each_stage_is_filled_on_some_day_of_the_plan() -> None:
    assert {found for day in DAYS for found in stages_at(end_of(day))} == set(STAGES)


def test_a_customer_is_at_risk_by_the_clock_alone(sold: Stage) -> None:
    """Nobody buys and nothing is loaded: three hours later one is at risk who was not."""
    at = NOW + timedelta(hours=3)
    moments = (NOW, at - timedelta(seconds=1), at)
    found = [stages_at(moment) for moment in moments]
    assert found[2].count("at_risk") == found[1].count("at_risk") + 1
    assert [ask(sold, "at_risk_customers_share_pct", f"{TODAY}", moment) for moment in moments] == [
        ratio(stages.count("at_risk"), len(stages)) for stages in found
    ]


def test_nobody_is_told_to_be_new_before_half_a_year_is_known(sold: Stage) -> None:
    for kpi in (*STAGES.values(), "reactivated_customers"):
        answer = sold.ask(kpi, "2025-03-29")
        assert (answer.value, answer.reasons[0].code) == (None, "not_covered")
    assert sold.ask("new_customers_share_pct", "2025-03-30").value is not None


def test_stages_of_random_histories_are_those_of_the_definitions(project: Shop) -> None:
    """Gaps lie on the bounds, a second and a day to either side; every stage is asked a moment before and after each change."""
    project.clear()
    dice = random.Random(7)
    nudges = (timedelta(0), timedelta(seconds=1), timedelta(seconds=-1), timedelta(hours=7))
    histories: dict[str, list[datetime]] = {}
    for number in range(150):
        moment = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randrange(300 * 1440))
        bought = [moment := moment + dice.choice(GAPS) * DAY + dice.choice(nudges) for _ in range(dice.randrange(1, 9))]
        histories[f"c{number}"] = bought
        for place, at in enumerate(bought):
            name = f"{number}-{place}"
            project.land("orders", order(name, at.isoformat(), "10.00", customer_id=f"c{number}"))
            project.land("payments", payment(name, name, at.isoformat(), "10.00", customer_id=f"c{number}"))
    assert project.dbt("run", "--select", "+customer_lifecycle").success
    rows = project.execute("select customer_id, from_at, until_at, stage from main.customer_lifecycle order by from_at")
    assert {row[0] for row in rows} == set(histories)
    for name, bought in histories.items():
        own = [row[1:] for row in rows if row[0] == name]
        edges = [at + span for at in bought for span in (timedelta(0), 30 * DAY, 90 * DAY, 180 * DAY, 89.5 * DAY, 400 * DAY)]
        for at in (edge + nudge for edge in edges for nudge in nudges[:3]):
            if at < bought[0]:
                continue
            holding = [kind for start, end, kind in own if start <= at and (end is None or at < end)]
            assert holding == [stage([one for one in bought if one <= at], at)], (name, at)
