"""A KPI for each value of a dimension: every aggregate by the dimension first, then the formula at each value."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from assay.calendar import Window
from assay.catalog.contract import Kind
from assay.catalog.entry import CompiledKpi
from assay.catalog.expression import Aggregate, Arithmetic, Call, Expression, KpiRef, Number, Recurring, references
from assay.runtime.answers.arithmetic import arithmetic, call
from assay.runtime.answers.eras import merged
from assay.runtime.answers.evaluation import Evaluator, major
from assay.runtime.answers.modelled import told_by
from assay.runtime.answers.outcome import DIVISION_BY_ZERO, NO_ROWS
from assay.values.answer import Reason
from assay.values.measured import Measured

ByKey = dict[str | None, Measured]
_ZERO = {"sum", "count", "count_distinct", "recurring", "recurring_entities"}
"""Of no rows these are 0, all others are nothing."""


class _SeveralCurrencies(Exception):
    """A base holds amounts that no rate leads into one currency: what rests on it has no value for any key."""


def breakdown(
    evaluator: Evaluator,
    name: str,
    window: Window,
    by: str,
    expression: Expression | None = None,
    also: Iterable[str | None] = (),
) -> ByKey:
    """Return the KPI, or a part of its formula, over the window for each value of the dimension, and for those in `also`.

    Trust is judged for the whole, by `Evaluator.kpi`. Empty where the whole cannot be told in one currency. Raises
    `NotKeptError` where only the warehouse can tell.
    """
    kpi = evaluator.catalog.kpis[name]
    expression = expression or kpi.expression
    try:
        bases = _by_key(evaluator, kpi, expression, _counted(evaluator, kpi, window), by)
    except _SeveralCurrencies:
        return {}
    keys = {key for found in bases.values() for key in found} | set(also)
    return {key: _at_key(evaluator, expression, kpi, bases, key) for key in keys}


def empty_because(
    evaluator: Evaluator, name: str, window: Window, by: str, keys: Iterable[str | None]
) -> dict[str | None, Reason]:
    """Return why the KPI has no value at these keys of a covered window: what the innermost KPI without one says of it."""
    kpi = evaluator.catalog.kpis[name]
    bases = _by_key(evaluator, kpi, kpi.expression, _counted(evaluator, kpi, window), by)
    known = {key for found in bases.values() for key in found}
    return {key: _empty(evaluator, kpi, bases, key) if key in known else NO_ROWS for key in keys}


def _counted(evaluator: Evaluator, kpi: CompiledKpi, window: Window) -> Window:
    """Return the days over which the whole is taken, as far as all of its inputs reach."""
    return evaluator.even(kpi.name, evaluator.measured(kpi, window))[0]


def _empty(evaluator: Evaluator, kpi: CompiledKpi, bases: dict[tuple[str, Aggregate], ByKey], key: str | None) -> Reason:
    for name in references(kpi.expression):
        inner = evaluator.catalog.kpis[name]
        if _at_key(evaluator, inner.expression, inner, bases, key).number is None:
            return _empty(evaluator, inner, bases, key)
    said = kpi.contract.no_value
    return DIVISION_BY_ZERO if said is None else Reason(code=said.code, sentence=said.sentence, input=kpi.name)


def _by_key(
    evaluator: Evaluator, kpi: CompiledKpi, expression: Expression, window: Window, by: str
) -> dict[tuple[str, Aggregate], ByKey]:
    match expression:
        case Aggregate():
            rollup = evaluator.rollup(kpi)
            assert rollup is not None
            parts = evaluator.parts(expression, kpi, window)
            if isinstance(parts, Reason):
                raise _SeveralCurrencies
            if kpi.contract.kind is Kind.MODELLED:
                told = told_by(evaluator, kpi, expression, window, by)
                return {(kpi.name, expression): {key: major(one.number, parts[0]) for key, one in told.items() if one.number}}
            if isinstance(expression, Recurring):
                rows = evaluator.partials.recurring_by(rollup, expression, by, *evaluator.between(window))
                return {(kpi.name, expression): {key: major(one, parts[0]) for key, one in rows.items()}}
            instant, everything = evaluator.judged(kpi, window)
            by_part: dict[str | None, list[Measured]] = {}
            for part in parts:
                rows = evaluator.partials.breakdown(rollup, expression, part.window, by, instant, all_rows=everything)
                for key, one in rows.items():
                    by_part.setdefault(key, []).append(major(one, part))
            return {(kpi.name, expression): {key: merged(expression.function, ones) for key, ones in by_part.items()}}
        case KpiRef(name):
            other = evaluator.catalog.kpis[name]
            return _by_key(evaluator, other, other.expression, evaluator.measured(other, window), by)
        case Arithmetic(_, left, right):
            return _by_key(evaluator, kpi, left, window, by) | _by_key(evaluator, kpi, right, window, by)
        case Call(_, arguments):
            found: dict[tuple[str, Aggregate], ByKey] = {}
            for argument in arguments:
                found |= _by_key(evaluator, kpi, argument, window, by)
            return found
        case _:
            return {}


def _at_key(
    evaluator: Evaluator,
    expression: Expression,
    kpi: CompiledKpi,
    bases: dict[tuple[str, Aggregate], ByKey],
    key: str | None,
) -> Measured:
    match expression:
        case Number(value):
            return Measured(Fraction(value))
        case Aggregate(function=function):
            nothing = Measured(Fraction(0) if function in _ZERO else None)
            return bases[kpi.name, expression].get(key, nothing)
        case KpiRef(name):
            other = evaluator.catalog.kpis[name]
            return _at_key(evaluator, other.expression, other, bases, key)
        case Arithmetic(operator, left, right):
            a, b = _at_key(evaluator, left, kpi, bases, key), _at_key(evaluator, right, kpi, bases, key)
            known = a.number is not None and b.number is not None
            number = arithmetic(operator, a.number, b.number) if known else None  # type: ignore[arg-type]
            return Measured(number, b.n if operator == "/" and b.n else max(a.n, b.n))
        case Call(function, arguments):
            parts = [_at_key(evaluator, one, kpi, bases, key) for one in arguments]
            numbers = [part.number for part in parts]
            known = None not in numbers
            return Measured(call(function, numbers) if known else None, parts[0].n)  # type: ignore[arg-type]
        case _:
            return Measured(None)
