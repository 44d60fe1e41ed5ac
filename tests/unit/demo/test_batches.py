"""Batches: what a pull completes, how many there are, and that scale does not change their shape."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from assay.demo import SOURCES, DemoBatch, DemoCompany, first_day
from assay.errors import UsageError
from tests.unit.demo.pulls import END, SHOP_ZONE, SHORT_END, SOURCE_OF, STREAM_NAMES, short_company

OPENED = datetime(2024, 11, 22, tzinfo=SHOP_ZONE).astimezone(UTC)
LAST_MIDNIGHT = datetime(2026, 11, 21, tzinfo=SHOP_ZONE).astimezone(UTC)


def of(batches: list[DemoBatch], stream: str) -> list[DemoBatch]:
    return [b for b in batches if b.stream == stream]


def test_a_first_pull_has_a_batch_per_stream_and_year(batches: list[DemoBatch]) -> None:
    assert len(batches) == 2 * len(STREAM_NAMES)
    assert {(b.stream, b.source) for b in batches} == set(SOURCE_OF.items())
    assert set(SOURCE_OF.values()) < SOURCES


def test_the_batches_of_a_stream_complete_all_from_the_first_day_to_the_end(batches: list[DemoBatch]) -> None:
    for stream in STREAM_NAMES - {"products", "inventory_levels"}:
        first, second = of(batches, stream)
        assert (first.complete_from, second.complete_until) == (OPENED, END)
        assert first.complete_until == second.complete_from == first.received_at


def test_products_are_complete_since_ever(batches: list[DemoBatch]) -> None:
    assert [b.complete_from for b in of(batches, "products")] == [None, None]
    assert of(batches, "products")[-1].complete_until == END


def test_the_stock_is_complete_until_the_end_of_the_last_day_counted(batches: list[DemoBatch]) -> None:
    first, second = of(batches, "inventory_levels")
    assert first.complete_from == OPENED
    assert first.complete_until == second.complete_from
    assert second.complete_until == LAST_MIDNIGHT


def test_a_later_pull_completes_from_where_the_last_one_ended() -> None:
    later = SHORT_END + timedelta(hours=5)
    batches = list(short_company(later).batches(since=SHORT_END))
    assert [b.stream for b in batches if b.complete_from == SHORT_END and b.complete_until == later] == [
        "orders",
        "order_lines",
        "payments",
        "refunds",
        "refund_lines",
        "fulfillments",
        "customers",
        "conversations",
        "sla_breaches",
        "shops",
        "time_savings",
        "automation_runs",
    ]
    inventory = of(batches, "inventory_levels")[0]  # no count came within those five hours
    assert (inventory.complete_from, inventory.complete_until, inventory.records.num_rows) == (None, None, 0)


def test_a_stream_that_was_never_pulled_comes_whole_beside_what_is_new_of_the_others() -> None:
    later = SHORT_END + timedelta(hours=5)
    whole = list(short_company(later).batches())
    known = dict.fromkeys(STREAM_NAMES - {"shops"}, SHORT_END)
    rest = list(short_company(later).batches(since=known))
    assert [b.records for b in of(rest, "shops")] == [b.records for b in of(whole, "shops")]
    assert of(rest, "shops")[0].complete_from == of(whole, "shops")[0].complete_from
    assert [b.records for b in of(rest, "orders")] == [of(list(short_company(later).batches(SHORT_END)), "orders")[0].records]
    assert of(rest, "orders")[0].complete_from == SHORT_END


def test_a_pull_that_brings_nothing_has_empty_tables_with_all_columns() -> None:
    batches = list(short_company(SHORT_END + timedelta(seconds=1)).batches(since=SHORT_END))
    assert {b.stream for b in batches} == STREAM_NAMES
    assert all(b.records.column_names == ["key", "event_at", "received_at", "sha256", "payload"] for b in batches)


def test_nothing_comes_after_the_end() -> None:
    assert list(short_company().batches(since=SHORT_END)) == []
    assert list(short_company().batches(since=SHORT_END + timedelta(days=1))) == []


def test_two_years_of_the_company_are_some_hundred_thousand_records() -> None:
    assert 200_000 < sum(b.records.num_rows for b in DemoCompany(first_day(END), END).batches()) < 500_000


def test_three_times_the_scale_is_three_times_the_orders_in_the_same_shape() -> None:
    one, three = (list(short_company(scale=scale).batches()) for scale in (1.0, 3.0))
    counts = [sum(b.records.num_rows for b in of(batches, "orders")) for batches in (one, three)]
    assert 2.7 < counts[1] / counts[0] < 3.3
    assert of(three, "products")[0].records.num_rows == 3 * of(one, "products")[0].records.num_rows


def test_a_large_company_comes_in_more_and_smaller_batches() -> None:
    assert len(list(short_company(SHORT_END - timedelta(days=60), scale=20).batches())) > len(STREAM_NAMES)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"end": datetime(2026, 3, 20)}, "not an instant"),  # noqa: DTZ001 -- the mistake is the point
        ({"scale": 0}, "not possible"),
        ({"months": 0}, "not possible"),
        ({"start": date(2027, 1, 1)}, "before its first day"),
    ],
)
def test_arguments_that_make_no_company_are_refused(arguments: dict[str, object], problem: str) -> None:
    right: dict[str, object] = {"start": date(2025, 10, 1), "end": SHORT_END}
    with pytest.raises(UsageError, match=problem):
        DemoCompany(**(right | arguments))  # type: ignore[arg-type]


def test_a_since_without_an_offset_is_refused() -> None:
    with pytest.raises(UsageError, match="not an instant"):
        list(short_company().batches(since=datetime(2026, 3, 1)))  # noqa: DTZ001 -- the mistake is the point


def test_a_company_without_a_silent_day_has_no_gap() -> None:
    company = DemoCompany(first_day(SHORT_END, months=1), SHORT_END, months=1, scale=0.2)
    assert company.planted()["silent_day"] is None
    assert all(b.gaps == () for b in company.batches())
