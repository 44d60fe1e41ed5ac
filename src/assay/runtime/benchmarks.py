"""Published reference ranges beside a number: what others reach, dated and with who says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from assay.catalog.contract import Benchmark
from assay.catalog.entry import CompiledKpi
from assay.units import display
from assay.values.answer import Answer, BenchmarkFacts

_DAYS = {"month": range(28, 32), "year": range(360, 367)}
"""How many days a period has that a benchmark of this length speaks of: a month, 30 days; a year, 12 months, 365 days."""


def beside(kpi: CompiledKpi, answer: Answer) -> tuple[BenchmarkFacts, ...]:
    """Return the KPI's benchmarks, each with how the answer stands beside it."""
    return tuple(
        BenchmarkFacts(
            text=_text(one, kpi, answer.unit.currency or ""),
            of=one.of,
            over=one.over,
            standing=_standing(one, answer),
            source=one.source,
            url=one.url,
            published=one.published,
        )
        for one in kpi.contract.benchmarks
    )


def _standing(one: Benchmark, answer: Answer) -> Literal["below", "within", "above"] | None:
    days = (answer.period.end - answer.period.start).days + 1
    if answer.value is None or (one.over is not None and days not in _DAYS[one.over]):
        return None
    value = Decimal(answer.value)
    if one.low is not None and value < one.low:
        return "below"
    return "above" if one.high is not None and value > one.high else "within"


def _text(one: Benchmark, kpi: CompiledKpi, currency: str) -> str:
    low, high = (None if bound is None else display(bound, kpi.contract.unit, currency) for bound in (one.low, one.high))
    if low is not None and high is not None:
        return f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"
