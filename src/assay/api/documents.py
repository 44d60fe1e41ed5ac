"""Answers in the shape that a requirement document gives them: JSON numbers, exact, and 422 for what is asked wrongly."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Coroutine
from datetime import date
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from assay.errors import UsageError, suggest

JSON = "application/json"


class Exact(str):
    """A decimal number as text, written into JSON as the number that it is, digit for digit."""

    __slots__ = ()


def exact(value: str | None) -> Exact | None:
    """Return a decimal text as the number that it is; null stays null."""
    return None if value is None else Exact(value)


def moment(value: date | None) -> str | None:
    """Return a day or an instant as ISO 8601; null stays null."""
    return None if value is None else value.isoformat()


def document(data: Any, status: int = 200) -> Response:
    """Return `data` as the document's answer: `success` and `data`."""
    return Response(body({"success": True, "data": data}), status, media_type=JSON)


def refusal(problem: str, remedy: str, status: int = 422) -> Response:
    """Return the document's answer to a request that is wrong: what came, and what would be right."""
    return Response(body({"success": False, "error": {"problem": problem, "remedy": remedy}}), status, media_type=JSON)


def body(data: Any) -> bytes:
    """Return plain values as JSON."""
    return _json(data).encode()


class DocumentRoute(APIRoute):
    """A route whose wrong parameters are answered with 422 in the document's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                if "{" not in self.path:  # what such a path reads depends on what it names
                    require_known(request, [one.alias for one in self.dependant.query_params])
                return await answer(request)
            except RequestValidationError as error:
                said = "; ".join(
                    f"{one['loc'][-1]} is {json.dumps(one['input'], default=str)[:80]}: {one['msg']}" for one in error.errors()
                )
                return refusal(said, "GET /api/v1/openapi.json describes every parameter.")
            except UsageError as error:
                return refusal(error.problem, error.remedy)
            except HTTPException as error:  # a body that cannot be read
                return refusal(str(error.detail), "Nothing was recorded.", error.status_code)

        return handler


def require_known(request: Request, known: Collection[str]) -> None:
    """Raise `UsageError` for a parameter that nobody reads: a misspelt one must not be answered as if it were not there."""
    for name in request.query_params:
        if name not in known:
            said = f"There are: {', '.join(known)}." if known else "It takes none."
            raise UsageError(f'There is no parameter "{name[:60]}".{suggest(name, known)}', said)


def _json(value: Any) -> str:
    if isinstance(value, Exact):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(name))}: {_json(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
