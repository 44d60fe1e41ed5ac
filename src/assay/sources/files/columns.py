"""The conversion of a cell's text, as SQL: one function a column type. Instants have a module of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.sources.files.kinds import Column, ColumnType
from assay.sources.files.settings import ImportSettings
from assay.sources.files.sql import literal, words

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass(frozen=True)
class Conversion:
    """SQL of the value (a column's own SQL type), of its form in JSON, and the faults in the order they are tried."""

    value: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Condition (SQL over the text) and reason."""


def cell(place: int) -> str:
    """Return the SQL of a cell without surrounding spaces; an empty one is null."""
    return f"nullif(trim(c{place}, ' \t\r\n'), '')"


def convert(name: str, column: Column, place: int | None, settings: ImportSettings) -> Conversion:
    """Return how the column is made from the file's column at `place`, or from its default where the file has none."""
    if place is None:
        return _CONVERT[column.type](_default(column, settings), column, settings)
    text = cell(place)
    if column.default is not None:
        text = f"coalesce({text}, {_default(column, settings)})"
    made = _CONVERT[column.type](text, column, settings)
    if column.required and not column.empty:
        made.faults.insert(0, (f"{text} is null", f"no {name}"))
    if column.type is ColumnType.TEXT and not column.values:
        default = _default(column, settings)
        return Conversion(f"case when {cell(place)} is null then {default} else c{place} end", made.faults)
    return made


def _default(column: Column, settings: ImportSettings) -> str:
    if column.default is None:
        return "cast(null as varchar)"
    return literal(settings.currency if column.default == "$currency" else column.default)


def _text(text: str, column: Column, _: ImportSettings) -> Conversion:
    if not column.values:
        return Conversion(text)
    word = f"replace(lower({text}), ' ', '_')"
    return Conversion(
        word, [(f"{word} not in ({words(column.values)})", f"a word that is not one of {', '.join(column.values)}")]
    )


def _money(text: str, column: Column, settings: ImportSettings) -> Conversion:
    places = settings.exponent
    value = f"try_cast({text} as decimal(18, {places}))"
    exact = rf"[+-]?[0-9]+(\.[0-9]{{0,{places}}}0*)?"
    faults = [
        (
            rf"not regexp_full_match({text}, '[+-]?[0-9]{{1,{18 - places}}}(\.[0-9]{{1,30}})?')",
            "an amount that is not a plain number",
        ),
        (f"not regexp_full_match({text}, '{exact}')", f"an amount with more decimal places than {settings.currency} has"),
    ]
    if column.min is not None:
        faults.append((f"{value} < {column.min}", "a negative amount" if column.min == 0 else f"an amount below {column.min}"))
    return Conversion(value, faults)


def _integer(text: str, column: Column, _: ImportSettings) -> Conversion:
    value = rf"try_cast(regexp_replace({text}, '\.0+$', '') as bigint)"
    faults = [(rf"not regexp_full_match({text}, '[+-]?[0-9]{{1,15}}(\.0+)?')", "a number that is not whole")]
    if column.min is not None:
        faults.append((f"{value} < {column.min}", "a negative number" if column.min == 0 else f"a number below {column.min}"))
    return Conversion(value, faults)


def _boolean(text: str, _: Column, __: ImportSettings) -> Conversion:
    word = f"lower({text})"
    return Conversion(
        f"case when {word} in ({words(_TRUE)}) then true when {word} in ({words(_FALSE)}) then false end",
        [(f"{word} not in ({words(_TRUE + _FALSE)})", "neither true nor false")],
    )


def _currency(text: str, _: Column, settings: ImportSettings) -> Conversion:
    code = f"upper({text})"
    return Conversion(
        code,
        [
            (f"not regexp_full_match({code}, '[A-Z]{{3}}')", "an unknown currency"),
            (
                f"{code} <> {literal(settings.currency)}",
                f"a currency other than {settings.currency}, for which no rate is known",
            ),
        ],
    )


def _instant(text: str, _: Column, __: ImportSettings) -> Conversion:
    return Conversion(f"cast({text} as timestamp)")


_CONVERT: dict[ColumnType, Callable[[str, Column, ImportSettings], Conversion]] = {
    ColumnType.TEXT: _text,
    ColumnType.MONEY: _money,
    ColumnType.INTEGER: _integer,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.CURRENCY: _currency,
    ColumnType.INSTANT: _instant,
}
