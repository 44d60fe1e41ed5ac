"""A file becomes records, and its load says what it completes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from assay.errors import UsageError
from assay.sources.files import ImportSettings, parse_mapping, preview
from assay.units import Currencies
from tests.unit.sources.support import KINDS, LOS_ANGELES, NOW, Shop, reasons, write

ORDERS = """order_id,customer_id,ordered_at,total
1,ann,2026-03-01,10.00
2,,2026-03-02T08:30:00,12.5
3,bob,2026-03-04T23:59:59-08:00,0
"""


def test_orders_without_a_status_count_as_paid_and_complete_three_streams(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(ORDERS)
    assert (summary.rows_read, summary.taken, summary.sums) == (3, 3, {"total": Decimal("22.50")})
    assert (summary.first_day, summary.last_day) == (date(2026, 3, 1), date(2026, 3, 4))
    assert summary.written == {"orders": 3, "payments": 3}
    assert summary.completed == ("orders", "payments", "refunds")
    orders = next(entry for entry in summary.entries if entry.stream == "orders")
    assert orders.completes == ("orders", "payments", "refunds")
    assert orders.complete_from == datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert orders.complete_until == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert "paid in full" in orders.note
    assert any("paid in full" in line for line in summary.lines())
    assert shop.zone.batches() == sorted(summary.entries, key=lambda entry: entry.stream)


def test_payloads_are_exact_text_in_a_stable_order(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(ORDERS)
    assert list(shop.payloads("orders")[1].items()) == [
        ("order_id", "2"),
        ("customer_id", None),
        ("ordered_at", "2026-03-02T16:30:00Z"),
        ("currency", "USD"),
        ("total", "12.50"),
        ("financial_status", "paid"),
        ("is_test", False),
        ("cancelled_at", None),
        ("channel", None),
    ]
    assert shop.payloads("payments")[2] == {
        "payment_id": "3",
        "order_id": "3",
        "customer_id": "bob",
        "amount": "0.00",
        "currency": "USD",
        "paid_at": "2026-03-05T07:59:59Z",
        "kind": "capture",
        "is_test": False,
    }


def test_a_status_decides_which_orders_are_paid(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(
        "order_id,customer_id,ordered_at,total,financial_status\n1,a,2026-03-01,1,paid\n2,a,2026-03-01,2,Pending\n3,a,2026-03-01,4,voided\n"
    )
    assert [row["order_id"] for row in shop.payloads("payments")] == ["1"]
    assert [row["financial_status"] for row in shop.payloads("orders")] == ["paid", "pending", "voided"]
    assert summary.completed == ("orders", "payments", "refunds")


def test_refunded_orders_leave_the_refunds_open_and_say_what_to_import_next(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(
        "order_id,customer_id,ordered_at,total,financial_status\n1,a,2026-03-01,1,paid\n2,a,2026-03-01,2,partially refunded\n"
    )
    assert summary.completed == ("orders", "payments")
    assert summary.written == {"orders": 2, "payments": 2}
    assert any("assay import FILE --as refunds" in note for note in summary.notes)


def test_text_separated_by_spaces_maps_by_position_and_keeps_identical_rows(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    text = " 00001 19970101  1   11.77\r\n 00002 19970112  1   12.00\r\n 00002 19970112  1   12.00\r\n"
    summary = shop.take(text, map=parse_mapping(["customer_id=1,ordered_at=2,total=4"]), name="master.txt")
    assert (summary.taken, summary.repeated, summary.sums["total"]) == (3, 1, Decimal("35.77"))
    rows = shop.payloads("orders")
    assert [(row["customer_id"], row["ordered_at"], row["total"]) for row in rows] == [
        ("00001", "1997-01-01T08:00:00Z", "11.77"),
        ("00002", "1997-01-12T08:00:00Z", "12.00"),
        ("00002", "1997-01-12T08:00:00Z", "12.00"),
    ]
    assert [row["order_id"].rpartition(":")[2] for row in rows] == ["1", "2", "3"]
    assert len({row["order_id"] for row in rows}) == 3


@pytest.mark.parametrize(
    "mapping", ["customer_id=column1,ordered_at=column2,total=column4", "customer_id=who,ordered_at=2,total=paid"]
)
def test_spaced_text_with_headings_maps_by_name_or_place(tmp_path: Path, mapping: str) -> None:
    text = " who  date number  paid\n 00001 19970101  1   11.77\n"
    assert Shop(tmp_path).take(text, map=parse_mapping([mapping])).sums == {"total": Decimal("11.77")}


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, sign: str) -> None:
    summary = Shop(tmp_path).take(ORDERS.replace(",", sign))
    assert summary.sums == {"total": Decimal("22.50")}


def test_quotes_newlines_and_signs_inside_cells_are_kept(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    titles = ['say "hi", you', "two\nlines", "שלום \u202eabc 🚗", "=cmd()", "'; drop table file; --", "x" * 10_000, "#1"]
    quoted = "".join(f'S{n},"{title.replace(chr(34), chr(34) * 2)}",9.99\n' for n, title in enumerate(titles))
    summary = shop.take("sku,title,price\n" + quoted, "products")
    assert summary.taken == len(titles)
    assert [row["title"] for row in shop.payloads("products")] == titles


def test_a_headerless_csv_never_loses_its_first_row(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take(
        "a,2026-03-01,10\nb,2026-03-02,20\n", map={"customer_id": "1", "ordered_at": "2", "total": "3"}
    )
    assert (summary.taken, summary.sums["total"]) == (2, Decimal("30.00"))


def test_a_bad_first_row_is_rejected_and_not_taken_for_headings(tmp_path: Path) -> None:
    text = "a,2026-03-01,oops\n" + "".join(f"b,2026-03-02,{n}\n" for n in range(30))
    summary = Shop(tmp_path).take(text, map={"customer_id": "1", "ordered_at": "2", "total": "3"})
    assert (summary.taken, sum(reasons(summary).values())) == (30, 1)


def test_utf_16_and_byte_order_marks_are_read(tmp_path: Path) -> None:
    for number, encoding in enumerate(["utf-16", "utf-8-sig"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert Shop(folder).take(ORDERS.encode(encoding)).taken == 3


def test_parquet_money_in_decimals_and_floats_is_exact(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    path = tmp_path / "made.parquet"
    duckdb.sql(
        "select 'a' as customer_id, timestamp '2026-03-01 10:00' as ordered_at, 12.34::double as total union all "
        "select 'b', timestamp '2026-03-02 10:00', 0.1::double + 0.2::double order by 1"
    ).write_parquet(str(path))
    summary = shop.take(path.read_bytes(), name="orders.parquet")
    assert (summary.taken, summary.sums["total"]) == (1, Decimal("12.34"))
    assert list(reasons(summary)) == ["an amount with more decimal places than USD has (total)"]
    assert shop.payloads("orders")[0]["ordered_at"] == "2026-03-01T18:00:00Z"


def test_the_amounts_of_a_currency_without_or_with_three_decimals_are_exact(tmp_path: Path) -> None:
    for currency, total, kept in (("JPY", "1500", "1500"), ("KWD", "1.234", "1.234"), ("JPY", "1500.00", "1500")):
        folder = tmp_path / f"{currency}{total}"
        folder.mkdir()
        shop = Shop(folder, ImportSettings(((None, "UTC"),), Currencies.of(currency)))
        shop.take(f"customer_id,ordered_at,total\na,2026-03-01,{total}\n")
        assert (shop.payloads("orders")[0]["total"], shop.payloads("orders")[0]["currency"]) == (kept, currency)


YEN_THEN_DINARS = Currencies(("JPY", "KWD"), (date(2026, 3, 3),), (None,))


def test_an_amount_is_in_the_shops_currency_of_its_day(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ImportSettings(((None, "Asia/Tokyo"),), YEN_THEN_DINARS))
    summary = shop.take(
        "order_id,customer_id,ordered_at,total\n"
        "1,a,2026-03-02 23:59:59,1500\n2,a,2026-03-03 00:00:00,1.234\n"
        "3,a,2026-03-02 10:00:00,1.5\n4,a,2026-03-03 10:00:00,1.2345\n"
    )
    taken = [(row["order_id"], Decimal(row["total"]), row["currency"]) for row in shop.payloads("orders")]
    assert taken == [("1", Decimal(1500), "JPY"), ("2", Decimal("1.234"), "KWD")]
    assert set(reasons(summary)) == {f"an amount with more decimal places than {code} has (total)" for code in ("JPY", "KWD")}
    assert summary.sums == {}  # amounts of two currencies have no sum


def test_an_amount_in_the_currency_of_other_days_is_rejected(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ImportSettings(((None, "UTC"),), YEN_THEN_DINARS))
    summary = shop.take(
        "order_id,customer_id,ordered_at,total,currency\n"
        "1,a,2026-03-02,1500,JPY\n2,a,2026-03-02,5,KWD\n3,a,2026-03-03,1500,JPY\n4,a,2026-03-03,5,KWD\n"
    )
    assert [row["order_id"] for row in shop.payloads("orders")] == ["1", "4"]
    assert set(reasons(summary)) == {f"a currency other than {code}, for which no rate is known" for code in ("JPY", "KWD")}


def test_a_file_of_before_the_change_is_known_again_after_it(tmp_path: Path) -> None:
    text = "order_id,customer_id,ordered_at,total\n1,a,2026-03-01 10:00:00,1500\n"
    shop = Shop(tmp_path, ImportSettings(((None, "UTC"),), Currencies.of("JPY")))
    shop.take(text)
    assert shop.take(text, settings=ImportSettings(((None, "UTC"),), YEN_THEN_DINARS)).already_imported


def test_aliases_find_columns_and_the_summary_says_which(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take("Id,Email,Created At,Total Price\n1,a@x,2026-03-01 10:00:00 -0800,5\n")
    assert any("customer_id = Email" in note and "ordered_at = Created At" in note for note in summary.notes)


def test_a_missing_column_lists_the_columns_and_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Shop(tmp_path).take("customer,orderd_at,sum\na,2026-03-01,1\n")
    assert "'sum'" in caught.value.remedy
    assert 'Did you mean "orderd_at" for ordered_at?' in caught.value.problem
    assert "--as orders --map customer_id=customer,ordered_at=orderd_at,total=COLUMN" in caught.value.remedy


def test_a_name_that_the_kind_does_not_have_is_corrected(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='Did you mean "customer_id"'):
        Shop(tmp_path).take(ORDERS, map={"custmer_id": "1"})


def test_a_heading_that_stands_twice_has_to_be_named_by_place(tmp_path: Path) -> None:
    text = "customer_id,ordered_at,total,total\na,2026-03-01,1,2\n"
    with pytest.raises(UsageError, match="3 or 4"):
        Shop(tmp_path).take(text, map={"total": "total"})
    assert Shop(tmp_path).take(text, map={"total": "4"}).sums["total"] == 2


@pytest.mark.parametrize("text", ["total", "total=1,total=2", "=1"])
def test_a_mapping_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_mapping([text])


def test_a_list_of_products_completes_its_stream_until_its_receipt(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take("sku,title,price\nA,Axle,10\nB,Belt,\n", "products")
    assert (summary.entries[0].complete_from, summary.entries[0].complete_until) == (None, NOW)
    assert summary.entries[0].completes == ("products",)


def test_the_last_count_of_a_day_is_the_days(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    text = (
        "sku,on_hand,counted_at\nA,5,2026-03-01T09:00:00\nA,3,2026-03-01T18:00:00\nA,9,2026-03-02T09:00:00\na|b,1,2026-03-02\n"
    )
    summary = shop.take(text, "inventory_levels")
    assert [row["on_hand"] for row in shop.payloads("inventory_levels")] == [3, 9, 1]
    assert summary.completed == ("inventory_levels",)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("order_lines", "order_id,sku,quantity,amount,ordered_at\n1,A,2,10.00,2026-03-01\n"),
        ("payments", "order_id,amount,paid_at\n1,10.00,2026-03-01\n"),
        ("refunds", "order_id,amount,refunded_at\n1,10.00,2026-03-01\n"),
        ("refund_lines", "refund_id,order_id,line_id,sku,quantity,amount,refunded_at\nr1,1,l1,A,1,10.00,2026-03-01\n"),
        ("fulfillments", "order_id,fulfilled_at\n1,2026-03-01T10:00:00Z\n"),
    ],
)
def test_every_kind_of_the_pack_takes_a_file(tmp_path: Path, kind: str, text: str) -> None:
    shop = Shop(tmp_path)
    assert shop.take(text, kind).completed == (kind,)
    assert shop.payloads(kind)[0]["order_id"] == "1"


def test_a_file_of_today_completes_nothing_after_its_receipt(tmp_path: Path) -> None:
    summary = Shop(tmp_path).take("customer_id,ordered_at,total\na,2026-03-20T01:00:00,1\n")
    assert summary.entries[0].complete_until == NOW


def test_a_preview_shows_what_would_be_taken_and_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, ORDERS + "4,z,never,5\n")
    found = preview(file, KINDS["orders"], {}, LOS_ANGELES, received_at=NOW)
    assert (found.rows_read, found.taken, found.header) == (4, 3, True)
    assert found.samples[0]["ordered_at"] == "2026-03-01T08:00:00Z"
    assert ("total", "total") in found.columns
    assert "CSV, separated by commas" in found.lines()[0]
    assert sorted(tmp_path.iterdir()) == [file]


def test_the_shops_move_to_another_zone_moves_only_what_comes_after(tmp_path: Path) -> None:
    move = datetime(2026, 3, 3, 8, tzinfo=UTC)
    shop = Shop(tmp_path, ImportSettings(((None, "America/Los_Angeles"), (move, "America/New_York")), Currencies.of("USD")))
    shop.take("customer_id,ordered_at,total\na,2026-03-02T10:00:00,1\nb,2026-03-04T10:00:00,1\n")
    assert [row["ordered_at"] for row in shop.payloads("orders")] == ["2026-03-02T18:00:00Z", "2026-03-04T15:00:00Z"]


def test_the_sum_of_many_rows_is_exact(tmp_path: Path) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC)
    rows = "".join(
        f"c{n % 977},{(start + timedelta(minutes=n * 5)).isoformat()},{n % 1000}.{n % 100:02}\n" for n in range(100_000)
    )
    shop = Shop(tmp_path, ImportSettings(((None, "UTC"),), Currencies.of("USD")))
    summary = shop.take("customer_id,ordered_at,total\n" + rows)
    assert summary.taken == 100_000
    assert summary.sums["total"] == sum(Decimal(f"{n % 1000}.{n % 100:02}") for n in range(100_000))
