"""A forecast as every surface carries it. It is never called a value: no formula, target or alert reads one.

Numbers are decimal strings, rounded to what the unit shows; the ends of an interval are rounded away from its middle.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from assay.values.answer import Fact, Reason, UnitFacts

ForecastGrain = Literal["day", "week", "month"]


class ForecastPoint(Fact):
    """One period ahead."""

    period: str = Field(description="2026-11-23, 2026-W48, 2026-12.")
    start: date
    end: date
    forecast: str
    lower: str = Field(description="The lower end of the interval.")
    upper: str


class BacktestFacts(Fact):
    """How such forecasts did on periods that had happened already and that they had not seen."""

    start: date = Field(description="The first day of the periods that were foreseen.")
    end: date
    origins: int = Field(description="From how many points of the history forecasts were made.")
    periods: int = Field(description="How many periods they foresaw, all of them together.")
    mae: str = Field(description="By how much they were off on average, in the KPI's unit.")
    wape_pct: str | None = Field(description="The same in percent of what came; null where that is 0, and of percentages.")
    naive_mae: str = Field(description="By how much the naive forecast was off on the same periods.")
    relative_mae: str | None = Field(description="The error as a multiple of the naive one's; null where that made none.")
    within: int = Field(description="How many of the periods came to lie inside the interval.")
    coverage_pct: str = Field(description="The same in percent: beside `level`, what the interval promises.")


class ForecastHistory(Fact):
    """What a forecast was made of: published, settled periods in a row."""

    start: date
    end: date
    periods: int


class ForecastNeeds(Fact):
    """What would be enough for a forecast that is withheld."""

    periods: int = Field(description="So many proved periods in a row are needed.")
    there: int
    possible_from: date | None = Field(
        description="The first day on which it can be made, if nothing else is missed until then."
    )
    at_most: int = Field(description="How many periods ahead can be forecast already; 0 is none.")


class ForecastAnswer(Fact):
    """The next periods of a KPI with an interval and its back-tested error, or the reason why there is no forecast."""

    kpi: str
    label: str
    grain: Literal["day", "week", "month", "quarter", "year"]
    unit: UnitFacts
    timezone: str
    level: int = Field(description="Of a hundred such periods so many should lie inside the interval.")
    data_quality: Literal["forecast", "insufficient_data"]
    points: tuple[ForecastPoint, ...] = ()
    model: Literal["naive", "newest", "ets", "theta"] | None = None
    season: int | None = Field(default=None, description="After how many periods the pattern repeats; 1 is never.")
    method: str | None = Field(default=None, description="How it was made, as a sentence.")
    backtest: BacktestFacts | None = None
    history: ForecastHistory | None = None
    lead: int = Field(default=0, description="How many closed periods lie between the history and the first point.")
    needs: ForecastNeeds | None = None
    reasons: tuple[Reason, ...] = Field(default=(), description="Why it is withheld.")
    generation: int | None
    published_at: datetime | None
    valid_until: datetime | None
