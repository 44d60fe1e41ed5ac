"""Packs are data, and the time is handed in. Each rule is shown to fail on a toy file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture import knowledge
from tests.architecture.source import Module, read_package

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def source() -> list[Module]:
    return list(read_package(ROOT / "src" / "assay").modules.values())


def toy(folder: Path, text: str, name: str = "assay.runtime.answer") -> list[Module]:
    path = folder / "answer.py"
    path.write_text(text)
    return [Module(name, path)]


def test_nothing_in_the_package_names_a_pack_or_a_kpi(source: list[Module]) -> None:
    names = knowledge.names_of_packs(ROOT / "packs")
    assert {"commerce_ops", "total_revenue", "aov"} <= names, "the packs were not found, so nothing would be checked"
    assert knowledge.known_names(source, names) == []


def test_nothing_but_the_clock_asks_the_machine_for_the_time(source: list[Module]) -> None:
    assert knowledge.clock_readings(source) == []


def test_the_names_of_packs_are_read_from_their_files(tmp_path: Path) -> None:
    (tmp_path / "shop" / "kpis").mkdir(parents=True)
    (tmp_path / "shop" / "dbt_project.yml").write_text("name: shop")
    (tmp_path / "shop" / "kpis" / "sales.yml").write_text("kpi: revenue_a\n---\nkpi: revenue_b\n---\nboard: sales\n")
    assert knowledge.names_of_packs(tmp_path) == {"shop", "revenue_a", "revenue_b"}


@pytest.mark.parametrize(
    "text", ['x = "refunds"', 'x = f"select {1} from total_revenue"', "def f(name='aov'): ...", 'print("see total_revenue")']
)
def test_a_kpi_named_in_the_package_is_found(tmp_path: Path, text: str) -> None:
    names = {"refunds", "total_revenue", "aov"}
    assert knowledge.known_names(toy(tmp_path, text), names)
    assert knowledge.known_names(toy(tmp_path, text, "assay.demo.shop"), names) == []


@pytest.mark.parametrize(
    "text", ['"""Like total_revenue."""', 'x = "all refunds"', 'Field(description="avg_over(total_revenue, 7)")', "refunds = 1"]
)
def test_words_for_people_are_left_alone(tmp_path: Path, text: str) -> None:
    assert knowledge.known_names(toy(tmp_path, text), {"refunds", "total_revenue"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "import datetime\ndatetime.datetime.utcnow()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "import time\nstart = time.time",
        "from time import time",
    ],
)
def test_a_question_for_the_time_is_found(tmp_path: Path, text: str) -> None:
    assert len(knowledge.clock_readings(toy(tmp_path, text))) == 1
    assert knowledge.clock_readings(toy(tmp_path, text, "assay.clock")) == []


def test_a_clock_that_was_handed_in_is_left_alone(tmp_path: Path) -> None:
    assert knowledge.clock_readings(toy(tmp_path, "import time\nclock.now()\ntime.monotonic()\ntime.sleep(1)")) == []
