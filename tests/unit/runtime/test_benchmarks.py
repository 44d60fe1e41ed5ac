"""A number beside what others reach: only over periods of the length that the benchmark speaks of, and never as a target."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assay.catalog.compiled import dump, load
from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, load_catalog
from assay.runtime.benchmarks import beside
from assay.values.answer import Answer, Coverage, DataQuality, PeriodFacts, UnitFacts

MODEL = "version: 2\nmodels:\n  - {name: sales, config: {times: [sold_on]}, columns: [{name: sold_on, data_type: DATE}]}\n"
KPI = """\
kpi: kept
unit: percent
direction: up
owner: me
definition: Kept.
model: sales
time: sold_on
formula: 100 * count(sold_on) / count(*)
"""
SOURCE = 'of: others, source: Somebody, url: "https://example.org/a", published: 2026-02-01'
YEAR = f"kept:\n  - {{low: 105, high: 110, over: year, {SOURCE}}}\n"


def catalog_of(folder: Path, benchmarks: str) -> Catalog | None:
    for name, text in {"models/sales.yml": MODEL, "kpis/kept.yml": KPI, "benchmarks.yml": benchmarks}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    catalog = load_catalog([CatalogRoot(folder, name="shop")]).catalog
    return catalog and load(dump(catalog))  # as it is published


def answer(value: str | None, first: date, last: date) -> Answer:
    period = PeriodFacts(name="x", grain="range", start=first, end=last, timezone="UTC", open=False)
    quality = DataQuality.ACTUAL if value is not None else DataQuality.INSUFFICIENT_DATA
    return Answer(
        kpi="kept", label="Kept", period=period, unit=UnitFacts(kind="percent"), value=value, display="", data_quality=quality,
        freshness=None, coverage=Coverage(days=1, covered=1), provisional=False, generation=1, receipt=None, valid_until=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "first", "last", "standing"),
    [
        ("104.9", date(2025, 1, 1), date(2025, 12, 31), "below"),
        ("105", date(2025, 1, 1), date(2025, 12, 31), "within"),
        ("110", date(2024, 1, 1), date(2024, 12, 31), "within"),
        ("110.1", date(2025, 3, 2), date(2026, 3, 1), "above"),
        ("99", date(2025, 3, 1), date(2025, 3, 31), None),
        (None, date(2025, 1, 1), date(2025, 12, 31), None),
    ],
)
def test_a_number_is_set_beside_it_over_periods_of_its_length_alone(
    tmp_path: Path, value: str | None, first: date, last: date, standing: str | None
) -> None:
    catalog = catalog_of(tmp_path, YEAR)
    assert catalog is not None
    (fact,) = beside(catalog.kpis["kept"], answer(value, first, last))
    assert (fact.text, fact.standing, fact.published) == ("105.0 % to 110.0 %", standing, date(2026, 2, 1))


def test_one_end_of_a_range_is_said_as_such(tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, f"kept: {{low: 4, {SOURCE}}}\n")
    assert catalog is not None
    (fact,) = beside(catalog.kpis["kept"], answer("1000", date(2025, 3, 1), date(2025, 3, 1)))
    assert (fact.text, fact.standing) == ("at least 4.0 %", "within")


@pytest.mark.parametrize(
    "wrong",
    [
        f"kept: {{{SOURCE}}}\n",
        f"kept: {{low: 5, high: 4, {SOURCE}}}\n",
        "kept: {low: 5, of: others, source: Somebody, url: 'javascript:alert(1)', published: 2026-02-01}\n",
        "kept: {low: 5, of: others, source: Somebody, url: 'https://example.org/a'}\n",
        f"kepd: {{low: 5, {SOURCE}}}\n",
    ],
)
def test_a_benchmark_without_a_range_a_date_or_a_safe_address_is_refused(tmp_path: Path, wrong: str) -> None:
    assert catalog_of(tmp_path, wrong) is None
