"""KPIs: the list, one answer, its history, its definition."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from assay.api.desk import TheDesk
from assay.api.prebuilt import answered
from assay.catalog.contract import Question
from assay.runtime.answers.answering import in_scenario
from assay.runtime.warehouse_answers import parse_at
from assay.values.answer import Answer, Definition, History

router = APIRouter(prefix="/api/v1/kpis", tags=["kpis"])
Compared = Literal["previous", "same_day_last_week", "last_year", "none"]
Grains = Literal["day", "week", "month", "quarter", "year"]


@router.get("", summary="List the KPIs")
async def kpis(desk: TheDesk) -> dict[str, list[dict[str, Any]]]:
    """Return every KPI's name, label, unit, owner, criticality and dimensions."""
    catalog = (await run_in_threadpool(desk.snapshot)).catalog
    return {
        "kpis": [
            {
                "kpi": kpi.name,
                "label": kpi.contract.title,
                "definition": kpi.contract.definition,
                "unit": kpi.contract.unit.value,
                "grain": kpi.contract.grain.value,
                "owner": kpi.contract.owner,
                "criticality": kpi.contract.criticality.value,
                "dimensions": list(kpi.dimensions),
            }
            for kpi in catalog.kpis.values()
        ]
    }


@router.get("/{kpi}", summary="One number, or why it is withheld", response_model=Answer)
async def kpi(
    kpi: str,
    desk: TheDesk,
    request: Request,
    period: Annotated[
        str | None, Query(max_length=40, description="day, yesterday, mtd, 7d, 2026-01 …; the KPI's grain otherwise")
    ] = None,
    at: Annotated[str | None, Query(max_length=40, description="The day or instant at which it is asked")] = None,
    by: Annotated[str | None, Query(max_length=63, description="A dimension: one row for each of its values")] = None,
    top: Annotated[int | None, Query(ge=1, le=1000)] = None,
    compare: Compared | None = None,
    scenario: Annotated[
        str | None, Query(max_length=63, description="The number under other assumptions: a scenario that the KPI lists")
    ] = None,
    allow_estimates: bool = False,
    as_of: Annotated[
        str | None, Query(max_length=40, description="As it was published then (the end of that shop day)")
    ] = None,
) -> Response:
    """Return the answer: value, state, freshness, coverage, reasons, target, comparison, breaches, receipt."""
    asked = {"kpi": kpi, "period": period, "by": by, "top": top, "compare": compare}
    question = Question.model_construct(
        **{**Question(kpi="x").model_dump(), **{k: v for k, v in asked.items() if v is not None}}
    )

    def ask() -> Answer:
        snapshot = desk.snapshot()
        name = kpi if scenario is None else in_scenario(kpi, scenario, snapshot.catalog)
        named = question.model_copy(update={"kpi": name})
        if (known := parse_at(as_of)) is not None:
            return desk.as_of(named, parse_at(at), known)
        return desk.ask(named, parse_at(at), allow_estimates=allow_estimates, snapshot=snapshot)

    return await answered(request, ask)


@router.get("/{kpi}/history", summary="The published values, one a period")
async def history(kpi: str, desk: TheDesk, grain: Grains = "day", last: Annotated[int, Query(ge=1, le=1000)] = 90) -> History:
    """Return the newest published values of the last closed periods, oldest first."""
    return await run_in_threadpool(desk.history, kpi, grain, last)


@router.get("/{kpi}/definition", summary="What the number means and how it came about")
async def definition(
    kpi: str,
    desk: TheDesk,
    period: Annotated[str | None, Query(max_length=40)] = None,
    at: Annotated[str | None, Query(max_length=40)] = None,
) -> Definition:
    """Return definition, formula, plan, SQL, inputs with watermarks, checks, receipt and the answer itself."""
    from assay.runtime.explain import define  # it brings SQLAlchemy with it, and the server's start waits for none of that

    return await run_in_threadpool(lambda: define(desk, kpi, period, parse_at(at)))
