"""Arrow columns as exact whole numbers in numpy.

Sums of money are whole numbers that must not wrap: numpy's int64 wraps silently, so a column whose total could pass its
bounds is kept as Python integers instead, slower and always right.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Context, Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assay.errors import AssayError

if TYPE_CHECKING:
    import pyarrow as pa

Whole = npt.NDArray[Any]
"""An array of int64, or of Python integers (dtype object)."""
INT64_SAFE = 2**62
_EPOCH = date(1970, 1, 1).toordinal()
_EXACT = Context(prec=80)
"""Decimal's own 28 digits would round a huge sum."""


def scale_of(kind: pa.DataType) -> int:
    """Return the decimal places of an Arrow number type; floats are refused, for their sums are not exact."""
    import pyarrow as pa

    if pa.types.is_decimal(kind):
        return int(kind.scale)
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return 0
    raise AssayError(
        f"A measure has the type {kind}, and only whole numbers and decimals add up exactly.",
        "Cast the column to DECIMAL or BIGINT in its staging model.",
    )


def whole(column: pa.ChunkedArray) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """Return the column times 10^scale as whole numbers (nulls are 0), and which entries are not null."""
    import pyarrow as pa

    if pa.types.is_null(column.type):
        return np.zeros(len(column), dtype=np.int64), np.zeros(len(column), dtype=bool)
    valid = _valid(column)
    if pa.types.is_uint64(column.type):
        return np.array([value or 0 for value in column.to_pylist()], dtype=object), valid
    if pa.types.is_integer(column.type):
        return (column.fill_null(0) if column.null_count else column).to_numpy().astype(np.int64), valid
    scale = scale_of(column.type)
    numbers = _low_words(column, valid)
    if numbers is None:
        exact = [int((value or Decimal(0)).scaleb(scale, _EXACT)) for value in column.to_pylist()]
        numbers = np.array(exact, dtype=object)
    return numbers, valid


def _valid(column: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Return which entries are not null, from Arrow's bits: to ask Arrow costs a cold process its whole compute library."""
    valid = np.ones(len(column), dtype=bool)
    start = 0
    for chunk in column.chunks if column.null_count else ():
        if (bits := chunk.buffers()[0]) is not None:
            known = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")
            valid[start : start + len(chunk)] = known[chunk.offset : chunk.offset + len(chunk)]
        start += len(chunk)
    return valid


def _low_words(column: pa.ChunkedArray, valid: npt.NDArray[np.bool_]) -> Whole | None:
    """Read decimal128 as int64 (nulls are 0) where every value fits; None otherwise."""
    import pyarrow as pa

    if not pa.types.is_decimal128(column.type):
        return None
    pieces = [
        np.frombuffer(chunk.buffers()[1], dtype=np.int64).reshape(-1, 2)[chunk.offset : chunk.offset + len(chunk)]
        for chunk in column.chunks
        if len(chunk)
    ]
    words = np.concatenate(pieces) if pieces else np.zeros((0, 2), dtype=np.int64)
    if column.null_count:
        words = np.where(valid[:, None], words, 0)
    return words[:, 0] if np.array_equal(words[:, 1], words[:, 0] >> 63) else None


def running_total(numbers: Whole) -> Whole:
    """Return the sums of the first 0, 1, 2 … numbers, exactly."""
    if numbers.dtype != object:
        bound = int(np.abs(numbers.astype(np.float64)).sum()) if len(numbers) else 0
        if bound >= INT64_SAFE:
            numbers = numbers.astype(object)
    total = np.zeros(len(numbers) + 1, dtype=numbers.dtype)
    if len(numbers):
        total[1:] = np.cumsum(numbers)
    return total


def rescaled(numbers: Whole, scale: int, wanted: int) -> Whole:
    """Return whole numbers of which 10^`scale` make 1 as ones of which 10^`wanted` do, which is not less."""
    return numbers if scale == wanted else numbers.astype(object) * 10 ** (wanted - scale)


def day_number(day: date) -> int:
    """Return the day's number since 1970."""
    return day.toordinal() - _EPOCH


def days_of(column: pa.ChunkedArray | pa.Array) -> npt.NDArray[np.int32]:
    """Return a column of dates as days since 1970."""
    import pyarrow as pa

    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    days = [chunk.view(pa.int32()).to_numpy(zero_copy_only=False) for chunk in chunks]  # what a date is in Arrow
    return days[0] if len(days) == 1 else np.concatenate([np.zeros(0, dtype=np.int32), *days])


def runs(days: npt.NDArray[np.int32]) -> Iterator[tuple[int, int, int]]:
    """Yield the days as they lie, each with the places where its rows begin and end; a day may come more than once."""
    starts = [0, *(np.flatnonzero(days[1:] != days[:-1]) + 1).tolist(), len(days)] if len(days) else []
    for low, high in pairwise(starts):
        yield int(days[low]), low, high


def by_day(days: npt.NDArray[np.int32], numbers: Whole) -> dict[int, Whole]:
    """Return the numbers of each day, in their order; the rows of a day may lie in several places."""
    found: dict[int, Whole] = {}
    for day, low, high in runs(days):
        found[day] = np.concatenate([found[day], numbers[low:high]]) if day in found else numbers[low:high]
    return found


def instants_of(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return a column of instants as microseconds since 1970."""
    moments: npt.NDArray[np.int64] = column.to_numpy().astype("datetime64[us]").astype(np.int64)
    return moments
