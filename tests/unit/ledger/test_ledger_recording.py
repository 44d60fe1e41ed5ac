"""What a publication writes: what changed, and which closed numbers it takes back, with the cause."""

from __future__ import annotations

import pytest

from assay.ledger.recording import PROVISIONAL, Evaluated, Key, changed_rows, fact_hash, quality_of, restatements
from assay.values.answer import DataQuality

DAY = "2026-03-09"
SEEN = Evaluated("revenue", "day", DAY, DAY, "10.00", DataQuality.ACTUAL, False, "f1")
FACTS = {"f1": {"definition": "d1"}, "f2": {"definition": "d2"}, "f3": {"definition": "d1"}}


Shown = dict[Key, tuple[str | None, int, str]]


def before(
    value: str | None, state: int = 0, fact: str = "f1", seen: Evaluated = SEEN
) -> dict[Key, tuple[str | None, int, str]]:
    return {seen.key: (value, state, fact)}


@pytest.mark.parametrize(
    ("old", "written"),
    [
        (("10.00", 0, "f1"), False),
        (("10.00", 0, "f9"), False),  # the same number by another fact is no news
        (("10.01", 0, "f1"), True),
        ((None, 2, "f1"), True),
        (("10.00", PROVISIONAL, "f1"), True),  # it has settled
        (("10.00", 1, "f1"), True),  # it was estimated
    ],
)
def test_a_row_is_written_when_its_value_or_state_changes(old: tuple[str | None, int, str], written: bool) -> None:
    rows = changed_rows([SEEN], {SEEN.key: old})

    assert bool(rows) is written


def test_a_withheld_number_is_written_once_too() -> None:
    withheld = SEEN._replace(value=None, quality=DataQuality.INSUFFICIENT_DATA)

    assert [row.state for row in changed_rows([withheld], {})] == [2]
    assert changed_rows([withheld], {withheld.key: (None, 2, "f1")}) == []


@pytest.mark.parametrize("quality", list(DataQuality))
@pytest.mark.parametrize("provisional", [True, False])
def test_the_state_of_a_row_can_be_read_back(quality: DataQuality, provisional: bool) -> None:
    state = SEEN._replace(quality=quality, provisional=provisional).state

    assert quality_of(state) is quality
    assert (state >= PROVISIONAL) is provisional


@pytest.mark.parametrize(
    ("fact", "corrected", "cause"),
    [
        ("f1", frozenset(), "late data"),
        ("f1", frozenset({"revenue"}), "correction"),
        ("f1", frozenset({"refunds"}), "late data"),
        ("f2", frozenset({"revenue"}), "definition change"),
        ("f3", frozenset(), "late data"),  # another fact of the same definition
    ],
)
def test_a_restatement_says_why_the_number_moved(fact: str, corrected: frozenset[str], cause: str) -> None:
    found = restatements([SEEN._replace(fact=fact)], before("9.00"), FACTS, corrected)

    assert [(one.old, one.new, one.cause) for one in found] == [("9.00", "10.00", cause)]


def test_to_withhold_a_number_is_no_restatement() -> None:
    withheld = SEEN._replace(value=None, quality=DataQuality.INSUFFICIENT_DATA)

    assert restatements([withheld], before("9.00"), FACTS, frozenset()) == []


@pytest.mark.parametrize(
    "old",
    [
        {},  # never published
        before("10.00"),  # the same
        before(None, 2),  # withheld: no number is taken back
        before("9.00", PROVISIONAL),  # it was said to change
    ],
)
def test_what_took_back_no_settled_number_is_no_restatement(old: Shown) -> None:
    assert restatements([SEEN], old, FACTS, frozenset()) == []


def test_periods_that_go_on_are_never_restated() -> None:
    current = SEEN._replace(period="wtd")

    assert restatements([current], before("9.00", seen=current), FACTS, frozenset()) == []


def test_a_fact_is_known_by_what_it_says_in_whatever_order() -> None:
    assert fact_hash({"a": 1, "b": [2]}) == fact_hash({"b": [2], "a": 1})
    assert fact_hash({"a": 1}) != fact_hash({"a": 2})
