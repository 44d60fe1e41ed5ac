"""The wheel's build hook: builds the page and puts page and packs into the wheel.

An editable installation gets neither: there the page is built by `dev.py` and the packs are read from the checkout.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

GENERATED = {"target", "logs", "dbt_packages", "__pycache__"}
"""Folders that dbt and Python leave in a pack when it is worked on."""


class PageAndPacks(BuildHookInterface[Any]):
    """Adds `assay/api/page` (built here) and `assay/packs` (copied from `packs/`) to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page and name the files to add; `version` is `editable` for an editable installation."""
        if version == "editable" or self.target_name != "wheel":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "dev.py"), "page"], cwd=root, check=True)
        build_data["artifacts"].append("src/assay/api/page/**")
        build_data["force_include"].update(pack_files(root / "packs"))


def pack_files(packs: Path) -> dict[str, str]:
    """Return where each file of the packs goes in the wheel."""
    return {str(path): f"assay/packs/{path.relative_to(packs).as_posix()}" for path in sorted(_files(packs))}


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in GENERATED:
            yield from _files(path)
        elif path.is_file() and not path.name.startswith("."):
            yield path
