"""The command line of the benchmark: makes the data, runs each part in a process of its own, prints the goals."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.scale import board, build, changed, cold, data, others, outside, planning
from benchmarks.scale.company import END
from benchmarks.scale.figures import Figure, Report, goals, machine, read
from benchmarks.scale.questions import EXCLUDED, KIND_OF, PERIODS
from benchmarks.scale.shop import Shop

SCALES = {"10K": 10_000, "100K": 100_000, "1M": 1_000_000, "10M": 10_000_000, "100M": 100_000_000}
PARTS = ("data", "build", "board", "cold", "changed", "planning", "outside", "others")
"""In this order; a process each, so that the peak of memory is the part's own."""


def main(arguments: list[str]) -> None:
    """Run the parts that are asked for."""
    options = parser().parse_args(arguments)
    if options.folder is None:
        with tempfile.TemporaryDirectory(prefix="assay-scale-") as folder:
            return run(Path(folder), options)
    return run(options.folder, options)


def parser() -> argparse.ArgumentParser:
    """Return the options."""
    made = argparse.ArgumentParser(prog="dev.py bench scale", description=__doc__)
    made.add_argument("--scale", choices=SCALES, default="1M", help="order lines; 100M needs some 25 GB of disk and an hour")
    made.add_argument("--order", choices=("day", "shuffled"), default="day", help="how the rows lie in the tables")
    made.add_argument("--part", action="append", choices=PARTS, help="only this part; may be repeated")
    made.add_argument("--folder", type=Path, help="keep the project here and use it again; else it is thrown away")
    made.add_argument("--minutes", type=float, default=60, help="stop after so many minutes")
    made.add_argument("--json", type=Path, help="write the figures here as well")
    made.add_argument("--reference", type=Path, help="a folder with virtual environments of other tools, made if missing")
    made.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return made


def run(folder: Path, options: argparse.Namespace) -> None:
    """Run the parts one after the other, each in its own process."""
    parts = options.part or (PARTS if options.order == "day" else ("data", "cold"))
    until = time.perf_counter() + 60 * options.minutes
    place = folder / f"{options.scale}-{options.order}"
    if options.here:
        for part in parts:
            run_part(part, place, options)
        return
    print(machine())
    print(f"{options.scale} order lines, ordered by {options.order}; asked on {data.LAST} at {END.isoformat()}\n")
    for part in parts:
        print(f"{part}:", flush=True)
        began = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks", "scale", "--here", "--part", part, "--folder", str(folder)]
        command += ["--scale", options.scale, "--order", options.order]
        command += ["--reference", str(options.reference)] if options.reference else []
        try:
            done = subprocess.run(command, check=False, timeout=max(1, until - time.perf_counter()))
        except subprocess.TimeoutExpired:
            print(f"  stopped: the {options.minutes} minutes are over", flush=True)
            break
        print(f"  ({part}: {time.perf_counter() - began:.0f} s{'' if done.returncode == 0 else ', FAILED'})\n", flush=True)
        if done.returncode:
            break
    figures = read(place / "figures")
    figures += growth(folder, options.order)
    print(goals(figures))
    if options.json:
        body = {"machine": machine(), "scale": options.scale, "order": options.order}
        options.json.write_text(json.dumps(body | {"figures": [asdict(one) for one in figures]}, indent=1), "utf-8")


def growth(folder: Path, order: str) -> list[Figure]:
    """Return how a changed day grows from 1M to 100M lines, where the folder has both."""
    what = changed.WHOLE
    found = [one.value for scale in ("1M", "100M") for one in read(folder / f"{scale}-{order}" / "figures") if one.what == what]
    if len(found) < 2:
        return []
    return [Figure("changed", "one changed day at 100M against 1M lines", found[1] / found[0], "×", goal=5)]


def run_part(part: str, place: Path, options: argparse.Namespace) -> None:
    """Run one part in this process."""
    shop = Shop(place)
    report = Report(part, place / "figures" / f"{PARTS.index(part)}-{part}.json")
    if part == "data":
        make_data(shop, report, options)
    elif part == "build":
        shop.prepare()
        shop.forget()
        build.measure(shop, report, options.scale)
    elif part == "board":
        board.measure(shop, report, options.scale)
    elif part == "cold":
        cold.measure(shop, report, options.order)
    elif part == "changed":
        changed.measure(shop, report, options.scale)
    elif part == "planning":
        planning.measure(shop, report)
    elif part == "outside":
        outside.measure(shop, report, options.scale)
    else:
        others.measure(shop, report, options.scale, options.reference)


def make_data(shop: Shop, report: Report, options: argparse.Namespace) -> None:
    """Make the marts unless they are there, and print what is asked of them."""
    began = time.perf_counter()
    if not shop.made:
        lines = SCALES[options.scale]
        ordered = Shop(shop.folder.with_name(f"{options.scale}-day"))
        if options.order == "shuffled":
            if not ordered.made:
                ordered.make(lambda path: data.make(path, lines, say))
            source = ordered.project.warehouse
            ordered.close()
            shop.make(lambda path: data.shuffle(source, path, say))
        else:
            shop.make(lambda path: data.make(path, lines, say))
        for old in (shop.folder / "figures").glob("*.json"):
            old.unlink()
        report.add("making the data", time.perf_counter() - began, "s")
        shop.close()
    for table, rows in data.sizes(shop.project.warehouse).items():
        report.add(f"rows of {table}", rows, "")
    report.add("the warehouse on disk", shop.project.warehouse.stat().st_size / 1e9, "GB")
    kpis, known = list(shop.catalog.kpis), len(shop.questions)
    print(f"  asked: {known} of {len(kpis)} KPIs × {len(PERIODS)} periods; left out:")
    for one in EXCLUDED:
        count = sum(one.holds(kpi, period) for kpi in kpis for period in PERIODS)
        print(f"    {count:>3}  {one.kpis} over {one.periods}: {one.because}")
    unmeasured = [kpi for kpi in kpis if kpi not in KIND_OF]
    if unmeasured:
        print(f"    not in any kind: {unmeasured}")


def say(text: str) -> None:
    """Print a step."""
    print(f"    {text}", flush=True)
