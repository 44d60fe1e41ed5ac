"""What must be kept of each day, so that an aggregate can be worked out over any days.

An aggregate such as `avg(x) filter (where c)` is not kept; its measures are (the sum, the non-null count, the row
count). Measures are shared by all aggregates that need them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from assay.catalog.expression import Aggregate, Recurring

MeasureKind = Literal["rows", "nonnull", "sum", "min", "max", "distinct", "values", "active", "recurring"]
ADDITIVE: frozenset[MeasureKind] = frozenset({"rows", "nonnull", "sum"})
SCALAR: frozenset[MeasureKind] = ADDITIVE | {"min", "max"}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is kept of a day: `kind` of `argument` over the rows where `condition` holds."""

    kind: MeasureKind
    argument: str | None = None
    condition: str | None = None
    until: str | None = None
    since: str | None = None
    id: str = field(init=False, compare=False)
    """A name that is the same wherever the same measure is meant."""

    def __post_init__(self) -> None:
        text = "\0".join(part or "" for part in (self.kind, self.argument, self.condition, self.until))
        text += f"\0{self.since}" if self.since else ""
        object.__setattr__(self, "id", f"{self.kind}_{hashlib.sha256(text.encode()).hexdigest()[:10]}")

    @property
    def additive(self) -> bool:
        return self.kind in ADDITIVE


@dataclass(frozen=True, slots=True)
class Parts:
    """The measures of one aggregate: its rows, its non-null rows, and what its value is made of."""

    rows: Measure
    nonnull: Measure | None
    value: Measure | None


def phases_of(aggregate: Recurring) -> Measure:
    """Return what is kept of the phases that recur: one measure for every movement, of money and of entities."""
    return Measure("recurring", aggregate.argument, aggregate.condition, aggregate.until, aggregate.since)


@lru_cache(maxsize=8192)
def parts_of(aggregate: Aggregate) -> Parts:
    """Return the measures that give the aggregate's value, its sample size and its nulls."""
    condition = aggregate.condition
    rows = Measure("rows", None, condition)
    if aggregate.argument is None:
        return Parts(rows, None, rows)
    if aggregate.function == "active":
        return Parts(rows, None, Measure("active", aggregate.argument, condition, aggregate.until))
    nonnull = Measure("nonnull", aggregate.argument, condition)
    match aggregate.function:
        case "count":
            value: Measure = nonnull
        case "sum" | "avg":
            value = Measure("sum", aggregate.argument, condition)
        case "min":
            value = Measure("min", aggregate.argument, condition)
        case "max" | "modelled":  # a period has one row of each key, so that its largest value is its value
            value = Measure("max", aggregate.argument, condition)
        case "count_distinct":
            value = Measure("distinct", aggregate.argument, condition)
        case "quantile":
            value = Measure("values", aggregate.argument, condition)
    return Parts(rows, nonnull, value)


def measures_of(aggregate: Aggregate) -> tuple[Measure, ...]:
    """Return the aggregate's measures, each once."""
    if isinstance(aggregate, Recurring):
        return (phases_of(aggregate),)
    parts = parts_of(aggregate)
    return tuple(dict.fromkeys(part for part in (parts.rows, parts.nonnull, parts.value) if part is not None))
