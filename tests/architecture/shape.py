"""Rules about the shape of files: how long they are, how they are called, what they may hold."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture.source import Module

LONGEST_FILE = 500
LONGEST_FUNCTION = 60
NAMELESS = frozenset({"utils", "util", "common", "core", "helpers", "helper", "misc"})
"""Names that say nothing about what is inside."""


def long_files(modules: Iterable[Module]) -> list[str]:
    """Return the files with more lines than a reader keeps in mind."""
    counted = ((module.path, len(module.text.splitlines())) for module in modules)
    return [f"{path}: {lines} lines, {LONGEST_FILE} at most" for path, lines in counted if lines > LONGEST_FILE]


def long_functions(modules: Iterable[Module]) -> list[str]:
    """Return the functions with more lines than a screen."""
    return [
        f"{module.path}:{node.lineno}: {node.name} has {lines} lines, {LONGEST_FUNCTION} at most"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
    ]


def nameless(modules: Iterable[Module], root: Path) -> list[str]:
    """Return the files and folders with a name that says nothing."""
    paths = (module.path.relative_to(root) for module in modules)
    return [
        f"{path}: say in the name what is inside"
        for path in paths
        if NAMELESS & {part.removesuffix(".py") for part in path.parts}
    ]


def without_docstring(modules: Iterable[Module]) -> list[str]:
    """Return the modules that do not say what they are for (an empty `__init__.py` is for nothing)."""
    return [
        f"{module.path}: no docstring"
        for module in modules
        if ast.get_docstring(module.tree) is None and not (module.is_package and not module.tree.body)
    ]


def busy_packages(modules: Iterable[Module]) -> list[str]:
    """Return the statements of `__init__.py` files that are no docstring, import, or assignment to a dunder name."""
    return [
        f"{module.path}:{node.lineno}: holds more than exports"
        for module in modules
        if module.is_package
        for node in _work(module.tree)
    ]


def _work(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            continue
        if isinstance(node, ast.Assign) and all(isinstance(one, ast.Name) and one.id.startswith("__") for one in node.targets):
            continue
        yield node
