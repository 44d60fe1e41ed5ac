"""Keeping a worker process alive beside a server."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from assay.settings import Project

RESTART_SECONDS = (0.5, 2.0, 8.0, 30.0)


@contextlib.contextmanager
def worker_process(project: Project) -> Iterator[None]:
    """Run the project's worker as its own process; one that ends by itself is started again, each time after a longer wait."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(project, stop), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(timeout=15)


def _keep(project: Project, stop: threading.Event) -> None:
    failures = 0
    while not stop.is_set():
        started = time.monotonic()
        command = [sys.executable, "-m", "assay.runtime.worker", str(project.folder)]
        # Linux first shares the processor among sessions: in one with its worker, the server waits while that is busy.
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and not stop.wait(0.2):
            pass
        if process.poll() is None:
            _end(process)
            return
        failures = 0 if time.monotonic() - started > 60 else failures + 1
        stop.wait(RESTART_SECONDS[max(0, min(failures, len(RESTART_SECONDS)) - 1)])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
