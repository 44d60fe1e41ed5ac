"""Entries that are recorded by hand: what stands, what is refused, and what a recording says is complete."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from assay.errors import UsageError
from assay.sources.entries import SOURCE, Books
from assay.sources.files.kinds import ImportKind
from assay.sources.landing import LandingZone
from assay.trust.load_log import covered_by
from tests.unit.sources.support import LOS_ANGELES

NOW = datetime(2026, 3, 20, 19, tzinfo=UTC)  # noon in Los Angeles
COSTS: dict[str, Any] = {
    "import": "costs",
    "label": "Costs",
    "id": "cost_id",
    "time": "cost_date",
    "by_hand": True,
    "columns": {
        "cost_id": {"type": "text"},
        "cost_date": {"type": "instant", "required": True},
        "cost_type": {"type": "text", "required": True, "values": ["marketing", "sales"]},
        "amount": {"type": "money", "required": True, "min": 0},
        "description": {"type": "text"},
    },
    "streams": [
        {
            "stream": "costs",
            "key": ["cost_id"],
            "fields": {name: name for name in ("cost_id", "cost_date", "cost_type", "amount", "description")},
        }
    ],
    "completes": [{"stream": "costs"}],
}
COST = {"cost_type": "marketing", "amount": "5000.0"}


@pytest.fixture
def books(tmp_path: Path) -> Books:
    """Return empty books of a shop in Los Angeles."""
    return Books(ImportKind.model_validate(COSTS), LandingZone(tmp_path / "landing"), LOS_ANGELES)


def days_covered(books: Books) -> list[tuple[str, str]]:
    """Return the complete intervals as texts of UTC."""
    return [(f"{one.start:%m-%dT%H}", f"{one.end:%m-%dT%H}") for one in covered_by(books.zone.batches())]


def test_an_entry_counts_on_its_day_and_says_that_all_is_recorded_until_now(books: Books) -> None:
    done = books.record("c1", COST | {"cost_date": "2026-03-02", "description": "Ads, März"}, NOW)
    assert done.entry is not None
    assert (done.entry.id, done.entry.day) == ("c1", date(2026, 3, 2))
    assert done.entry.values == {
        "cost_type": "marketing",
        "amount": "5000.00",
        "description": "Ads, März",
    }
    assert days_covered(books) == [("03-02T08", "03-20T19")]
    assert {one.source for one in books.zone.batches()} == {SOURCE}


def test_an_entry_without_a_day_counts_today_in_the_shop(books: Books) -> None:
    late = datetime(2026, 3, 21, 5, tzinfo=UTC)  # still the 20th in Los Angeles
    done = books.record("c1", COST, late)
    assert done.entry is not None
    assert done.entry.day == date(2026, 3, 20)


def test_a_later_entry_goes_on_from_the_first_day_and_an_earlier_one_moves_it(books: Books) -> None:
    books.record("c1", COST | {"cost_date": "2026-03-02"}, NOW)
    books.record("c2", COST | {"cost_date": "2026-03-20"}, NOW + timedelta(hours=1))
    assert days_covered(books) == [("03-02T08", "03-20T20")]
    books.record("c3", COST | {"cost_date": "2026-02-01"}, NOW + timedelta(hours=2))
    assert days_covered(books) == [("02-01T08", "03-20T21")]
    assert [one.id for one in books.entries()] == ["c2", "c1", "c3"]


def test_an_entry_of_the_same_identity_is_replaced(books: Books) -> None:
    books.record("c1", COST, NOW)
    books.record("c1", COST | {"amount": "6000"}, NOW + timedelta(hours=1))
    assert [one.values["amount"] for one in books.entries()] == ["6000.00"]


def test_what_only_a_removed_entry_had_declared_is_not_complete_any_more(books: Books) -> None:
    books.record("typo", COST | {"cost_date": "2025-03-02"}, NOW)
    books.record("c1", COST | {"cost_date": "2026-03-02"}, NOW + timedelta(hours=1))
    done = books.remove("typo", NOW + timedelta(hours=2))
    assert done.entry is None
    assert done.complete_from == date(2026, 3, 2)
    assert days_covered(books) == [("03-02T08", "03-20T21")]
    assert [one.id for one in books.entries()] == ["c1"]


def test_with_the_last_entry_goes_every_claim_until_somebody_records_again(books: Books) -> None:
    books.record("c1", COST | {"cost_date": "2026-03-02"}, NOW)
    done = books.remove("c1", NOW + timedelta(hours=1))
    assert (done.complete_from, done.complete_until, days_covered(books)) == (None, None, [])
    assert books.books_complete() == (None, None)
    books.record("c2", COST | {"cost_date": "2026-03-19"}, NOW + timedelta(hours=2))
    assert days_covered(books) == [("03-19T07", "03-20T21")]


def test_completeness_can_be_declared_without_an_entry(books: Books) -> None:
    with pytest.raises(UsageError, match="Nothing is recorded as costs yet"):
        books.complete(None, NOW)
    books.complete(date(2026, 1, 1), NOW)
    assert days_covered(books) == [("01-01T08", "03-20T19")]
    books.complete(None, NOW + timedelta(hours=1))
    assert days_covered(books) == [("01-01T08", "03-20T20")]
    with pytest.raises(UsageError, match="in the future"):
        Books(books.kind, LandingZone(books.zone.root.parent / "other"), LOS_ANGELES).complete(date(2026, 4, 1), NOW)


def test_an_entry_of_tomorrow_claims_nothing(books: Books) -> None:
    books.record("c1", COST | {"cost_date": "2026-03-21"}, NOW)
    assert days_covered(books) == []
    assert books.remove("c1", NOW + timedelta(hours=1)).complete_from is None
    assert (days_covered(books), books.entries()) == ([], [])


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"cost_type": "marketing"}, "The entry has no amount"),
        (COST | {"amount": "12,34"}, "not a plain number"),
        (COST | {"amount": "1e3"}, "not a plain number"),
        (COST | {"amount": "-5"}, "negative amount"),
        (COST | {"amount": "5.001"}, "more decimal places than USD"),
        (COST | {"cost_type": "bribes"}, "not one of marketing, sales"),
        (COST | {"cost_date": "2026-02-30"}, "a date that cannot be read"),
        (COST | {"cost_date": "2026-04-20"}, "a date in the future"),
        (COST | {"colour": "red"}, "have no 'colour'"),
        (COST | {"cost_id": "mine"}, "have no 'cost_id'"),
        (COST | {"description": "a\0b"}, "NUL"),
        (COST | {"description": "x" * 3000}, "3,000 characters"),
    ],
)
def test_a_wrong_entry_is_refused_with_its_field_and_nothing_is_written(
    books: Books, values: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        books.record("c1", values, NOW)
    assert refused.value.remedy
    assert books.zone.batches() == []


@pytest.mark.parametrize("number", ["", "../x", "a b", "x" * 200, "a/b"])
def test_an_identity_is_a_plain_word(books: Books, number: str) -> None:
    with pytest.raises(UsageError, match="cannot name an entry"):
        books.record(number, COST, NOW)


def test_removing_what_is_not_there_names_what_is_meant(books: Books) -> None:
    books.record("advert-1", COST, NOW)
    with pytest.raises(UsageError, match='Did you mean "advert-1"'):
        books.remove("advert-2", NOW)


@pytest.mark.parametrize("missing", ["id", "time"])
def test_a_kind_that_is_recorded_by_hand_needs_an_identity_and_a_day(missing: str) -> None:
    with pytest.raises(ValidationError, match="`by_hand` needs"):
        ImportKind.model_validate({name: value for name, value in COSTS.items() if name != missing})
