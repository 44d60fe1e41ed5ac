"""Boards: the list of them, and a whole board in one answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.runtime.desk import Desk
from assay.values.answer import BoardAnswer

router = APIRouter(prefix="/api/v1/boards", tags=["boards"])


@router.get("", summary="List the boards")
async def boards(desk: TheDesk) -> dict[str, list[dict[str, str]]]:
    """Return every board's name, label and description."""
    return {"boards": await run_in_threadpool(desk.boards)}


@router.get("/{board}", summary="A whole board in one answer", response_model=BoardAnswer)
async def board(board: str, desk: TheDesk, request: Request) -> Response:
    """Return every tile of the board, all from one generation."""
    cache: dict[str, tuple[int, datetime | None, bytes, str]] = request.app.state.__dict__.setdefault("boards", {})
    body, tag = await run_in_threadpool(_bytes, desk, board, cache)
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(body, media_type="application/json", headers={"ETag": tag, "Cache-Control": "no-cache"})


def _bytes(desk: Desk, name: str, cache: dict[str, Any]) -> tuple[bytes, str]:
    """Return the board's bytes: built once for a generation, until the clock alone changes a verdict in it."""
    newest = desk.reader.newest()
    number = newest[0] if newest else 0
    known = cache.get(name)
    now = desk.clock.now()
    if known and known[0] == number and number and (known[1] is None or now < known[1]):
        return known[2], known[3]
    answer = desk.board(name)
    body = answer.model_dump_json().encode()
    tag = f'"{number}-{int(now.timestamp() * 1000)}"'
    cache[name] = (answer.generation or 0, answer.valid_until, body, tag)
    return body, tag
