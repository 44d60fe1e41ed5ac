"""`assay.yml`: what is wrong with it is said all at once, with what would be right."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from assay.errors import UsageError
from assay.settings import find_project, open_project

GOOD = "timezone: America/Los_Angeles\ncurrency: USD\n"


def project_file(folder: Path, text: str | bytes) -> Path:
    (folder / "assay.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_a_project_needs_no_more_than_a_zone_and_a_currency(tmp_path: Path) -> None:
    project = open_project(project_file(tmp_path, GOOD))

    assert project.timezone == "America/Los_Angeles"
    assert project.file.warehouse.engine == "duckdb"
    assert project.warehouse == tmp_path / ".assay" / "warehouse.duckdb"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no settings"),
        ("- a\n- b\n", "holds no settings"),
        ("timezone: [", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"name: a\0b\n", "cannot be read"),
        ("currency: USD\n", "timezone: Field required"),
        ("timezone: UTC\n", "currency: Field required"),
        ("timezone: Mars/Base\ncurrency: USD\n", "'Mars/Base' is not a time zone"),
        ("timezone: UTC\ncurrency: dollars\n", "'dollars' is not a currency code"),
        (GOOD + "curency: EUR\n", 'curency: there is no such setting. Did you mean "currency"?'),
        (GOOD + "packs: [Commerce Ops]\n", "packs.0"),
        (GOOD + "packs: ['../x']\n", "packs.0"),
        (GOOD + "serve: {port: 70000}\n", "serve.port"),
        *(
            (GOOD + f"links: {{product: {address!r}}}\n", said)
            for address, said in (
                ("http://shop.example/{key}", "no https:// address"),
                ("javascript:alert('{key}')", "no https:// address"),
                ("https://me:secret@shop.example/{key}", "no https:// address"),
                ("https:///{key}", "no https:// address"),
                ("https://shop.example/ {key}", "no https:// address"),
                ("https://[shop/{key}", "no https:// address"),
                ("https://{key}.shop.example/", "behind its host"),
                ("https://shop.example/{key}/{id}", "no other braces"),
                ("https://shop.example/products", "behind its host"),
            )
        ),
        (GOOD + "serve: {prot: 1}\n", "serve.prot: there is no such setting"),
        (GOOD + "warehouse: {engine: 'a;b'}\n", "warehouse.engine"),
        (GOOD + "demo: {start: 2026-01-01, scale: 0}\n", "demo.scale"),
        (GOOD + f"name: {'x' * 81}\n", "name"),
        ("timezone: [{zone: Mars/Base}]\ncurrency: USD\n", "'Mars/Base' is not a time zone"),
        ("timezone: 7\ncurrency: USD\n", "timezone"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        open_project(project_file(tmp_path, text))

    assert said in refused.value.problem
    assert str(tmp_path) in refused.value.problem
    assert refused.value.remedy


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        open_project(project_file(tmp_path, "nmae: x\nserve: {port: -1}\n"))

    assert all(word in refused.value.problem for word in ("nmae", "serve.port", "timezone", "currency"))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("[]", "timezone"),
        ("[{zone: UTC, from: 2026-01-01T00:00:00Z}]", "held first"),
        ("[{zone: UTC}, {zone: Asia/Tokyo}]", "held first"),
        ("[{zone: UTC}, {zone: Asia/Tokyo, from: 2026-01-01T00:00:00}]", "offset"),
        ("[{zone: UTC}, {zone: Asia/Tokyo, from: 2026-01-01T00:00:00Z}, {zone: UTC, from: 2026-01-01T00:00:00Z}]", "the same"),
    ],
)
def test_dated_zones_that_say_no_history_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        open_project(project_file(tmp_path, f"timezone: {rows}\ncurrency: USD\n"))


def test_dated_zones_hold_each_from_its_instant_on(tmp_path: Path) -> None:
    rows = "[{zone: Asia/Tokyo, from: '2026-06-10T15:00:00+00:00'}, {zone: America/New_York}]"
    project = open_project(project_file(tmp_path, f"timezone: {rows}\ncurrency: USD\n"))

    assert project.timezone == "Asia/Tokyo"
    assert project.calendar.day_of(datetime(2026, 6, 10, 14, tzinfo=UTC)) == date(2026, 6, 10)
    assert project.calendar.day_of(datetime(2026, 6, 10, 15, tzinfo=UTC)) == date(2026, 6, 11)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("[]", "held first"),
        ("[{currency: USD, from: 2026-01-01}]", "held first"),
        ("[{currency: USD}, {currency: EUR}]", "held first"),
        ("[{currency: USD, from: 2026-01-01}, {currency: EUR}]", "held first"),
        ("[{currency: USD}, {currency: EUR, from: 2026-02-01}, {currency: GBP, from: 2026-01-01}]", "oldest first"),
        ("[{currency: USD}, {currency: EUR, from: 2026-02-01}, {currency: GBP, from: 2026-02-01}]", "oldest first"),
        ("[{currency: USD}, {currency: USD, from: 2026-01-01}]", "the same currency"),
        ("[{currency: USD}, {currency: UDS, from: 2026-01-01}]", "'UDS' is not a currency code"),
        ("[{currency: USD}, {currency: EUR, from: soon}]", "from"),
        ("[{currency: USD}, {currency: EUR, from: 2026-01-01, rate: 0.92}]", "rate: Input should be a valid string"),
        ("[{currency: USD}, {currency: EUR, from: 2026-01-01, rate: '0,92'}]", "rate"),
        ("[{currency: USD}, {currency: EUR, from: 2026-01-01, rate: '-1'}]", "rate"),
        ("[{currency: USD}, {currency: EUR, from: 2026-01-01, rate: '0.00'}]", "more than zero"),
        ("[{currency: USD, rate: '1.1'}]", "no `rate`"),
    ],
)
def test_dated_currencies_that_say_no_history_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        open_project(project_file(tmp_path, f"timezone: UTC\ncurrency: {rows}\n"))

    assert said in refused.value.problem


def test_dated_currencies_hold_each_from_its_shop_day_on(tmp_path: Path) -> None:
    rows = "[{currency: BGN}, {currency: EUR, from: 2026-01-01, rate: '0.511292'}]"
    currencies = open_project(project_file(tmp_path, f"timezone: UTC\ncurrency: {rows}\n")).currencies

    assert (currencies.on(date(2025, 12, 31)), currencies.on(date(2026, 1, 1))) == ("BGN", "EUR")
    assert currencies.factor(date(2025, 12, 31), date(2026, 1, 1)) == Fraction("0.511292")


def test_the_project_is_found_from_a_folder_below_it(tmp_path: Path) -> None:
    project_file(tmp_path, GOOD)
    below = tmp_path / "kpis" / "sales"
    below.mkdir(parents=True)

    assert find_project(below).folder == tmp_path.resolve()


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="assay init"):
        find_project(tmp_path)


@pytest.mark.parametrize(
    "address",
    ["https://shop.example/products/{key}", "https://shop.example/find?q={key}&all=1", "http://localhost:8000/{key}#{key}"],
)
def test_a_link_leads_to_the_shops_own_pages(tmp_path: Path, address: str) -> None:
    project = open_project(project_file(tmp_path, GOOD + f"links: {{product: '{address}'}}\n"))
    assert project.file.links == {"product": address}
