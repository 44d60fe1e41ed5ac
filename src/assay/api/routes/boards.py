"""Boards: the list of them, and a whole board in one answer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.api.prebuilt import answered
from assay.values.answer import BoardAnswer

router = APIRouter(prefix="/api/v1/boards", tags=["boards"])


@router.get("", summary="List the boards")
async def boards(desk: TheDesk) -> dict[str, list[dict[str, str]]]:
    """Return every board's name, label and description."""
    return {"boards": await run_in_threadpool(desk.boards)}


@router.get("/{board}", summary="A whole board in one answer", response_model=BoardAnswer)
async def board(board: str, desk: TheDesk, request: Request) -> Response:
    """Return every tile of the board, all from one generation."""
    return await answered(request, lambda: desk.board(board))
