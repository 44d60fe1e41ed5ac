"""The page: static files that the build made; every path that is not the API's shows it."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException

router = APIRouter(include_in_schema=False)
_ASSET = re.compile(r"[A-Za-z0-9_.-]{1,120}")
FOLDER = Path(__file__).parents[1] / "page"
_NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>Assay</title><p>The page has not been built. In a checkout, "
    "<code>python3 dev.py demo</code> builds it. The numbers are at <a href=/api/v1/boards>/api/v1/boards</a>."
)


@router.get("/assets/{name}")
async def asset(name: str) -> Response:
    """Return one of the page's files; their names hold a hash, so they never change."""
    if not _ASSET.fullmatch(name):
        raise HTTPException(404)
    path = (FOLDER / "assets" / name).resolve()
    if not path.is_file() or path.parent != (FOLDER / "assets").resolve():
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})


@router.get("/")
@router.get("/trust")
@router.get("/record")
@router.get("/record/{_kind}")
@router.get("/boards/{_board}")
async def page(_board: str = "", _kind: str = "") -> Response:
    """Return the page."""
    index = FOLDER / "index.html"
    if not index.is_file():
        return HTMLResponse(_NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": "no-cache"})
