"""What people wait for: the command line from a cold start, one number and a whole board over HTTP, also during a refresh.

    python3 dev.py bench serving                    # makes a demo company of its own, about two minutes
    python3 dev.py bench serving --project DIR      # a project that has published; one refresh of it is run

Each figure stands beside its goal and a reference of the same run: for the command line an interpreter that does nothing, for
HTTP the same ASGI server with an application that only sends as many bytes.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay import __version__

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from assay.cli import main; main()"]
RATE = 200
ANSWERED = (0, 3)
"""Exit statuses of an answer: a value, or a number that is withheld."""
REFRESH_AT_MOST = 60.0
"""Seconds for which the server is asked while a refresh goes on."""


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="dev.py bench serving", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--project", type=Path, help="a project with published numbers; a demo company otherwise")
    parser.add_argument("--scale", type=float, default=1.0, help="of the demo company: 1 is some 30 orders a day")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each HTTP figure is measured")
    options = parser.parse_args(arguments)
    print(f"Assay {__version__}, Python {platform.python_version()}, {os.cpu_count()} × {platform.machine()}")
    with contextlib.ExitStack() as stack:
        folder = options.project
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-bench-"))) / "shop"
            print("Making a demo company …", flush=True)
            subprocess.run(
                [*COMMAND, "demo", "--once", "--folder", str(folder), "--scale", str(options.scale)],
                check=True,
                capture_output=True,
            )
        kpi, board = what_to_ask(folder)
        print(f"\n{'':<58}{'measured':>12}{'goal':>12}{'reference':>12}{'ratio':>9}")
        command_line(folder, kpi, board)
        serve(folder, kpi, board, options.seconds)


def what_to_ask(folder: Path) -> tuple[str, str]:
    """Return the first board, and the first KPI on it that has a value."""
    shown = json.loads(ran(folder, "board", "--format", "json"))
    answers = [tile["answer"] for section in shown["sections"] for tile in section["tiles"] if not tile["answer"]["by"]]
    return next((one["kpi"] for one in answers if one["value"] is not None), answers[0]["kpi"]), shown["board"]


def ran(folder: Path, *arguments: str) -> bytes:
    """Run a command in the project and return what it writes; a withheld number is a result as well."""
    return subprocess.run([*COMMAND, *arguments], cwd=folder, env=installed(), check=False, stdout=subprocess.PIPE).stdout


# The command line


def command_line(folder: Path, kpi: str, board: str) -> None:
    """Time commands in processes of their own."""
    nothing, click = cold([sys.executable, "-c", "pass"]), cold([sys.executable, "-c", "import click"])
    line("an interpreter that does nothing", nothing, "ms")
    line("an interpreter that imports click", click, "ms")
    line("assay get, one KPI", cold([*COMMAND, "get", kpi], folder), "ms", 500, click)
    line("assay board --format json", cold([*COMMAND, "board", board, "--format", "json"], folder), "ms", 1000, click)


def installed() -> dict[str, str]:
    """Return the environment of the processes: modules are kept compiled as in an installation, whatever this shell says."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def cold(command: list[str], folder: Path | None = None, repeats: int = 5) -> float:
    """Return the median of the milliseconds that a process takes from its start to its end."""
    found = []
    for _ in range(repeats):
        began = time.perf_counter()
        ended = subprocess.run(command, cwd=folder, env=installed(), check=False, stdout=subprocess.DEVNULL).returncode
        found.append((time.perf_counter() - began) * 1000)
        if ended not in ANSWERED:
            sys.exit(f"The command failed, and the time of a failure is no figure: {' '.join(command[2:])}")
    return statistics.median(found)


# HTTP


def serve(folder: Path, kpi: str, board: str, seconds: float) -> None:
    """Time the server, alone and while its worker refreshes."""
    began = time.perf_counter()
    with process([*COMMAND, "serve", "--port", "0", "--project", str(folder)]) as server:
        started = first_answer(server.port, f"/api/v1/kpis/{kpi}", began)
        line("assay serve: from its start to its first answer", started, "ms", 3000)
        paths = {"one KPI": f"/api/v1/kpis/{kpi}", "the whole board": f"/api/v1/boards/{board}"}
        for name, path in paths.items():
            size = length(server.port, path)
            with process([sys.executable, "-m", "benchmarks._hello", str(size)]) as reference:
                side_by_side(f"{name} ({size:,} bytes)", server, reference, path, seconds)
        wait_for_worker(server.port)
        while_refreshing(folder, server.port, list(paths.values()), seconds)


def side_by_side(name: str, server: Served, reference: Served, path: str, seconds: float) -> None:
    """Print the figures of one path beside those of a server that only sends as many bytes."""
    ours, theirs = (asked(one.port, [path], 1, seconds / 2) for one in (server, reference))
    line(f"{name}, one client: p50", ours.at(50), "ms", 1, theirs.at(50))
    line(f"{name}, one client: p99", ours.at(99), "ms", 5, theirs.at(99))
    before = [one.processor() for one in (server, reference)]
    ours, theirs = (asked(one.port, [path], 8, seconds / 2) for one in (server, reference))
    line(f"{name}, 8 clients", ours.rate, "/s", 2000, theirs.rate)
    spent = [one.processor() - known for one, known in zip((server, reference), before, strict=True)]
    each, least = (1000 * one / len(many.milliseconds) for one, many in zip(spent, (ours, theirs), strict=True))
    if least:
        line("  the server's own processor time for each of them", each, "ms", None, least)


def while_refreshing(folder: Path, port: int, paths: list[str], seconds: float) -> None:
    """Ask at a steady rate, first alone, then from the start to the end of a refresh, and the same of what does nothing."""
    with process([sys.executable, "-m", "benchmarks._hello", str(length(port, paths[0]))]) as served:
        reference = served.port
        idle = asked(port, paths, 16, seconds, RATE)
        line(f"{RATE} requests/s, alone: p95", idle.at(95), "ms", 5, asked(reference, paths, 16, seconds, RATE).at(95))
        before = generation(port)
        refreshing = subprocess.Popen([*COMMAND, "refresh"], cwd=folder, stdout=subprocess.DEVNULL)
        busy, hello = Asked([], 0.0), Asked([], 0.0)
        began = time.perf_counter()
        while refreshing.poll() is None and time.perf_counter() - began < REFRESH_AT_MOST:
            busy += asked(port, paths, 16, 2.0, RATE)
            hello += asked(reference, paths, 16, 0.5, RATE)
        if refreshing.wait() or generation(port) == before:
            sys.exit("The refresh published nothing, so there is nothing to say of serving beside it.")
    line(f"{RATE} requests/s, worker refreshes, dbt builds: p95", busy.at(95), "ms", 5, hello.at(95))
    line("  its ratio to the server alone", busy.at(95) / idle.at(95), "×")
    line("  its p99", busy.at(99), "ms", None, hello.at(99))
    line("  its slowest answer: a new generation is read", busy.at(100), "ms", None, hello.at(100))


@dataclass
class Asked:
    """What a client saw."""

    milliseconds: list[float]
    seconds: float

    def __add__(self, other: Asked) -> Asked:
        return Asked(self.milliseconds + other.milliseconds, self.seconds + other.seconds)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.milliseconds) / self.seconds

    def at(self, percent: int) -> float:
        """Return the milliseconds within which so many percent of the questions were answered."""
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else float("nan")


def asked(port: int, paths: list[str], clients: int, seconds: float, rate: float | None = None) -> Asked:
    """Ask from a process of its own."""
    what = json.dumps({"port": port, "paths": paths, "clients": clients, "seconds": seconds, "rate": rate})
    command = [sys.executable, "-m", "benchmarks._http_client", what]
    return Asked(**json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout))


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    port: int
    process: int

    def processor(self) -> float:
        """Return the seconds of processor that it has used so far; 0 where Linux does not tell."""
        try:
            told = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def process(command: list[str]) -> Iterator[Served]:
    """Run a server until the block ends; its port stands in the first line that it prints."""
    server = subprocess.Popen(command, cwd=ROOT, env=installed(), stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"(?:127\.0\.0\.1:)?(\d+)(?:/|\s*$)", said)
        assert found, said
        yield Served(int(found[1]), server.pid)
    finally:
        server.terminate()
        try:
            server.wait(timeout=30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def got(port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask once."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, dict(reply.getheaders()), reply.read()


def first_answer(port: int, path: str, began: float) -> float:
    """Return the milliseconds from `began` to the first answer with a number."""
    status, _, body = got(port, path)
    assert status == 200, body
    return (time.perf_counter() - began) * 1000


def length(port: int, path: str) -> int:
    """Return how many bytes an answer has on its way."""
    return len(got(port, path)[2])


def generation(port: int) -> int:
    """Return the number of the generation in force."""
    return int(json.loads(got(port, "/healthz")[2])["generation"])


def wait_for_worker(port: int, seconds: float = 30) -> None:
    """Wait until the worker has the project, so that the refresh is its and not the command's own."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and not json.loads(got(port, "/healthz")[2])["worker"]:
        time.sleep(0.2)


def line(name: str, measured: float, unit: str, goal: float | None = None, reference: float | None = None) -> None:
    """Print a figure beside its goal and its reference."""
    shown = f"{name:<58}{figure(measured, unit):>12}"
    met: Any = goal is not None and (measured >= goal if unit == "/s" else measured <= goal)
    shown += f"{('≥ ' if unit == '/s' else '≤ ') + figure(goal, unit) if goal is not None else '':>12}"
    shown += f"{figure(reference, unit):>12}{measured / reference:>7.1f} ×" if reference is not None else ""
    print(shown if goal is None else f"{shown:<103}  {'met' if met else 'MISSED'}", flush=True)


def figure(value: float, unit: str) -> str:
    """Return a number with its unit, three digits of it."""
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"
