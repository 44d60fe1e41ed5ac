"""A history of sales as people have it: columns between spaces, no ids, identical rows; against arithmetic of its own."""

from __future__ import annotations

import csv
import random
from calendar import monthrange
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest

from assay.runtime.setup import init
from tests.scenarios.shop import Ran, Stage, Template, keep

COLUMNS = ("customer_id=1,ordered_at=2,total=4",)
MONTHS = ("1997-01", "1997-02", "1997-03", "1997-04")


def history(last_month: int = 4) -> str:
    """Return lines of customer, day, quantity and dollars; some of them are identical."""
    chance = random.Random(1997)
    lines: list[str] = []
    for month in range(1, last_month + 1):
        for _ in range(300):
            day = f"1997{month:02}{chance.randint(1, 28):02}"
            lines.append(f" {chance.randint(1, 120):05} {day} {chance.randint(1, 5):2} {chance.randint(0, 9000) / 100:6.2f}")
        lines += lines[-20:-10]  # the same people bought the same for the same on the same day
    first = " 00001 19970101  1  10.00"
    last = f" 00002 1997{last_month:02}{monthrange(1997, last_month)[1]}  2  20.00"  # up to here the file is complete
    return "\n".join([first, *lines, last]) + "\n"


def by_hand(text: str) -> dict[str, tuple[Decimal, int, int]]:
    """Return revenue, customers and orders of each month, by nothing but the standard library."""
    money: dict[str, Decimal] = defaultdict(Decimal)
    people: dict[str, set[str]] = defaultdict(set)
    orders: dict[str, int] = defaultdict(int)
    for row in csv.reader(text.splitlines(), delimiter=" ", skipinitialspace=True):
        for period in (f"{row[1][:4]}-{row[1][4:6]}", "all"):
            money[period] += Decimal(row[3])
            people[period].add(row[0])
            orders[period] += 1
    return {period: (money[period], len(people[period]), orders[period]) for period in money}


@pytest.fixture(scope="module")
def history_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    stage = Stage(tmp_path_factory.mktemp("history") / "shop")
    init(stage.folder, {"name": "Toy shop", "timezone": "America/Los_Angeles", "currency": "USD", "packs": []})
    ran = bring(stage, history())
    assert ran.status == 0, ran
    return keep(stage)


def bring(stage: Stage, text: str, *options: str, name: str = "history.txt") -> Ran:
    file = stage.write(f"files/{name}", text)
    return stage.cli("import", str(file), "--as", "orders", "--map", *COLUMNS, *options)


@pytest.fixture
def shop(history_template: Template) -> Stage:
    return history_template.fresh()


def numbers(stage: Stage, period: str) -> tuple[Decimal, int, int]:
    values = [stage.value(kpi, period) for kpi in ("total_revenue", "customers", "total_orders")]
    assert None not in values
    revenue, customers, orders = (Decimal(value or "") for value in values)
    return revenue, int(customers), int(orders)


def test_every_month_equals_arithmetic_that_shares_no_code(shop: Stage) -> None:
    expected = by_hand(history())
    assert {period: numbers(shop, period) for period in (*MONTHS, "all")} == expected


def test_the_same_file_again_adds_nothing(shop: Stage) -> None:
    rows = shop.ledger()
    ran = shop.cli("import", str(shop.write("files/history.txt", history())), "--as", "orders", "--map", *COLUMNS)
    assert ran.status == 0
    assert shop.ledger() == rows
    assert shop.restatements() == []


def test_a_longer_export_without_ids_is_refused_unless_its_meaning_is_said(shop: Stage) -> None:
    longer = history(5)
    file = shop.write("files/longer.txt", longer)
    arguments = ("import", str(file), "--as", "orders", "--map", *COLUMNS)
    refused = shop.cli(*arguments)
    assert refused.status == 2
    assert "--replace" in refused.err
    assert "--append" in refused.err
    assert numbers(shop, "all") == by_hand(history())["all"]

    assert shop.cli(*arguments, "--replace").status == 0
    expected = by_hand(longer)
    assert {period: numbers(shop, period) for period in expected} == expected


def test_a_file_replaces_earlier_rows_though_the_clock_has_gone_back(shop: Stage) -> None:
    longer = history(5)
    shop.clock.instant -= timedelta(days=1)
    shop.take("longer.txt", longer, "orders", maps=COLUMNS, replace=True)
    shop.clock.instant += timedelta(days=1)
    shop.run()
    assert numbers(shop, "all") == by_hand(longer)["all"]


def test_appended_rows_are_added_to_those_of_the_same_days(shop: Stage) -> None:
    more = " 00777 19970115  1  33.00\n"
    file = shop.write("files/more.txt", more)
    assert shop.cli("import", str(file), "--as", "orders", "--map", *COLUMNS).status == 2
    assert shop.cli("import", str(file), "--as", "orders", "--map", *COLUMNS, "--append").status == 0
    expected = by_hand(history() + more)
    assert numbers(shop, "1997-01") == expected["1997-01"]


def test_what_the_file_cannot_tell_is_withheld_and_what_was_assumed_is_said(shop: Stage) -> None:
    for kpi in ("product_revenue", "units_sold"):
        answer = shop.ask(kpi, "1997-01")
        assert (answer.value, answer.data_quality) == (None, "insufficient_data")
        assert "order_lines" in {reason.input for reason in answer.reasons}
    explained = shop.cli("explain", "total_revenue", "--period", "1997-01", "--format", "json")
    assert "every order counts as paid in full" in explained.out
