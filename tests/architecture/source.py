"""Reads a package's source as data: its modules, what they import, their literals. Nothing is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Module:
    """One Python file of a package."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @property
    def room(self) -> str:
        """The part of the name below the package itself; empty for the package."""
        return self.name.partition(".")[2].partition(".")[0]


@dataclass(frozen=True)
class Package:
    """The modules of a package by name."""

    name: str
    modules: dict[str, Module]

    def imports(self, module: Module) -> list[tuple[int, str]]:
        """Return line and name of each module of this package that the module imports, wherever in it that stands."""
        found: list[tuple[int, str]] = []
        for node in ast.walk(module.tree):
            for target in self._targets(module, node):
                if target == self.name or target.startswith(f"{self.name}."):
                    found.append((getattr(node, "lineno", 0), self._module_of(target)))
        return sorted(set(found))

    def _targets(self, module: Module, node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _absolute(module, node)
            yield from (f"{origin}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))

    def _module_of(self, target: str) -> str:
        # `from assay.units import Unit` names a thing in a module, `from assay import units` the module itself.
        while target not in self.modules and "." in target:
            target = target.rpartition(".")[0]
        return target


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    base = parts[: len(parts) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def read_package(folder: Path) -> Package:
    """Read every Python file below the folder, which is the package's own."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        modules[name] = Module(name, path)
    return Package(folder.name, modules)


def literals(module: Module, *, silent_keywords: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string literal, leaving out docstrings and the values of the keywords named."""
    silent = {id(node) for node in _silent(module.tree, silent_keywords)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.lineno, node.value


def _silent(tree: ast.Module, keywords: frozenset[str]) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg in keywords:
            yield from ast.walk(node.value)
