"""Real sales, imported as people have them: revenue, repeat purchases and retention equal arithmetic of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest

from assay.catalog.contract import Question
from assay.clock import FixedClock
from assay.runtime.setup import init
from tests.scenarios import cdnow
from tests.scenarios.cdnow import FIRST, LAST, Sales, rounded
from tests.scenarios.shop import Stage, Template, keep, share

COHORTS = {
    "models/fct_buyer_cohorts.sql": """
    with firsts as (
      select customer_id, cast(date_trunc('month', bought_on) as date) as first_month
      from {{ ref('fct_purchases') }}
      where is_first
    ),
    months as (select *, unnest(range(0, date_diff('month', first_month, date '1998-07-01'))) as since from firsts),
    active as (
      select distinct customer_id, cast(date_trunc('month', bought_on) as date) as month from {{ ref('fct_purchases') }}
    )
    select
      first_month, cast(since as integer) as months_since,
      count(*) as customers, count(active.customer_id) as active_customers
    from months
    left join active
      on active.customer_id = months.customer_id
      and active.month = cast(first_month + to_months(cast(since as integer)) as date)
    group by all
    """,
    "models/fct_buyer_cohorts.yml": """
    version: 2
    models:
      - name: fct_buyer_cohorts
        description: What became of those who first bought in each month.
        config: {materialized: fact, key: [first_month, months_since], times: [first_month], contract: {enforced: true}}
        columns:
          - {name: first_month, data_type: DATE}
          - {name: months_since, data_type: INTEGER}
          - {name: customers, data_type: BIGINT}
          - {name: active_customers, data_type: BIGINT}
    """,
    "kpis/buyer_retention.yml": """
    kpi: buyer_retention_pct
    label: Buyers who come again
    definition: Of those who first bought in each month, how many bought in each month since.
    unit: percent
    direction: up
    grain: month
    kind: cohort
    model: fct_buyer_cohorts
    time: first_month
    since: months_since
    formula: 100 * sum(active_customers) / sum(customers)
    owner: marketing
    """,
}
"""A table of cohorts of the project's own, upon the pack's purchases."""
NOW = datetime(1998, 7, 1, 16, tzinfo=UTC)
MONTHS = [f"{year}-{month:02}" for year in (1997, 1998) for month in range(1, 13) if (year, month) <= (1998, 6)]
WITHHELD = {"repeat_rate_90d_pct": MONTHS[:3]}
"""Nobody knows the purchases of 1996: who first bought 90 days before is not known up to March."""


@pytest.fixture(scope="module", params=["a tenth", pytest.param("the whole", marks=pytest.mark.slow)])
def sales(request: pytest.FixtureRequest) -> str:
    """Return the file, in the usual run the lines of every tenth customer."""
    whole = cdnow.file()
    return whole if request.param == "the whole" else cdnow.tenth(whole)


@pytest.fixture(scope="module")
def by_hand(sales: str) -> Sales:
    return Sales.read(sales)


@pytest.fixture(scope="module")
def shop(sales: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return the shop after the import, for tests that only read."""
    whole = sales == cdnow.file()  # then with what another pack says of the same customers

    def publish(folder: Path) -> Template:
        packs = ["campaigns", "commerce_ops"] if whole else ["campaigns"]
        settings = {"name": "CDNOW", "timezone": str(cdnow.ZONE), "currency": "USD", "packs": packs}
        stage = Stage(folder / "shop", FixedClock(NOW))
        init(stage.folder, settings)
        for file, text in COHORTS.items():
            stage.write(file, dedent(text).lstrip())
        stage.take("history.txt", sales, "orders", maps=("customer_id=1,ordered_at=2,total=4",))
        stage.run()
        return keep(stage)

    template = share(tmp_path_factory, f"cdnow_{whole}", publish)
    return Stage(template.fresh().folder, FixedClock(NOW))


def differing(
    shop: Stage, period: str, expected: Mapping[str, Fraction | None]
) -> dict[str, tuple[str | None, Fraction | None]]:
    """Return what the shop says otherwise, by KPI."""
    desk = shop.desk()
    said = {kpi: desk.ask(Question(kpi=kpi, period=period)).value for kpi in expected}
    return {
        kpi: (said[kpi], value)
        for kpi, value in expected.items()
        if (None if said[kpi] is None else Fraction(said[kpi] or 0)) != (None if value is None else rounded(value))
    }


def test_the_file_is_the_one_that_is_known() -> None:
    whole = Sales.read(cdnow.file())
    numbers = whole.numbers(FIRST, LAST)
    assert len(whole.of) == numbers["customers"] == 23_570
    assert numbers["total_orders"] == 69_659
    assert numbers["total_revenue"] == Fraction("2500315.63")
    assert whole.numbers(*cdnow.month("1997-01"))["total_orders"] == 8_928


@pytest.mark.parametrize("month", MONTHS)
def test_every_month_equals_arithmetic_on_the_lines(shop: Stage, by_hand: Sales, month: str) -> None:
    expected = by_hand.numbers(*cdnow.month(month))
    expected |= {kpi: None for kpi, months in WITHHELD.items() if month in months}
    assert differing(shop, month, expected) == {}


def test_each_cohort_comes_back_as_its_lines_say(shop: Stage, by_hand: Sales) -> None:
    answer = shop.desk().ask(Question(kpi="buyer_retention_pct", period="1997-01-01..1997-03-31"))
    assert answer.cohorts is not None
    assert [row.name for row in answer.cohorts.rows] == MONTHS[:3]
    for row in answer.cohorts.rows:
        *known, july = row.cells
        assert (len(known), july.value) == (len(MONTHS) - MONTHS.index(row.name), None)
        for cell in known:
            people, came = by_hand.retained(row.name, cell.since)
            assert (row.size, Fraction(cell.value or -1)) == (people, rounded(Fraction(100 * came, people)))


def test_each_of_the_best_customers_spent_what_their_lines_say(shop: Stage, by_hand: Sales) -> None:
    answer = shop.desk().ask(Question(kpi="customer_spend", period="1997", by="customer_id", top=50))
    paid = {customer: sum(cents) for customer, cents in by_hand.cents(FIRST, date(1997, 12, 31)).items()}
    best = [(customer, Fraction(cents)) for customer, cents in sorted(paid.items(), key=lambda one: (-one[1], one[0]))[:50]]
    assert [(row.key, Fraction(row.value or 0) * 100) for row in answer.rows or ()] == best


@pytest.mark.parametrize("week", ["1997-W15", "1997-W22", "1997-W26"])
def test_a_week_and_a_day_are_as_exact_as_a_month(shop: Stage, by_hand: Sales, week: str) -> None:
    monday = date.fromisocalendar(1997, int(week[-2:]), 1)
    assert differing(shop, week, by_hand.numbers(monday, monday + timedelta(days=6))) == {}
    assert differing(shop, f"{monday}", by_hand.numbers(monday, monday)) == {}


@pytest.mark.slow
@pytest.mark.parametrize("sales", ["the whole"], indirect=True)
@pytest.mark.parametrize("day", ["1997-06-30", "1997-10-26", "1998-06-30"])
def test_the_stages_of_customers_are_those_of_their_purchases(shop: Stage, by_hand: Sales, day: str) -> None:
    found = by_hand.stages(date.fromisoformat(day))
    names = ("new", "active", "at_risk", "churned", "reactivated")
    expected: dict[str, Fraction | None] = {
        f"{one}_customers_share_pct": Fraction(100 * found[one], found.total()) for one in names
    }
    assert differing(shop, day, expected) == {}
