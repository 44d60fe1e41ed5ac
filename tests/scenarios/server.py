"""`assay serve` as a process of its own, and plain HTTP to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from tests.scenarios.shop import LONG, Stage


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Server:
    """A served project."""

    stage: Stage
    process: subprocess.Popen[str]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Reply:
        """Ask for a path."""
        return self._ask("GET", f"{path}?{urlencode(parameters)}" if parameters else path, None, headers or {})

    def send(self, method: str, path: str, body: Any = None) -> Reply:
        """Change something; a body is sent as JSON."""
        content = None if body is None else json.dumps(body)
        return self._ask(method, path, content, {} if content is None else {"content-type": "application/json"})

    def _ask(self, method: str, target: str, body: str | None, headers: dict[str, str]) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONG)
        with contextlib.closing(connection):
            connection.request(method, target, body, headers)
            reply = connection.getresponse()
            return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())

    def kpi(self, name: str, **parameters: Any) -> Reply:
        """Ask for one number."""
        return self.get(f"/api/v1/kpis/{quote(name, safe='')}", **parameters)

    def worker(self) -> int | None:
        """Return the worker's process, if one lives."""
        return next(iter(children(self.process.pid)), None)


@contextlib.contextmanager
def serving(stage: Stage) -> Iterator[Server]:
    """Serve the project on a free port until the block ends; no process of it is left behind."""
    process = stage.start("serve", "--port", "0", stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        assert found, line
        server = Server(stage, process, int(found[1]))
        wait_for(lambda: bool(server.get("/healthz").json["worker"]))
        yield server
    finally:
        end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End a process, and the workers that it started."""
    workers = children(process.pid)
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()
    for worker in workers:
        with contextlib.suppress(TimeoutError):
            wait_for(lambda worker=worker: not lives(worker), 20)  # type: ignore[misc]
        if lives(worker):
            os.kill(worker, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    try:
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return []


def lives(pid: int) -> bool:
    """Return whether the process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool], seconds: float = LONG) -> float:
    """Wait until the condition holds and return how long that took; raises TimeoutError."""
    started = time.monotonic()
    while not condition():
        if time.monotonic() - started > seconds:
            raise TimeoutError
        time.sleep(0.05)
    return time.monotonic() - started
