"""Files stay small enough to read, and are called by what they hold. Each rule is shown to fail on a toy file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import shape
from tests.architecture.source import Module, read_package

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return list(read_package(ROOT / "src" / "assay").modules.values())


@pytest.fixture(scope="module")
def everything(source: list[Module]) -> list[Module]:
    beside = [module for name in ("tests", "benchmarks") for module in read_package(ROOT / name).modules.values()]
    return [*source, *beside, Module("dev", ROOT / "dev.py"), Module("hatch_build", ROOT / "hatch_build.py")]


def module(folder: Path, name: str, text: str) -> Module:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return Module(path.stem, path)


def test_no_file_is_longer_than_a_reader_keeps_in_mind(everything: list[Module]) -> None:
    assert shape.long_files(everything) == []


def test_no_function_is_longer_than_a_screen(everything: list[Module]) -> None:
    assert shape.long_functions(everything) == []


def test_no_room_is_called_by_a_name_that_says_nothing(everything: list[Module]) -> None:
    assert shape.nameless(everything, ROOT) == []


def test_every_module_says_what_it_is_for(source: list[Module]) -> None:
    assert shape.without_docstring(source) == []


def test_packages_hold_exports_only(source: list[Module]) -> None:
    assert shape.busy_packages(source) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    assert shape.long_files([module(tmp_path, "a.py", "x = 1\n" * 500)]) == []
    assert shape.long_files([module(tmp_path, "b.py", "x = 1\n" * 501)])


def test_a_long_function_is_found_inside_a_class_too(tmp_path: Path) -> None:
    body = "        x = 1\n"
    assert shape.long_functions([module(tmp_path, "a.py", "class A:\n    async def f(self):\n" + body * 59)]) == []
    assert shape.long_functions([module(tmp_path, "b.py", "class A:\n    async def f(self):\n" + body * 60)])


@pytest.mark.parametrize("name", ["utils.py", "core/rows.py", "helpers/__init__.py"])
def test_a_name_that_says_nothing_is_found(tmp_path: Path, name: str) -> None:
    assert shape.nameless([module(tmp_path, name, "")], tmp_path)


def test_a_module_that_does_not_say_what_it_is_for_is_found(tmp_path: Path) -> None:
    assert shape.without_docstring([module(tmp_path, "a.py", "x = 1")])
    assert shape.without_docstring([module(tmp_path, "__init__.py", "x = 1")])
    assert shape.without_docstring([module(tmp_path, "b/__init__.py", "")]) == []


def test_work_in_a_package_file_is_found(tmp_path: Path) -> None:
    fine = '"""Text."""\nfrom .a import main\n__all__ = ["main"]\n__version__ = "1"\n'
    assert shape.busy_packages([module(tmp_path, "__init__.py", fine)]) == []
    assert shape.busy_packages([module(tmp_path, "x/__init__.py", fine + "def f(): ...\n")])
    assert shape.busy_packages([module(tmp_path, "y/__init__.py", fine + "for one in (): print(one)\n")])
