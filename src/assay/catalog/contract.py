"""The KPI contract: the fields of the file that a person reads and edits, as frozen values.

A KPI file holds one or more YAML documents. A document with `kpi:` is a KPI, one with `board:` a board. The models here
are the file's shape; `assay schema` prints them as JSON Schema. What cannot be said by a shape (an unknown column, a
cycle, units that do not match) is the linter's (`assay.catalog.rules`).
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from assay.units import Unit

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Duration = Annotated[str, Field(pattern=r"^[1-9][0-9]*(m|h|d)$", description="A length of time: 15m, 26h, 2d.")]
PeriodText = Annotated[
    str, Field(min_length=1, max_length=40, description="day, yesterday, wtd, mtd, qtd, ytd, 7d, 3m, all, 2026-01, 2026-Q1 …")
]


RollingWindow = Annotated[
    str,
    Field(
        pattern=r"^([1-9][0-9]{0,2}[dm]|wtd|mtd|qtd|ytd)$",
        description="So many days or months that end with the asked day (7d, 30d, 3m), or a period to date (mtd, qtd, ytd).",
    ),
]


class Contract(BaseModel):
    """Frozen, and closed to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Direction(StrEnum):
    """Which way is good."""

    UP = "up"
    DOWN = "down"
    RANGE = "range"


class Severity(StrEnum):
    """How fast somebody must act: critical at once, high in 30 minutes, medium in 2 hours, low in the daily digest."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Criticality(StrEnum):
    """How much the business leans on the number."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Kind(StrEnum):
    """How the rows of the model make the number."""

    AGGREGATE = "aggregate"
    STOCK = "stock"
    ACTIVE = "active"
    RECURRING = "recurring"
    MODELLED = "modelled"
    COHORT = "cohort"
    BREACHES = "breaches"


class Grain(StrEnum):
    """The period at which the KPI is published by default, and at which its target and alerts hold."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


def seconds(duration: str) -> int:
    """Return a duration such as `26h` in seconds."""
    return int(duration[:-1]) * {"m": 60, "h": 3600, "d": 86400}[duration[-1]]


_CRON_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of month", 1, 31), ("month", 1, 12), ("day of week", 0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?")


def _cron(text: str) -> str:
    """Accept a cron line of numbers: `*`, `5`, `1-5`, `*/15` and lists of them."""
    fields = text.split()
    if len(fields) != 5:
        raise ValueError("a schedule has five fields: minute hour day-of-month month day-of-week")
    for field, (name, least, most) in zip(fields, _CRON_FIELDS, strict=True):
        for part in field.split(","):
            match = _CRON_PART.fullmatch(part)
            numbers = [int(number) for number in match.groups()[:2] if number] if match else [-1]
            if any(not least <= number <= most for number in numbers) or numbers != sorted(numbers):
                raise ValueError(f"{part!r} is no {name}: write *, a number from {least} to {most}, a range 1-5, or */15")
    return " ".join(fields)


class Refresh(Contract):
    """When the number is due again, in the shop's time zone."""

    schedule: Annotated[str, AfterValidator(_cron)] | Literal["continuous"] = Field(
        description="A cron line in the shop's time zone (`30 0 * * *`), or `continuous`."
    )
    sla: Duration = Field(default="2h", description="How long after the schedule the number may be late.")


class Requires(Contract):
    """What must hold before the number is shown."""

    freshness: Duration | None = Field(
        default=None,
        description="Expected age of the newest data at most: fresh up to it, acceptable up to 1.5 times, stale up to 3 times, "
        "else critical.",
    )
    checks: tuple[Name, ...] = Field(default=(), description="Names of checks (dbt tests); one that fails withholds the KPI.")
    nulls: int | None = Field(
        default=None, ge=0, description="Most rows of the period whose measured cell is empty; more of them withhold the KPI."
    )
    sample: int | None = Field(default=None, ge=1, description="Least number of rows; below it the number pages nobody.")


class Tier(Contract):
    """A named step of a target: reached when the value is at least `from`."""

    name: str
    at_least: Decimal = Field(alias="from")


def _amount(value: Any) -> Any:
    """Accept `95%` and `$250` as a person writes them; the unit is checked by the linter, which reads the file's text."""
    if isinstance(value, float):
        return Decimal(str(value))
    return value


Amount = Annotated[
    Decimal | str,
    BeforeValidator(_amount),
    Field(description="A number in the KPI's unit, `95%`, `$250`, or a formula such as shift(total_orders, interval 7 days)."),
]


class Milestones(Contract):
    """What should be reached by the end of each quarter of the year."""

    q1: Amount | None = Field(default=None, description="By the end of March.")
    q2: Amount | None = Field(default=None, description="By the end of June.")
    q3: Amount | None = Field(default=None, description="By the end of September.")
    q4: Amount = Field(description="By the end of the year.")


class Benchmark(Contract):
    """What others reach, as somebody published it: for comparison, never a target."""

    low: Decimal | None = Field(default=None, description="The low end of the range, or the least that is called good.")
    high: Decimal | None = Field(default=None, description="The high end of the range, or the most that is called good.")
    of: str = Field(min_length=3, description="Whose numbers they are: `median of SaaS companies with $10M to $50M a year`.")
    over: Literal["month", "year"] | None = Field(
        default=None,
        description="The length of the periods that it speaks of; the number is set beside it over such ones alone.",
    )
    source: str = Field(min_length=3, description="Who published it, under which title.")
    url: str = Field(pattern=r"^https://[^\s\"<>]+$", description="Where it can be read.")
    published: date = Field(description="When it was published.")

    @model_validator(mode="after")
    def _says_something(self) -> Benchmark:
        if self.low is None and self.high is None:
            raise ValueError("a benchmark has `low`, `high`, or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` is more than `high`")
        return self


class TargetRow(Contract):
    """What the value should be, from a date on."""

    since: date | None = Field(default=None, alias="from", description="First day on which this row holds; always, if absent.")
    min: Amount | None = Field(default=None, description="The value should be at least this.")
    max: Amount | None = Field(default=None, description="The value should be at most this.")
    above: Amount | None = Field(default=None, description="The value should be more than this.")
    below: Amount | None = Field(default=None, description="The value should be less than this.")
    between: tuple[Amount, Amount] | None = Field(
        default=None, description="The value should lie in this range, ends included."
    )
    goal: Amount | None = Field(
        default=None, description="A sum to reach over `over`; a shorter period is held to its even share."
    )
    over: Literal["month", "quarter", "year"] | None = Field(default=None, description="The period of `goal`.")
    milestones: Milestones | None = Field(
        default=None, description="What should be reached by the end of each quarter: `{q1: 25%, q2: 50%, q3: 75%, q4: 100%}`."
    )
    tiers: tuple[Tier, ...] = Field(default=(), description="Named steps on the way.")
    note: str | None = Field(default=None, description="The target in words, shown beside it.")

    @model_validator(mode="after")
    def _whole(self) -> TargetRow:
        if (self.goal is None) != (self.over is None):
            raise ValueError("`goal` and `over` go together: the sum, and the period over which it is reached")
        amounts = (self.min, self.max, self.above, self.below, self.between, self.goal)
        if self.milestones is not None and any(amount is not None for amount in amounts):
            raise ValueError("`milestones` are the bounds of a row: leave min, max, above, below, between and goal out of it")
        return self


class Alert(Contract):
    """A condition that makes a number a breach."""

    when: str = Field(description="A condition over `value` and KPIs: value < 0.9 * avg_over(total_revenue, interval 7 days).")
    severity: Severity | None = Field(default=None, description="How fast somebody must act.")
    name: Name | None = Field(default=None, description="A name of its own; the KPI's name and the rule's place otherwise.")
    message: str | None = Field(
        default=None,
        description="What a person reads: `{value}` stands for the number, `{aov}` for a KPI that the condition names.",
    )


class Example(Contract):
    """Rows in, number out: run as a test by `assay check --examples`."""

    name: str = Field(description="What the example shows, as a sentence.")
    rows: tuple[dict[str, Any], ...] | dict[str, tuple[dict[str, Any], ...]] = Field(
        default=(), description="Rows of the KPI's model, or rows by model for a formula over several."
    )
    period: PeriodText = Field(default="day", description="The period asked.")
    at: str | None = Field(default=None, description="The day or instant at which it is asked.")
    value: Decimal | None = Field(description="The value, worked out by hand; null when there is none.")
    cohorts: dict[str, tuple[Decimal | None, ...]] | None = Field(
        default=None, description="Of a `cohort` KPI: what each cohort's cells say, by the name of its period (`2024-01`)."
    )


class NoValue(Contract):
    """What a division by zero means for one number."""

    code: Name = Field(description="A stable word for programs: `not_burning`.")
    sentence: str = Field(description="The same for people.")


class Kpi(Contract):
    """One KPI: what it means, how it is computed, what it should be, who owns it."""

    kpi: Name = Field(description="The KPI's name: lower case, digits and underscores.")
    label: str | None = Field(default=None, description="The name a person reads; made from `kpi` if absent.")
    definition: str = Field(default="", description="One or two plain sentences that say what is counted.")
    unit: Unit = Field(description="What the number measures; `percent` is 0–100 and the formula multiplies.")
    direction: Direction | None = Field(default=None, description="Which way is good.")
    kind: Kind = Field(default=Kind.AGGREGATE, description="How the rows of the model make the number.")
    formula: str = Field(description="One SQL expression: names inside an aggregate are columns, outside they are KPIs.")
    model: str | None = Field(default=None, description="The dbt model that the formula's aggregates read.")
    time: str | None = Field(default=None, description="The model's column with the shop's day on which a row counts.")
    entity: tuple[str, ...] = Field(
        default=(),
        description="For `stock`: the columns that name one thing that is in a state; for `recurring`: one customer.",
    )
    total: dict[str, str] = Field(
        default={}, description="For `modelled`: which value of each dimension marks the model's own row for all of them."
    )
    components: dict[str, str] = Field(
        default={},
        description="For `modelled`: the columns of the parts that it weighs, by what a person calls them.",
    )
    since: str | None = Field(
        default=None, description="For `cohort`: the column that says how many periods after the cohort's own a row speaks of."
    )
    carry: Duration = Field(default="48h", description="For `stock`: how old a state may be and still hold.")
    window: RollingWindow | None = Field(
        default=None,
        description="Rolling: each value is taken over the period of this name that ends with the asked one's last day.",
    )
    grain: Grain = Field(default=Grain.DAY, description="The default period, at which target and alerts hold.")
    dimensions: tuple[str, ...] = Field(default=(), description="Columns of the model by which the number is kept.")
    owner: str | None = Field(default=None, description="Who answers for the number.")
    criticality: Criticality = Field(default=Criticality.MEDIUM, description="How much the business leans on it.")
    refresh: Refresh | None = Field(default=None, description="When the number is due again.")
    requires: Requires = Field(default=Requires(), description="What must hold before the number is shown.")
    settle: Duration | None = Field(default=None, description="How long after its end a period is still provisional.")
    target: tuple[TargetRow, ...] = Field(default=(), description="What the value should be; one row, or rows by date.")
    alerts: tuple[Alert, ...] = Field(default=(), description="Conditions that make the number a breach.")
    estimate: str | None = Field(
        default=None, description="A formula used instead of a missing number, only where the caller asks for estimates."
    )
    no_value: NoValue | None = Field(
        default=None, description="What is said where the formula divides by zero: what that means for this number."
    )
    scenarios: dict[Name, Name] = Field(
        default={}, description="What-if: for each scenario the KPI that tells the number under its assumptions."
    )
    sensitivity: Literal["normal", "cost"] = Field(
        default="normal", description="`cost` is hidden from roles without cost data."
    )
    related: tuple[Name, ...] = Field(default=(), description="KPIs that a reader of this one looks at next.")
    any_period: bool = Field(
        default=False,
        description="Whether it means the same over a period of any length, so that target and alerts hold at each.",
    )
    benchmarks: tuple[Benchmark, ...] = Field(
        default=(), description="What others reach, with who published it and when. Most stand in a pack's `benchmarks.yml`."
    )
    shared: bool = Field(
        default=False, description="In force only where a board, another KPI or a file that adds to KPIs names it."
    )
    source: str | None = Field(default=None, description="Where the requirement that asked for it says it comes from.")
    examples: tuple[Example, ...] = Field(default=(), description="Rows in, value out.")

    @model_validator(mode="before")
    @classmethod
    def _one_target_row(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("target"), dict):
            return {**data, "target": (data["target"],)}
        return data

    @property
    def title(self) -> str:
        """The name a person reads."""
        return self.label or self.kpi.replace("_", " ").capitalize()

    @property
    def of_every_day(self) -> bool:
        """Whether rows of every day count, whatever days are asked: what is open, and what recurs, began at any time."""
        return self.kind is Kind.RECURRING or (self.kind is Kind.ACTIVE and self.time is None)


class Question(Contract):
    """One thing a board asks: a number, or with `by` a list."""

    kpi: Name
    period: PeriodText | None = Field(default=None, description="The period; the KPI's grain if absent.")
    at: Literal["today", "yesterday"] = Field(default="today", description="The day on which the period ends.")
    by: str | None = Field(default=None, description="A dimension: the answer is a list, one row for each of its values.")
    top: int | None = Field(default=None, ge=1, le=1000, description="Only so many rows.")
    compare: Literal["previous", "same_day_last_week", "last_year", "none"] | None = Field(
        default=None, description="The period that the value is compared with."
    )
    having: str | None = Field(default=None, description="Which rows of a list are kept: change_pct > 20, value > 0.")
    order: Literal["value desc", "value asc", "change_pct desc", "change_pct asc"] = Field(
        default="value desc", description="The order of a list; equal rows come by their key."
    )
    label: str | None = Field(default=None, description="The tile's title; the KPI's label if absent.")
    name: Name | None = Field(
        default=None, description="Of a stage: what its endpoint calls the number; the KPI's name if absent."
    )
    per: Literal["month"] | None = Field(default=None, description="Of a stage: what money is counted by: `USD/month`.")
    shape: Literal["line", "gauge", "bars", "pie"] | None = Field(
        default=None,
        description="How it is drawn. A number: `line`, its last periods; `gauge`, against its target. A list: `bars`; `pie`, "
        "as parts of a whole.",
    )
    parts: tuple[Name, ...] = Field(
        default=(), max_length=5, description="Of a `pie` of a number: the KPIs that make it up, in place of `by`."
    )


class Section(Contract):
    """Tiles that belong together, under one heading."""

    label: str
    shape: Literal["tiles", "funnel", "table", "scatter"] = Field(
        default="tiles",
        description="`funnel`: the tiles are counts of steps, each reached from the one before. `table`: they are lists by one "
        "dimension, shown as the columns of one table. `scatter`: two such lists, a dot for each of their keys.",
    )
    links: dict[Name, str] = Field(
        default={},
        description="Of a `table`: where each row leads, and what that is called. `assay.yml` has the address of each.",
    )
    tiles: tuple[Question, ...] = Field(min_length=1)


class ListingColumn(Contract):
    """One column of a listing."""

    column: str = Field(description="The model's column.")
    label: str = Field(description="What a person reads above it.")


class Listing(Contract):
    """The newest rows of a model, as they happened: no number, and nothing is added up."""

    listing: Name = Field(description="Its name.")
    label: str = Field(description="Its title.")
    description: str = Field(default="", description="One sentence under the title.")
    model: str = Field(description="The dbt model whose rows it shows.")
    time: str = Field(description="The model's column with the instant by which the newest rows are chosen.")
    columns: dict[Name, ListingColumn] = Field(
        min_length=1, description="What is shown of a row, by the name that programs read."
    )
    state: Name | None = Field(default=None, description="The one of `columns` that says how a row stands.")
    tones: dict[str, Literal["good", "attention", "bad", "muted"]] = Field(
        default={}, description="Of the words in `state`: how each is shown."
    )
    most: int = Field(default=100, ge=1, le=500, description="How many rows are kept.")
    endpoint: Name | None = Field(
        default=None, description="`live_orders` is answered at /api/v1/dashboard/live-orders as well, with JSON numbers."
    )

    @model_validator(mode="after")
    def _state_is_shown(self) -> Listing:
        if self.state is not None and self.state not in self.columns:
            raise ValueError("`state` names none of `columns`")
        if self.tones and self.state is None:
            raise ValueError("`tones` are those of the words in `state`: name that column")
        return self


class Board(Contract):
    """A page of tiles."""

    board: Name
    label: str
    description: str = ""
    rank: int = Field(default=100, ge=1, description="Its place among the boards, the least first; equal ones come by name.")
    stage: Name | None = Field(
        default=None,
        description="The stage of a company whose KPIs it shows: `early_stage` is answered at /api/kpi/early-stage as well.",
    )
    endpoint: Name | None = Field(
        default=None, description="`revenue_today` is answered at /api/v1/dashboard/revenue-today as well, with JSON numbers."
    )
    cache: Duration | None = Field(
        default=None,
        description="Of an `endpoint`: how long an answer is given again while nothing is published; not at all, if absent.",
    )
    sections: tuple[Section, ...] = Field(min_length=1)
    listings: tuple[Name, ...] = Field(default=(), description="Listings that are shown below the sections.")
