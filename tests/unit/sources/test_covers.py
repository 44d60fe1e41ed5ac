"""A file of few rows can say of which days it holds every row: then the days around its rows are complete too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assay.errors import UsageError
from tests.unit.sources.support import LOS_ANGELES, Shop

FEBRUARY = replace(LOS_ANGELES, covers=(date(2026, 2, 1), date(2026, 2, 28)))
ONE = "refund_id,order_id,amount,refunded_at\nr1,o1,5.00,2026-02-06T12:00:00Z\n"
NONE = "refund_id,order_id,amount,refunded_at\n"
WHOLE = (datetime(2026, 2, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC))


def interval(shop: Shop) -> tuple[datetime | None, datetime | None]:
    (entry,) = shop.zone.batches()
    return entry.complete_from, entry.complete_until


def test_the_days_that_are_named_are_complete(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FEBRUARY)
    assert shop.take(ONE, "refunds").taken == 1
    assert interval(shop) == WHOLE


def test_a_file_without_rows_can_say_that_nothing_happened(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FEBRUARY)
    assert shop.take(NONE, "refunds").completed == ("refunds",)
    assert interval(shop) == WHOLE


def test_without_named_days_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No row"):
        Shop(tmp_path).take(NONE, "refunds")


def test_a_row_outside_the_named_days_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path, replace(FEBRUARY, covers=(date(2026, 2, 7), date(2026, 2, 28))))
    with pytest.raises(UsageError, match="has rows from 2026-02-06 to 2026-02-06"):
        shop.take(ONE, "refunds")
    assert shop.zone.batches() == []


def test_a_rejected_row_leaves_a_gap_in_the_named_days(tmp_path: Path) -> None:
    shop = Shop(tmp_path, FEBRUARY)
    shop.take(ONE + 'r2,o2,"12,34",2026-02-09T12:00:00Z\n', "refunds")
    (entry,) = shop.zone.batches()
    assert entry.gaps == ((datetime(2026, 2, 9, 8, tzinfo=UTC), datetime(2026, 2, 10, 8, tzinfo=UTC)),)
