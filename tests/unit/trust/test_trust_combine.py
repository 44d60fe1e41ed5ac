"""Whatever is wrong with a part is wrong with the whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from assay.values.answer import DataQuality, Freshness, Reason
from assay.values.verdict import Verdict, combine

EARLY, LATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
NO_DATA = Reason(code="no_data", sentence="No refunds have been loaded.")
REMARK = Reason(code="sketched", sentence="From a sketch.")


def test_a_literal_takes_nothing_away() -> None:
    whole = combine((Verdict(1, freshness=Freshness.FRESH, as_of=EARLY), Verdict(1)), 1)

    assert (whole.freshness, whole.as_of, whole.quality()) == (Freshness.FRESH, EARLY, DataQuality.ACTUAL)


def test_a_literal_leaves_the_verdict_of_the_other_part_as_it_is() -> None:
    part = Verdict(2, missing=(date(2026, 3, 2),), blocking=(NO_DATA,), freshness=Freshness.STALE, settles_at=LATE)

    assert combine((Verdict(2), part), 2) is part
    assert combine((part, Verdict(2)), 3) == replace(part, days=3)
    assert combine((Verdict(2), Verdict(2)), 2) == Verdict(2)


def test_the_whole_is_as_old_as_its_oldest_part() -> None:
    parts = (
        Verdict(1, freshness=Freshness.FRESH, as_of=LATE, settles_at=EARLY, valid_until=LATE),
        Verdict(1, freshness=Freshness.STALE, as_of=EARLY, settles_at=LATE, valid_until=EARLY),
    )

    whole = combine(parts, 1)

    assert (whole.freshness, whole.as_of) == (Freshness.STALE, EARLY)
    assert (whole.settles_at, whole.valid_until) == (LATE, EARLY)


def test_critical_is_worse_than_all_else() -> None:
    parts = tuple(Verdict(1, freshness=step) for step in Freshness)

    assert combine(parts, 1).freshness is Freshness.CRITICAL


def test_a_missing_part_withholds_the_whole_once() -> None:
    part = Verdict(1, missing=(date(2026, 3, 2),), blocking=(NO_DATA,), remarks=(REMARK,))

    whole = combine((part, Verdict(1, freshness=Freshness.FRESH), part), 2)

    assert whole.blocking == (NO_DATA,)
    assert whole.remarks == (REMARK,)
    assert whole.missing == (date(2026, 3, 2),)
    assert whole.freshness is None  # a part was never loaded
    assert whole.quality() is DataQuality.INSUFFICIENT_DATA


def test_an_estimated_part_makes_an_estimated_whole() -> None:
    assert combine((Verdict(1), Verdict(1, estimated=True)), 1).quality() is DataQuality.ESTIMATED


def test_one_part_is_its_own_whole() -> None:
    part = Verdict(3, estimated=True)

    assert combine((part,), 3) is part
    assert combine((part,), 7).days == 7
