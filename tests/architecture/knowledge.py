"""Rules about what the package must not know: packs and KPIs by name, and what time it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml

from tests.architecture.source import Module, literals

DESCRIPTIONS = frozenset({"description", "help", "examples"})
"""Keywords whose literals are for people: an example there may name a KPI."""

FOUNDATION = "base"
"""The pack that all packs build on; its name is part of what a pack is."""

ROOM_THAT_KNOWS_A_SHOP = "demo"
ROOM_THAT_KNOWS_THE_TIME = "clock"
CLOCKS = {"datetime": {"now", "utcnow", "today"}, "date": {"today"}, "time": {"time", "time_ns", "localtime", "gmtime"}}


def names_of_packs(packs: Path) -> set[str]:
    """Return the names of the packs and of every KPI that they define."""
    found = {path.parent.name for path in packs.glob("*/dbt_project.yml")} - {FOUNDATION}
    for path in packs.glob("*/kpis/*.yml"):
        documents = yaml.safe_load_all(path.read_text("utf-8"))
        found.update(document["kpi"] for document in documents if isinstance(document, dict) and "kpi" in document)
    return found


def known_names(modules: Iterable[Module], names: set[str]) -> list[str]:
    """Return the literals that name a pack or a KPI.

    A name with an underscore counts wherever it stands in a literal; a plain word (`refunds`) only as the whole literal,
    since it may be part of a sentence.
    """
    compound, plain = {name for name in names if "_" in name}, {name for name in names if "_" not in name}
    return [
        f"{module.path}:{line}: names {name!r}"
        for module in modules
        if module.room != ROOM_THAT_KNOWS_A_SHOP
        for line, text in literals(module, silent_keywords=DESCRIPTIONS)
        for name in sorted((compound & set(re.findall(r"\w+", text))) | (plain & {text}))
    ]


def clock_readings(modules: Iterable[Module]) -> list[str]:
    """Return the places that ask the machine what time it is."""
    return [
        f"{module.path}:{line}: asks the machine for the time; take a Clock"
        for module in modules
        if module.room != ROOM_THAT_KNOWS_THE_TIME
        for line in _readings(module.tree)
    ]


def _readings(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        attribute = isinstance(node, ast.Attribute) and node.attr in CLOCKS.get(_last_name(node.value), ())
        imported = (
            isinstance(node, ast.ImportFrom) and node.module == "time" and {one.name for one in node.names} & CLOCKS["time"]
        )
        if isinstance(node, ast.Attribute | ast.ImportFrom) and (attribute or imported):
            yield node.lineno


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
