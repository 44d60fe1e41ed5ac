"""What a formula's number measures, worked out from the units of its columns and KPIs.

A share (0.95) and a percentage (95) are one kind with another factor, so that `100 * a / b` and `100 * (a / b)` both come out
as a percentage. Where a unit cannot be known the answer is `unknown`, which agrees with everything but money.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal, cast

from assay.catalog.expression import Aggregate, Arithmetic, Breaches, Call, Compare, Expression, KpiRef, Logic, Number, Over
from assay.units import Unit

Kind = Literal["money", "count", "ratio", "days", "hours", "minutes", "milliseconds", "time", "number", "literal", "unknown"]
_TIME = {"days", "hours", "minutes", "milliseconds", "time"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A kind, and the power of 100 by which literals multiplied it: a percentage is a ratio with the factor 100."""

    kind: Kind
    factor: Decimal = Decimal(1)

    @property
    def words(self) -> str:
        """The quantity as a person calls it."""
        if self.kind == "ratio":
            return {Decimal(1): "a ratio (0–1)", Decimal(100): "a percentage (0–100)"}.get(
                self.factor, f"a ratio multiplied by {self.factor.normalize():f}"
            )
        named = {"literal": "a bare number", "number": "a plain number", "unknown": "a number without a known unit"}
        return named.get(self.kind, self.kind)


UNKNOWN = Quantity("unknown")
LITERAL = Quantity("literal")
PERCENT = Quantity("ratio", Decimal(100))


def quantity_of(unit: Unit | None) -> Quantity:
    """Return the quantity of a declared unit."""
    if unit is None:
        return UNKNOWN
    return PERCENT if unit is Unit.PERCENT else Quantity(cast(Kind, unit.value))


def agrees(declared: Unit, found: Quantity) -> bool:
    """Return whether a number that measures `found` may be declared as `declared`."""
    if found.kind == "literal":
        return True
    if found.kind == "unknown":
        return declared is not Unit.MONEY
    if declared is Unit.PERCENT:
        return found == PERCENT
    if declared is Unit.RATIO:
        return found == Quantity("ratio") or found.kind == "number"
    if declared is Unit.NUMBER:
        return found.kind != "money" and found != PERCENT
    if declared in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.MILLISECONDS):
        return found.kind in {declared.value, "time", "number"}
    if declared is Unit.COUNT:
        return found.kind in {"count", "number"}
    return found == Quantity("money")


@dataclass
class Measurer:
    """Works out quantities; `clashes` collects what does not add up on the way."""

    of_kpi: Callable[[str], Quantity]
    of_rows: Callable[[Aggregate], Quantity]
    clashes: list[str] = field(default_factory=list)

    def measure(self, expression: Expression) -> Quantity:
        """Return what the expression measures."""
        if isinstance(expression, Number):
            return LITERAL
        if isinstance(expression, KpiRef):
            return self.of_kpi(expression.name)
        if isinstance(expression, Over):
            return PERCENT if expression.function == "pct_change" else self.of_kpi(expression.kpi)
        if isinstance(expression, Aggregate):
            return self._aggregate(expression)
        if isinstance(expression, Breaches):
            return Quantity("count")
        if isinstance(expression, Arithmetic):
            return self._arithmetic(expression)
        if isinstance(expression, Call):
            return self._call(expression)
        return self._condition(expression)

    def _aggregate(self, aggregate: Aggregate) -> Quantity:
        if aggregate.function in {"count", "count_distinct", "active", "recurring_entities"}:
            return Quantity("count")
        rows = self.of_rows(aggregate)
        return Quantity("number") if aggregate.function == "avg" and rows.kind == "count" else rows

    def _call(self, call: Call) -> Quantity:
        parts = [self.measure(part) for part in call.arguments]
        if call.function in {"least", "greatest"}:
            result = parts[0]
            for part in parts[1:]:
                result = self._together(result, part, f"{call.function}() compares")
            return result
        return parts[0]

    def _condition(self, condition: Compare | Logic) -> Quantity:
        if isinstance(condition, Logic):
            for part in condition.parts:
                self.measure(part)
        else:
            self._together(self.measure(condition.left), self.measure(condition.right), "A comparison puts")
        return UNKNOWN

    def _together(self, left: Quantity, right: Quantity, doing: str) -> Quantity:
        """Return what two quantities make that are added or compared; a clash if they are not the same."""
        if left.kind in {"literal", "unknown"}:
            return right if right.kind != "literal" else left
        if right.kind in {"literal", "unknown"} or "number" in {left.kind, right.kind}:
            return left
        same = left.kind == right.kind or (left.kind in _TIME and right.kind in _TIME and "time" in {left.kind, right.kind})
        if not same or (left.kind in {"ratio", "money"} and left.factor != right.factor):
            self.clashes.append(f"{doing} {left.words} with {right.words}.")
        return left

    def _arithmetic(self, node: Arithmetic) -> Quantity:
        left, right = self.measure(node.left), self.measure(node.right)
        if node.operator in {"+", "-"}:
            return self._sum(node, left, right)
        if node.operator == "*":
            return self._product(node, left, right)
        return self._quotient(node, left, right)

    def _sum(self, node: Arithmetic, left: Quantity, right: Quantity) -> Quantity:
        if {left.kind, right.kind} == {"money", "literal"}:
            literal = node.left if left.kind == "literal" else node.right
            if literal != Number(Decimal(0)):
                self.clashes.append("Money and a bare number are added.")
        return self._together(left, right, "The formula adds" if node.operator == "+" else "The formula subtracts")

    def _product(self, node: Arithmetic, left: Quantity, right: Quantity) -> Quantity:
        if left.kind == "literal" or right.kind == "literal":
            literal, other = (node.left, right) if left.kind == "literal" else (node.right, left)
            return _scaled(other, literal, divided=False)
        factor = left.factor * right.factor
        kinds = {left.kind, right.kind}
        if left.kind == right.kind == "money":
            self.clashes.append("Money is multiplied by money.")
        for kind in ("unknown", "money", "days", "hours", "minutes", "milliseconds", "time", "number", "count", "ratio"):
            if kind in kinds:
                return Quantity(kind, factor)
        return UNKNOWN

    def _quotient(self, node: Arithmetic, left: Quantity, right: Quantity) -> Quantity:
        if right.kind == "literal":
            return _scaled(left, node.right, divided=True)
        factor = left.factor / right.factor
        if "unknown" in {left.kind, right.kind}:
            return Quantity("money", factor) if left.kind == "money" and right.kind != "unknown" else UNKNOWN
        if right.kind == "ratio":
            return Quantity(left.kind if left.kind != "literal" else "number", factor)
        if left.kind == right.kind:
            return Quantity("number" if left.kind == "number" else "ratio", factor)
        if left.kind == "money" or (left.kind in _TIME and right.kind in {"count", "number"}):
            return Quantity(left.kind, factor)
        return Quantity("number", factor)


def _scaled(quantity: Quantity, literal: Expression, *, divided: bool) -> Quantity:
    """Return the quantity multiplied or divided by a bare number: 100 turns a ratio into a percentage, others weigh it."""
    value = literal.value if isinstance(literal, Number) else None
    if value in (Decimal(100), Decimal("0.01")) and quantity.kind != "literal":
        return replace(quantity, factor=quantity.factor / value if divided else quantity.factor * value)
    if divided and quantity == Quantity("money", Decimal(100)):
        return PERCENT  # 100 * revenue / 10000000: in percent of an amount that is written out
    if quantity.kind in _TIME:
        return replace(quantity, kind="time")
    return replace(quantity, kind="number") if divided and quantity.kind == "count" else quantity
