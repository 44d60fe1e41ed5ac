"""The conversion of a cell's text, as SQL: one function a column type. Instants have a module of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assay.sources.files.kinds import Column, ColumnType
from assay.sources.files.sql import literal, words
from assay.units import Currencies, currency_exponent

_TRUE, _FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")


@dataclass(frozen=True)
class Conversion:
    """SQL of the value (a column's own SQL type), of its form in JSON, and the faults in the order they are tried."""

    value: str
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Condition (SQL over the text) and reason."""


@dataclass(frozen=True)
class DayMoney:
    """The shop's dated currencies, and the SQL of a row's shop day, which decides which of them its amounts are in."""

    currencies: Currencies
    day: str

    @property
    def currency(self) -> str:
        """The SQL of the shop's currency on the row's day."""
        found = literal(self.currencies.codes[0])
        for since, code in zip(self.currencies.since, self.currencies.codes[1:], strict=True):
            found = f"case when {self.day} >= date '{since}' then {literal(code)} else {found} end"
        return found

    def faults(self, fault: Callable[[str], tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the fault of each currency, for the rows of its days."""
        codes = dict.fromkeys(self.currencies.codes)
        if len(codes) == 1:
            return [fault(code) for code in codes]
        return [
            (f"{self.currency} = {literal(code)} and {condition}", said) for code in codes for condition, said in [fault(code)]
        ]


def cell(place: int) -> str:
    """Return the SQL of a cell without surrounding spaces; an empty one is null."""
    return f"nullif(trim(c{place}, ' \t\r\n'), '')"


def convert(name: str, column: Column, place: int | None, money: DayMoney) -> Conversion:
    """Return how the column is made from the file's column at `place`, or from its default where the file has none."""
    if place is None:
        return _CONVERT[column.type](_default(column, money), column, money)
    text = cell(place)
    if column.default is not None:
        text = f"coalesce({text}, {_default(column, money)})"
    made = _CONVERT[column.type](text, column, money)
    if column.required and not column.empty:
        made.faults.insert(0, (f"{text} is null", f"no {name}"))
    if column.type is ColumnType.TEXT and not column.values:
        default = _default(column, money)
        return Conversion(f"case when {cell(place)} is null then {default} else c{place} end", made.faults)
    return made


def _default(column: Column, money: DayMoney) -> str:
    if column.default is None:
        return "cast(null as varchar)"
    return money.currency if column.default == "$currency" else literal(column.default)


def _text(text: str, column: Column, _: DayMoney) -> Conversion:
    if not column.values:
        return Conversion(text)
    word = f"replace(lower({text}), ' ', '_')"
    return Conversion(
        word, [(f"{word} not in ({words(column.values)})", f"a word that is not one of {', '.join(column.values)}")]
    )


def _money(text: str, column: Column, money: DayMoney) -> Conversion:
    places = max(currency_exponent(code) for code in money.currencies.codes)
    value = f"try_cast({text} as decimal(18, {places}))"

    def inexact(currency: str) -> tuple[str, str]:
        exact = rf"[+-]?[0-9]+(\.[0-9]{{0,{currency_exponent(currency)}}}0*)?"
        return f"not regexp_full_match({text}, '{exact}')", f"an amount with more decimal places than {currency} has"

    faults = [
        (
            rf"not regexp_full_match({text}, '[+-]?[0-9]{{1,{18 - places}}}(\.[0-9]{{1,30}})?')",
            "an amount that is not a plain number",
        ),
        *money.faults(inexact),
    ]
    if column.min is not None:
        faults.append((f"{value} < {column.min}", "a negative amount" if column.min == 0 else f"an amount below {column.min}"))
    return Conversion(value, faults)


def _integer(text: str, column: Column, _: DayMoney) -> Conversion:
    value = rf"try_cast(regexp_replace({text}, '\.0+$', '') as bigint)"
    faults = [(rf"not regexp_full_match({text}, '[+-]?[0-9]{{1,15}}(\.0+)?')", "a number that is not whole")]
    if column.min is not None:
        faults.append((f"{value} < {column.min}", "a negative number" if column.min == 0 else f"a number below {column.min}"))
    return Conversion(value, faults)


def _boolean(text: str, _: Column, __: DayMoney) -> Conversion:
    word = f"lower({text})"
    return Conversion(
        f"case when {word} in ({words(_TRUE)}) then true when {word} in ({words(_FALSE)}) then false end",
        [(f"{word} not in ({words(_TRUE + _FALSE)})", "neither true nor false")],
    )


def _currency(text: str, _: Column, money: DayMoney) -> Conversion:
    code = f"upper({text})"
    return Conversion(
        code,
        [
            (f"not regexp_full_match({code}, '[A-Z]{{3}}')", "an unknown currency"),
            *money.faults(
                lambda own: (f"{code} <> {literal(own)}", f"a currency other than {own}, for which no rate is known")
            ),
        ],
    )


def _instant(text: str, _: Column, __: DayMoney) -> Conversion:
    return Conversion(f"cast({text} as timestamp)")


_CONVERT: dict[ColumnType, Callable[[str, Column, DayMoney], Conversion]] = {
    ColumnType.TEXT: _text,
    ColumnType.MONEY: _money,
    ColumnType.INTEGER: _integer,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.CURRENCY: _currency,
    ColumnType.INSTANT: _instant,
}
