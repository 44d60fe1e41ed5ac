"""What kind of number a formula makes: whether it adds up over days, and the units of its columns.

These decide how a KPI is averaged over periods, which periods its target speaks of, and what becomes of an open day.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from assay.catalog.contract import Kind
from assay.catalog.entry import Catalog
from assay.catalog.expression import Aggregate, Arithmetic, Call, Expression, KpiRef, Number, Over
from assay.units import Unit

Additivity = Literal["additive", "ratio", "other"]
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"[A-Za-z_]\w*")


def additivity(name: str, catalog: Catalog) -> Additivity:
    """Return whether the KPI's days sum up to its weeks, are ratios of sums, or neither (distinct counts, stocks)."""
    kpi = catalog.kpis[name]
    if kpi.contract.kind is not Kind.AGGREGATE or kpi.contract.window is not None or _recurs(name, catalog):
        return "other"  # a rolling number holds for its last day, and days share rows; what recurs is worked out by window
    found = _additivity(kpi.expression, catalog)
    return "other" if found == "constant" else found


def is_ratio(name: str, catalog: Catalog) -> bool:
    """Return whether the KPI is a ratio of sums: what is said of it holds for a period of any length."""
    kpi = catalog.kpis[name]
    of_sums = kpi.contract.kind is Kind.AGGREGATE and _additivity(kpi.expression, catalog) == "ratio"
    return of_sums and not _recurs(name, catalog)


def adds_up(name: str, catalog: Catalog) -> bool:
    """Return whether the KPI, its rolling window left aside, is a sum over days."""
    kpi = catalog.kpis[name]
    return kpi.contract.kind is Kind.AGGREGATE and _additivity(kpi.expression, catalog) == "additive"


def _recurs(name: str, catalog: Catalog) -> bool:
    """Return whether the KPI rests on what recurs: a retention of a year is another number than one of a month."""
    return any(catalog.kpis[one].contract.kind is Kind.RECURRING for one in (name, *catalog.depends_on(name)))


def _additivity(expression: Expression, catalog: Catalog) -> Additivity | Literal["constant"]:
    match expression:
        case Number():
            return "constant"
        case Aggregate(function="sum" | "count"):
            return "additive"
        case Aggregate(function="avg" | "quantile"):
            return "ratio"
        case KpiRef(name):
            return additivity(name, catalog)
        case Arithmetic("+" | "-", left, right):
            sides = {_additivity(left, catalog), _additivity(right, catalog)}
            return "additive" if sides == {"additive"} else _of_ratios(sides)
        case Arithmetic("*", left, right):
            first, second = _additivity(left, catalog), _additivity(right, catalog)
            return second if first == "constant" else first if second == "constant" else _of_ratios({first, second})
        case Arithmetic("/", left, Number()):
            return _additivity(left, catalog)
        case Arithmetic("/"):
            return "ratio"
        case Call("neg", (inner,)):
            return _additivity(inner, catalog)
        case Call(_, arguments):
            return _of_ratios({_additivity(argument, catalog) for argument in arguments})
        case Over("pct_change"):
            return "ratio"
        case _:
            return "other"


def _of_ratios(parts: set[Additivity | Literal["constant"]]) -> Additivity:
    """Ratios and numbers make a ratio again (1 - a / b); with anything else in it, it is worked out period by period."""
    return "ratio" if "ratio" in parts and parts <= {"ratio", "constant"} else "other"


def only_grows(name: str, catalog: Catalog) -> bool:
    """Return whether the KPI cannot fall while its period goes on: a count can only rise, a sum falls with a refund."""
    kpi = catalog.kpis[name]
    return kpi.contract.kind is Kind.AGGREGATE and _only_grows(kpi.expression, catalog)


def _only_grows(expression: Expression, catalog: Catalog) -> bool:
    match expression:
        case Aggregate(function="count" | "count_distinct"):
            return True
        case KpiRef(name):
            return only_grows(name, catalog)
        case Number(value):
            return value >= 0
        case Arithmetic("+" | "*", left, right):
            return _only_grows(left, catalog) and _only_grows(right, catalog)
        case Arithmetic("/", left, right):
            return (constant(right, catalog) or 0) > 0 and _only_grows(left, catalog)
        case _:
            return False


def constant(expression: Expression, catalog: Catalog) -> Fraction | None:
    """Return the number that the expression always is: a literal, or a KPI that is one (the goal of a year)."""
    match expression:
        case Number(value):
            return Fraction(value)
        case KpiRef(name) if name in catalog.kpis:
            return constant(catalog.kpis[name].expression, catalog)
        case _:
            return None


@lru_cache(maxsize=4096)
def names_in(sql: str) -> frozenset[str]:
    """Return the words of an SQL expression that may be columns; text in quotes is none."""
    return frozenset(_WORD.findall(_LITERAL.sub("''", sql)))


def minor_power(aggregate: Aggregate, model: str, catalog: Catalog) -> int:
    """Return the power of the currency's minor unit in which the aggregate measures: 1 for cents, 0 for what is no money.

    Money columns hold minor units. Counts never are money, nor is a number chosen by a condition on money, nor money
    divided by money.
    """
    if aggregate.argument is None or aggregate.function in ("count", "count_distinct", "active", "recurring_entities"):
        return 0
    columns = catalog.models[model].columns if model in catalog.models else {}
    money = frozenset(name for name in names_in(aggregate.argument) if name in columns and columns[name].unit == Unit.MONEY)
    if aggregate.argument in money or not money:
        return len(money)
    return _minor_power(aggregate.argument, money)


@lru_cache(maxsize=4096)
def _minor_power(argument: str, money: frozenset[str]) -> int:
    import sqlglot
    from sqlglot import exp

    def power(node: Any) -> int:
        match node:
            case exp.Column():
                return int(str(node.name) in money)
            case exp.Mul():
                return power(node.this) + power(node.expression)
            case exp.Div():
                return power(node.this) - power(node.expression)
            case exp.Paren() | exp.Neg() | exp.Abs() | exp.Round() | exp.Cast() | exp.Nullif() | exp.Mod():
                return power(node.this)
            case exp.Add() | exp.Sub():
                return strongest([node.this, node.expression])
            case exp.Coalesce():
                return strongest([node.this, *node.expressions])
            case exp.Case():
                return strongest([*(branch.args["true"] for branch in node.args["ifs"]), node.args.get("default")])
            case _:
                return 0

    def strongest(nodes: list[Any]) -> int:
        return max((power(node) for node in nodes if node is not None), key=abs, default=0)

    return power(sqlglot.parse_one(argument, into=exp.Condition, read="duckdb"))
