"""Forecasts are fitted in a process of their own, so that whoever serves answers neither loads the models nor waits for them.

The process is started with the first forecast, is nicer than all others, and ends when nobody has asked for a while. One that
does not answer in time is killed. What was fitted is kept: the same history has the same forecast, whatever is published.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from assay.errors import AssayError, TransientError
from assay.forecast.making import Backtest, Forecast, Step, Task, forecast

DEADLINE_SECONDS = 120.0
"""The models take seconds to load on a busy machine; a fit takes about one."""
IDLE_SECONDS = 600.0
PLACES = 3
"""How many may wait at once; each holds a thread of the server."""
KEPT = 512
COMMAND = (sys.executable, "-m", "assay.runtime.forecasting.fitting")
_LOST = "The forecast could not be worked out: its process went away."


class Fitter:
    """Fits forecasts in a process of its own."""

    def __init__(self, deadline: float = DEADLINE_SECONDS, command: Sequence[str] = COMMAND) -> None:
        self._deadline = deadline
        self._command = command
        self._places = threading.BoundedSemaphore(PLACES)
        self._turn = threading.Lock()
        self._kept: OrderedDict[Task, Forecast] = OrderedDict()
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, task: Task) -> Forecast:
        """Return the forecast. Raises `TransientError` where it takes too long or too many wait."""
        if (known := self._kept.get(task)) is not None:
            return known
        if not self._places.acquire(blocking=False):
            raise TransientError("Other forecasts are being worked out.", "Ask again in a moment.")
        try:
            with self._turn:
                found = self._kept.get(task) or self._fitted(task)
                self._kept[task] = found
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                return found
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _fitted(self, task: Task) -> Forecast:
        line = json.dumps(asdict(task)).encode() + b"\n"
        until = time.monotonic() + self._deadline
        reply = self._asked(line, until) or self._asked(line, until)  # one that was idle for long has just ended
        if reply is None:
            raise TransientError(_LOST, "Ask again in a moment.")
        found = json.loads(reply)
        if "error" in found:
            raise AssayError(f"The forecast could not be worked out: {found['error']}")
        steps = tuple(Step(**step) for step in found["steps"])
        return Forecast(found["model"], found["season"], steps, Backtest(**found["backtest"]))

    def _asked(self, line: bytes, until: float) -> bytes | None:
        """Return the process's reply; None if it is gone. One that does not answer by `until` is killed."""
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            reply = b""
            while not reply.endswith(b"\n"):
                left = until - time.monotonic()
                if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                    self._end()
                    raise TransientError("The forecast took too long to work out.", "Ask again, or for fewer periods.")
                if not (part := process.stdout.read(65536)):
                    self._end()
                    return None
                reply += part
        except BrokenPipeError:
            self._end()
            return None
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=os.environ | threads,
                start_new_session=True,  # Linux first shares the processor among sessions
            )
            weakref.finalize(self, _over, self._process)
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            _over(self._process)
            self._process = None


def _over(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def main() -> None:
    """Run as a module: a task a line in, a forecast a line out, until nobody asks any more."""
    os.nice(10)
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what libraries print must not come between the answers
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.buffer.readline()):
        out.write(json.dumps(_reply(line)).encode() + b"\n")


def _reply(line: bytes) -> dict[str, Any]:
    try:
        task = json.loads(line)
        return asdict(forecast(Task(**task | {"history": tuple(task["history"])})))
    except Exception as error:  # noqa: BLE001 - whatever a task holds, the process goes on
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    main()
