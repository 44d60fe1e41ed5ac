"""What was measured: each figure beside its reference from the same run, and the table of goals."""

from __future__ import annotations

import json
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from assay import __version__


@dataclass(frozen=True)
class Figure:
    """One measured value; `goal` is the most that it may be (the least, where `more` is better)."""

    part: str
    what: str
    value: float
    unit: str = "ms"
    reference: str = ""
    reference_value: float | None = None
    goal: float | None = None
    more: bool = False
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more else self.value <= self.goal

    def line(self) -> str:
        """Return the figure as a line of the report."""
        text = f"  {self.what:<78}{shown(self.value):>12} {self.unit}"
        if self.reference:
            text += f"   | {self.reference}"
            if self.reference_value is not None:
                text += f": {shown(self.reference_value)} {self.unit}, {self.value / self.reference_value:.2f} ×"
        return text + (f"   ({self.note})" if self.note else "")


def shown(value: float) -> str:
    """Return a number with as many places as it deserves."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


@dataclass
class Report:
    """The figures of one part, printed as they come and kept in a file."""

    part: str
    path: Path | None = None
    figures: list[Figure] = field(default_factory=list)

    def add(self, what: str, value: float, unit: str = "ms", **more: Any) -> Figure:
        """Print and keep a figure."""
        figure = Figure(self.part, what, value, unit, **more)
        self.figures.append(figure)
        print(figure.line(), flush=True)
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps([asdict(one) for one in self.figures], indent=1), "utf-8")
        return figure


def read(folder: Path) -> list[Figure]:
    """Return the figures that the parts have left in the folder."""
    return [Figure(**one) for path in sorted(folder.glob("*.json")) for one in json.loads(path.read_text("utf-8"))]


def goals(figures: Sequence[Figure]) -> str:
    """Return the table of goals."""
    lines = [
        "",
        "goal                                                                               measured         goal  verdict",
    ]
    for one in figures:
        if one.goal is None:
            continue
        way = "≥" if one.more else "≤"
        verdict = "met" if one.met else f"MISSED{missed_by(one.value, one.goal, more=one.more)}"
        lines.append(f"{one.what:<78}{shown(one.value):>10} {one.unit:<3} {way} {shown(one.goal):>7}  {verdict}")
    return "\n".join(lines)


def missed_by(value: float, goal: float, *, more: bool) -> str:
    """Return by which factor a goal was missed, in words; nothing where there is no factor."""
    large, small = (goal, value) if more else (value, goal)
    return f" by {large / small:.1f} ×" if small else ""


def median_ms(work: Callable[[], object], repeats: int = 5, *, warm: bool = True) -> float:
    """Return the median of the milliseconds that the work takes."""
    if warm:
        work()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def best_ms(work: Callable[[], object], repeats: int = 15) -> float:
    """Return the least of the milliseconds that the work takes: what it costs where nothing else disturbs it."""
    return min(seconds(work) for _ in range(repeats)) * 1000


def least_processor_ms(work: Callable[[], object], repeats: int = 15) -> float:
    """Return the least of the milliseconds of processor that the work takes: what others run does not count."""
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        taken.append((time.process_time() - began) * 1000)
    return min(taken)


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def peak_gb() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def machine() -> str:
    """Return what all of this ran on."""
    load = os.getloadavg()[0]
    return (
        f"Assay {__version__}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, "
        f"{os.cpu_count()} cores {platform.machine()}, load {load:.1f}"
    )
