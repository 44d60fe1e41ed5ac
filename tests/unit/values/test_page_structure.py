"""The page's source keeps its shape: imports go one way, files stay small, and no registry is named."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import median

WEB = Path(__file__).parents[3] / "web"
SOURCE = WEB / "src"
LEVELS = {"api": 0, "ui": 1, "charts": 2, "features": 3, "app": 4, "main.tsx": 5}
IMPORT = re.compile(r"""(?:from|import\()\s*['"](\.[^'"]+)['"]""")


def files() -> list[Path]:
    return [path for path in SOURCE.rglob("*") if path.suffix in {".ts", ".tsx"} and path.name != "types.ts"]


def room(path: Path) -> tuple[str, ...]:
    """The folder that counts: a feature is a room of its own."""
    parts = path.relative_to(SOURCE).parts
    return parts[:2] if parts[0] == "features" else parts[:1]


def test_imports_go_down_only_and_no_feature_imports_another() -> None:
    wrong = []
    for path in files():
        for target in IMPORT.findall(path.read_text("utf-8")):
            there, here = room((path.parent / target).resolve()), room(path)
            if there != here and LEVELS[there[0]] >= LEVELS[here[0]]:
                wrong.append(f"{path.relative_to(SOURCE)} imports {target}")
    assert wrong == []


def test_files_stay_small() -> None:
    lines = {str(path.relative_to(SOURCE)): len(path.read_text("utf-8").splitlines()) for path in files()}
    assert {name: count for name, count in lines.items() if count > 200} == {}
    assert median(lines.values()) <= 60


def test_the_lock_names_no_registry() -> None:
    assert '"resolved"' not in (WEB / "package-lock.json").read_text("utf-8")
