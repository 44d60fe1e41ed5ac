"""A file that comes again, longer or corrected, never counts anything twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from assay.errors import UsageError
from tests.unit.sources.support import NOW, Shop

HEAD = "customer_id,ordered_at,total\n"
FIRST = f"{HEAD}a,2026-03-01,1\nb,2026-03-02,2\n"
LONGER = f"{FIRST}c,2026-03-03,4\n"
LATER = NOW + timedelta(hours=1)


def total(shop: Shop, stream: str = "orders", field: str = "total") -> float:
    return sum(float(row[field]) for row in shop.payloads(stream))


def test_the_same_file_again_adds_nothing_under_any_name(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.take(FIRST)
    again = shop.take(FIRST, name="copy.csv", now=LATER)
    assert again.already_imported
    assert "already imported" in again.lines()[0]
    assert set(again.entries) == set(first.entries) == set(shop.zone.batches())


def test_a_longer_export_without_ids_is_refused_and_names_both_ways_out(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST, name="march.csv")
    with pytest.raises(UsageError, match="overlap") as caught:
        shop.take(LONGER, now=LATER)
    assert "march.csv: 2 orders, 2026-03-01 to 2026-03-02" in caught.value.problem
    assert "--replace" in caught.value.remedy
    assert "--append" in caught.value.remedy
    assert total(shop) == 3


def test_replace_makes_the_days_exactly_the_new_file(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    summary = shop.take(f"{HEAD}b,2026-03-02,5\n", replace=True, now=LATER)
    assert summary.replaced == 2
    assert summary.written == {"orders": 1, "payments": 1}
    assert (total(shop), total(shop, "payments", "amount")) == (6, 6)


def test_append_puts_the_rows_on_top(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    shop.take(f"{HEAD}x,2026-03-02,8\n", append=True, now=LATER)
    assert total(shop) == 11


def test_other_days_need_neither(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    shop.take(f"{HEAD}x,2026-03-03,8\n", now=LATER)
    assert total(shop) == 11


def test_replace_and_append_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        Shop(tmp_path).take(FIRST, replace=True, append=True)


def test_a_file_that_was_replaced_comes_back_only_when_asked(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    shop.take(LONGER, replace=True, now=LATER)
    again = shop.take(FIRST, now=LATER + timedelta(hours=1))
    assert again.already_imported
    assert any("--replace" in note for note in again.notes)
    assert total(shop) == 7
    shop.take(FIRST, replace=True, now=LATER + timedelta(hours=2))
    assert total(shop) == 7  # the third of March is not one of this file's days


def test_a_file_with_rejected_rows_cannot_replace(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    with pytest.raises(UsageError, match="cannot replace"):
        shop.take(f"{LONGER}d,2026-03-02,x\n", replace=True, now=LATER)
    assert total(shop) == 3


def test_the_same_file_under_another_map_is_not_added_to_itself(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    text = "customer_id,ordered_at,net,total\na,2026-03-01,1,2\n"
    shop.take(text)
    for append in (False, True):
        with pytest.raises(UsageError, match="overlap"):
            shop.take(text, map={"total": "net"}, now=LATER, append=append)
    shop.take(text, map={"total": "net"}, now=LATER, replace=True)
    assert total(shop) == 1


LIST = "sku,title,price\nA,Axle,10\nB,Belt,4\n"


def test_a_list_that_comes_again_on_a_later_day_says_that_nothing_changed(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(LIST, "products")
    same_day = shop.take(LIST, "products", now=LATER)
    next_day = shop.take(LIST, "products", now=NOW + timedelta(days=1))
    assert (same_day.already_imported, next_day.already_imported) == (True, False)
    assert [entry.complete_until for entry in shop.zone.batches()] == [NOW, NOW + timedelta(days=1)]
    assert [row["sku"] for row in shop.payloads("products")] == ["A", "B"]


def test_a_list_that_goes_back_to_what_it_was_is_the_newest(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for day, price in enumerate(["10", "12", "10"]):
        shop.take(LIST.replace("10", price), "products", now=NOW + timedelta(days=day))
    assert shop.payloads("products")[0]["price"] == "10.00"


def test_a_file_of_days_that_comes_again_on_a_later_day_adds_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    assert shop.take(FIRST, now=NOW + timedelta(days=1)).already_imported


IDS = "order_id,customer_id,ordered_at,total\n1,a,2026-03-01,1\n2,b,2026-03-02,2\n"


def test_a_longer_export_with_ids_updates_and_adds(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(IDS)
    shop.take(IDS.replace("2,b,2026-03-02,2", "2,b,2026-03-02,3") + "3,c,2026-03-02,4\n", now=LATER)
    assert (total(shop), total(shop, "payments", "amount")) == (8, 8)


def test_files_with_and_without_ids_do_not_mix_on_the_same_days(tmp_path: Path) -> None:
    for number, (one, other) in enumerate(((IDS, FIRST), (FIRST, IDS))):
        folder = tmp_path / str(number)
        folder.mkdir()
        shop = Shop(folder)
        shop.take(one)
        with pytest.raises(UsageError, match="overlap"):
            shop.take(other, now=LATER)


def test_payments_of_their_own_do_not_double_those_of_the_orders(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(IDS)
    payments = "payment_id,order_id,amount,paid_at\np1,1,1,2026-03-01\np2,2,2,2026-03-02\n"
    with pytest.raises(UsageError, match="overlap"):
        shop.take(payments, "payments", now=LATER)
    shop.take(payments, "payments", now=LATER, replace=True)
    assert total(shop, "payments", "amount") == 3


def test_refunds_that_are_there_are_not_declared_absent(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take("refund_id,order_id,amount,refunded_at\nr,1,1,2026-03-02\n", "refunds")
    summary = shop.take(IDS, now=LATER)
    assert summary.completed == ("orders", "payments")
    assert any("their own file" in note for note in summary.notes)


def test_two_sources_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.take(FIRST)
    shop.take(LONGER, source="second_shop", now=LATER)
    assert total(shop) == 10


def test_a_price_that_goes_back_is_the_newest(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for hour, price in enumerate(["10", "12", "10"]):
        shop.take(f"sku,title,price\nA,Axle,{price}\n", "products", now=NOW + timedelta(hours=hour), replace=True)
    assert shop.payloads("products")[0]["price"] == "10.00"
