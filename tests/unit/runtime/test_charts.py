"""What boards draw: a pie is whole or is none, lists are joined by key, a line knows the period that goes on."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from assay.catalog.contract import Question, Section
from assay.runtime.answers.charts import Keys, charted, joined, section_of, wholly
from assay.values.answer import Answer, Course, Coverage, DataQuality, PeriodFacts, Reason, Row, TargetFacts, Tile, UnitFacts

DAY = date(2026, 3, 1)
ADDITION = "Not drawn as a pie: its parts do not add up to the whole: some belong to several of them, or one is missing."


def answer(value: str | None, rows: dict[str | None, str | None] | None = None, **fields: Any) -> Answer:
    """Return an answer in dollars, with rows of these keys and values."""
    told = tuple(Row(key=key, value=one, display=one or "–") for key, one in (rows or {}).items())
    known: dict[str, Any] = {
        "kpi": "revenue",
        "label": "Revenue",
        "period": PeriodFacts(name="day", grain="day", start=DAY, end=DAY, timezone="UTC", open=False),
        "unit": UnitFacts(kind="money", currency="USD"),
        "value": value,
        "display": value or "–",
        "data_quality": DataQuality.ACTUAL if value is not None else DataQuality.INSUFFICIENT_DATA,
        "freshness": None,
        "coverage": Coverage(days=1, covered=1),
        "provisional": False,
        "generation": 1,
        "receipt": None,
        "valid_until": None,
        "by": "tier" if rows is not None else None,
        "rows": told if rows is not None else None,
    }
    return Answer(**known | fields)


def nobody(question: Question) -> Answer:
    raise AssertionError(f"nothing else is asked: {question}")


def pie(whole: str | None, rows: dict[str | None, str | None], top: int | None = None) -> Tile:
    found = answer(whole, rows)
    return charted(Tile(title="Revenue", answer=found), Question(kpi="revenue", by="tier", shape="pie", top=top), "day", nobody)


def test_slices_are_the_whole_the_largest_first_and_the_rest_is_one_of_five() -> None:
    amounts: dict[str | None, str | None] = {f"t{n}": f"{n}.10" for n in range(1, 8)}
    whole = Decimal("28.70")
    tile = pie(f"{whole}", amounts)
    assert tile.slices is not None
    assert [(one.key, one.value, one.rest) for one in tile.slices] == [
        ("t7", "7.10", False),
        ("t6", "6.10", False),
        ("t5", "5.10", False),
        ("t4", "4.10", False),
        (None, "6.30", True),
    ]
    assert sum((Decimal(one.value) for one in tile.slices), Decimal()) == whole
    assert abs(sum((Decimal(one.share_pct) for one in tile.slices), Decimal()) - 100) < Decimal("0.00001")
    assert (tile.shape, tile.undrawn) == ("pie", None)


def test_so_many_slices_as_are_asked_stand_for_themselves_and_what_is_nothing_for_none() -> None:
    tile = pie("10", {"a": "5", "b": "3", "c": "2", "d": "0"}, top=2)
    assert [(one.key, one.value) for one in tile.slices or ()] == [("a", "5.00"), ("b", "3.00"), (None, "2.00")]
    assert [row.key for row in tile.answer.rows or ()] == ["a", "b"]
    assert tile.answer.more_rows == 2
    five = pie("15", {"a": "5", "b": "4", "c": "3", "d": "2", "e": "1", "f": "0"})
    assert [one.key for one in five.slices or ()] == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("whole", "rows", "why"),
    [
        ("10", {"a": "12", "b": "-2"}, "Not drawn as a pie: a part is below zero."),
        ("10", {"a": "8", "b": "4"}, ADDITION),
        ("10", {"a": "8"}, ADDITION),
        ("10", {"a": "10", "b": None}, "Not drawn as a pie: a part of the whole is not known."),
        (None, {"a": "10"}, "Not drawn as a pie: a part of the whole is not known."),
        ("0", {"a": "0"}, "Not drawn as a pie: there is nothing to divide."),
    ],
)
def test_what_is_not_whole_is_drawn_as_bars_and_says_why(
    whole: str | None, rows: dict[str | None, str | None], why: str
) -> None:
    tile = pie(whole, rows)
    assert (tile.shape, tile.slices, tile.undrawn) == ("bars", None, why)
    assert len(tile.answer.rows or ()) == len(rows)


def test_a_pie_is_asked_with_all_its_parts() -> None:
    assert wholly(Question(kpi="revenue", by="tier", shape="pie", top=3)).top is None
    assert wholly(Question(kpi="revenue", by="tier", shape="bars", top=3)).top == 3


@pytest.mark.parametrize(("old", "drawn"), [("60", True), ("64", False), (None, False)])
def test_two_numbers_are_a_pie_where_they_make_up_the_third(old: str | None, drawn: bool) -> None:
    until = datetime(2026, 3, 2, tzinfo=UTC)
    parts = {"new": answer("11", label="New"), "old": answer(old, label="Known before", valid_until=until)}
    question = Question(kpi="buyers", period="30d", at="yesterday", shape="pie", parts=("new", "old"))

    def ask(one: Question) -> Answer:
        assert (one.period, one.at) == ("30d", "yesterday")
        return parts[one.kpi]

    tile = charted(Tile(title="Buyers", answer=answer("71")), question, "day", ask)
    assert [one.key for one in tile.slices or ()] == (["Known before", "New"] if drawn else [])
    assert (tile.undrawn is None, tile.shape) == (drawn, "pie" if drawn else None)
    assert tile.answer.valid_until == until


@pytest.mark.parametrize(("is_open", "value"), [(True, "5"), (False, "5"), (True, None)])
def test_a_line_has_the_period_that_goes_on_and_the_target_of_one_such_period(is_open: bool, value: str | None) -> None:
    period = PeriodFacts(name="day", grain="day", start=DAY, end=DAY, timezone="UTC", open=is_open)
    target = TargetFacts(status=None, text="at least 3", low="3")

    def ask(question: Question) -> Answer:
        assert (question.period, question.at) == ("day", "today")
        return answer(value, period=period, target=target)

    tile = charted(Tile(title="Revenue", answer=answer("90")), Question(kpi="revenue", period="30d", shape="line"), "day", ask)
    assert tile.course is not None
    assert (tile.course.grain, tile.course.low, tile.course.high) == ("day", "3", None)
    assert (tile.course.now and tile.course.now.value) == (value if is_open else None)


def test_a_target_of_other_periods_is_no_line_among_these() -> None:
    other = Reason(code="other_grain", sentence="It holds for a day.")
    target = TargetFacts(status=None, text="at least 3", low="3", reason=other)
    question = Question(kpi="revenue", period="last_month", shape="line")
    tile = charted(Tile(title="Revenue", answer=answer("90")), question, "month", lambda _: answer("5", target=target))
    assert tile.course == Course(grain="month")


def lists(first: Answer, second: Answer) -> tuple[list[Tile], list[tuple[int | None, Keys | None]]]:
    """Return the joined tiles, and how each was asked: its top, and the keys."""
    asked: list[tuple[int | None, Keys | None]] = []
    answers = iter((first, second))

    def ask(question: Question, keys: Keys | None) -> Tile:
        asked.append((question.top, keys))
        return Tile(title=question.kpi, answer=next(answers))

    questions = [Question(kpi="revenue", by="sku", top=2), Question(kpi="units", by="sku")]
    return [*joined(questions, ask)], asked


def test_the_first_list_chooses_the_keys_of_all() -> None:
    _, asked = lists(answer("5", {"a": "3", None: "2"}), answer("9", {"a": "4", None: "5"}))
    assert [keys for _, keys in asked] == [None, ("a", None)]


def test_where_the_first_list_is_withheld_the_next_one_chooses_as_many() -> None:
    tiles, asked = lists(answer(None, {}), answer("9", {"a": "4", "b": "5"}))
    assert asked == [(2, None), (2, None)]
    assert [len(tile.answer.rows or ()) for tile in tiles] == [0, 2]


def test_an_empty_first_list_is_an_empty_table() -> None:
    _, asked = lists(answer("0", {}), answer("9", {}))
    assert asked[1][1] == ()


def test_a_link_is_there_where_the_project_has_its_address() -> None:
    section = Section.model_validate(
        {"label": "S", "shape": "table", "links": {"product": "View", "price": "Price"}, "tiles": [{"kpi": "a", "by": "sku"}]}
    )
    found = section_of(section, (), {"price": "https://shop.example/{key}", "other": "https://other.example/{key}"})
    assert [(one.label, one.url) for one in found.links] == [("Price", "https://shop.example/{key}")]
