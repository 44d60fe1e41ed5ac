"""The HTTP application. It answers from the published generation and never opens the warehouse."""

from __future__ import annotations

import importlib
import pkgutil

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assay import __version__
from assay.api import routes
from assay.api.prebuilt import KeptAnswers, PrebuiltFirst
from assay.clock import Clock
from assay.errors import AssayError, TransientError, UsageError
from assay.runtime.desk import Desk
from assay.settings import Project
from assay.telemetry import logger

_log = logger("api")
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HEADERS = {
    b"content-security-policy": b"default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    b"frame-ancestors 'none'; base-uri 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
}


def make_app(project: Project, clock: Clock) -> FastAPI:
    """Return the application of one project. Every module of `routes` adds its own paths."""
    app = FastAPI(
        title="Assay",
        version=__version__,
        description="KPIs that never show a wrong number: a value with what it rests on, or the reason why there is none.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        telemetry={"tracing": False, "metrics": False, "logs": False},  # nothing about a question leaves the machine
    )
    app.state.desk = Desk(project, clock)
    app.state.desk.notebook.buffer()
    app.state.answers = KeptAnswers(app.state.desk)
    for module in sorted(pkgutil.iter_modules(routes.__path__), key=lambda one: one.name == "page"):
        router: APIRouter = importlib.import_module(f"{routes.__name__}.{module.name}").router
        app.include_router(router)
    app.add_exception_handler(AssayError, _assay_error)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(PrebuiltFirst, answers=app.state.answers)
    app.add_middleware(OwnHostOnly)  # the last one added is asked first
    return app


class OwnHostOnly:
    """Answers under this machine's own names alone, with headers that keep a browser from doing what the page never asks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        refusal = _refusal(scope) if scope["type"] == "http" else None
        if refusal is not None:
            await refusal(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def _refusal(scope: Scope) -> JSONResponse | None:
    if not _is_ours(scope):
        said = "This server does not answer under that host name.", "Ask for it by localhost or 127.0.0.1."
        return JSONResponse(error_body("wrong_host", *said), 400)
    if _is_from_elsewhere(scope):
        said = "A page of another site may not change anything here.", "Send it from a program, or from Assay's own page."
        return JSONResponse(error_body("wrong_origin", *said), 403)
    return None


def _is_ours(scope: Scope) -> bool:
    """Return whether the request names this machine: a page of another name must not read what loopback answers."""
    host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    return host.rsplit(":", 1)[0] in LOOPBACK_HOSTS or host in LOOPBACK_HOSTS


def _is_from_elsewhere(scope: Scope) -> bool:
    """Return whether a page of another site wants to change something: a browser says where a request comes from."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    said = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    same_site = said.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return not same_site or ("origin" in said and said["origin"].partition("://")[2] != said.get("host"))


def error_body(code: str, problem: str, remedy: str = "") -> dict[str, dict[str, str]]:
    """Return the one shape of every error."""
    return {"error": {"code": code, "problem": problem, "remedy": remedy}}


async def _assay_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, AssayError)
    if isinstance(error, UsageError):
        missing = error.problem.startswith("There is no ")
        status, code = (404, "not_found") if missing else (400, "wrong_request")
    elif isinstance(error, TransientError):
        status, code = 503, "try_again"
    else:
        status, code = 500, "failure"
    headers = {"Retry-After": "1"} if status == 503 else None
    return JSONResponse(error_body(code, error.problem, error.remedy), status, headers)


async def _wrong_request(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = "; ".join(f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in error.errors())
    return JSONResponse(error_body("wrong_request", problems, "GET /api/v1/openapi.json describes every parameter."), 400)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return JSONResponse(
            error_body("not_found", f"There is nothing at {request.url.path}.", "GET /api/v1/boards lists the boards."), 404
        )
    return JSONResponse(error_body("wrong_request", str(error.detail)), error.status_code)


async def _fault(_request: Request, error: Exception) -> Response:
    _log.error("a request failed", exc_info=error)
    return JSONResponse(error_body("failure", "Assay failed to answer.", "The server's log says more."), 500)
