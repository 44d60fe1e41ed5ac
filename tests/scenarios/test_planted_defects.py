"""Defects that a source delivers, through landing, dbt, publication and desk: no wrong number is shown without a word.

The benchmark `planted_defects` plants many more, in a larger shop; the truth is worked out from the undamaged records.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from benchmarks.planted_defects.defects import DEFECTS
from benchmarks.planted_defects.measure import Asked, asked
from benchmarks.planted_defects.shop import Shop
from tests.scenarios.conftest import DEMO
from tests.scenarios.shop import NOW, Template

BAD = date(2026, 3, 2)


@pytest.fixture
def shop(small_demo_template: Template) -> Shop:
    """The demo company after forty days, and what it delivers in the two days that follow."""
    small_demo_template.fresh()
    then = datetime(2026, 3, 3, 15, tzinfo=UTC)
    first, scale = date.fromisoformat(str(DEMO["start"])), float(str(DEMO["scale"]))
    return Shop(small_demo_template.kept, small_demo_template.stage, first, scale, NOW, then, BAD)


def answers(shop: Shop, defect: str) -> list[Asked]:
    stream, bend = DEFECTS[defect]
    delivery = shop.delivery(stream)
    bend(delivery)
    shop.deliver(delivery)
    return list(asked(shop, stream))


def outcomes(found: list[Asked], kpi: str) -> dict[str, str]:
    return {one.period: one.outcome for one in found if one.kpi == kpi}


@pytest.mark.slow
def test_the_truth_of_the_undamaged_records_is_what_the_desk_shows(shop: Shop) -> None:
    shop.deliver()
    assert [one.line for one in asked(shop, "payments") if one.outcome != "right"] == []


@pytest.mark.parametrize(
    "defect",
    [
        "a delivery is cut off, and counted",
        pytest.param("a load comes twice under other identities", marks=pytest.mark.slow),
        "an amount is null",
        pytest.param("the source's clock is hours ahead", marks=pytest.mark.slow),
        "a feed is late",
        pytest.param("cents in a third of the records", marks=pytest.mark.slow),
    ],
)
def test_payments_that_are_not_what_they_were_show_no_wrong_number(shop: Shop, defect: str) -> None:
    found = answers(shop, defect)
    assert [one.line for one in found if one.outcome == "missed"] == []
    assert outcomes(found, "gross_revenue")[f"{BAD}"] == "withheld"
