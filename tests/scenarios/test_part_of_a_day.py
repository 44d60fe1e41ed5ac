"""A part of a day is exact, whether its quarters of an hour are kept or only the warehouse knows them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.scenarios.data import HEADINGS
from tests.scenarios.shop import Stage, Template, publish_template

ORDERS = f"""{HEADINGS}
P1,c0,2026-02-26T18:00:00+00:00,10.00,paid,false,
P2,c0,2026-02-27T18:00:00+00:00,30.00,paid,false,
P3,c1,2026-02-27T23:00:00+00:00,70.00,paid,false,
"""
REFUNDS = "refund_id,order_id,amount,refunded_at\nR1,P2,5.00,2026-02-27T19:00:00+00:00\n"


@pytest.fixture(scope="module")
def young_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return publish_template(tmp_path_factory.mktemp("young"), {"packs": []}, {"orders.csv": ("orders", ORDERS)})


@pytest.fixture
def young(young_template: Template) -> Stage:
    """A shop with two days of orders."""
    return young_template.fresh()


def test_a_part_of_a_day_long_ago_is_not_zero(young: Stage) -> None:
    young.clock.instant = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
    young.run("rebuild")
    # noon in the shop: P2 was paid by then, P3 was not
    answer = young.cli("get", "gross_revenue", "--period", "day", "--at", "2026-02-27T20:00:00+00:00", "--format", "json").json
    assert (answer["value"], answer["n"]) == ("30.00", 1)


def test_a_shop_younger_than_a_week_is_published_in_the_middle_of_its_day(young: Stage) -> None:
    young.clock.instant = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
    young.take("refunds.csv", REFUNDS, "refunds")
    young.run()
    assert young.value("total_revenue", "2026-02-27") == "95.00"
