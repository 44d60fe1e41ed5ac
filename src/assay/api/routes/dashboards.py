"""Boards with an `endpoint`: the same answers in the shape that campaign dashboards document, with JSON numbers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from assay.api.desk import TheDesk
from assay.api.documents import DocumentRoute, body, exact, moment, require_known
from assay.api.prebuilt import Body, answered
from assay.calendar import parse_period
from assay.catalog.contract import Board, Question, Section, seconds
from assay.errors import UsageError, suggest
from assay.runtime.desk import Desk
from assay.values.answer import Answer, BoardAnswer, FunnelStep, ListingAnswer, Point, Reason, SectionFacts, Tile

NEWEST = 20
"""How many rows of a listing are answered where nothing is said."""
router = APIRouter(prefix="/api/v1/dashboard", tags=["dashboards"], route_class=DocumentRoute)


@router.get("/{name}", summary="A board in the shape that campaign dashboards document")
async def dashboard(
    name: str,
    desk: TheDesk,
    request: Request,
    timeframe: Annotated[str | None, Query(max_length=40, description="The period of its lists: 7d, 30d, mtd")] = None,
    limit: Annotated[int | None, Query(ge=1, le=1000, description="How many rows of each list")] = None,
) -> Response:
    """Return its numbers as `metrics`, its lists as `lists`, its `funnel` and its `table`, all from one generation."""

    def ask() -> Body:
        endpoints = {one.endpoint: one.listing for one in desk.snapshot().catalog.listings.values() if one.endpoint}
        if (listing := endpoints.get(name.replace("-", "_"))) is not None:
            require_known(request, ("limit",))
            rows = desk.listing(listing, limit or NEWEST)
            return Body(listing, rows.generation, None, body(_listing(name, rows)))
        board = _find(desk, name)
        has_lists = any(question.by for question in _questions(board))
        require_known(request, ("timeframe", "limit") if has_lists else ())
        if timeframe is not None:
            parse_period(timeframe, desk.project.calendar.day_of(desk.clock.now()))  # refused before anything is asked
        said = {"period": timeframe, "top": limit}
        found = desk.board(board.board, {field: value for field, value in said.items() if value is not None})
        return Body(found.board, found.generation, _until(board, found, desk.clock.now()), body(_dashboard(name, board, found)))

    return await answered(request, ask)


def _listing(name: str, found: ListingAnswer) -> dict[str, Any]:
    amounts = {column.name for column in found.columns if column.kind in ("money", "count")}
    rows = [
        {one: exact(value) if one in amounts else value for one, value in row.values.items()}
        | {"currency": row.currency, "tone": row.tone}
        for row in found.rows
    ]
    return {
        "dashboard": name,
        "label": found.label,
        "as_of": moment(found.as_of),
        "generation": found.generation,
        "reasons": _reasons(found.reasons),
        "rows": rows,
        "more_rows": found.more_rows,
    }


def _find(desk: Desk, name: str) -> Board:
    catalog = desk.snapshot().catalog
    boards = {one.board.endpoint.replace("_", "-"): one.board for one in catalog.boards.values() if one.board.endpoint}
    if name not in boards:
        listings = [one.endpoint.replace("_", "-") for one in catalog.listings.values() if one.endpoint]
        known = [*boards, *listings]
        said = ", ".join(f"/api/v1/dashboard/{one}" for one in known)
        remedy = f"There are: {said}." if known else "No pack of this project has a board with an `endpoint`."
        raise UsageError(f'There is no dashboard "{name[:60]}".{suggest(name, known)}', remedy)
    return boards[name]


def _until(board: Board, found: BoardAnswer, now: datetime) -> datetime | None:
    """Return until when the bytes may be given again: never without `cache`, and never longer than the verdicts hold."""
    if board.cache is None:
        return None
    latest = now + timedelta(seconds=seconds(board.cache))
    return latest if found.valid_until is None else min(latest, found.valid_until)


def _questions(board: Board) -> Iterator[Question]:
    return (question for section in board.sections for question in section.tiles)


def _dashboard(name: str, board: Board, found: BoardAnswer) -> dict[str, Any]:
    tiles = [
        (question.name or question.kpi, tile)
        for section, facts in zip(board.sections, found.sections, strict=True)
        for question, tile in zip(section.tiles, facts.tiles, strict=True)
    ]
    funnels = [facts.funnel for facts in found.sections if facts.funnel]
    tables = [
        _table(section, facts)
        for section, facts in zip(board.sections, found.sections, strict=True)
        if section.shape == "table"
    ]
    return {
        "dashboard": name,
        "label": board.label,
        "timezone": found.timezone,
        "generation": found.generation,
        "published_at": moment(found.published_at),
        "now": moment(found.now),
        "valid_until": moment(found.valid_until),
        "notices": [one.sentence for one in found.notices],
        "metrics": {one: _metric(tile) for one, tile in tiles if tile.answer.rows is None},
        "lists": {one: _list(tile.answer) for one, tile in tiles if tile.answer.rows is not None},
        **({"funnel": [_step(step) for step in funnels[0]]} if funnels else {}),
        **({"table": tables[0]} if tables else {}),
    }


def _metric(tile: Tile) -> dict[str, Any]:
    answer = tile.answer
    compared, target = answer.comparison, answer.target
    return {
        **_facts(answer),
        "label": tile.title,
        "value": exact(answer.value),
        "comparison": compared
        and {
            "against": compared.against,
            "value": exact(compared.value),
            "change": exact(compared.change),
            "change_pct": exact(compared.change_pct),
            "reason": compared.reason and compared.reason.sentence,
        },
        "target": target
        and {"text": target.text, "status": target.status, "low": exact(target.low), "high": exact(target.high)},
        "breaches": [{"alert": one.alert, "severity": one.severity, "sentence": one.sentence} for one in answer.breaches],
        "trend": [_point(one) for one in tile.spark],
    }


def _list(answer: Answer) -> dict[str, Any]:
    rows = [
        {"key": row.key, "value": exact(row.value), "n": row.n, "change_pct": exact(row.change_pct)}
        for row in answer.rows or ()
    ]
    return {**_facts(answer), "label": answer.label, "by": answer.by, "rows": rows, "more_rows": answer.more_rows}


def _table(section: Section, facts: SectionFacts) -> list[dict[str, Any]]:
    """Return the section's lists as rows of values by the names of its tiles; null where one has no number."""
    names = [question.name or question.kpi for question in section.tiles]
    lists = [tile.answer.rows or () for tile in facts.tiles]
    keys = next((rows for rows in lists if rows), ())
    return [
        {"key": row.key} | {name: exact(rows[place].value) if rows else None for name, rows in zip(names, lists, strict=True)}
        for place, row in enumerate(keys)
    ]


def _facts(answer: Answer) -> dict[str, Any]:
    return {
        "kpi": answer.kpi,
        "unit": answer.unit.currency or answer.unit.kind,
        "period": {"name": answer.period.name, "start": f"{answer.period.start}", "end": f"{answer.period.end}"},
        "data_quality": answer.data_quality.value,
        "freshness": answer.freshness and answer.freshness.value,
        "provisional": answer.provisional,
        "reasons": _reasons(answer.reasons),
    }


def _reasons(reasons: tuple[Reason, ...]) -> list[dict[str, str | None]]:
    return [{"code": one.code, "reason": one.sentence, "repair": one.repair} for one in reasons]


def _step(step: FunnelStep) -> dict[str, Any]:
    return {
        "step": step.title,
        "kpi": step.kpi,
        "value": exact(step.value),
        "of_previous_pct": exact(step.of_previous_pct),
        "of_first_pct": exact(step.of_first_pct),
        "drop_off": exact(step.lost),
        "drop_off_pct": exact(step.lost_pct),
        "bottleneck": step.bottleneck,
    }


def _point(point: Point) -> dict[str, Any]:
    return {"start": f"{point.start}", "end": f"{point.end}", "value": exact(point.value), "provisional": point.provisional}
