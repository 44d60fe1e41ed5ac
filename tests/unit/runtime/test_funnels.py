"""A section that is a funnel: each step beside the one before it and the first, and where most is lost."""

from __future__ import annotations

from datetime import date

import pytest

from assay.runtime.answers.funnels import funnel
from assay.values.answer import Answer, Coverage, DataQuality, PeriodFacts, Tile, UnitFacts


def step(title: str, value: str | None) -> Tile:
    day = date(2026, 3, 1)
    answer = Answer(
        kpi=title.lower(),
        label=title,
        period=PeriodFacts(name="day", grain="day", start=day, end=day, timezone="UTC", open=False),
        unit=UnitFacts(kind="count", decimals=0),
        value=value,
        display=value or "–",
        data_quality=DataQuality.ACTUAL if value is not None else DataQuality.INSUFFICIENT_DATA,
        freshness=None,
        coverage=Coverage(days=1, covered=1),
        provisional=False,
        generation=1,
        receipt=None,
        valid_until=None,
    )
    return Tile(title=title, answer=answer)


def test_each_step_is_told_beside_the_one_before_and_the_first() -> None:
    steps = funnel((step("Visitors", "300"), step("Cart", "100"), step("Checkout", "40"), step("Order", "30")))
    assert [(one.of_previous_pct, one.of_first_pct, one.lost, one.lost_pct) for one in steps] == [
        (None, None, None, None),
        ("33.333333", "33.333333", "200", "66.666667"),
        ("40", "13.333333", "60", "60"),
        ("75", "10", "10", "25"),
    ]
    assert [one.title for one in steps if one.bottleneck] == ["Cart"]


def test_of_equal_losses_the_earlier_one_is_the_bottleneck() -> None:
    steps = funnel((step("A", "80"), step("B", "40"), step("C", "20")))
    assert [one.bottleneck for one in steps] == [False, True, False]


def test_where_nothing_is_lost_there_is_no_bottleneck() -> None:
    assert not any(one.bottleneck for one in funnel((step("A", "5"), step("B", "5"))))


def test_a_step_that_is_withheld_has_no_shares_and_nobody_is_called_the_bottleneck() -> None:
    steps = funnel((step("A", "80"), step("B", None), step("C", "20"), step("D", "1")))
    assert [(one.of_previous_pct, one.of_first_pct, one.lost) for one in steps[1:]] == [
        (None, None, None),
        (None, "25", None),
        ("5", "1.25", "19"),
    ]
    assert not any(one.bottleneck for one in steps)


@pytest.mark.parametrize("later", ["0", "3"])
def test_of_nobody_there_is_no_share(later: str) -> None:
    (_, second) = funnel((step("A", "0"), step("B", later)))
    assert (second.of_previous_pct, second.of_first_pct, second.lost_pct, second.bottleneck) == (None, None, None, False)


def test_a_step_may_hold_more_than_the_one_before_and_says_so() -> None:
    (_, second) = funnel((step("A", "10"), step("B", "12")))
    assert (second.of_previous_pct, second.lost, second.lost_pct) == ("120", "-2", "-20")
