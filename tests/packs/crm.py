"""The pack `crm` by itself, outside Assay: copies of its folder, and dbt in a process of its own on top of them."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

PACK = Path(__file__).parents[2] / "packs" / "crm"
GENERATED = shutil.ignore_patterns("target", "logs", ".user.yml")
SEEDS = ("leads", "opportunities", "tickets", "satisfaction", "applications", "invoices", "outreach")
_RUNNER = """
import json, pathlib, shutil, sys
import duckdb
from dbt.cli.main import dbtRunner
warehouse, data = pathlib.Path("target/crm.duckdb"), pathlib.Path("data")
quietly = ["--quiet", "--no-use-colors", "--log-level-file", "none"]
told, read = [], {}
for verb, *arguments in json.load(sys.stdin):
    if verb == "sql":
        duckdb.connect(str(warehouse)).execute(arguments[0]).close()
    elif verb == "empty":
        warehouse.unlink()
    elif verb == "put":
        shutil.copytree(arguments[0], data, dirs_exist_ok=True)
    elif verb == "keep":
        kept = pathlib.Path(arguments[0])
        shutil.copytree(data, kept / data)
        (kept / "target").mkdir()
        shutil.copy(warehouse, kept / warehouse)
    else:
        # the files are read once for each target and variables
        how = [word for at, word in enumerate(arguments) if {"--vars", "--target"} & {word, arguments[at - 1] if at else ""}]
        if str(how) not in read:
            read[str(how)] = dbtRunner().invoke(["parse", *how, *quietly]).result
        outcome = dbtRunner(manifest=read[str(how)]).invoke([verb, *arguments, *quietly])
        results = getattr(outcome.result, "results", None) or []
        told.append({
            "success": outcome.success,
            "exception": str(outcome.exception or ""),
            "nodes": {one.node.name: [str(one.status), one.message or ""] for one in results if hasattr(one, "node")},
        })
with open(sys.argv[1], "w") as file:
    json.dump(told, file)
"""


@dataclass(frozen=True)
class Said:
    """What one dbt command came to: whether it exits with 0, and each node's status and message."""

    success: bool
    nodes: Mapping[str, tuple[str, str]]
    exception: str

    @property
    def bad(self) -> dict[str, str]:
        """The nodes that did not go well, with what they said."""
        return {name: message for name, (status, message) in self.nodes.items() if status not in ("success", "pass", "no-op")}


def copy_pack(folder: Path) -> Path:
    """Copy the pack's own files, nothing that was generated. dbt lets go of the warehouse between two commands."""
    shutil.copytree(PACK, folder, ignore=GENERATED)
    profiles = folder / "profiles.yml"
    profiles.write_text(profiles.read_text().replace("type: duckdb", "type: duckdb\n      keep_open: false"))
    return folder


def dbt(folder: Path, *commands: Sequence[str], environment: Mapping[str, str] | None = None) -> list[Said]:
    """Run dbt commands in the folder, one after another in one new process.

    Between them, `("sql", text)` changes the warehouse, `("empty",)` removes it, `("put", folder)` takes seeds from a folder,
    and `("keep", name)` copies seeds and warehouse as they are into a folder, for `seed` and `rows`.
    """
    told = folder / "told.json"
    told.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER, str(told)],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        input=json.dumps([list(command) for command in commands]),
        text=True,
        capture_output=True,
        check=False,
    )
    assert told.exists(), done.stdout + done.stderr
    return [
        Said(one["success"], {name: (status, message) for name, (status, message) in one["nodes"].items()}, one["exception"])
        for one in json.loads(told.read_text())
    ]


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """Read from the warehouse that dbt has left."""
    with duckdb.connect(str(folder / "target" / "crm.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def seed(folder: Path, name: str) -> list[dict[str, str]]:
    """Return a seed's rows as they stand in the file."""
    with (folder / "data" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def change(folder: Path, name: str, edit: Callable[[list[dict[str, str]]], None]) -> None:
    """Let `edit` change the rows of a seed, and write them back."""
    found = seed(folder, name)
    edit(found)
    with (folder / "data" / f"{name}.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
