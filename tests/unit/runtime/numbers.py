"""KPIs over numbers that stand in a dictionary: an evaluator without a warehouse."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from assay.calendar import Period, ShopCalendar, Window, parse_period
from assay.catalog.compiling import compile_draft
from assay.catalog.contract import Question
from assay.catalog.entry import Catalog
from assay.catalog.expression import Aggregate, Recurring
from assay.catalog.loader import CatalogRoot, read_draft
from assay.planner.rollup import Rollup
from assay.runtime.answers.answering import Answerer
from assay.runtime.answers.evaluation import Evaluator
from assay.trust.verdict import Judge
from assay.units import Currencies
from assay.values.answer import Answer
from assay.values.generation import Generation, Interval, ModelFacts, StreamFacts
from assay.values.measured import Measured

CALENDAR = ShopCalendar.of("America/Los_Angeles")
FIRST = date(2024, 1, 1)
MODELS = """
models:
  - name: sales
    config: {times: [sold_on]}
    columns: [{name: sold_on, data_type: date}, {name: amount, data_type: bigint}, {name: tickets, data_type: bigint}]
  - name: visits
    config: {times: [seen_on]}
    columns: [{name: seen_on, data_type: date}]
"""
BASES = """
kpi: revenue
unit: number
direction: up
model: sales
time: sold_on
formula: sum(amount)
{revenue}
---
kpi: orders
unit: count
model: sales
time: sold_on
formula: count(*)
---
kpi: visits
unit: count
direction: down
model: visits
time: seen_on
formula: count(*)
{visits}
---
kpi: aov
unit: number
direction: up
formula: revenue / orders
{aov}
---
kpi: rate_pct
unit: percent
direction: up
formula: 100 * orders / visits
{rate_pct}
"""


@dataclass
class Numbers:
    """Amounts by model and day; a cut day holds the first half of its amounts."""

    sales: dict[date, list[int]] = field(default_factory=dict)
    visits: dict[date, list[int]] = field(default_factory=dict)

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        days: dict[date, list[int]] = getattr(self, rollup.model)
        rows = []
        for day, amounts in days.items():
            if window.start <= day <= window.end:
                cut = day == window.end and window.cut is not None
                rows += amounts[: len(amounts) // 2] if cut else amounts
        number = sum(rows) if aggregate.function == "sum" else len(rows)
        return Measured(Fraction(number), len(rows))

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> dict[str | None, Measured]:
        return {}

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        return Measured(Fraction(0))

    def recurring_by(
        self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime
    ) -> dict[str | None, Measured]:
        return {}

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        return None


def catalog(more: str = "", **fields: str) -> Catalog:
    """Compile the five KPIs, with further fields of theirs and further documents."""
    known = dict.fromkeys(("revenue", "visits", "aov", "rate_pct"), "") | fields
    text = BASES.format(**known) + (f"---\n{more}" if more else "")
    with tempfile.TemporaryDirectory() as name:
        for file, content in (("kpis/k.yml", text), ("models/m.yml", MODELS)):
            (Path(name) / file).parent.mkdir(exist_ok=True)
            (Path(name) / file).write_text(content)
        draft, problems = read_draft([CatalogRoot(Path(name), project=True)])
    assert not problems, [str(problem) for problem in problems]
    return compile_draft(draft)


def noon(day: date, hours: float = 0) -> datetime:
    """Return noon of the day, shop time, and so many hours later."""
    return CALENDAR.start_of(day) + timedelta(hours=12 + hours)


def evaluator(
    kpis: Catalog,
    numbers: Numbers,
    now: datetime,
    *,
    until: dict[str, datetime] | None = None,
    since: date = FIRST,
    gap: date | None = None,
    estimates: bool = False,
) -> Evaluator:
    """Return an evaluator whose models are complete from `since` until the given instants, or now, but for the day `gap`."""
    models = {}
    for model in ("sales", "visits"):
        end = (until or {}).get(model, now)
        covered: tuple[Interval, ...] = (Interval(start=CALENDAR.start_of(since), end=end),)
        if gap is not None:
            before = Interval(start=CALENDAR.start_of(since), end=CALENDAR.start_of(gap))
            covered = (before, Interval(start=CALENDAR.end_of(gap), end=end))
        facts = StreamFacts(stream=model, intervals=covered, owner="ops")
        models[model] = ModelFacts(model=model, streams=(model,), coverage={model: facts}, promoted_at=now)
    nothing = {"code_version": "", "catalog": "", "calendar": "", "warehouse": ""}
    generation = Generation(id=1, published_at=now, segments=(), models=models, streams={}, **nothing)
    judge = Judge(generation, CALENDAR, now)
    return Evaluator(kpis, numbers, judge, currencies=Currencies.of("USD"), allow_estimates=estimates)


def ask(worked: Evaluator, name: str, text: str, **question: object) -> Answer:
    """Return the answer about a period that is asked on the evaluator's day."""
    asked = Question.model_validate({"kpi": name, **question})
    return Answerer(worked, lambda _name, _period: None).answer(asked, period(worked, text))


def period(worked: Evaluator, text: str) -> Period:
    return parse_period(text, CALENDAR.day_of(worked.now))
