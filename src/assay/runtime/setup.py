"""Making a project: its folder, its settings, its dbt files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from assay.calendar import zone
from assay.errors import UsageError
from assay.models.project import write_dbt_project
from assay.runtime.packs import BASE, available_packs, packs_of
from assay.settings import PROJECT_FILE, Project, ProjectFile, open_project
from assay.units import currency_exponent

_HEAD = """# The settings of this Assay project; docs/settings.md describes each.
# After a change here, run `assay upgrade` to write the dbt files again, and `assay refresh`.
"""
_README = """# {name}

An Assay project. `assay check` checks your KPI files, `assay refresh` brings the numbers up to date, `assay serve` shows them.

- `kpis/`: your own KPIs (YAML); they add to the packs' or replace them
- `boards/`: your own boards
- `models/`: your own dbt models; they may `ref` the packs' models
- `tests/`: your own dbt tests; a KPI names the ones that it needs under `requires: checks:`
- `.assay/`: generated; the landing zone and `state.sqlite` in it are the truth, everything else can be rebuilt
"""


def init(folder: Path, settings: dict[str, Any]) -> Project:
    """Make a project in a new or empty folder. Raises `UsageError` where there already is one, or the settings are wrong."""
    if (folder / PROJECT_FILE).exists():
        raise UsageError(f"{folder} already is an Assay project.", "Choose another folder, or edit its assay.yml.")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "Name a new folder; Assay writes its files into it.")
    zone(settings["timezone"])
    currency_exponent(settings["currency"])
    project = Project(folder.absolute(), ProjectFile.model_validate(settings))
    packs = packs_of(project)
    for name in ("kpis", "boards", "models", "tests"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / ".gitkeep").touch()
    (folder / PROJECT_FILE).write_text(_HEAD + yaml.safe_dump(settings, sort_keys=False), "utf-8")
    (folder / ".gitignore").write_text(".assay/\n", "utf-8")
    (folder / "README.md").write_text(_README.format(name=project.file.name), "utf-8")
    opened = open_project(folder.absolute())
    write_dbt_project(opened, packs)
    return opened


def ready_made() -> list[str]:
    """Return the packs that a project can choose; what they all build on is not chosen."""
    return [name for name in available_packs() if name != BASE]


def of_a_shop() -> list[str]:
    """Return the packs of a project whose maker names none: those that the demo company shows."""
    from assay.demo import PACKS

    return list(PACKS)


def upgrade(project: Project) -> list[str]:
    """Write the project's generated files again for this version of Assay; return what they now rest on."""
    packs = packs_of(project)
    write_dbt_project(project, packs)
    return [f"{name}: {path}" for name, path in packs.items()]
