"""What people wait for outside of this process: `assay get`, the whole board, a server's start, a question for the worker."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, date, datetime

from assay.catalog.contract import Question
from assay.clock import FixedClock
from assay.runtime.socket import request_of
from assay.runtime.warehouse_answers import answer_from_warehouse
from benchmarks.scale.company import END
from benchmarks.scale.figures import Report, median_ms
from benchmarks.scale.shop import Shop

NOT_KEPT = (
    ("a distinct count until 17:00", "paying_customers", "day", datetime(2026, 8, 21, 0, 0, tzinfo=UTC)),
    ("seven days until 17:00, three months ago", "gross_revenue", "7d", datetime(2026, 5, 21, 0, 0, tzinfo=UTC)),
)
"""Questions that the partials do not answer: parts of days that lie too far back, and parts of what is not additive."""


def measure(shop: Shop, report: Report, scale: str) -> None:
    """Time commands and a server, each in processes of their own."""
    bounded = scale == "10M"
    get = command(shop, "get", "gross_revenue", "--period", "30d", "--at", "2026-08-20")
    report.add("`assay get` of one KPI, a new process", get, goal=500)
    whole = command(shop, "board", "everything", "--format", "json")
    report.add("`assay board --format json`: the whole board, a new process", whole, goal=1000 if bounded else None)
    report.add("Python itself: a process that imports nothing", python())
    start, first = served(shop)
    report.add("start of `assay serve`: until its address can be asked", start, goal=3000 if scale == "100M" else None)
    report.add("the whole board by HTTP, the first time", first)
    for what, kpi, period, moment in NOT_KEPT:
        taken = fallback(shop, Question(kpi=kpi, period=period), moment)
        report.add(f"asked of the warehouse: {what}", taken, goal=100 if bounded else None)


def environment() -> dict[str, str]:
    """Return the environment of the commands: the clock stands at the benchmark's instant, and modules are kept compiled as
    an installation keeps them, whatever this shell says."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "ASSAY_NOW": END.isoformat()}


def command(shop: Shop, *words: str) -> float:
    """Return the milliseconds of a command, the median of five after one that compiles what has changed."""
    start = [sys.executable, "-c", "from assay.cli import main; main()", *words, "--project", str(shop.folder)]
    taken = []
    for _ in range(6):
        began = time.perf_counter()
        done = subprocess.run(start, env=environment(), capture_output=True, check=False)
        taken.append((time.perf_counter() - began) * 1000)
        if done.returncode not in (0, 3):
            raise RuntimeError(done.stderr.decode())
    return statistics.median(taken[1:])


def python() -> float:
    """Return the milliseconds of a Python process that does nothing."""
    return median_ms(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))


def served(shop: Shop) -> tuple[float, float]:
    """Start a server; return the milliseconds until it answers anything, and those of the first whole board."""
    start = [sys.executable, "-c", "from assay.cli import main; main()", "serve", "--port", "0", "--project", str(shop.folder)]
    began = time.perf_counter()
    server = subprocess.Popen(start, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+?/", server.stdout.readline())
        if found is None:
            raise RuntimeError("The server said no address.")
        urllib.request.urlopen(found[0] + "healthz").read()
        ready = (time.perf_counter() - began) * 1000
        began = time.perf_counter()
        urllib.request.urlopen(found[0] + "api/v1/boards/everything").read()
        return ready, (time.perf_counter() - began) * 1000
    finally:
        server.terminate()
        server.wait(20)


def fallback(shop: Shop, question: Question, moment: date | datetime) -> float:
    """Return the milliseconds of a question that only the warehouse answers, as the worker works it out."""
    request = request_of(question, moment, recompute=False, allow_estimates=False, pack=None)

    def ask() -> None:
        reader = shop.engine.reader()
        try:
            answer = answer_from_warehouse(shop.project, FixedClock(END), reader, request)
        finally:
            reader.close()
        if answer.value is None:
            raise RuntimeError(f"{question.kpi} was withheld: {answer.reasons}")

    return median_ms(ask)
