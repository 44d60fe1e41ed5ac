"""MetricFlow and boring-semantic-layer on the same marts and KPIs, each in a virtual environment of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.scale.board import same
from benchmarks.scale.figures import Report, best_ms
from benchmarks.scale.questions import KIND_OF, Question
from benchmarks.scale.shop import Shop

SCRIPTS = Path(__file__).parent / "references"
MOST_SECONDS = 900


@dataclass(frozen=True)
class Tool:
    """A tool: what is installed for it, and the script that asks it."""

    name: str
    packages: tuple[str, ...]
    script: str
    goal: float | None = None


TOOLS = (
    # dbt-core 1.12 downloads a part of itself from outside the package index.
    Tool("MetricFlow", ("dbt-core<1.12", "dbt-metricflow", "dbt-duckdb"), "metricflow_numbers.py", goal=1000),
    Tool("boring-semantic-layer", ("boring-semantic-layer", "ibis-framework[duckdb]"), "semantic_layer_numbers.py"),
)


def measure(shop: Shop, report: Report, scale: str, folder: Path | None) -> None:
    """Ask each tool what it can express, one KPI and period at a time and all at once."""
    if folder is None:
        print("  not asked: name a folder for their environments with --reference")
        return
    questions, snapshot = shop.questions, shop.snapshot()
    numbers = dict(zip(questions, shop.numbers(snapshot, snapshot.store, questions), strict=True))
    for tool in TOOLS:
        python = installed(tool, folder)
        if python is None:
            continue
        found = ask(tool, python, shop, questions)
        answers = {Question(one["kpi"], one["period"]): one for one in found["answers"]}
        ours = best_ms(partial(shop.numbers, snapshot, snapshot.store, list(answers)))
        theirs = sum(one["seconds"] for one in answers.values()) * 1000
        name = f"{tool.name}: {len(answers)} numbers, one at a time"
        report.add(name, theirs, reference="rollups", reference_value=ours)
        goal = tool.goal if scale == "10M" else None
        report.add(f"{tool.name} one at a time against rollups", theirs / ours, "×", goal=goal, more=True)
        at_once(tool, report, found["at_once"])
        wrong = [
            f"{one.kpi} {one.period}: {told['value']}, ours {numbers[one] and float(numbers[one])}"
            for one, told in answers.items()
            if not same(numbers[one], told["value"], sketched=KIND_OF[one.kpi] == "quantile")
        ]
        report.add(f"{tool.name}: numbers that differ", len(wrong), "", note="; ".join(wrong[:3]))


def at_once(tool: Tool, report: Report, found: list[dict[str, Any]]) -> None:
    """Say what it does when it is asked for everything of a period at once."""
    for one in found:
        if "error" in one:
            print(f"  {tool.name} asked for {one['metrics']} KPIs of {one['period']} at once: {one['error']}")
    took = sum(one.get("seconds", 0) for one in found) * 1000
    answered = sum(one.get("values", 0) for one in found)
    report.add(f"{tool.name}: {answered} numbers, all of a period at once", took)


def installed(tool: Tool, folder: Path) -> Path | None:
    """Return the Python of the tool's environment, made if it is missing; None if it cannot be installed."""
    place = folder.absolute() / tool.name
    python = place / "bin" / "python"
    if not (place / "ready").exists():
        venv.create(place, with_pip=True, clear=True)
        done = subprocess.run([python, "-m", "pip", "install", "--quiet", *tool.packages], capture_output=True, check=False)
        if done.returncode:
            print(f"  {tool.name} cannot be installed here: {done.stderr.decode().strip().splitlines()[-1]}")
            return None
        (place / "ready").touch()
    listed = subprocess.run([python, "-m", "pip", "list", "--format", "json"], capture_output=True, check=True)
    versions = {one["name"]: one["version"] for one in json.loads(listed.stdout)}
    wanted = ("metricflow", "dbt-metricflow", "dbt-core", "boring-semantic-layer", "ibis-framework", "duckdb")
    print(f"  {tool.name}: {', '.join(f'{name} {versions[name]}' for name in wanted if name in versions)}")
    return python


def ask(tool: Tool, python: Path, shop: Shop, questions: list[Question]) -> dict[str, Any]:
    """Run the tool's script on the warehouse, which nobody else may have open meanwhile."""
    shop.close()
    del shop.place
    asked = [
        {"kpi": one.kpi, "period": one.period, "start": f"{one.window.start}", "end": f"{one.window.end}"} for one in questions
    ]
    command = [str(python), str(SCRIPTS / tool.script), str(shop.folder / tool.name), str(shop.project.warehouse)]
    environment = {**os.environ, "MOST_SECONDS": str(MOST_SECONDS)}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(command, input=json.dumps(asked), env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{tool.name} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
