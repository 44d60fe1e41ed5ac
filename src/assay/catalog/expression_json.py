"""Expressions as JSON and back: a tag and its fields, numbers as text so that they stay exact."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from assay.catalog.expression import (
    Aggregate,
    Arithmetic,
    Breaches,
    Call,
    Compare,
    Expression,
    Interval,
    KpiRef,
    Logic,
    Number,
    Over,
    Recurring,
)

_KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Number, Aggregate, Recurring, KpiRef, Interval, Over, Breaches, Arithmetic, Call, Compare, Logic)
}


def to_json(expression: Expression | Interval) -> list[Any]:
    """Return the expression as nested lists: [tag, field, field, …]."""
    return [type(expression).__name__, *(_out(getattr(expression, field.name)) for field in fields(expression))]


def from_json(data: list[Any]) -> Expression:
    """Return the expression that `to_json` wrote."""
    made: Expression = _in(data)
    return made


def _out(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"d": str(value)}
    if isinstance(value, tuple):
        return {"t": [_out(part) for part in value]}
    return to_json(value) if type(value).__name__ in _KINDS else value


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return _KINDS[value[0]](*(_in(part) for part in value[1:]))
    if isinstance(value, dict):
        return Decimal(value["d"]) if "d" in value else tuple(_in(part) for part in value["t"])
    return value
