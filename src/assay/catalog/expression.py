"""Formulas as frozen values: what a formula means once it is parsed.

They hold no parser and no SQL engine, so that a compiled catalogue can be read and evaluated without loading one.
`assay.catalog.formula` makes them from text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal, get_args

AggregateFunction = Literal[
    "sum", "count", "count_distinct", "avg", "min", "max", "quantile", "active", "recurring", "recurring_entities", "modelled"
]
Movement = Literal["start", "new", "expansion", "contraction", "churn", "reactivation", "end"]
MOVEMENTS: tuple[Movement, ...] = get_args(Movement)
"""What can be asked of something that recurs: its value before a window and at its end, and what moved it in between."""
WindowFunction = Literal["shift", "pct_change", "avg_over", "sum_over"]
Operator = Literal["+", "-", "*", "/"]
Comparison = Literal["<", "<=", ">", ">=", "=", "<>"]
IntervalUnit = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Number:
    """A literal."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate over the rows of the KPI's model whose time lies in the window.

    `argument` and `condition` are SQL expressions over the model's columns (`columns` lists the ones they name); an
    argument is None for `count(*)`. `quantile` is the fraction for `quantile` (0.5 for a median). `active` counts the
    rows whose interval [`argument`, `until`) holds the asked instant. `modelled` is the `argument` of the period's one row.
    """

    function: AggregateFunction
    argument: str | None
    condition: str | None
    columns: tuple[str, ...]
    quantile: Decimal | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Recurring(Aggregate):
    """What recurs: phases that hold over [`since`, `until`) and are worth `argument` a month, summed by entity.

    `recurring` is the money of the `movement` over the window, `recurring_entities` how many entities it is about.
    """

    since: str = ""
    movement: Movement = "end"


@dataclass(frozen=True, slots=True)
class KpiRef:
    """The value of another KPI over the same window; `value` in an alert condition is the KPI's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Interval:
    """So many days, weeks, months, quarters or years."""

    count: int
    unit: IntervalUnit


@dataclass(frozen=True, slots=True)
class Over:
    """A KPI at other times.

    `shift` and `pct_change` move the window back, `avg_over` and `sum_over` look at the complete periods before.
    """

    function: WindowFunction
    kpi: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class Breaches:
    """How many alert rules of this severity hold, over the numbers that the boards show."""

    severity: Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right`; division by zero is null with a reason."""

    operator: Operator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A scalar function over values: `abs`, `round`, `least`, `greatest`, `nullif`, `neg`."""

    function: Literal["abs", "round", "least", "greatest", "nullif", "neg"]
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison, found in alert conditions only."""

    operator: Comparison
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """`and`, `or`, `not` over comparisons, found in alert conditions only."""

    operator: Literal["and", "or", "not"]
    parts: tuple[Expression, ...]


Expression = Number | Aggregate | KpiRef | Over | Breaches | Arithmetic | Call | Compare | Logic


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield the expression and every expression inside it, outermost first."""
    yield expression
    for field in fields(expression):
        inner = getattr(expression, field.name)
        for part in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(part, Number | Aggregate | KpiRef | Over | Breaches | Arithmetic | Call | Compare | Logic):
                yield from walk(part)


def aggregates(expression: Expression) -> tuple[Aggregate, ...]:
    """Return the aggregates in the expression, each once, in the order they are written."""
    return tuple(dict.fromkeys(part for part in walk(expression) if isinstance(part, Aggregate)))


def references(expression: Expression) -> tuple[str, ...]:
    """Return the KPIs that the expression names, each once, in the order they are written."""
    names = (
        part.name if isinstance(part, KpiRef) else part.kpi for part in walk(expression) if isinstance(part, KpiRef | Over)
    )
    return tuple(dict.fromkeys(names))
