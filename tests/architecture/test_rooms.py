"""Imports go down only. Each rule is shown to fail on a toy package."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import rooms
from tests.architecture.source import Package, read_package

SOURCE = Path(__file__).parents[2] / "src" / "assay"


@pytest.fixture(scope="module")
def assay() -> Package:
    return read_package(SOURCE)


def toy(folder: Path, **files: str) -> Package:
    """Make a package `assay` of the files; `__` in a name is a folder's slash."""
    for name, text in files.items():
        path = folder / "assay" / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_package(folder / "assay")


def test_every_module_has_a_room(assay: Package) -> None:
    assert rooms.unplaced(assay) == []


def test_imports_go_down_only(assay: Package) -> None:
    assert rooms.forbidden_imports(assay) == []


def test_errors_rest_on_nothing(assay: Package) -> None:
    assert rooms.foundations_that_lean(assay) == []


def test_no_modules_import_each_other_in_a_circle(assay: Package) -> None:
    assert rooms.cycle(assay) == []


def test_a_module_without_a_room_is_found(tmp_path: Path) -> None:
    package = toy(tmp_path, units="", tools__text="")
    assert [line.endswith("text.py: no room of the table") for line in rooms.unplaced(package)] == [True]


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("units", "from assay.catalog import contract", "`catalog` is above `units`"),
        ("catalog__contract", "import assay.values.answer", "`values` stands beside `catalog`"),
        ("planner__plan", "from assay.lineage.graph import Graph", "`lineage` stands beside `planner`"),
        ("trust__verdict", "from ..rollups import merge", "`rollups` stands beside `trust`"),
        ("state__store", "def f():\n    from assay.runtime.answer import x", "`runtime` is above `state`"),
        ("rollups__merge", "if TYPE_CHECKING:\n    import assay.api.app", "`api` is above `rollups`"),
        ("cli__get", "from assay.rollups import merge", "`cli` goes through `runtime`"),
        ("api__board", "from assay.cli.get import x", "`cli` stands beside `api`"),
        ("ledger__rows", "import importlib\nimportlib.import_module('assay.mcp.server')", "`mcp` is above `ledger`"),
        ("runtime__wiring", "from assay.engines.duckdb.engine import Engine", "found by discovery"),
        ("engines__choose", "import assay.engines.duckdb.engine", "found by discovery"),
    ],
)  # fmt: skip
def test_a_wrong_import_is_found(tmp_path: Path, file: str, text: str, reason: str) -> None:
    names = ["catalog__contract", "values__answer", "lineage__graph", "rollups__merge", "runtime__answer", "api__app"]
    others = dict.fromkeys([*names, "cli__get", "mcp__server", "engines__duckdb__engine"], "")
    found = rooms.forbidden_imports(toy(tmp_path, **{**others, file: text}))
    assert len(found) == 1
    assert reason in found[0]


def test_right_imports_are_left_alone(tmp_path: Path) -> None:
    package = toy(
        tmp_path,
        errors="",
        units="from assay.errors import AssayError",
        values__answer="from assay.units import Unit\nfrom .load import Entry",
        values__load="import datetime",
        engines__duckdb__engine="from assay.engines.duckdb.printer import text\nfrom assay.engines.protocol import Engine",
        engines__duckdb__printer="",
        engines__protocol="",
        runtime__answer="from assay.engines import protocol\nfrom assay.values.answer import Answer",
        cli__get="from assay.runtime import answer\nfrom assay.values.answer import Answer",
    )
    assert rooms.forbidden_imports(package) == []
    assert rooms.unplaced(package) == []
    assert rooms.cycle(package) == []


def test_errors_that_lean_on_something_are_found(tmp_path: Path) -> None:
    assert rooms.foundations_that_lean(toy(tmp_path, clock="", errors="from assay.clock import Clock"))


def test_a_circle_of_imports_inside_functions_is_found(tmp_path: Path) -> None:
    package = toy(
        tmp_path,
        planner__a="from assay.planner.b import x",
        planner__b="from assay.planner import c",
        planner__c="def f():\n    from assay.planner.a import y",
    )
    assert set(rooms.cycle(package)) == {"assay.planner.a", "assay.planner.b", "assay.planner.c"}
