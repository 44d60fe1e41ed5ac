"""Targets in depth on the demo company: dated rows, ranges, tiers, milestones and pacing, from the files to every surface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from assay.clock import FixedClock
from assay.runtime.setup import init
from assay.values.answer import PaceFacts
from tests.scenarios.server import Server, serving
from tests.scenarios.shop import Stage

NOW = datetime(2026, 2, 25, 9, tzinfo=UTC)
"""One in the morning of 25 February in the shop: 24 days of the month and 55 of the year are complete."""
BACK = timedelta(days=364)
KPIS = """
kpi: dated_orders
unit: count
direction: up
owner: sales
formula: total_orders * 1
target: [{min: 1000000}, {from: 2026-02-20, between: [0, 1000000], note: any}, {from: 2026-02-24, max: 0}]
---
kpi: quarter_revenue
unit: money
direction: up
owner: sales
formula: total_revenue * 1
window: qtd
target: {goal: $60000, over: quarter, tiers: [{name: Small, from: 0}, {name: Large, from: 1000000}]}
---
kpi: year_revenue
unit: money
direction: up
owner: sales
formula: 1 * total_revenue
window: ytd
target: {goal: $250000, over: year}
---
kpi: year_orders
unit: count
direction: up
owner: sales
formula: 1 * total_orders
window: ytd
target: {milestones: {q1: 10, q2: 100000, q3: 100001, q4: 100002}}
---
board: goals
label: Goals
sections: [{label: Goals, tiles: [{kpi: quarter_revenue, at: yesterday}, {kpi: year_revenue, at: yesterday}]}]
"""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Two years and more of the demo company, whose shop delivered nothing on a day of the middle of last year."""
    stage = Stage(tmp_path_factory.mktemp("goals") / "shop", FixedClock(NOW))
    demo = {"start": "2023-10-11", "seed": 7, "scale": 0.05, "silent_day": "2025-07-02"}
    init(
        stage.folder,
        {"name": "Goals", "timezone": "America/Los_Angeles", "currency": "USD", "packs": [], "demo": demo},
    )
    stage.write("kpis/goals.yml", KPIS)
    stage.run()
    return stage


@pytest.fixture(scope="module")
def server(stage: Stage) -> Iterator[Server]:
    with serving(stage) as server:
        yield server


@pytest.fixture(scope="module")
def by_day(stage: Stage) -> dict[date, Fraction | None]:
    """The published revenue of every day."""
    points = stage.desk().history("total_revenue", "day", 900).points
    return {point.start: None if point.value is None else Fraction(Decimal(point.value)) for point in points}


def added(by_day: dict[date, Fraction | None], first: date, last: date) -> Fraction:
    """Add up the days; a day that is withheld or missing fails."""
    total = Fraction(0)
    for n in range((last - first).days + 1):
        amount = by_day[first + timedelta(days=n)]
        assert amount is not None
        total += amount
    return total


def plain(by_day: dict[date, Fraction | None], first: date, until: date, last: date) -> Fraction:
    """Project the period in plain Python."""
    so_far = added(by_day, first, until)
    return so_far + added(by_day, until + timedelta(days=1) - BACK, last - BACK) * so_far / added(
        by_day, first - BACK, until - BACK
    )


def target(stage: Stage, kpi: str, period: str = "yesterday") -> dict[str, Any]:
    """Return the target's facts as the command line writes them."""
    ran = stage.cli("get", kpi, "--period", period, "--format", "json")
    assert ran.status == 0, ran.err
    facts: dict[str, Any] = ran.json["target"]
    return facts


@pytest.mark.parametrize(
    ("period", "status", "text"),
    [
        ("2026-02-19", "missed", "at least 1,000,000"),
        ("2026-02-20", "met", "between 0 and 1,000,000"),
        ("2026-02-23", "met", "between 0 and 1,000,000"),
        ("2026-02-24", "missed", "zero"),
    ],
)
def test_each_day_is_held_to_the_row_of_its_date(stage: Stage, server: Server, period: str, status: str, text: str) -> None:
    facts = target(stage, "dated_orders", period)
    assert (facts["status"], facts["text"]) == (status, text)
    assert server.kpi("dated_orders", period=period).json["target"] == facts


def test_the_quarter_and_its_month_land_where_plain_python_says(stage: Stage, by_day: dict[date, Fraction | None]) -> None:
    month, quarter = target(stage, "quarter_revenue")["pacing"]
    until = date(2026, 2, 24)
    new_year, end = date(2026, 1, 1), date(2026, 3, 31)
    landing = plain(by_day, new_year, until, end)
    assert (quarter["days"], quarter["reason"]) == (55, None)
    assert Fraction(quarter["projected"]) == round(landing, 6)
    assert Fraction(quarter["so_far"]) == added(by_day, new_year, until)
    assert Fraction(quarter["projected_pct_of_plan"]) == round(100 * landing / 60000, 6)
    february, its_end = date(2026, 2, 1), date(2026, 2, 28)
    assert Fraction(month["projected"]) == round(plain(by_day, february, until, its_end), 6)
    share = added(by_day, february - BACK, its_end - BACK) / added(by_day, new_year - BACK, end - BACK)
    assert Fraction(month["plan"]) == round(60000 * share, 6)
    january, its_last = date(2026, 1, 1), date(2026, 1, 31)
    became = added(by_day, january, its_last)
    tested = plain(by_day, january, date(2026, 1, 24), its_last)
    assert Fraction(month["backtest_error_pct"]) == round(100 * (tested - became) / became, 6)


def test_the_day_that_was_never_delivered_withholds_the_pace_of_the_year_and_nothing_else(
    stage: Stage, by_day: dict[date, Fraction | None]
) -> None:
    silent = [day for day, amount in by_day.items() if amount is None and day.year == 2025]
    assert len(silent) == 1
    answer = stage.ask("year_revenue", "yesterday")
    assert (answer.value is not None, answer.data_quality) == (True, "actual")
    month, year = answer.target.pacing if answer.target else ()
    assert (year.projected, year.status, year.plan) == (None, None, "250000.00")
    assert year.reason is not None
    assert (year.reason.code, year.reason.input) == ("history_short", "orders")
    assert str(silent[0]) in year.reason.sentence
    assert (month.projected is not None, month.plan, month.status) == (True, None, None)


def test_a_milestone_that_is_reached_is_met_before_its_day(stage: Stage) -> None:
    facts = target(stage, "year_orders")
    assert (facts["status"], facts["text"], facts["due"]) == ("met", "at least 10 by 2026-03-31", "2026-03-31")


def test_a_history_that_began_this_year_paces_nothing(stage: Stage) -> None:
    early = Stage(stage.folder, FixedClock(datetime(2024, 2, 25, 9, tzinfo=UTC)))
    answer = early.ask("quarter_revenue", "yesterday")
    assert answer.value is not None
    paces: tuple[PaceFacts, ...] = answer.target.pacing if answer.target else ()
    assert {pace.reason.code for pace in paces if pace.reason} == {"history_short"}
    assert all(pace.projected is None and pace.reason is not None for pace in paces)
    assert "The history begins on 2023-10-11" in (paces[-1].reason.sentence if paces[-1].reason else "")


def test_every_surface_says_the_same(stage: Stage, server: Server) -> None:
    told = server.kpi("quarter_revenue", period="yesterday").json["target"]
    assert told == target(stage, "quarter_revenue")
    tiles = server.get("/api/v1/boards/goals").json["sections"][0]["tiles"]
    assert tiles[0]["answer"]["target"] == told
    said = stage.cli("get", "quarter_revenue", "--period", "yesterday").out
    assert "tier: Small ($0.00 to $1,000,000.00), next: Large at $1,000,000.00" in said
    stands = {"ahead": "ahead", "behind": "BEHIND", "on_track": "on track"}[told["pacing"][-1]["status"]]
    assert f"of $60,000.00 by 2026-03-31, {stands} (" in said
    board = " ".join(stage.cli("board", "goals").out.replace("│", " ").split())
    assert "tier Small" in board
    assert "2026-03-31" in board


def test_the_warehouse_itself_paces_the_same(stage: Stage) -> None:
    """What is recomputed from the warehouse's rows agrees with the published partials."""
    recomputed = stage.cli("get", "quarter_revenue", "--period", "yesterday", "--recompute", "--format", "json")
    assert recomputed.status == 0, recomputed.err
    assert recomputed.json["target"] == target(stage, "quarter_revenue")
