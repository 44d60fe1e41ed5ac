"""The KPIs of a company's stage, their history, and the costs that they need: paths and shapes as start-ups document them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from assay.api.bodies import flat_object
from assay.api.desk import TheDesk
from assay.api.documents import DocumentRoute, Exact, document, exact, moment, refusal, require_known
from assay.errors import AssayError, UsageError, suggest
from assay.runtime import entries as books
from assay.runtime import stages
from assay.runtime.desk import Desk
from assay.values.answer import Answer, DataQuality, TargetFacts
from assay.values.entries import Entry, EntryKind

router = APIRouter(prefix="/api/kpi", tags=["stages"], route_class=DocumentRoute)
Days = Annotated[int, Query(ge=1, le=3650, description="So many shop days, today included")]
Body = Annotated[dict[str, str], Depends(flat_object)]
PATIENCE_SECONDS = 30.0


@router.get("/all", summary="The KPIs of every stage")
async def everything(desk: TheDesk, period_days: Days = 30, allow_estimates: bool = False) -> Response:
    """Return `early_stage`, `mid_stage` …, each as its own endpoint returns it, all from one generation."""

    def ask() -> Response:
        found = stages.stage_answers(desk, stages.stages(desk), period_days, allow_estimates=allow_estimates)
        return document({one.stage: _stage(one, allow_estimates) for one in found})

    return await run_in_threadpool(ask)


@router.get("/historical", summary="What was published of the last days")
async def historical(
    desk: TheDesk,
    days: Annotated[int, Query(ge=1, le=3650, description="So many shop days, today included")] = 90,
    kpi_type: Annotated[str | None, Query(max_length=63, description="One number only: cac")] = None,
    stage: Annotated[str | None, Query(max_length=63, description="One stage only: early_stage")] = None,
) -> Response:
    """Return the snapshots: of each day and number the value over 30 days as it was last published, withheld ones as null."""

    def ask() -> Response:
        one = None if stage is None else stages.find_stage(desk, stage.replace("-", "_"))
        found = stages.snapshots(desk, days, one, kpi_type)
        return document({"days": days, "snapshots": [_snapshot(row) for row in found]})

    return await run_in_threadpool(ask)


@router.post("/snapshot", summary="Publish what is known now", status_code=201)
async def snapshot(desk: TheDesk) -> Response:
    """Refresh and publish; return the snapshots of today, or with status 202 the job that will have made them.

    Where the refresh fails, nothing is published: 409 if the project has to be mended first, else 503.
    """

    def take() -> Response:
        try:
            job = stages.take_snapshot(desk, PATIENCE_SECONDS)
        except AssayError as error:
            said = f"The refresh for the snapshot failed, and nothing was published: {error.problem}"
            return refusal(said, error.remedy, 409 if isinstance(error, UsageError) else 503)
        if job is not None:
            said = "The refresh goes on; GET /api/kpi/historical shows the snapshot once it is published."
            return document({"job": job, "message": said}, 202)
        found = stages.snapshots(desk, 1)
        return document({"snapshots": [_snapshot(row) for row in found]}, 201)

    return await run_in_threadpool(take)


@router.get("/{name}", summary="The KPIs of one stage, or entries that were recorded by hand")
async def one(
    name: str,
    desk: TheDesk,
    request: Request,
    period_days: Days = 30,
    allow_estimates: bool = False,
    days: Annotated[int | None, Query(ge=1, le=3650, description="Entries of the last so many shop days only")] = None,
) -> Response:
    """`/early-stage`: values, what each is worth believing, and what enables those that are withheld. `/costs`: the entries."""

    def ask() -> Response:
        stage = name.replace("-", "_")
        if stage not in stages.stages(desk):  # what is recorded is read from the packs' files: no stage waits for that
            return _entries(desk, _kind(desk, name), days, dict(request.query_params))
        require_known(request, ("period_days", "allow_estimates"))
        found = stages.stage_answers(desk, (stage,), period_days, allow_estimates=allow_estimates)
        return document(_stage(found[0], allow_estimates))

    return await run_in_threadpool(ask)


@router.post("/{name}", summary="Record an entry by hand", status_code=201)
async def record(name: str, desk: TheDesk, values: Body) -> Response:
    """`/costs`: take one cost. It is durable when this answers; the numbers follow with the refresh whose number is `job`."""

    def take() -> Response:
        kinds = _kinds(desk)
        if name not in kinds:
            paths = "".join(f"/api/kpi/{one}, " for one in kinds)
            said = f"What can be recorded: {paths}and every kind that GET /api/v1/entries names at /api/v1/entries/KIND."
            return refusal(f"Nothing is recorded at /api/kpi/{name[:60]}.", said, 404)
        done = books.record(desk.project, desk.clock, kinds[name].kind, values)
        done = books.refresh_after(desk.project, desk.clock, done)
        assert done.entry is not None  # it was just recorded
        facts = {"complete_from": moment(done.complete_from), "complete_until": moment(done.complete_until), "job": done.job}
        return document(_entry(kinds[name], done.entry) | facts, 201)

    return await run_in_threadpool(take)


def _kinds(desk: Desk) -> dict[str, EntryKind]:
    return {one.endpoint: one for one in books.entry_kinds(desk) if one.endpoint}


def _kind(desk: Desk, name: str) -> EntryKind:
    """Return the kind that is recorded at the path; a `UsageError` names every path that there is."""
    kinds, known = _kinds(desk), [one.replace("_", "-") for one in stages.stages(desk)]
    if name not in kinds:
        paths = [*known, "all", "historical", *kinds]
        said = ", ".join(f"/api/kpi/{one}" for one in paths) if known else "none: no pack of this project has a `stage`"
        raise UsageError(f'"{name[:60]}" is no stage.{suggest(name, paths)}', f"There are: {said}.")
    return kinds[name]


def _stage(found: stages.StageAnswers, allow_estimates: bool) -> dict[str, Any]:
    quality = {name: answer.data_quality.value for name, (_, answer) in found.answers.items()}
    values = {name: _value(found, name) for name, (_, answer) in found.answers.items() if answer.value is not None}
    said: dict[str, Any] = {
        "stage": found.stage,
        "period_days": found.days,
        "allow_estimates": allow_estimates,
        "kpis": values,
        "data_quality": quality,
        "guidance": {name: _guidance(answer) for name, (_, answer) in found.answers.items() if answer.value is None},
    }
    if not values:
        said["message"] = "None of these KPIs can be proved yet. `guidance` says of each what enables it."
    return said


def _value(found: stages.StageAnswers, name: str) -> dict[str, Any]:
    question, answer = found.answers[name]
    assert answer.value is not None
    said: dict[str, Any] = {
        "value": Exact(answer.value),
        "label": question.label or answer.label,
        "description": found.descriptions[name],
        "unit": _unit(answer, question.per),
    }
    if answer.target is not None and (bound := _bound(answer.target)) is not None:
        said["target"] = bound
    if found.benchmarks[name]:
        said["benchmarks"] = [one.model_dump(mode="json") for one in found.benchmarks[name]]
    if answer.data_quality is DataQuality.ESTIMATED:
        said["estimated_from"] = [reason.sentence for reason in answer.reasons]
    if answer.provisional:
        said["provisional"] = True
    return said


def _bound(target: TargetFacts) -> Exact | None:
    bounds = [one for one in (target.low, target.high) if one is not None]
    return Exact(bounds[0]) if len(bounds) == 1 else None


def _unit(answer: Answer, per: str | None) -> str:
    words = {"percent": "%", "money": answer.unit.currency or ""}
    unit = words.get(answer.unit.kind, answer.unit.kind)
    return f"{unit}/{per}" if per else unit


def _guidance(answer: Answer) -> list[dict[str, str | None]]:
    return [{"code": one.code, "reason": one.sentence, "enable": one.repair} for one in answer.reasons]


def _snapshot(row: stages.StageSnapshot) -> dict[str, Any]:
    return {
        "snapshot_date": row.day,
        "company_stage": row.stage,
        "kpi_type": row.name,
        "kpi_value": exact(row.value),
        "metadata": row.metadata,
    }


def _entries(desk: Desk, kind: EntryKind, days: int | None, asked: dict[str, str]) -> Response:
    filters = {name: value for name, value in asked.items() if name not in ("days", "period_days", "allow_estimates")}
    known = {field.name: field.values for field in kind.fields}
    for name, value in filters.items():
        if name not in known:
            raise UsageError(f'{kind.label} have no "{name[:60]}".{suggest(name, known)}', f"They have: {', '.join(known)}.")
        if known[name] and value not in known[name]:
            raise UsageError(
                f"{name} is {value[:60]!r}.{suggest(value, known[name])}", f"It is one of: {', '.join(known[name])}."
            )
    today = desk.project.calendar.day_of(desk.clock.now())
    since = None if days is None else today - timedelta(days=days - 1)
    found = books.entries(desk.project, desk.clock, kind.kind, since)
    kept = [one for one in found if all(str(one.values.get(name)) == value for name, value in filters.items())]
    facts = {"complete_from": moment(kind.complete_from), "complete_until": moment(kind.complete_until)}
    return document({kind.endpoint or kind.kind: [_entry(kind, one) for one in kept], **facts})


def _entry(kind: EntryKind, entry: Entry) -> dict[str, Any]:
    types = {field.name: field.type for field in kind.fields}
    read: dict[str, Callable[[Any], Any]] = {"money": Exact, "integer": lambda value: Exact(str(value))}
    said = {
        name: value if value is None else read.get(types.get(name, ""), lambda same: same)(value)
        for name, value in entry.values.items()
    }
    return {"id": entry.id, **said, kind.time: f"{entry.day}", "recorded_at": entry.recorded_at.isoformat()}
