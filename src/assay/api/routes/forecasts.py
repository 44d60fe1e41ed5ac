"""Forecasts of a KPI. They are worked out in a process of their own, never in this one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from assay.api.documents import require_known
from assay.api.prebuilt import Body, answered
from assay.errors import UsageError
from assay.runtime.desk import Desk
from assay.runtime.forecasting.fitting import Fitter
from assay.runtime.forecasting.forecasts import LEVELS, USUAL_LEVEL, Forecasts
from assay.values.forecast import ForecastAnswer

MOST_PERIODS = 90


class ForecastRoute(APIRoute):
    """A route that answers wrong parameters with 422, what came and what would be right; an unknown KPI stays 404."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                require_known(request, ("periods", "level"))
                return await answer(request)
            except RequestValidationError as error:
                said = "; ".join(f"{one['loc'][-1]} is {one['input']!r:.80}: {one['msg']}" for one in error.errors())
                return _refusal(said, f"periods: a whole number, 1 to {MOST_PERIODS} days; level: {LEVELS[0]} to {LEVELS[1]}.")
            except UsageError as error:
                if error.problem.startswith("There is no KPI"):
                    raise
                return _refusal(error.problem, error.remedy)

        return handler


def _refusal(problem: str, remedy: str) -> Response:
    return JSONResponse({"error": {"code": "wrong_request", "problem": problem, "remedy": remedy}}, 422)


async def _forecasts(request: Request) -> Forecasts:
    state = request.app.state
    if not hasattr(state, "forecasts"):
        desk: Desk = state.desk
        state.forecasts = Forecasts(desk, Fitter())
    found: Forecasts = state.forecasts
    return found


router = APIRouter(prefix="/api/v1/kpis", tags=["kpis"], route_class=ForecastRoute)


@router.get(
    "/{kpi}/forecast", summary="The next periods with an interval, or why there is no forecast", response_model=ForecastAnswer
)
async def forecast(
    kpi: str,
    request: Request,
    forecasts: Annotated[Forecasts, Depends(_forecasts)],
    periods: Annotated[
        int | None, Query(description="How many of the KPI's days, weeks or months; 14, 4 or 3 otherwise")
    ] = None,
    level: Annotated[int, Query(description="The interval, in percent")] = USUAL_LEVEL,
) -> Response:
    """Return forecast, lower and upper end of each period, the method, the back-tested error, or the reasons."""

    def ask() -> Body:
        found = forecasts.ask(kpi, periods, level)
        return Body(kpi, found.generation, found.valid_until, found.model_dump_json().encode())

    return await answered(request, ask)
