"""Units of KPIs: what a number measures, how exactly it is kept, how a person reads it.

A unit is a kind (`money`, `count`, `percent`, …). Money is counted in the minor units of the project's currency (cents),
so that sums are sums of whole numbers; its published value is in major units as a decimal string.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal
from enum import StrEnum
from fractions import Fraction

from assay.errors import UsageError

PLACES = 6
"""Decimal places of a published value; divisions are exact until then and rounded once, half-even."""

_EXACT = Context(prec=200, rounding=ROUND_HALF_EVEN)
"""Decimal's own 28 digits would round a huge sum."""


class Unit(StrEnum):
    """What a number measures."""

    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"
    RATIO = "ratio"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    MILLISECONDS = "milliseconds"
    NUMBER = "number"


SHOWN_DECIMALS = {
    Unit.COUNT: 0,
    Unit.PERCENT: 1,
    Unit.RATIO: 2,
    Unit.NUMBER: 2,
    Unit.DAYS: 1,
    Unit.HOURS: 1,
    Unit.MINUTES: 1,
    Unit.MILLISECONDS: 1,
}
"""How many decimal places a person is shown; of money as many as the currency has."""

# ISO 4217 minor-unit exponents that are not 2.
_EXPONENTS = {
    **dict.fromkeys(
        ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
_CURRENCY = re.compile(r"[A-Z]{3}")
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def currency_exponent(currency: str) -> int:
    """Return how many decimal places the currency has (ISO 4217): USD 2, JPY 0, KWD 3."""
    if not _CURRENCY.fullmatch(currency):
        raise UsageError(f"{currency!r} is not a currency code.", "Use a three-letter ISO 4217 code such as USD, EUR or JPY.")
    return _EXPONENTS.get(currency, 2)


def round_half_even(value: Fraction, places: int = PLACES) -> Decimal:
    """Round an exact number to `places` decimals, half-even, without passing through a float."""
    scaled = value * 10**places
    return Decimal(round(scaled)).scaleb(-places, _EXACT)  # round() on a Fraction is half-even


def published(value: Fraction, unit: Unit, currency: str) -> Decimal:
    """Return the value as it is published: at most six places, money with at least the currency's."""
    rounded = round_half_even(value).normalize(_EXACT)
    least = currency_exponent(currency) if unit is Unit.MONEY else 0
    exponent = rounded.as_tuple().exponent
    assert isinstance(exponent, int)  # never NaN or infinity: it came from a fraction
    return rounded.quantize(Decimal(1).scaleb(-max(least, -exponent, 0)), context=_EXACT)


def display(value: Decimal, unit: Unit, currency: str) -> str:
    """Return the value as a person reads it in the terminal: `$1,234.50`, `12.5 %`, `3.2 days`."""
    if unit is Unit.MONEY:
        places = currency_exponent(currency)
        amount = f"{value.copy_abs().quantize(Decimal(1).scaleb(-places), context=_EXACT):,}"
        sign = "-" if value < 0 else ""
        return f"{sign}{_SYMBOLS[currency]}{amount}" if currency in _SYMBOLS else f"{sign}{amount} {currency}"
    if unit is Unit.PERCENT:
        return f"{value.quantize(Decimal('0.1'), context=_EXACT):,} %"
    if unit is Unit.COUNT:
        return f"{value:,}"
    number = f"{value.quantize(Decimal(1).scaleb(-SHOWN_DECIMALS[unit]), context=_EXACT).normalize(_EXACT):,f}"
    if unit is Unit.MILLISECONDS:
        return f"{number} ms"
    return f"{number} {unit.value}" if unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES) else number
