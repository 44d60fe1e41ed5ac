"""Dates are read exactly or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assay.errors import UsageError
from assay.sources.files import ImportSettings
from assay.units import Currencies
from tests.unit.sources.support import LOS_ANGELES, Shop, reasons

HEAD = "customer_id,ordered_at,total\n"


def instants(shop: Shop) -> list[str]:
    return [row["ordered_at"] for row in shop.payloads("orders")]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("19970101", "1997-01-01T08:00:00Z"),
        ("1997-07-01", "1997-07-01T07:00:00Z"),
        ("01/31/1997", "1997-01-31T08:00:00Z"),
        ("1/31/1997 3:04 pm", "1997-01-31T23:04:00Z"),
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
        ("2026-03-01 10:00:00 -0530", "2026-03-01T15:30:00Z"),
        ("2026-03-01T10:00:00.25+02:00", "2026-03-01T08:00:00.250000Z"),
        ("2026-03-01 10:00", "2026-03-01T18:00:00Z"),
        ("2026-03-01 10:00:00 UTC", "2026-03-01T10:00:00Z"),
    ],
)
def test_a_date_is_the_instant_it_says(tmp_path: Path, text: str, instant: str) -> None:
    shop = Shop(tmp_path)
    shop.take(f"{HEAD}a,{text},1\n")
    assert instants(shop) == [instant]


def test_the_repeated_hour_is_its_first_and_the_skipped_hour_is_none(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(
        f"{HEAD}a,2025-11-02T01:30:00,1\nb,2025-11-02T01:30:00-08:00,1\nc,2025-03-09T02:30:00,1\nd,2025-03-09T03:00:00,1\n"
    )
    assert instants(shop) == ["2025-11-02T08:30:00Z", "2025-11-02T09:30:00Z", "2025-03-09T10:00:00Z"]
    assert reasons(summary) == {"a local time that did not exist, because the clocks went forward (ordered_at)": 1}
    assert [day.isoformat() for day in summary.gaps] == ["2025-03-09"]


def test_a_day_without_a_midnight_begins_after_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ImportSettings(((None, "America/Sao_Paulo"),), Currencies.of("USD")))
    summary = shop.take(f"{HEAD}a,2018-11-04,1\nb,2018-11-05,1\n")
    assert instants(shop) == ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]
    assert summary.rejected == ()


def test_a_day_that_the_zone_never_had_is_rejected(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ImportSettings(((None, "Pacific/Apia"),), Currencies.of("USD")))
    assert shop.take(f"{HEAD}a,2011-12-29,1\nb,2011-12-30,1\nc,2011-12-31,1\n").taken == 2
    assert instants(shop) == ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"]


def test_one_day_above_twelve_decides_for_the_whole_column_and_is_shown(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    summary = shop.take(f"{HEAD}a,02/03/2026,1\nb,13/03/2026,1\n")
    assert instants(shop) == ["2026-03-02T08:00:00Z", "2026-03-13T07:00:00Z"]
    assert any("day/month/year" in note and "13/03/2026" in note for note in summary.notes)


@pytest.mark.parametrize("days", [["02/03/2026"], ["13/03/2026", "03/13/2026"]], ids=["open", "contradicting"])
def test_ambiguous_dates_are_refused_until_a_format_is_given(tmp_path: Path, days: list[str]) -> None:
    shop = Shop(tmp_path)
    text = HEAD + "".join(f"a,{day},1\n" for day in days)
    with pytest.raises(UsageError, match="--date-format"):
        shop.take(text)
    summary = shop.take(text, settings=replace(LOS_ANGELES, date_format="%d/%m/%Y"))
    assert summary.taken == 1
    assert instants(shop)[0].startswith("2026-03-")


@pytest.mark.parametrize("date_format", ["%d", "%Y", "%Q", "%d/%m/%Y %z", "%d/%m/%Y%"])
def test_a_format_that_names_no_day_is_refused(tmp_path: Path, date_format: str) -> None:
    with pytest.raises(UsageError, match="not a date format"):
        Shop(tmp_path).take(f"{HEAD}a,2026-03-01,1\n", settings=replace(LOS_ANGELES, date_format=date_format))


def test_a_format_cannot_carry_sql(tmp_path: Path) -> None:
    settings = replace(LOS_ANGELES, date_format="%Y-%m-%d'); drop table file; --")
    with pytest.raises(UsageError, match="No row"):
        Shop(tmp_path).take(f"{HEAD}a,2026-03-01,1\n", settings=settings)
