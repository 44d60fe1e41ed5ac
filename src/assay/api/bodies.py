"""What programs and forms send: one small, flat JSON object, read strictly."""

from __future__ import annotations

import json
from typing import Any

from fastapi import HTTPException, Request

MOST_BYTES = 64 * 1024
"""How large a body may be: it holds one entry."""
_WRONG = 'Send one JSON object, such as {"amount": 5000.0, "cost_type": "marketing"}.'


async def flat_object(request: Request) -> dict[str, str]:
    """Return the body's fields as text; numbers keep the digits that were sent, and null is left out.

    Raises `HTTPException` 415 for another content type, 413 for a body that is too large, 400 for what is no flat JSON object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" or request.headers.get("content-encoding", "identity") != "identity":
        raise HTTPException(415, "Send the entry as application/json, not packed.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"The body has more than {MOST_BYTES:,} bytes. {_WRONG}")
    try:
        found = json.loads(
            body.decode("utf-8"), parse_float=str, parse_int=str, parse_constant=_no_number, object_pairs_hook=_once_each
        )
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"The body is no JSON object: {error}. {_WRONG}") from error
    if not isinstance(found, dict):
        raise HTTPException(400, f"The body is no JSON object. {_WRONG}")
    return {name: _text(name, value) for name, value in found.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        raise HTTPException(400, f"{name[:60]} is neither a text nor a number. {_WRONG}")
    return value


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field is there twice")
    return found
