"""What may stand inside an aggregate: SQL over one row's columns, allow-listed by node class and argument.

Whatever is not on the list is refused, so that a node class that a later SQLGlot invents is refused as well. The text that
comes out is printed from the checked tree, never copied from what came in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING, Any

from assay.catalog.formula_source import FormulaError, Source
from assay.errors import suggest

if TYPE_CHECKING:
    from sqlglot import exp

ROW_FUNCTIONS = ("coalesce", "nullif", "abs", "lower", "upper", "length", "round", "case", "cast")
CAST_TYPES = (
    *("TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL", "VARCHAR", "TEXT"),
    *("BOOLEAN", "DATE", "TIMESTAMP", "TIMESTAMPTZ"),
)
_EXACT_TYPES = {"TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL"}
_HARMLESS_FLAGS = {"big_int", "ignore_nulls", "typed", "safe", "nested", "quoted", "is_string", "value_constructor"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@dataclass(frozen=True, slots=True)
class RowSql:
    """A checked expression over one row: its text in DuckDB's dialect, and the columns it names."""

    text: str
    columns: tuple[str, ...]


@cache
def _allowed() -> dict[type[Any], frozenset[str]]:
    """Node class → the arguments that it may have."""
    from sqlglot import exp

    binary = ("this", "expression")
    table: dict[Any, tuple[str, ...]] = {
        exp.Column: ("this",),
        exp.Identifier: ("this",),
        exp.Literal: ("this",),
        exp.Boolean: ("this",),
        exp.Null: (),
        exp.Paren: ("this",),
        exp.Not: ("this",),
        exp.Neg: ("this",),
        exp.In: ("this", "expressions"),
        exp.Between: ("this", "low", "high"),
        exp.Case: ("this", "ifs", "default"),
        exp.If: ("this", "true", "false"),
        exp.Cast: ("this", "to"),
        exp.DataType: ("this", "expressions"),
        exp.DataTypeParam: ("this",),
        exp.Coalesce: ("this", "expressions"),
        exp.Round: ("this", "decimals"),
        exp.Abs: ("this",),
        exp.Lower: ("this",),
        exp.Upper: ("this",),
        exp.Length: ("this",),
    }
    both = (exp.And, exp.Or, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ)
    arithmetic = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)
    table |= dict.fromkeys((*both, *arithmetic, exp.Like, exp.ILike, exp.Nullif), binary)
    return {node: frozenset(arguments) for node, arguments in table.items()}


def row_sql(node: exp.Expr, source: Source, *, measured: bool = True) -> RowSql:
    """Check the expression and print it; `measured` says that it is summed, so that it must stay exact.

    Raises `FormulaError` for whatever is not on the list.
    """
    checked = _normalized(node, source)
    if measured:
        _refuse_inexact(checked, source)
    return RowSql(text=checked.sql(dialect="duckdb", comments=False), columns=_columns(checked))


def unexpected(node: exp.Expr, source: Source, place: str, known: tuple[str, ...]) -> FormulaError:
    """Return the refusal of a node that is not on a list, in words of what was written."""
    from sqlglot import exp

    column = source.column_of(node)
    remedy = f"{place} these are understood: {', '.join(known)}."
    if isinstance(node, exp.Query | exp.Subquery | exp.Exists):
        return FormulaError("The formula holds a subquery.", "Make the column in the dbt model and name it here.", column)
    if isinstance(node, exp.Window):
        return FormulaError(
            "The formula holds a window function.",
            "Use avg_over or sum_over over a KPI, or make the column in the model.",
            column,
        )
    if isinstance(node, exp.Star):
        return FormulaError("A star may stand only in count(*).", "Name the column.", column)
    if isinstance(node, exp.Func):
        written = source.word_at(column) if "start" in node.meta else None
        name = (str(node.this) if isinstance(node, exp.Anonymous) else written or node.sql_name()).lower()
        return FormulaError(f"{name}() may not stand here.{suggest(name, known)}", remedy, column)
    return FormulaError(f"`{node.sql(dialect='duckdb', comments=False)[:60]}` may not stand here.", remedy, column)


def plain_name(node: exp.Expr) -> str | None:
    """Return the lower-case name if the node is one unqualified name, else None."""
    from sqlglot import exp

    if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier) or _extra(node, frozenset({"this"})):
        return None
    name = str(node.this.this)
    return name.lower() if _NAME.fullmatch(name) else None


def number(text: str, column: int | None) -> Decimal:
    """Return a literal as an exact number of at most 30 digits."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise FormulaError(f"{text[:40]} is not a number.", "Write digits with at most one point.", column) from None
    if not value.is_finite() or len(value.as_tuple().digits) > 30 or abs(value.adjusted()) > 30:
        raise FormulaError(f"{text[:40]} has too many digits.", "Write at most 30 digits.", column)
    return value


def _extra(node: exp.Expr, allowed: frozenset[str]) -> str | None:
    """Return the name of an argument that the node has and should not."""
    for key, value in node.args.items():
        empty = value is None or value is False or value == []
        if not empty and key not in allowed and not (key in _HARMLESS_FLAGS and value is True):
            return key
    return None


def _normalized(node: exp.Expr, source: Source) -> exp.Expr:
    from sqlglot import exp

    while isinstance(node, exp.Paren):
        node = node.this
    for query in node.find_all(exp.Query, exp.Subquery, exp.Exists):
        raise unexpected(query, source, "Inside an aggregate", ROW_FUNCTIONS)
    for part in node.walk():
        _check_node(part, source)

    def plain(part: exp.Expr) -> exp.Expr:
        if isinstance(part, exp.Identifier):
            return exp.to_identifier(str(part.this).lower(), quoted=bool(part.args.get("quoted")))
        if isinstance(part, exp.Literal) and not part.is_string:
            return exp.Literal.number(format(number(str(part.this), source.column_of(part)), "f"))
        return part

    result: exp.Expr = node.copy().transform(plain)
    return result


def _check_node(part: exp.Expr, source: Source) -> None:
    from sqlglot import exp

    allowed = _allowed().get(type(part))
    if allowed is None:
        raise _refusal(part, source)
    extra = _extra(part, allowed)
    column = source.column_of(part)
    if isinstance(part, exp.Column) and plain_name(part) is None:
        raise FormulaError(
            f"{part.sql(comments=False)[:80]} is not a plain column name.",
            "Name a column of the KPI's own model, without a table before it.",
            column,
        )
    if extra is not None:
        raise FormulaError(
            f"{source.word_at(column) or type(part).__name__} has a part that is not understood ({extra}).",
            "Leave it out, or make the column in the dbt model.",
            column,
        )
    if isinstance(part, exp.Is) and not isinstance(part.expression, exp.Null | exp.Boolean):
        raise FormulaError("`is` compares with null, true or false only.", "Use = for other values.", column)
    if isinstance(part, exp.DataType):
        _check_type(part, column)


def _check_type(part: exp.DataType, column: int | None) -> None:
    name = part.this.value if hasattr(part.this, "value") else str(part.this)
    if name in CAST_TYPES:
        return
    hint = "Floats do not add up exactly; use decimal(18, 6)." if name in {"FLOAT", "DOUBLE", "REAL"} else ""
    raise FormulaError(
        f"A cast to {name.lower()} is not understood.", hint or f"Cast to one of {', '.join(CAST_TYPES).lower()}.", column
    )


def _refusal(part: exp.Expr, source: Source) -> FormulaError:
    from sqlglot import exp

    if isinstance(part, exp.AggFunc | exp.Filter):
        return FormulaError(
            "An aggregate stands inside an aggregate or its filter.",
            "Make the inner one a KPI or a column of the model.",
            source.column_of(part),
        )
    return unexpected(part, source, "Inside an aggregate", ROW_FUNCTIONS)


def _refuse_inexact(node: exp.Expr, source: Source) -> None:
    """Refuse a bare division: DuckDB divides into a float, and floats summed in parallel differ from run to run."""
    from sqlglot import exp

    exact = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
    if isinstance(node, exact) or (isinstance(node, exp.Cast) and node.to.this.value in _EXACT_TYPES):
        return
    if isinstance(node, exp.Div):
        raise FormulaError(
            "A division inside an aggregate is inexact.",
            "Divide outside the aggregate (a ratio of sums), or write cast(a / b as decimal(18, 6)).",
            source.column_of(node),
        )
    for child in node.iter_expressions():
        _refuse_inexact(child, source)


def _columns(node: exp.Expr) -> tuple[str, ...]:
    from sqlglot import exp

    return tuple(dict.fromkeys(str(part.this.this) for part in node.find_all(exp.Column, bfs=False)))
