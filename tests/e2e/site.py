"""A small server for browser tests: the built page, and answers that a test lays out beforehand. No part of Assay runs."""

from __future__ import annotations

import json
import mimetypes
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "assay" / "api" / "page"
GOLDEN = ROOT / "tests" / "golden"
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

Json = dict[str, Any]


def golden(path: str) -> Json:
    """Return one golden answer as it travels: `golden("boards/operations")`."""
    loaded: Json = json.loads((GOLDEN / f"{path}.json").read_text(encoding="utf-8"))
    return loaded


@dataclass
class Site:
    """What the server answers: status and body by path. A path that is missing is answered as Assay answers it."""

    address: str = ""
    answers: dict[str, tuple[int, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def board(self, board: Json) -> None:
        """Serve this board, the first in the list if it is the first."""
        self.answers[f"/api/v1/boards/{board['board']}"] = (200, board)
        listed = self.answers.setdefault("/api/v1/boards", (200, {"boards": []}))[1]["boards"]
        if board["board"] not in [entry["board"] for entry in listed]:
            listed.append({name: board[name] for name in ("board", "label", "description")})

    def refuse(self, path: str, status: int, problem: str, remedy: str) -> None:
        """Answer this path with an error."""
        self.answers[path] = (status, {"error": {"code": "refused", "problem": problem, "remedy": remedy}})


class Handler(BaseHTTPRequestHandler):
    """Serves the site that stands on the server."""

    def do_GET(self) -> None:
        site: Site = self.server.site  # type: ignore[attr-defined]
        path = self.path.partition("?")[0]
        site.asked.append(self.path)
        if path.startswith("/api/"):
            missing = (
                404,
                {"error": {"code": "not_found", "problem": "There is no such board.", "remedy": "Look at /api/v1/boards."}},
            )
            status, body = site.answers.get(path, missing)
            self.answer(status, "application/json", json.dumps(body).encode())
        elif path.startswith("/assets/"):
            file = PAGE / path.lstrip("/")
            self.answer(200, mimetypes.guess_type(file.name)[0] or "text/plain", file.read_bytes())
        else:
            self.answer(200, "text/html; charset=utf-8", (PAGE / "index.html").read_bytes())

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """Send one whole answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


def serve(site: Site) -> ThreadingHTTPServer:
    """Start the server on a free port of the loopback; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.site = site  # type: ignore[attr-defined]
    site.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def standard() -> Site:
    """Return a site with the operations board and the detail of one of its numbers."""
    site = Site()
    site.board(golden("boards/operations"))
    site.answers["/api/v1/kpis/aov/definition"] = (200, golden("definitions/aov"))
    site.answers["/api/v1/entries"] = (200, [])
    site.answers["/api/v1/trust"] = (200, golden("trust/blocked"))
    site.answers["/api/v1/kpis/aov/history"] = (200, golden("histories/aov"))
    return site


def board_of(answers: dict[str, Json], **changes: Any) -> Json:
    """Return a board with one tile for each answer, in one section."""
    operations = golden("boards/operations")
    spark = operations["sections"][0]["tiles"][0]["spark"]
    tiles = [{"title": title, "answer": answer, "spark": spark} for title, answer in answers.items()]
    return {
        **operations,
        "board": "states",
        "label": "States",
        "sections": [{"label": "All states", "tiles": tiles}],
        **changes,
    }
