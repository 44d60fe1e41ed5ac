"""The answer to a question: a value, or the reason why there is none, with everything that the number rests on.

This is the one shape that every surface carries (command line, HTTP, page, files). `assay schema answer` prints it as
JSON Schema. Numbers are decimal strings, so that no reader rounds them on the way.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """Frozen, and closed to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataQuality(StrEnum):
    """Whether the number is measured, worked out from a stated assumption, or withheld."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"
    INSUFFICIENT_DATA = "insufficient_data"


class Freshness(StrEnum):
    """How old the newest data is against what the contract expects: f, 1.5 f, 3 f."""

    FRESH = "fresh"
    ACCEPTABLE = "acceptable"
    STALE = "stale"
    CRITICAL = "critical"


class Reason(Fact):
    """Why a value is as it is, and what mends it."""

    code: str = Field(description="A stable word for programs: not_covered, no_data, check_failed, other_grain …")
    sentence: str = Field(description="The same for a person.")
    input: str | None = Field(default=None, description="The stream, model or KPI that it is about.")
    since: datetime | None = None
    owner: str | None = None
    repair: str | None = Field(default=None, description="The command or endpoint that repairs it.")


class PeriodFacts(Fact):
    """The shop days that were asked, both ends included."""

    name: str = Field(description="As it was asked: yesterday, 7d, 1997-01.")
    grain: Literal["day", "week", "month", "quarter", "year", "range"]
    start: date
    end: date
    timezone: str
    open: bool = Field(description="True while the period's last day has not ended.")


class UnitFacts(Fact):
    """How to read the value."""

    kind: str
    currency: str | None = None
    decimals: int = Field(default=2, description="Decimal places to show; the value may hold up to six.")


class Coverage(Fact):
    """How many of the period's days every needed stream has declared complete."""

    days: int
    covered: int
    missing: tuple[date, ...] = Field(default=(), description="The first 31 days that are not covered.")


class PacedPeriod(Fact):
    """The shop days of a goal or milestone, both ends included."""

    name: str = Field(description="2026-03, 2026-Q1, 2026; of a milestone the days from New Year to its end.")
    start: date
    end: date


class PaceFacts(Fact):
    """Where a period that goes on will land if it goes on as it has until now, against its plan."""

    period: PacedPeriod
    plan: str | None = Field(description="What it should reach; of a month within a longer goal, its seasonal share.")
    so_far: str | None = Field(default=None, description="What its complete days make.")
    days: int = Field(description="How many complete days of it have passed.")
    projected: str | None = Field(default=None, description="What it will come to; null when withheld, see `reason`.")
    projected_pct_of_plan: str | None = None
    status: Literal["ahead", "behind", "on_track"] | None = Field(
        default=None, description="`on_track` within 2 % of the plan; null when it cannot be told."
    )
    method: str | None = Field(default=None, description="How it was projected, as a sentence.")
    backtest_error_pct: str | None = Field(
        default=None,
        description="How far the same projection of the period before was off after as many days, in % of what it became.",
    )
    reason: Reason | None = None


class TargetFacts(Fact):
    """What the value should be, and whether it is."""

    status: Literal["met", "missed", "none"] | None = Field(description="null when it cannot be judged; see `reason`.")
    text: str = Field(description="The target as a person reads it: at least 95 %.")
    low: str | None = None
    high: str | None = None
    due: date | None = Field(default=None, description="Of a milestone: the last day on which it may be reached.")
    tier: str | None = Field(default=None, description="The highest named step that is reached.")
    tier_from: str | None = Field(default=None, description="The value from which on it is reached.")
    next_tier: str | None = Field(default=None, description="The next named step; null on the highest.")
    next_tier_from: str | None = None
    pacing: tuple[PaceFacts, ...] = Field(
        default=(), description="Where the goal's periods will land, the shortest first; the last one is the goal's own."
    )
    reason: Reason | None = None


class ComparisonFacts(Fact):
    """The value beside an earlier one, aligned to the same elapsed part, or the reason why they are not compared."""

    against: Literal["previous", "same_day_last_week", "last_year"]
    period: PeriodFacts
    value: str | None = None
    current: str | None = Field(default=None, description="This period's value over the same elapsed part.")
    change: str | None = None
    change_pct: str | None = None
    better: bool | None = Field(default=None, description="Whether the change goes the good way; null if neither.")
    until: str | None = Field(default=None, description="The local time at which both periods are cut, if they are.")
    reason: Reason | None = None


class Breach(Fact):
    """An alert condition of the contract that holds."""

    alert: str
    severity: Literal["critical", "high", "medium", "low"]
    sentence: str
    condition: str


class LastGood(Fact):
    """The newest value of the same question that was published; for display only."""

    value: str
    period: PeriodFacts
    published_at: datetime
    receipt: str


class Row(Fact):
    """One row of a list or breakdown."""

    key: str | None
    value: str | None
    display: str
    n: int | None = None
    change: str | None = None
    change_pct: str | None = None
    tier: str | None = Field(default=None, description="The highest named step of the target that it reaches.")
    reasons: tuple[Reason, ...] = ()


class CohortCell(Fact):
    """How a cohort stood at the end of one period since its own, or why that is not known."""

    since: int = Field(description="How many periods after the cohort's own; 0 is its own.")
    value: str | None
    display: str
    provisional: bool = False
    reasons: tuple[Reason, ...] = ()


class Cohort(Fact):
    """Those who came in one period. Cells of periods that have not begun are not there."""

    name: str = Field(description="2026-01, 2026-W05.")
    start: date
    end: date
    size: int | None = Field(default=None, description="How many they are; null where the number is no share of them.")
    cells: tuple[CohortCell, ...]


class CohortTable(Fact):
    """What a KPI of the kind `cohort` says: a row for each cohort, the oldest first, a cell for each period since."""

    grain: Literal["day", "week", "month", "quarter", "year"] = Field(description="The length of the periods.")
    rows: tuple[Cohort, ...]


class Answer(Fact):
    """A value or the reason for its absence, and all that it rests on."""

    kpi: str
    label: str
    period: PeriodFacts
    unit: UnitFacts
    value: str | None = Field(description="A decimal string; null when withheld.")
    display: str = Field(description="The value as a person reads it; a dash when withheld.")
    direction: Literal["up", "down", "range"] | None = None
    criticality: Literal["critical", "high", "medium", "low"] = "medium"
    owner: str | None = None
    data_quality: DataQuality
    freshness: Freshness | None = Field(description="null when nothing was ever loaded.")
    as_of: datetime | None = Field(default=None, description="The instant up to which the data is complete.")
    coverage: Coverage
    provisional: bool = Field(description="True while the period may still change: it is open, or its source has not settled.")
    settles_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    n: int | None = Field(default=None, description="How many rows the number stands on (of a ratio: its denominator).")
    nulls: int = Field(default=0, description="Rows left out because the measured column was null.")
    target: TargetFacts | None = None
    comparison: ComparisonFacts | None = None
    breaches: tuple[Breach, ...] = ()
    last_good: LastGood | None = None
    by: str | None = None
    rows: tuple[Row, ...] | None = Field(default=None, description="The rows of a list or breakdown.")
    more_rows: int = Field(default=0, description="Rows that `top` left out.")
    cohorts: CohortTable | None = Field(default=None, description="Of the kind `cohort`: its table, in place of a value.")
    generation: int | None = Field(description="The generation that answered; null before the first.")
    published_at: datetime | None = None
    receipt: str | None = Field(description="The receipt's identity: (generation, question).")
    valid_until: datetime | None = Field(description="The instant at which this verdict may change without new data.")
    note: dict[str, Any] | None = Field(default=None, description="Facts of one surface: as_of asked, recomputed value …")

    @property
    def tells(self) -> bool:
        """Whether there is a number in it: the value, or a cell of its cohorts."""
        table = self.cohorts.rows if self.cohorts else ()
        return self.value is not None or any(cell.value is not None for row in table for cell in row.cells)


class Point(Fact):
    """One closed period of a history; `value` is null when it was withheld."""

    start: date
    end: date
    value: str | None
    state: Literal["actual", "estimated", "insufficient_data"]
    provisional: bool = False
    generation: int | None = None


class HistoryPoint(Point):
    """A closed period of a history that may reach into days of another currency."""

    currency: str | None = Field(
        default=None, description="Of money that was published in another currency than that of `unit`: its own."
    )


class History(Fact):
    """The published values of a KPI, one a period."""

    kpi: str
    grain: Literal["day", "week", "month", "quarter", "year"]
    unit: UnitFacts
    points: tuple[HistoryPoint, ...]


class Slice(Fact):
    """One part of a pie."""

    key: str | None = Field(description="The dimension's value, or of a pie of KPIs the part's label; null: not stated.")
    value: str
    display: str
    share_pct: str = Field(description="Its part of the whole, in percent.")
    rest: bool = Field(default=False, description="Whether it stands for all parts that are not slices of their own.")


class Course(Fact):
    """What a line needs besides its closed periods: the period that goes on, and what a period is held against."""

    grain: Literal["day", "week", "month", "quarter", "year"]
    now: Point | None = Field(default=None, description="The period that goes on, as far as it has come; null if unknown.")
    low: str | None = Field(default=None, description="The target of one such period.")
    high: str | None = None


class Tile(Fact):
    """One tile of a board: the answer and the last 30 days, or the last closed periods of the KPI's grain."""

    title: str
    answer: Answer
    spark: tuple[Point, ...] = ()
    shape: Literal["line", "gauge", "bars", "pie"] | None = Field(
        default=None, description="How it is drawn; null: as a plain number, list or table."
    )
    undrawn: str | None = Field(default=None, description="Why it is not drawn as its board asks.")
    course: Course | None = Field(default=None, description="Of a line.")
    slices: tuple[Slice, ...] | None = Field(default=None, description="Of a pie: the whole, the largest part first.")


class FunnelStep(Fact):
    """One step of a funnel beside the one before it and the first; null where one of the two is not known or nobody came."""

    title: str
    kpi: str
    value: str | None
    display: str
    of_previous_pct: str | None = Field(default=None, description="How many of the step before reached it, in percent.")
    of_first_pct: str | None = Field(default=None, description="How many of the first step reached it, in percent.")
    lost: str | None = Field(default=None, description="How many of the step before did not.")
    lost_pct: str | None = Field(default=None, description="The same in percent: the drop-off.")
    bottleneck: bool = Field(default=False, description="Whether more is lost here than at any other step, in percent.")


class LinkFacts(Fact):
    """Where the rows of a table lead."""

    label: str
    url: str = Field(description="`{key}` in it stands for the row's key, percent-encoded.")


class SectionFacts(Fact):
    """Tiles under one heading."""

    label: str
    shape: Literal["tiles", "funnel", "table", "scatter"] = Field(
        default="tiles",
        description="`table`, `scatter`: the tiles are lists of the same keys in the same order, as the first one that is not "
        "withheld has them; one that is withheld has no rows.",
    )
    links: tuple[LinkFacts, ...] = ()
    funnel: tuple[FunnelStep, ...] | None = Field(default=None, description="Of a funnel: its steps, in order.")
    tiles: tuple[Tile, ...]


class ListingColumnFacts(Fact):
    """One column of a listing."""

    name: str
    label: str
    kind: Literal["text", "money", "count", "instant"]


class ListingRow(Fact):
    """One row, by the names of the listing's columns: amounts are decimal strings, instants ISO 8601."""

    values: dict[str, str | None]
    currency: str
    tone: Literal["good", "attention", "bad", "muted"] | None = None


class ListingAnswer(Fact):
    """The newest rows of a model, as they happened."""

    listing: str
    label: str
    description: str = ""
    columns: tuple[ListingColumnFacts, ...]
    time: str = Field(description="The column by which the rows are ordered, the newest first; it need not be shown.")
    rows: tuple[ListingRow, ...]
    more_rows: int = 0
    as_of: datetime | None = Field(description="The instant up to which the streams under it are complete; null if never.")
    reasons: tuple[Reason, ...] = Field(default=(), description="Why newer rows may be missing.")
    timezone: str
    generation: int | None


class BoardAnswer(Fact):
    """A whole board in one answer, all of it from one generation."""

    board: str
    label: str
    description: str = ""
    project: str
    timezone: str
    generation: int | None
    published_at: datetime | None
    now: datetime
    valid_until: datetime | None
    notices: tuple[Reason, ...] = Field(default=(), description="What concerns the whole board: a rebuild, nothing loaded yet.")
    sections: tuple[SectionFacts, ...]
    listings: tuple[ListingAnswer, ...] = ()


class BenchmarkFacts(Fact):
    """What others reach, as somebody published it, and how the number stands beside it."""

    text: str = Field(description="The range: 105 % to 110 %; at least 3.")
    of: str = Field(description="Whose numbers they are.")
    over: Literal["month", "year"] | None = Field(description="The length of the periods that it speaks of.")
    standing: Literal["below", "within", "above"] | None = Field(
        description="null where there is no number, or it is over periods of another length."
    )
    source: str
    url: str
    published: date


class Definition(Fact):
    """What a KPI is and how its number came about: the answer to `assay explain` and the page's detail."""

    kpi: str
    label: str
    definition: str
    formula: str
    kind: str
    unit: UnitFacts
    owner: str | None
    criticality: str
    source: str | None = None
    model: str | None = None
    time: str | None = None
    target: str | None = None
    benchmarks: tuple[BenchmarkFacts, ...] = ()
    alerts: tuple[str, ...] = ()
    refresh: str | None = None
    dimensions: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    plan: tuple[str, ...] = Field(default=(), description="The steps, one a line.")
    sql: tuple[str, ...] = ()
    inputs: tuple[dict[str, Any], ...] = Field(default=(), description="Streams: rows, complete until, newest load.")
    checks: tuple[dict[str, Any], ...] = ()
    receipt: dict[str, Any] | None = None
    answer: Answer
