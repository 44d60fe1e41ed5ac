"""Every example of every KPI that ships: rows in, value out, from daily partials and straight from the rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.catalog.entry import Catalog
from assay.runtime.examples import run_example
from assay.runtime.packs import available_packs, read_catalog
from assay.settings import Project, ProjectFile


def shop(folder: Path, *packs: str) -> Project:
    """Return a project with these packs, or with all."""
    chosen = packs or tuple(name for name in available_packs() if name != "base")
    return Project(folder, ProjectFile(timezone="America/Los_Angeles", currency="USD", packs=chosen))


def catalog(folder: Path, *packs: str) -> Catalog:
    result = read_catalog(shop(folder, *packs))
    assert result.catalog is not None, result.problems
    return result.catalog


SHIPPED = catalog(Path())
EXAMPLES = [
    pytest.param(name, number, id=f"{name}: {example.name}")
    for name, kpi in SHIPPED.kpis.items()
    for number, example in enumerate(kpi.contract.examples)
]


@pytest.mark.parametrize(("name", "number"), EXAMPLES)
def test_an_example_gives_its_value(name: str, number: int, tmp_path: Path) -> None:
    kpi = SHIPPED.kpis[name]
    assert run_example(shop(tmp_path), SHIPPED, kpi, kpi.contract.examples[number]) == []


def test_every_kpi_has_an_example() -> None:
    assert [name for name, kpi in SHIPPED.kpis.items() if not kpi.contract.examples] == []


def test_an_example_that_is_wrong_is_found_both_ways(tmp_path: Path) -> None:
    kpi = SHIPPED.kpis["refunds"]
    wrong = kpi.contract.examples[0].model_copy(update={"value": (kpi.contract.examples[0].value or 0) + 1})
    assert len(run_example(shop(tmp_path), SHIPPED, kpi, wrong)) == 2
