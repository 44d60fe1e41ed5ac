"""Entries that people record by hand: what can be recorded, the entries, recording, correcting, taking back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.concurrency import run_in_threadpool

from assay.api.bodies import flat_object
from assay.api.desk import TheDesk
from assay.runtime import entries as books
from assay.runtime.desk import Desk
from assay.values.entries import Entry, EntryKind, Recorded

router = APIRouter(prefix="/api/v1/entries", tags=["entries"])
Body = Annotated[dict[str, str], Depends(flat_object)]
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}}


@router.get("", summary="What can be recorded by hand")
async def kinds(desk: TheDesk) -> list[EntryKind]:
    """Return the kinds with their fields, and since when and until when each is complete."""
    return await run_in_threadpool(books.entry_kinds, desk)


@router.get("/{kind}", summary="The entries of a kind, newest day first")
async def entries(kind: str, desk: TheDesk, days: Annotated[int | None, Query(ge=1, le=36_500)] = None) -> list[Entry]:
    """Return the entries in force; with `days` those of the last so many shop days."""
    today = desk.project.calendar.day_of(desk.clock.now())
    since = None if days is None else today - timedelta(days=days - 1)
    return await run_in_threadpool(books.entries, desk.project, desk.clock, kind, since)


@router.post("/{kind}", summary="Record an entry", status_code=201, openapi_extra=_BODY)
async def record(kind: str, desk: TheDesk, values: Body) -> Recorded:
    """Take one entry: durable when this answers. The numbers follow with the refresh whose number is `job`."""
    return await _recorded(desk, lambda: books.record(desk.project, desk.clock, kind, values))


@router.post("/{kind}/complete", summary="Declare that everything until now is recorded")
async def complete(kind: str, desk: TheDesk, since: date | None = None) -> Recorded:
    """Say that no entry is missing, since the first recorded day or since an earlier one."""
    return await _recorded(desk, lambda: books.complete(desk.project, desk.clock, kind, since))


@router.put("/{kind}/{number}", summary="Record an entry under an identity of your own, or correct it", openapi_extra=_BODY)
async def correct(kind: str, number: str, desk: TheDesk, values: Body) -> Recorded:
    """Take one entry in place of the one with this identity; sent again, it changes nothing more."""
    return await _recorded(desk, lambda: books.record(desk.project, desk.clock, kind, values, number))


@router.delete("/{kind}/{number}", summary="Take an entry back")
async def remove(kind: str, number: str, desk: TheDesk) -> Recorded:
    """Take one entry back, and what only it had declared complete."""
    return await _recorded(desk, lambda: books.remove(desk.project, desk.clock, kind, number))


async def _recorded(desk: Desk, work: Callable[[], Recorded]) -> Recorded:
    return await run_in_threadpool(lambda: books.refresh_after(desk.project, desk.clock, work()))
