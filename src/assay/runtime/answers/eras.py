"""Money of a shop that has changed its currency: which part of a window is in which one, and what it is worth in another.

A number is in the currency of its window's last day, so far. Without a stated rate, amounts of two currencies never meet.
"""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from assay.calendar import ShopCalendar, Window
from assay.catalog.entry import CompiledKpi
from assay.catalog.expression import Aggregate, Arithmetic, Call, Expression, KpiRef, Over
from assay.planner.plans import Plans
from assay.units import Currencies, Unit, currency_exponent, round_half_even
from assay.values.answer import Reason
from assay.values.measured import Measured

CURRENCY_CHANGED = "currency_changed"
ONE = Fraction(1)
RATE_PLACES = 12


class Part(NamedTuple):
    """Days of one currency, and what an aggregate over them is multiplied with to be in the asked one's major units."""

    window: Window
    scale: Fraction


class Eras:
    """The currencies of one shop, asked at one instant."""

    def __init__(self, currencies: Currencies, calendar: ShopCalendar, now: datetime) -> None:
        self.currencies = currencies
        self.dated = bool(currencies.since)
        self._calendar = calendar
        self.today = calendar.day_of(now)
        self._minors = {code: Fraction(1, 10 ** currency_exponent(code)) for code in currencies.codes}

    def day(self, window: Window) -> date:
        """Return the shop day whose currency a number over the window is in: its last one that has begun."""
        return max(window.start, min(window.end, self.today)) if self.dated else window.end

    def currency(self, window: Window) -> str:
        """Return the currency in which a number over the window is said."""
        return self.currencies.on(self.day(window))

    def codes(self, window: Window) -> set[str]:
        """Return the currencies of the window's days, so far."""
        return {self.currencies.on(first) for first, _ in self.currencies.spans(window.start, self.day(window))}

    def whole(self, window: Window, power: int) -> Part:
        """Return the window as one part: in one currency, or of no money at all (`power` 0)."""
        if not power:
            return Part(window, ONE)
        minor = self._minors[self.currency(window)]
        return Part(window, minor if power == 1 else minor**power)

    def parts(self, window: Window, power: int, *, reaches_back_to: date, additive: bool) -> list[Part] | Reason:
        """Return the window's parts by currency, or why an aggregate over them cannot be told in the newest of them.

        `power` is that of money in the aggregate; `reaches_back_to` the first day whose rows it may rest on.
        """
        now = self.day(window)
        spans = self.currencies.spans(min(reaches_back_to, now), now) if self.dated and power else []
        if len({self.currencies.on(first) for first, _ in spans}) < 2:
            return [self.whole(window, power)]
        factors = [self.currencies.factor(first, now) for first, _ in spans]
        if not additive or None in factors:
            return self.changed(spans[0][0], now, convertible=additive)
        starts = [window.start, *(first for first, _ in spans[1:])]
        found = []
        for first, (_, last), factor in zip(starts, spans, factors, strict=True):
            part = window._replace(start=first) if last == now else Window(first, last)
            assert factor is not None
            found.append(Part(part, (self._minors[self.currencies.on(last)] * factor) ** power))
        return found

    def factor(self, then: Window, now: Window) -> Fraction | None:
        """Return what money over the window `then` is worth in the currency of `now`; None where that is not stated."""
        return self.currencies.factor(self.day(then), self.day(now)) if self.dated else ONE

    def changed(self, then: date, now: date, *, convertible: bool = True) -> Reason:
        """Return that money of the day `then` is not set beside money of the day `now`."""
        since = self.currencies.since_of(now) or now
        old, new = self.currencies.on(then), self.currencies.on(now)
        why = "and no rate is stated" if convertible else "and amounts of both are not one population"
        step = "" if not convertible else ", or state what one was worth in the other as `rate:` in assay.yml"
        return Reason(
            code=CURRENCY_CHANGED,
            sentence=f"The shop's currency changed from {old} to {new} (since {since}), {why}.",
            since=self._calendar.start_of(since),
            repair=f"Ask about the days before {since} or from then on{step}.",
        )

    def converted(self, then: date, now: date) -> Reason:
        """Return the remark that money of the day `then` was converted."""
        rate = round_half_even(self.currencies.factor(then, now) or ONE, RATE_PLACES).normalize()
        old, new = self.currencies.on(then), self.currencies.on(now)
        return Reason(
            code="currency_converted",
            sentence=f"Amounts before {self.currencies.since_of(now)} are converted from {old} at {rate:f} {new} each.",
        )


def money_power(kpi: CompiledKpi, plans: Plans) -> int:
    """Return the power of money in which the KPI measures: 1 for an amount, 0 for a count or a share of amounts."""
    return 1 if kpi.contract.unit is Unit.MONEY else _power(kpi.expression, kpi, plans)


def _power(expression: Expression, kpi: CompiledKpi, plans: Plans) -> int:
    match expression:
        case Aggregate():
            return plans.minor_power(expression, kpi.contract.model or "")
        case KpiRef(name):
            return money_power(plans.catalog.kpis[name], plans)
        case Over("shift" | "avg_over" | "sum_over", name):
            return money_power(plans.catalog.kpis[name], plans)
        case Arithmetic("*", left, right):
            return _power(left, kpi, plans) + _power(right, kpi, plans)
        case Arithmetic("/", left, right):
            return _power(left, kpi, plans) - _power(right, kpi, plans)
        case Arithmetic(_, left, right):
            return max(_power(left, kpi, plans), _power(right, kpi, plans), key=abs)
        case Call(_, arguments):
            return max((_power(one, kpi, plans) for one in arguments), key=abs, default=0)
        case _:
            return 0


def merged(function: str, parts: list[Measured]) -> Measured:
    """Merge a sum or mean over several parts of a window into that over the whole."""
    if len(parts) == 1:
        return parts[0]
    n, nulls = sum(part.n for part in parts), sum(part.nulls for part in parts)
    weighed = n - nulls if function == "avg" else 1
    total = Fraction(0)
    for part in parts:
        total += (part.number or 0) * (part.n - part.nulls if function == "avg" else 1)
    return Measured(total / weighed if weighed else None, n, nulls)
