"""Whole numbers stay whole, however large, and what cannot be added exactly is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest

from assay.errors import AssayError
from assay.rollups.columns import days_of, instants_of, running_total, scale_of, whole
from assay.rollups.quantiles import interpolate

HUGE = 9_200_000_000_000_000_000


def test_running_totals_pass_the_bounds_of_int64_without_wrapping() -> None:
    total = running_total(np.array([HUGE, HUGE, -HUGE, HUGE], dtype=np.int64))

    assert [int(one) for one in total] == [0, HUGE, 2 * HUGE, HUGE, 2 * HUGE]


@pytest.mark.parametrize("value", [0, 1, -1, HUGE, -HUGE, 10**30, -(10**37)])
def test_decimals_are_read_to_the_last_digit(value: int) -> None:
    column = pa.chunked_array([pa.array([Decimal(value), None], pa.decimal128(38, 0))])

    numbers, valid = whole(column)

    assert [int(one) for one in numbers] == [value, 0]
    assert valid.tolist() == [True, False]


@pytest.mark.parametrize("kind", [pa.decimal128(20, 2), pa.int64()])
def test_a_part_of_a_column_is_read_from_its_own_first_entry_on(kind: pa.DataType) -> None:
    entries = [None if number % 3 == 0 else number for number in range(40)]
    column = pa.chunked_array([pa.array(entries[:25], kind).slice(9), pa.array([], kind), pa.array(entries[25:], kind)])
    hundredths = 100 if pa.types.is_decimal(kind) else 1

    numbers, valid = whole(column)

    assert [int(one) for one in numbers] == [(number or 0) * hundredths for number in entries[9:]]
    assert valid.tolist() == [number is not None for number in entries[9:]]


def test_days_and_instants_are_numbers_since_1970() -> None:
    days = pa.chunked_array([pa.array([date(1970, 1, 2), date(1969, 12, 31)]), pa.array([date(2026, 3, 1)])])
    assert days_of(days).tolist() == [1, -1, 20513]
    zone = timezone(timedelta(hours=-8))
    moments = pa.array(
        [datetime(1970, 1, 1, tzinfo=zone), datetime(1969, 12, 31, 23, 59, tzinfo=UTC)], pa.timestamp("us", "UTC")
    )
    assert instants_of(pa.chunked_array([moments])).tolist() == [8 * 3_600_000_000, -60_000_000]


def test_decimals_are_scaled_to_whole_numbers_whatever_their_size() -> None:
    column = pa.chunked_array([pa.array([Decimal("1.23"), Decimal("123456789012345678901234567890.12")], pa.decimal128(38, 2))])

    assert [int(one) for one in whole(column)[0]] == [123, 12345678901234567890123456789012]


def test_unsigned_numbers_above_int64_do_not_wrap() -> None:
    column = pa.chunked_array([pa.array([2**64 - 1], pa.uint64())])

    assert [int(one) for one in whole(column)[0]] == [2**64 - 1]


def test_a_sliced_column_is_read_where_it_starts() -> None:
    array = pa.array([Decimal(1), Decimal(2), Decimal(3)], pa.decimal128(38, 0)).slice(1, 2)

    assert whole(pa.chunked_array([array]))[0].tolist() == [2, 3]


def test_floats_are_refused_for_their_sums_are_not_exact() -> None:
    with pytest.raises(AssayError, match="DECIMAL"):
        scale_of(pa.float64())


@pytest.mark.parametrize(
    ("values", "quantile", "expected"),
    [
        ([], "0.5", None),
        ([7], "0.9", Fraction(7)),
        ([1, 2], "0.5", Fraction(3, 2)),
        ([1, 2, 4], "0.5", Fraction(2)),
        ([0, 10], "0.333", Fraction(333, 100)),
        ([1, 2, 3, 4, 5], "1", Fraction(5)),
        ([1, 2, 3, 4, 5], "0", Fraction(1)),
        ([HUGE, HUGE + 1], "0.5", Fraction(2 * HUGE + 1, 2)),
    ],
)
def test_a_quantile_lies_between_its_neighbours_exactly(values: list[int], quantile: str, expected: Fraction | None) -> None:
    assert interpolate(np.array(values, dtype=object), 1, Fraction(quantile)) == expected
