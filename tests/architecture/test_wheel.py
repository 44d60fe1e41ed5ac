"""The wheel holds the page and the packs, and nothing that was generated while they were worked on."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hatch_build import pack_files

ROOT = Path(__file__).parents[2]


def test_generated_files_of_a_pack_stay_out(tmp_path: Path) -> None:
    for name in ("shop/dbt_project.yml", "shop/models/a.sql", "shop/target/run.json", "shop/logs/dbt.log", "shop/.user.yml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert sorted(pack_files(tmp_path).values()) == ["assay/packs/shop/dbt_project.yml", "assay/packs/shop/models/a.sql"]


@pytest.mark.slow
def test_a_wheel_holds_page_and_packs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    packs = {path.relative_to(ROOT).as_posix() for path in (ROOT / "packs").glob("*/dbt_project.yml")}
    assert packs
    assert {f"assay/{name}" for name in packs} | {"assay/api/page/index.html", "assay/cli/__init__.py"} <= names
