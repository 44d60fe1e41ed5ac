"""Listings: the newest rows of a model, as they happened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.values.answer import ListingAnswer

router = APIRouter(prefix="/api/v1/listings", tags=["listings"])


@router.get("/{listing}", summary="The newest rows of a model")
async def listing(listing: str, desk: TheDesk, limit: Annotated[int, Query(ge=1, le=500)] = 20) -> ListingAnswer:
    """Return the newest rows, as they were when the last generation was published."""
    return await run_in_threadpool(desk.listing, listing, limit)
