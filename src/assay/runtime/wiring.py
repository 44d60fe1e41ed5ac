"""The one place where engines are discovered: a folder is all that a new one needs."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import assay.engines
from assay.engines.protocol import Engine
from assay.errors import UsageError, suggest
from assay.settings import Project

OpenEngine = Callable[[Project], Engine]


def engines(folders: Iterable[Path] = ()) -> dict[str, Callable[[], OpenEngine]]:
    """Return the engines by name, each with how to load it; `folders` are looked through besides Assay's own."""
    found: dict[str, Callable[[], OpenEngine]] = {}
    for folder in (*map(Path, assay.engines.__path__), *folders):
        for path in sorted(folder.iterdir()):
            if (path / "__init__.py").is_file():
                found[path.name] = _loader(path)
    return found


def open_warehouse(project: Project) -> Engine:
    """Open the project's warehouse with the engine that `assay.yml` names."""
    own = project.folder / "engines"
    known = engines([own] if own.is_dir() else [])
    name = project.file.warehouse.engine
    if name not in known:
        raise UsageError(
            f'There is no engine "{name}".{suggest(name, known)}', f"warehouse.engine can be: {', '.join(sorted(known))}."
        )
    return known[name]()(project)


def _loader(path: Path) -> Callable[[], OpenEngine]:
    def load() -> OpenEngine:
        if path.parent in map(Path, assay.engines.__path__):
            module = importlib.import_module(f"assay.engines.{path.name}")
        else:
            name = f"assay_engine_{path.name}"
            spec = importlib.util.spec_from_file_location(name, path / "__init__.py", submodule_search_locations=[str(path)])
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            spec.loader.exec_module(module)
        opener: OpenEngine = module.open_engine
        return opener

    return load
