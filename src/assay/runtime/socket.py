"""The socket between the API and the worker: questions that need the warehouse, one JSON line each way.

It is a Unix socket in the project's folder, readable by its owner alone. At most `PLACES` questions are under way; one
more is told to come again.
"""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from assay.catalog.contract import Question
from assay.clock import Clock
from assay.errors import AssayError, TransientError, UsageError
from assay.settings import Project
from assay.values.answer import Answer

if TYPE_CHECKING:
    from assay.runtime.refresh import Workplace

PLACES = 4
DEADLINE_SECONDS = 20.0
LONGEST_REQUEST = 64 * 1024


def request_of(
    question: Question,
    at: date | datetime | None,
    recompute: bool,
    allow_estimates: bool,
    pack: str | None,
    keys: tuple[str | None, ...] | None = None,
) -> dict[str, Any]:
    """Return a question as it goes over the socket; with `keys` about those rows of a list alone."""
    return {
        "question": question.model_dump(exclude_none=True),
        "at": at.isoformat() if at else None,
        "recompute": recompute,
        "allow_estimates": allow_estimates,
        "pack": pack,
        "keys": keys,
    }


def ask_worker(project: Project, request: dict[str, Any]) -> Answer | None:
    """Send a question to the worker; None if no worker listens. Raises the error that the worker answered with."""
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as connection:
        connection.settimeout(DEADLINE_SECONDS)
        try:
            connection.connect(str(project.socket))
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except TimeoutError:
            raise TransientError("The worker did not answer in time.", "Ask again in a moment.") from None
        try:
            connection.sendall(json.dumps(request).encode() + b"\n")
            with connection.makefile("rb") as lines:
                reply = json.loads(
                    lines.readline() or b'{"error": {"problem": "The worker went away.", "remedy": "Ask again."}}'
                )
        except TimeoutError:
            raise TransientError("The worker did not answer in time.", "Ask again in a moment.") from None
    if "error" in reply:
        kind = UsageError if reply["error"].get("status") == 2 else TransientError
        raise kind(reply["error"]["problem"], reply["error"].get("remedy", ""))
    return Answer.model_validate(reply["answer"])


class AnswerSocket:
    """The worker's end: a thread that listens, and one for each question."""

    def __init__(self, project: Project, clock: Clock, place: Workplace) -> None:
        self._path = project.socket
        self._places = threading.BoundedSemaphore(PLACES)
        self._project, self._clock, self._place = project, clock, place
        self._server: socketserver.ThreadingUnixStreamServer | None = None

    def start(self) -> None:
        """Listen; a socket that a dead worker left behind is replaced."""
        self._path.unlink(missing_ok=True)
        reply = self.reply

        class Handler(socketserver.StreamRequestHandler):
            """One connection, one question."""

            timeout = DEADLINE_SECONDS

            def handle(self) -> None:
                """Answer one line."""
                with contextlib.suppress(OSError):
                    self.wfile.write(json.dumps(reply(self.rfile.readline(LONGEST_REQUEST))).encode() + b"\n")

        self._server = socketserver.ThreadingUnixStreamServer(str(self._path), Handler)
        self._server.daemon_threads = True
        self._path.chmod(0o600)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._path.unlink(missing_ok=True)

    def reply(self, line: bytes) -> dict[str, Any]:
        """Return the reply to one request line."""
        if not self._places.acquire(blocking=False):
            return {"error": {"problem": "The worker has too many questions at once.", "remedy": "Ask again in a moment."}}
        try:
            return {"answer": self._answer(json.loads(line)).model_dump(mode="json")}
        except AssayError as error:
            return {"error": {"problem": error.problem, "remedy": error.remedy, "status": error.exit_status}}
        except Exception as error:  # noqa: BLE001 - whatever a request holds, the worker goes on
            return {"error": {"problem": f"The question cannot be answered: {type(error).__name__}", "remedy": ""}}
        finally:
            self._places.release()

    def _answer(self, request: dict[str, Any]) -> Answer:
        from assay.runtime.warehouse_answers import answer_from_warehouse

        engine = self._place.engine.reader()
        try:
            return answer_from_warehouse(self._project, self._clock, engine, request)
        finally:
            engine.close()
