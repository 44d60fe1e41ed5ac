"""Formulas and conditions from text: SQLGlot parses, an allow-list of node classes and functions decides what it means.

Inside an aggregate names are columns of the KPI's model; outside, they are KPIs. Whatever is not understood is refused with a
`FormulaError` that says what came and what would be right. SQLGlot is imported when a text is parsed, not before.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from assay.catalog.expression import (
    MOVEMENTS,
    Aggregate,
    AggregateFunction,
    Arithmetic,
    Breaches,
    Call,
    Compare,
    Comparison,
    Expression,
    Interval,
    IntervalUnit,
    KpiRef,
    Logic,
    Number,
    Operator,
    Over,
    Recurring,
    WindowFunction,
)
from assay.catalog.formula_source import FormulaError, Source
from assay.catalog.row_sql import RowSql, number, plain_name, row_sql, unexpected
from assay.errors import suggest

if TYPE_CHECKING:
    from sqlglot import exp

__all__ = ["FUNCTIONS", "FormulaError", "parse_condition", "parse_formula"]

RECURRING = ("recurring", "recurring_entities")
AGGREGATES = ("sum", "count", "avg", "min", "max", "median", "quantile_cont", "active", "modelled", *RECURRING)
SCALARS = ("abs", "round", "least", "greatest", "nullif")
WINDOWS = ("shift", "pct_change", "avg_over", "sum_over")
SEVERITIES = ("critical", "high", "medium", "low")
FUNCTIONS = (*AGGREGATES, *SCALARS, *WINDOWS, "breaches")
"""Every function that a formula may call."""

_INSTEAD = {
    "count_distinct": "Write count(distinct x).",
    "approx_count_distinct": "Write count(distinct x): Assay's distinct counts are exact.",
    "percentile": "Write quantile_cont(x, 0.9).",
    "percentile_cont": "Write quantile_cont(x, 0.9).",
    "quantile": "Write quantile_cont(x, 0.9).",
    "quantile_disc": "Write quantile_cont(x, 0.9).",
    "average": "Write avg(x).",
    "coalesce": "A missing number stays missing; state a fallback in `estimate`.",
    "ifnull": "A missing number stays missing; state a fallback in `estimate`.",
    "now": "A formula is evaluated at the asked period; choose the period in the question, or use active(from, to).",
    "current_date": "A formula is evaluated at the asked period; choose the period in the question, or use active(from, to).",
    "case": "Use case inside an aggregate, or a `filter (where …)`.",
    "if": "Use case inside an aggregate, or a `filter (where …)`.",
    "lag": "Write shift(kpi, interval 7 days).",
}
_UNITS: dict[str, IntervalUnit] = {
    "DAY": "day",
    "WEEK": "week",
    "MONTH": "month",
    "QUARTER": "quarter",
    "YEAR": "year",
}


def parse_formula(text: str) -> Expression:
    """Return the meaning of a formula. Raises `FormulaError`, and nothing else, whatever the text."""
    return _guarded(text, _Builder.value)


def parse_condition(text: str) -> Expression:
    """Return the meaning of an alert's or a list's condition: comparisons of KPIs joined by and, or, not."""
    return _guarded(text, _Builder.truth)


def _guarded(text: str, build: Any) -> Expression:
    source = Source(text)
    try:
        return cast(Expression, build(_Builder(source), source.parse()))
    except RecursionError:
        raise FormulaError("The formula is nested too deeply.", "Give its parts names: put each into a KPI.") from None


@cache
def _arithmetic() -> dict[type[Any], Operator]:
    from sqlglot import exp

    return {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


@cache
def _comparisons() -> dict[type[Any], Comparison]:
    from sqlglot import exp

    return {exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=", exp.EQ: "=", exp.NEQ: "<>"}


@cache
def _plain_aggregates() -> dict[type[Any], AggregateFunction]:
    from sqlglot import exp

    return {exp.Sum: "sum", exp.Avg: "avg", exp.Min: "min", exp.Max: "max", exp.Median: "quantile"}


class _Builder:
    """Builds the meaning of one parsed text; the text is kept for the columns of complaints."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def value(self, node: exp.Expr) -> Expression:
        """A number."""
        from sqlglot import exp

        if isinstance(node, exp.Paren):
            return self.value(node.this)
        if isinstance(node, exp.Literal):
            return self._literal(node)
        if isinstance(node, exp.Neg):
            return self._negative(node)
        if isinstance(node, exp.Column):
            return KpiRef(self._kpi(node))
        if operator := _arithmetic().get(type(node)):
            return Arithmetic(operator, self.value(node.this), self.value(node.args["expression"]))
        if type(node) in _comparisons() or isinstance(node, exp.Connector | exp.Not | exp.Between | exp.Boolean):
            raise self._error(node, "A comparison stands where a number belongs.", "Put conditions into `filter (where …)`.")
        if isinstance(node, exp.Filter):
            return self._filtered(node)
        return self._call(node)

    def truth(self, node: exp.Expr) -> Expression:
        """A condition."""
        from sqlglot import exp

        if isinstance(node, exp.Paren):
            return self.truth(node.this)
        if isinstance(node, exp.And | exp.Or):
            return Logic("and" if isinstance(node, exp.And) else "or", self._flat(node, type(node)))
        if isinstance(node, exp.Not):
            return Logic("not", (self.truth(node.this),))
        if isinstance(node, exp.Between) and not node.args.get("symmetric"):
            low, high = node.args["low"], node.args["high"]
            value = self._compared(node.this)
            return Logic("and", (Compare(">=", value, self._compared(low)), Compare("<=", value, self._compared(high))))
        if operator := _comparisons().get(type(node)):
            return Compare(operator, self._compared(node.this), self._compared(node.args["expression"]))
        raise self._error(
            node, "This is not a condition.", "Compare two numbers: value < 0.9 * avg_over(revenue, interval 7 days)."
        )

    def _flat(self, node: exp.Expr, kind: type[exp.Expr]) -> tuple[Expression, ...]:
        sides = (node.this, node.args["expression"])
        return tuple(part for side in sides for part in (self._flat(side, kind) if type(side) is kind else (self.truth(side),)))

    def _compared(self, node: exp.Expr) -> Expression:
        value = self.value(node)
        if _holds_aggregate(value):
            raise self._error(node, "An aggregate stands in a condition.", "Give it a name: make it a KPI and compare that.")
        return value

    def _literal(self, node: exp.Literal) -> Number:
        column = self.source.column_of(node)
        if node.is_string:
            raise FormulaError(f"The text {str(node.this)[:40]!r} stands where a number belongs.", "Write a number.", column)
        return Number(number(str(node.this), column))

    def _negative(self, node: exp.Neg) -> Expression:
        inner = self.value(node.this)
        return Number(-inner.value) if isinstance(inner, Number) else Call("neg", (inner,))

    def _kpi(self, node: exp.Expr) -> str:
        name = plain_name(node)
        if name is None:
            raise self._error(node, f"{node.sql(comments=False)[:80]} is not the name of a KPI.", "Use a plain name.")
        return name

    def _call(self, node: exp.Expr) -> Expression:
        from sqlglot import exp

        if isinstance(node, exp.Abs | exp.Nullif | exp.Least | exp.Greatest | exp.Round):
            return self._scalar(node)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() in WINDOWS:
            return self._over(node)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "breaches":
            return self._breaches(node)
        aggregate = self._aggregate(node, None)
        if aggregate is None:
            raise self._refusal(node)
        return aggregate

    def _scalar(self, node: exp.Expr) -> Call:
        from sqlglot import exp

        if isinstance(node, exp.Round):
            return self._rounded(node)
        extra = [
            key for key in node.args if node.args[key] and key not in {"this", "expression", "expressions", "ignore_nulls"}
        ]
        parts = [node.this, node.args.get("expression"), *(node.args.get("expressions") or [])]
        parts = [part for part in parts if part is not None]
        if extra or len(parts) < 2 - isinstance(node, exp.Abs):
            raise self._error(
                node, f"{node.key}() has the wrong number of arguments.", "least(a, b), greatest(a, b), nullif(a, b), abs(a)."
            )
        return Call(cast(Any, node.key.lower()), tuple(self.value(part) for part in parts))

    def _rounded(self, node: exp.Round) -> Call:
        places = node.args.get("decimals")
        arguments = [self.value(node.this)]
        if places is not None:
            arguments.append(self.value(places))
        if places is not None and (not isinstance(arguments[1], Number) or arguments[1].value not in range(7)):
            raise self._error(node, "round() takes 0 to 6 decimal places.", "Write round(x, 2).")
        if node.args.get("truncate"):
            raise self._error(node, "round() takes a value and its places.", "Write round(x, 2).")
        return Call("round", tuple(arguments))

    def _over(self, node: exp.Anonymous) -> Over:
        name = str(node.this).lower()
        remedy = f"Write {name}(revenue, interval 7 days)."
        if len(node.expressions) != 2:
            raise self._error(node, f"{name}() takes a KPI and an interval.", remedy)
        kpi, interval = node.expressions
        if plain_name(kpi) is None:
            raise self._error(
                node, f"{name}() takes the name of a KPI, not an expression.", f"Make it a KPI of its own. {remedy}"
            )
        return Over(cast(WindowFunction, name), self._kpi(kpi), self._interval(interval, node, remedy))

    def _breaches(self, node: exp.Anonymous) -> Breaches:
        name = plain_name(node.expressions[0]) if len(node.expressions) == 1 else None
        if name not in SEVERITIES:
            raise self._error(
                node,
                "breaches() takes the severity of alert rules.",
                f"Write breaches(critical); or {', '.join(SEVERITIES[1:])}.",
            )
        return Breaches(cast(Any, name))

    def _interval(self, interval: exp.Expr, owner: exp.Expr, remedy: str) -> Interval:
        from sqlglot import exp

        unit = interval.args.get("unit") if isinstance(interval, exp.Interval) else None
        name = str(unit.this).upper().removesuffix("S") if isinstance(unit, exp.Var) else ""
        count = str(interval.this.this) if isinstance(interval.this, exp.Literal) else ""
        if name not in _UNITS or not (count.isascii() and count.isdigit() and 0 < int(count[:9]) <= 3660):
            raise self._error(
                owner, "The interval is not understood.", f"{remedy} Units: days, weeks, months, quarters, years."
            )
        return Interval(int(count), _UNITS[name])

    def _filtered(self, node: exp.Filter) -> Aggregate:
        from sqlglot import exp

        where = node.args.get("expression")
        if not isinstance(where, exp.Where):
            raise self._error(node, "The filter has no condition.", "Write filter (where not is_test).")
        if not isinstance(node.this, exp.Func) or isinstance(node.this, exp.Filter):
            raise self._error(
                node, "A filter stands behind something that is not an aggregate.", "Write sum(x) filter (where …)."
            )
        condition = row_sql(where.this, self.source, measured=False)
        aggregate = self._aggregate(node.this, condition)
        if aggregate is None:
            raise self._refusal(node.this)
        return aggregate

    def _aggregate(self, node: exp.Expr, condition: RowSql | None) -> Aggregate | None:
        """Return the aggregate that the node is, or None if it is something else."""
        from sqlglot import exp

        if isinstance(node, exp.Count):
            return self._count(node, condition)
        if isinstance(node, exp.PercentileCont):
            return self._quantile(node, condition)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "active":
            return self._active(node, condition)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() in RECURRING:
            return self._recurring(node, condition)
        if isinstance(node, exp.Anonymous) and str(node.this).lower() == "modelled":
            return self._modelled(node, condition)
        function = _plain_aggregates().get(type(node))
        if function is None:
            return None
        if isinstance(node.this, exp.Distinct):
            raise self._error(
                node, f"{node.key}(distinct …) is not understood.", "Only count(distinct x) counts distinct values."
            )
        if any(value for key, value in node.args.items() if key != "this" and value):
            raise self._error(
                node, f"{node.key}() takes one argument.", "Between several values use least(a, b) or greatest(a, b)."
            )
        quantile = Decimal("0.5") if isinstance(node, exp.Median) else None
        return _made(function, row_sql(node.this, self.source), condition, quantile=quantile)

    def _count(self, node: exp.Count, condition: RowSql | None) -> Aggregate:
        from sqlglot import exp

        if node.expressions or node.this is None:
            raise self._error(node, "count() takes one argument.", "Write count(*), count(x) or count(distinct x).")
        if isinstance(node.this, exp.Star):
            if any(node.this.args.values()):
                raise self._error(node, "A star with exceptions is not understood.", "Write count(*).")
            return _made("count", None, condition)
        if not isinstance(node.this, exp.Distinct):
            return _made("count", row_sql(node.this, self.source), condition)
        if len(node.this.expressions) != 1 or node.this.args.get("on"):
            raise self._error(node, "count(distinct …) takes one column.", "Make the key in the model and count that column.")
        return _made("count_distinct", row_sql(node.this.expressions[0], self.source), condition)

    def _quantile(self, node: exp.PercentileCont, condition: RowSql | None) -> Aggregate:
        from sqlglot import exp

        fraction: Any = node.args.get("expression")
        inside = isinstance(fraction, exp.Literal) and not fraction.is_string
        if not inside or not 0 <= number(str(fraction.this), self.source.column_of(node)) <= 1:
            raise self._error(
                node, "quantile_cont() takes a column and a fraction from 0 to 1.", "Write quantile_cont(x, 0.9)."
            )
        return _made("quantile", row_sql(node.this, self.source), condition, quantile=Decimal(str(fraction.this)))

    def _active(self, node: exp.Anonymous, condition: RowSql | None) -> Aggregate:
        if len(node.expressions) != 2:
            raise self._error(
                node,
                f"active() takes two columns, its start and its end; {len(node.expressions)} came.",
                "Write active(due_at, fulfilled_at).",
            )
        start, end = (row_sql(part, self.source) for part in node.expressions)
        return _made("active", start, condition, until=end)

    def _recurring(self, node: exp.Anonymous, condition: RowSql | None) -> Recurring:
        from sqlglot import exp

        name = str(node.this).lower()
        remedy = f"Write {name}(monthly_amount, starts_at, ends_at, 'end'); the last word is one of {', '.join(MOVEMENTS)}."
        if len(node.expressions) != 4:
            problem = f"{name}() takes an amount, its start, its end and a word; {len(node.expressions)} came."
            raise self._error(node, problem, remedy)
        *columns, last = node.expressions
        word = str(last.this) if isinstance(last, exp.Literal) and last.is_string else None
        if word not in MOVEMENTS:
            written = repr(word) if word is not None else last.sql(comments=False)[:40]
            problem = f"{name}() does not know {written}.{suggest(word or str(last.name), MOVEMENTS)}"
            raise FormulaError(problem, remedy, self.source.column_of(last) or self.source.column_of(node))
        amount, since, until = (row_sql(part, self.source) for part in columns)
        made = _made(cast(AggregateFunction, name), amount, condition, until=until)
        return Recurring(
            made.function,
            made.argument,
            made.condition,
            tuple(dict.fromkeys((*amount.columns, *since.columns, *made.columns))),
            until=made.until,
            since=since.text,
            movement=cast(Any, word),
        )

    def _modelled(self, node: exp.Anonymous, condition: RowSql | None) -> Aggregate:
        name = plain_name(node.expressions[0]) if len(node.expressions) == 1 else None
        if name is None or condition is not None:
            problem = "modelled() takes one column of the model, as it stands, without a filter."
            raise self._error(node, problem, "Write modelled(overall_score); `total` says which row is about everything.")
        return _made("modelled", row_sql(node.expressions[0], self.source), None)

    def _refusal(self, node: exp.Expr) -> FormulaError:
        column = self.source.column_of(node)
        written = self.source.word_at(column) if "start" in node.meta else None
        name = str(node.this).lower() if node.key == "anonymous" else (written or node.key).lower()
        name = {"withingroup": "percentile_cont", "currentdate": "current_date"}.get(name, name)
        if name in _INSTEAD:
            return FormulaError(f"{name}() may not stand in a formula.", _INSTEAD[name], column)
        return unexpected(node, self.source, "In a formula", FUNCTIONS)

    def _error(self, node: exp.Expr, problem: str, remedy: str) -> FormulaError:
        return FormulaError(problem, remedy, self.source.column_of(node))


def _made(
    function: AggregateFunction,
    argument: RowSql | None,
    condition: RowSql | None,
    *,
    quantile: Decimal | None = None,
    until: RowSql | None = None,
) -> Aggregate:
    columns = dict.fromkeys(name for part in (argument, until, condition) if part for name in part.columns)
    return Aggregate(
        function=function,
        argument=argument.text if argument else None,
        condition=condition.text if condition else None,
        columns=tuple(columns),
        quantile=quantile,
        until=until.text if until else None,
    )


def _holds_aggregate(value: Expression) -> bool:
    from assay.catalog.expression import aggregates

    return bool(aggregates(value))
