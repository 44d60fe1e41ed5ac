"""Where packs are found, and the folders that make up a project's catalogue."""

from __future__ import annotations

from pathlib import Path

from assay.catalog.loader import CatalogRoot, LoadResult, load_catalog
from assay.errors import UsageError, suggest
from assay.settings import Project

BASE = "base"
_PLACES = (Path(__file__).parents[1] / "packs", Path(__file__).parents[3] / "packs")
"""Inside the installed package, or beside `src` in a checkout."""


def available_packs() -> dict[str, Path]:
    """Return every pack that came with Assay, by name."""
    folder = next((place for place in _PLACES if place.is_dir()), None)
    if folder is None:
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if (path / "dbt_project.yml").is_file()}


def packs_of(project: Project) -> dict[str, Path]:
    """Return the packs that the project uses; `base` comes first, for the others build on it."""
    known = available_packs()
    wanted = list(dict.fromkeys([BASE, *project.file.packs]))
    for name in wanted:
        if name not in known:
            raise UsageError(
                f'There is no pack "{name}".{suggest(name, known)}',
                f"assay.yml can name these packs: {', '.join(sorted(known))}.",
            )
    return {name: known[name] for name in wanted}


def roots_of(project: Project) -> list[CatalogRoot]:
    """Return the catalogue's folders: the packs in order, then the project itself."""
    packs = [CatalogRoot(path, name) for name, path in packs_of(project).items()]
    return [*packs, CatalogRoot(project.folder, project=True)]


def read_catalog(project: Project) -> LoadResult:
    """Read and check the project's catalogue."""
    return load_catalog(roots_of(project))
