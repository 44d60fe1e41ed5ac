"""Segments: files of daily partials that lie on top of one another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assay.errors import AssayError
from assay.rollups.segments import layers, merge_segments, read_segments, write_segment

MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


def partials(rows: dict[date, int]) -> Any:
    return pa.table({"day": pa.array(list(rows), pa.date32()), "sum": pa.array(list(rows.values()), pa.decimal128(38, 0))})


def as_rows(table: Any) -> dict[date, int]:
    return {row["day"]: int(row["sum"]) for row in table.to_pylist()}


def test_the_newest_segment_that_speaks_for_a_day_holds(tmp_path: Path) -> None:
    first = write_segment(tmp_path, "1", "t", partials({MONDAY: 1, TUESDAY: 2, WEDNESDAY: 3}), None)
    second = write_segment(tmp_path, "2", "t", partials({TUESDAY: 20}), [TUESDAY])
    third = write_segment(tmp_path, "3", "t", partials({}), [MONDAY])

    assert as_rows(read_segments(tmp_path, [first, second, third])) == {TUESDAY: 20, WEDNESDAY: 3}


def test_a_segment_of_all_days_hides_whatever_is_older(tmp_path: Path) -> None:
    old = write_segment(tmp_path, "1", "t", partials({MONDAY: 1}), None)
    new = write_segment(tmp_path, "2", "t", partials({TUESDAY: 2}), None)
    (tmp_path / old.file).unlink()

    assert as_rows(read_segments(tmp_path, [old, new])) == {TUESDAY: 2}


@pytest.mark.parametrize("place", [0, 40, -20])
def test_a_flipped_bit_is_found_and_the_repair_is_named(tmp_path: Path, place: int) -> None:
    segment = write_segment(tmp_path, "1", "t", partials({MONDAY: 1}), None)
    content = bytearray((tmp_path / segment.file).read_bytes())
    content[place] ^= 1
    (tmp_path / segment.file).write_bytes(content)

    with pytest.raises(AssayError, match="damaged") as found:
        read_segments(tmp_path, [segment])
    assert "assay rebuild" in found.value.remedy


def test_a_missing_segment_is_an_error_never_no_rows(tmp_path: Path) -> None:
    segment = write_segment(tmp_path, "1", "t", partials({MONDAY: 1}), None)
    (tmp_path / segment.file).unlink()

    with pytest.raises(AssayError, match="cannot be read"):
        read_segments(tmp_path, [segment])


def test_segments_of_one_file_do_not_touch_each_other(tmp_path: Path) -> None:
    written = [write_segment(tmp_path, "1", "t", partials({MONDAY: n}), None) for n in range(3)]

    assert [as_rows(read_segments(tmp_path, [one])) for one in written] == [{MONDAY: 0}, {MONDAY: 1}, {MONDAY: 2}]
    content = bytearray((tmp_path / "1").read_bytes())
    content[written[1].start + 40] ^= 1
    (tmp_path / "1").write_bytes(content)
    with pytest.raises(AssayError, match="damaged"):
        read_segments(tmp_path, [written[1]])
    assert as_rows(read_segments(tmp_path, [written[2]])) == {MONDAY: 2}


def test_merged_changes_say_what_they_said_one_by_one(tmp_path: Path) -> None:
    first = write_segment(tmp_path, "1", "t", partials({MONDAY: 1, TUESDAY: 2, WEDNESDAY: 3}), None)
    changes = [
        write_segment(tmp_path, "2", "t", partials({TUESDAY: 20}), [TUESDAY]),
        write_segment(tmp_path, "3", "t", partials({}), [MONDAY, TUESDAY]),
    ]

    few = merge_segments(tmp_path, "4", [first, *changes])

    assert few[0] == first
    assert len(few) == 2
    assert layers(few) == layers([first, *changes])
    assert as_rows(read_segments(tmp_path, few)) == {WEDNESDAY: 3}


def test_many_changes_are_merged_with_everything_below_and_days_that_nobody_asks_for_are_dropped(tmp_path: Path) -> None:
    first = write_segment(tmp_path, "1", "t", partials({MONDAY: 1, TUESDAY: 2}), None)
    second = write_segment(tmp_path, "2", "t", partials({TUESDAY: 20, WEDNESDAY: 30}), [TUESDAY, WEDNESDAY])

    one = merge_segments(tmp_path, "3", [first, second], since=TUESDAY)

    assert len(one) == 1
    assert layers(one) == layers([first, second])
    assert as_rows(read_segments(tmp_path, one)) == {TUESDAY: 20, WEDNESDAY: 30}
