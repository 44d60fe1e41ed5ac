"""Rows that cannot be trusted are left out, counted and shown, and their days are not complete."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assay.errors import UsageError
from tests.unit.sources.support import Shop, reasons

HEAD = "order_id,customer_id,ordered_at,total,currency\n"
GOOD = "g1,ann,2026-03-01,10.00,USD\ng2,ann,2026-03-05,20.00,USD\n"


@pytest.mark.parametrize(
    "money", ['"12,34"', "1e3", "NaN", "Infinity", "-5.00", "$5", "0x10", "1.", ".5", "12.345", "9" * 19, "١٢", "--1"]
)
def test_money_that_is_not_a_plain_amount_is_rejected_and_its_day_is_a_gap(tmp_path: Path, money: str) -> None:
    summary = Shop(tmp_path).take(f"{HEAD}{GOOD}b,bob,2026-03-03,{money},USD\n")
    assert (summary.taken, sum(reasons(summary).values())) == (2, 1)
    assert summary.gaps == (date(2026, 3, 3),)
    for entry in summary.entries:
        assert entry.gaps == ((datetime(2026, 3, 3, 8, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC)),)
        assert entry.rejected == 1
    assert any("line 4" in example and "total" in example for example in summary.rejected[0].examples)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b,bob,2026-03-03,5,EUR", "a currency other than USD, for which no rate is known"),
        ("b,bob,2026-03-03,5,dollars", "an unknown currency"),
        ("b,bob,2026-03-03,,USD", "no total"),
        (",bob,2026-03-03,5,USD", "no order_id"),
    ],
)
def test_other_faults_of_a_row_are_named(tmp_path: Path, row: str, reason: str) -> None:
    summary = Shop(tmp_path).take(f"{HEAD}{GOOD}{row}\n")
    assert reasons(summary) == {reason: 1}
    assert summary.gaps == (date(2026, 3, 3),)


@pytest.mark.parametrize(
    "day",
    [
        "soon",
        "",
        "2026-02-30",
        "20261301",
        "9999-12-31",
        "1900-01-01",
        "2027-01-01",
        "2026-03-03T25:00:00",
        "2026-03-03T10:00+15:00",
    ],
)
def test_a_date_that_cannot_be_believed_completes_nothing(tmp_path: Path, day: str) -> None:
    summary = Shop(tmp_path).take(f"{HEAD}{GOOD}b,bob,{day},5,USD\n")
    assert (summary.taken, summary.completed) == (2, ())
    assert {entry.complete_until for entry in summary.entries} == {None}
    assert any("completes no day at all" in note for note in summary.notes)


def test_a_line_with_other_columns_is_rejected_and_completes_nothing(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take(f"{HEAD}{GOOD}b,bob,2026-03-03\nc,cid,2026-03-04,5,USD,more\n")
    assert reasons(summary) == {"a line that does not have the file's columns": 2}
    assert summary.rejected[0].examples[0].startswith("line 4:")
    assert (summary.rows_read, summary.completed) == (4, ())


def test_a_truncated_spaced_file_completes_nothing(tmp_path: Path) -> None:
    text = "00001 19970101 1 11.77\n00002 19970102 1 12.00\n00003 1997\n"
    summary = Shop(tmp_path).take(text, map={"customer_id": "1", "ordered_at": "2", "total": "4"})
    assert (summary.taken, summary.completed) == (2, ())


@pytest.mark.parametrize("bad", [b"\xff\xfe", b"\0", b"caf\xe9"])
def test_bytes_that_are_no_text_reject_the_row_only(tmp_path: Path, bad: bytes) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(HEAD.encode() + GOOD.encode() + b"b," + bad + b",2026-03-03,5,USD\nc,\xef\xbf\xbd,2026-03-04,7,USD\n")
    assert reasons(summary) == {"bytes that are not UTF-8 text (customer_id)": 1}
    assert summary.gaps == (date(2026, 3, 3),)
    assert [row["customer_id"] for row in shop.payloads("orders")] == ["ann", "ann", "\ufffd"]


def test_bad_bytes_in_a_column_that_nobody_uses_do_no_harm(tmp_path: Path) -> None:
    assert Shop(tmp_path).take(b"customer_id,ordered_at,total,remark\na,2026-03-01,5,\xff\n").rejected == ()


def test_the_first_five_examples_are_shown_and_cannot_drive_a_terminal(tmp_path: Path) -> None:
    rows = "".join(f"b{n},bob,2026-03-03,\x1b[31m{n}\u202e,USD\n" for n in range(9))
    summary = Shop(tmp_path).take(HEAD + GOOD + rows)
    assert (summary.rejected[0].count, len(summary.rejected[0].examples)) == (9, 5)
    shown = "\n".join(summary.lines())
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_lines_are_named_right_after_a_torn_line(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take(f"{HEAD}torn\n{GOOD}b,bob,2026-03-03,x,USD\n")
    shown = [example for rejection in summary.rejected for example in rejection.examples if "total" in example]
    assert shown[0].startswith("line 5")


def test_rows_are_named_as_rows_where_a_cell_goes_over_lines(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take(f'{HEAD}g0,"a\nb",2026-03-01,1,USD\nb,bob,2026-03-03,x,USD\n')
    assert summary.rejected[0].examples[0].startswith("row 2")


def test_one_identity_with_two_contents_is_rejected_and_identical_rows_are_taken_once(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(f"{HEAD}{GOOD}{GOOD}b,bob,2026-03-03,5,USD\nb,bob,2026-03-03,6,USD\n")
    assert summary.taken == 2
    assert reasons(summary) == {"the same order_id with other contents in another row": 2}
    assert summary.gaps == (date(2026, 3, 3),)
    assert len(shop.payloads("orders")) == 2


def test_a_file_of_which_no_row_can_be_taken_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with pytest.raises(UsageError, match="No row of"):
        shop.take(f"{HEAD}b,bob,2026-03-03,x,USD\n")
    assert shop.zone.batches() == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n\n", "no rows"),
        (b"PK\x03\x04zip", "ZIP"),
        (b"\x1f\x8bzip", "gzip"),
        (b"PAR1 torn", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_is_no_table_says_what_it_is(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        Shop(tmp_path).take(content)


@pytest.mark.parametrize("name", ["orders [1]*.csv", "or'ders\".csv", "; rm -rf.csv"])
def test_a_file_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    assert Shop(tmp_path).take(HEAD + GOOD, name=name).taken == 2


def test_a_heading_is_only_text(tmp_path: Path) -> None:
    heading = "total'); drop table file; --"
    summary = Shop(tmp_path).take(f'customer_id,ordered_at,"{heading}"\na,2026-03-01,5\n', map={"total": heading})
    assert summary.taken == 1
