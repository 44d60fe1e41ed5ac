"""Pacing against plain Python: with random sales, days and gaps every projection is the plain one, and none lacks its days."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st

from assay.calendar import containing
from assay.catalog.entry import Catalog
from assay.values.answer import PaceFacts
from tests.unit.runtime.numbers import Numbers, ask, catalog, evaluator, noon

BACK = timedelta(days=364)
LEAST = {"month": 3, "quarter": 7, "year": 14}
GOAL = Fraction(100_000)


@dataclass(frozen=True)
class Shop:
    """Whole amounts by day, refunds among them, from a first day on; on one day nothing was delivered."""

    seed: int
    first: date
    today: date
    gap: date | None

    @property
    def sales(self) -> dict[date, list[int]]:
        dice = random.Random(self.seed)
        days = (self.today - self.first).days + 1
        mostly = dice.choice([0, 0, -30])
        return {
            self.first + timedelta(days=n): [dice.randint(mostly, 100) for _ in range(dice.choice([0, 1, 1, 2]))]
            for n in range(days)
        }


@cache
def goal_over(over: str) -> Catalog:
    return catalog(revenue=f"target: {{goal: {GOAL}, over: {over}}}")


def total(shop: Shop, sales: dict[date, list[int]], first: date, last: date) -> Fraction | None:
    """Add up the days; None if one of them was not delivered."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if first < shop.first or shop.gap in days:
        return None
    return Fraction(sum(sum(sales.get(day, ())) for day in days))


def landing(shop: Shop, sales: dict[date, list[int]], first: date, elapsed: int, last: date) -> Fraction | None:
    """Project in plain Python, by the rest of last year's days rather than by their whole."""
    until = first + timedelta(days=elapsed - 1)
    so_far = total(shop, sales, first, until)
    base = total(shop, sales, first - BACK, until - BACK)
    rest = total(shop, sales, until + timedelta(days=1) - BACK, last - BACK)
    if so_far is None or base is None or rest is None or base <= 0 or so_far < 0:
        return None
    return so_far + rest * so_far / base


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    today = date(2026, 1, 1) + timedelta(days=draw(st.integers(0, 365 * 3)))
    first = today - timedelta(days=draw(st.integers(30, 400) | st.integers(500, 1200)))
    gap = draw(st.none() | st.integers(1, (today - first).days - 1))
    return Shop(draw(st.integers(0, 10**6)), first, today, None if gap is None else first + timedelta(days=gap))


@settings(max_examples=150, deadline=None)
@given(shops(), st.sampled_from(["month", "quarter", "year"]))
@example(Shop(1, date(2026, 1, 1), date(2028, 2, 29), None), "year")
@example(Shop(2, date(2026, 1, 1), date(2028, 12, 31), None), "month")
@example(Shop(5, date(2024, 1, 1), date(2026, 6, 11), date(2026, 3, 5)), "quarter")
@example(Shop(3, date(2026, 1, 1), date(2028, 3, 1), date(2027, 2, 28)), "quarter")
def test_every_projection_is_the_plain_one(shop: Shop, over: str) -> None:
    sales = shop.sales
    worked = evaluator(goal_over(over), Numbers(sales), noon(shop.today), since=shop.first, gap=shop.gap)
    facts = ask(worked, "revenue", "day").target
    assert facts is not None
    wanted = ["month"] if over == "month" else ["month", over]
    assert len(facts.pacing) == len(wanted)
    for grain, pace in zip(wanted, facts.pacing, strict=True):
        agrees(shop, sales, grain, over, pace)


def agrees(shop: Shop, sales: dict[date, list[int]], grain: str, over: str, pace: PaceFacts) -> None:
    """Compare one period with the plain projection, plan and back-test."""
    period = containing(shop.today, grain)  # type: ignore[arg-type]
    days = (shop.today - period.start).days
    assert (pace.period.name, pace.days) == (period.name, days)
    expected = landing(shop, sales, period.start, days, period.end) if days >= LEAST[grain] else None
    plan: Fraction | None = GOAL
    if grain != over:
        whole = containing(shop.today, over)  # type: ignore[arg-type]
        year = total(shop, sales, whole.start - BACK, whole.end - BACK)
        part = total(shop, sales, period.start - BACK, period.end - BACK)
        plan = GOAL * part / year if year is not None and part is not None and year > 0 and part >= 0 else None
    assert pace.projected == said(expected)
    assert pace.plan == said(plan)
    if expected is None or plan is None:
        assert pace.status is None
        assert pace.reason is not None
        return
    near = abs(expected - plan) <= plan / 50
    assert pace.status == ("on_track" if near else "ahead" if expected > plan else "behind")
    before = containing(period.start - timedelta(days=1), grain)  # type: ignore[arg-type]
    became = total(shop, sales, before.start, before.end)
    tested = landing(shop, sales, before.start, days, before.end) if days < before.days else None
    wrong = None if tested is None or became is None or became <= 0 else 100 * (tested - became) / became
    assert pace.backtest_error_pct == said(wrong)


def said(number: Fraction | None) -> str | None:
    """Write the number as it is published: rounded once, at six places."""
    if number is None:
        return None
    return f"{Decimal(round(number * 10**6)).scaleb(-6).normalize():f}"
