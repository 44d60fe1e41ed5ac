"""Trust: every source, every check, and every problem with what it blocks, in one answer."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.values.trust import TrustReport

router = APIRouter(prefix="/api/v1/trust", tags=["trust"])


@router.get("", summary="What every number rests on, and what each problem blocks")
async def trust(desk: TheDesk) -> TrustReport:
    """Return incidents (one for each root cause, with every KPI that it withholds), sources and checks, as they stand now."""
    return await run_in_threadpool(desk.trust)
