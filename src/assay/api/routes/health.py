"""Health: is the server up, and from which generation does it answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.runtime.lock import worker_lives

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="Whether the server answers, and from which generation")
async def healthz(desk: TheDesk) -> dict[str, Any]:
    """Return `ok`, the generation in force, and whether a worker lives."""
    newest = await run_in_threadpool(desk.reader.newest)
    alive = await run_in_threadpool(worker_lives, desk.project.generated)
    return {"status": "ok", "generation": newest[0] if newest else None, "worker": alive}
