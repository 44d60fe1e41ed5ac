"""Units of KPIs: what a number measures, how exactly it is kept, how a person reads it.

A unit is a kind (`money`, `count`, `percent`, …). Money is counted in the minor units of the currency of its day (cents),
so that sums are sums of whole numbers; its published value is in major units as a decimal string.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
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
# ISO 4217: the currencies in use, and those that have become the euro, in which a shop may have traded.
_CODES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
    MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST
    XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    ANG CYP EEK HRK LTL LVL MTL SIT SKK SLL
    """.split()  # noqa: SIM905 - a table of words reads better than 170 quoted ones
)
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def currency_exponent(currency: str) -> int:
    """Return how many decimal places the currency has (ISO 4217): USD 2, JPY 0, KWD 3."""
    if currency not in _CODES:
        raise UsageError(f"{currency!r} is not a currency code.", "Use a three-letter ISO 4217 code such as USD, EUR or JPY.")
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True)
class Currencies:
    """The shop's dated currencies: `codes[i]` holds from the shop day `since[i - 1]` on; `since` has one entry less.

    `rates[i]` is how many units of `codes[i + 1]` one unit of `codes[i]` was worth when it was given up; None if not stated.
    """

    codes: tuple[str, ...]
    since: tuple[date, ...] = ()
    rates: tuple[Fraction | None, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.codes) == len(self.since) + 1 == len(self.rates) + 1

    @classmethod
    def of(cls, code: str) -> Currencies:
        """Return the currency of a shop that never changed it."""
        return cls((code,))

    def _place(self, day: date) -> int:
        return bisect_right(self.since, day)

    def on(self, day: date) -> str:
        """Return the currency that was in force on the shop day."""
        return self.codes[self._place(day)]

    def since_of(self, day: date) -> date | None:
        """Return the first day of the currency that was in force on the day; None if it has held since ever."""
        place = self._place(day)
        return self.since[place - 1] if place else None

    def spans(self, first: date, last: date) -> list[tuple[date, date]]:
        """Return the first and last days of the parts, each in one currency, of the days from `first` to `last`."""
        starts = [first, *(day for day in self.since if first < day <= last)]
        return list(zip(starts, [*(day - timedelta(days=1) for day in starts[1:]), last], strict=True))

    def factor(self, then: date, now: date) -> Fraction | None:
        """Return what one unit of money of the day `then` is in the currency of `now`; None where no rate is stated for it.

        Rates are dated: they lead from an earlier currency to the later ones, never back.
        """
        first, last = self._place(then), self._place(now)
        if self.codes[first] == self.codes[last]:
            return Fraction(1)
        product = Fraction(1)
        for rate in self.rates[first:last] if first < last else (None,):
            if rate is None:
                return None
            product *= rate
        return product

    def differ_from(self, other: Currencies) -> date | None:
        """Return the first day from which on money may be said otherwise than with `other`; `date.min` is since ever."""
        mine, others = ([*zip((date.min, *one.since), one.codes, (None, *one.rates), strict=True)] for one in (self, other))
        rows = {*mine} ^ {*others}
        return min((row[0] for row in rows), default=None)


def round_half_even(value: Fraction, places: int = PLACES) -> Decimal:
    """Round an exact number to `places` decimals, half-even, without passing through a float."""
    whole, rest = divmod(value.numerator * 10**places, value.denominator)
    if 2 * rest > value.denominator or (2 * rest == value.denominator and whole % 2):
        whole += 1
    return Decimal(whole).scaleb(-places, _EXACT)


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
