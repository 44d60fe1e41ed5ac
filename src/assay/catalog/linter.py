"""Finds the rules, one a file, and runs them all over a draft.

A rule is a module with `RULE` (its name), a docstring that explains it to users, and `check(draft)` that yields problems.
To add one, put a file into `assay/catalog/rules`, or into a folder that is passed in; nothing else changes.
"""

from __future__ import annotations

import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType

from assay.catalog.draft import CatalogDraft
from assay.catalog.problem import Problem
from assay.errors import UsageError

RULES_FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the linter."""

    name: str
    explanation: str
    check: Callable[[CatalogDraft], Iterable[Problem]]


def lint(draft: CatalogDraft, extra_folders: Sequence[Path] = ()) -> Iterator[Problem]:
    """Yield what every rule finds, each problem under its rule's name."""
    for rule in rules(extra_folders):
        for problem in rule.check(draft):
            yield replace(problem, rule=rule.name)


def rules(extra_folders: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """Return the rules of the package and of the extra folders, by name."""
    found = [
        *_own_rules(),
        *(rule for folder in extra_folders for rule in _rules_in(folder, f"assay_rules_{abs(hash(folder))}")),
    ]
    return tuple(sorted(found, key=lambda rule: rule.name))


@cache
def _own_rules() -> tuple[Rule, ...]:
    return tuple(_rules_in(RULES_FOLDER, "assay.catalog.rules"))


def _rules_in(folder: Path, package: str) -> Iterator[Rule]:
    for found in pkgutil.iter_modules([str(folder)]):
        module = _module(folder / f"{found.name}.py", f"{package}.{found.name}")
        name, check = getattr(module, "RULE", None), getattr(module, "check", None)
        if not isinstance(name, str) or not callable(check) or not module.__doc__:
            raise UsageError(
                f"{folder / found.name}.py is not a rule.",
                "A rule has a docstring, RULE = 'its_name' and check(draft) that yields problems.",
            )
        yield Rule(name, module.__doc__.strip(), check)


def _module(path: Path, name: str) -> ModuleType:
    if name.startswith("assay.catalog.rules."):
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be loaded.", "A rule is a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
