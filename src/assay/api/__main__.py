"""Run as `python -m assay.api FOLDER PORT`: the process that `assay serve` turns into. It starts the worker beside itself."""

from __future__ import annotations

import gc
import signal
import socket
import sys
import threading
from pathlib import Path

import uvicorn

from assay.api.app import make_app
from assay.clock import clock_from_environment
from assay.errors import AssayError, UsageError
from assay.runtime.keeper import worker_process
from assay.runtime.lean import hide_pandas
from assay.runtime.publishing.ahead import keep_looking
from assay.settings import open_project
from assay.telemetry import log_to_stderr

HOST = "127.0.0.1"


def main(folder: str, port: str) -> None:
    """Answer HTTP on the loopback address until stopped."""
    log_to_stderr()
    hide_pandas()
    sys.setswitchinterval(0.0005)  # seconds: a thread that works out an answer lets the loop send the others between two steps
    project = open_project(Path(folder))
    listener = listen(int(port))
    app = make_app(project, clock_from_environment())
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        lifespan="off",
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    gc.freeze()  # what the server is made of stays: a look through all of it would hold every answer up for a tenth of a second

    def stop(*_: object) -> None:
        server.should_exit = True

    over = threading.Event()
    with worker_process(project):
        threading.Thread(target=keep_looking, args=(app.state.desk.look_ahead, over), daemon=True).start()
        sys.stdout.write(f"The board is at http://{HOST}:{listener.getsockname()[1]}/ (Ctrl-C stops it)\n")
        sys.stdout.flush()
        signal.signal(signal.SIGTERM, stop)
        server.run(sockets=[listener])
        over.set()


def listen(port: int) -> socket.socket:
    """Return a socket on the loopback address; a `UsageError` says what to do about a port that is taken."""
    # Named as TCP, or asyncio leaves small packets waiting for the client's acknowledgement: 40 ms an answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        problem = f"The port {port} cannot be used: {error.strerror}."
        raise UsageError(problem, "Choose another with --port, or --port 0 for a free one.") from None
    listener.listen()  # whoever reads the address and asks at once waits, and is not refused
    return listener


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssayError as failure:
        sys.stderr.write(f"{failure.problem}\n→ {failure.remedy}\n")
        sys.exit(failure.exit_status)
