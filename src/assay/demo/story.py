"""What is settled before the first order is made: the days, the catalogue, and the events that are planted on purpose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from assay.demo import company
from assay.demo.days import ShopDays, add_months, busyness, rush_days, sale_days
from assay.demo.dice import Dice, Flags, Floats, Ints

HORIZON = 200
"""Days after the last one for which instants are worked out: shipments and refunds of the last orders fall there."""


@dataclass(frozen=True)
class StockOut:
    """A product (its place in the catalogue) of which there is nothing from `first` to `last`, both days included."""

    product: int
    first: int
    last: int


@dataclass(frozen=True)
class Story:
    """The fixed frame of one company. Nothing in it depends on when the story ends, but how far it is worked out."""

    first: date
    last: date
    seed: int
    scale: float
    months: int
    timezone: str
    silent_day: date | None = None

    @cached_property
    def dice(self) -> Dice:
        """The seed's chance."""
        return Dice(self.seed)

    @cached_property
    def days(self) -> ShopDays:
        """The story's days and the horizon beyond them."""
        return ShopDays(self.first, (self.last - self.first).days + 1 + HORIZON, ZoneInfo(self.timezone))

    @cached_property
    def planned(self) -> int:
        """How many days the planned months have; what is planted is placed by their end."""
        return (add_months(self.first, self.months) - self.first).days

    @cached_property
    def orders_a_day(self) -> Floats:
        """How many orders each day is expected to have."""
        return busyness(self.days, self.planned) * self.scale

    @cached_property
    def on_sale(self) -> Flags:
        """The days on which most orders get the sale's discount."""
        return sale_days(self.days)

    @cached_property
    def in_rush(self) -> Flags:
        """The days whose orders ship late more often."""
        return rush_days(self.days)

    @cached_property
    def silent(self) -> int:
        """The day of which the shop and its warehouse delivered nothing, or -1 where there is none."""
        day = -1 if self.silent_day is None else (self.silent_day - self.first).days
        return day if 0 <= day < self.days.count else -1

    @cached_property
    def price_rise(self) -> int:
        """The day with which the new prices begin."""
        return self.planned // 2

    @cached_property
    def catalogue(self) -> tuple[company.Product, ...]:
        """The products; above scale 1 each comes in more finishes."""
        finishes = company.FINISHES[: max(1, math.floor(self.scale + 0.5))]
        return tuple(_finished(p, number, name) for number, name in enumerate(finishes) for p in company.CATALOGUE)

    @cached_property
    def stock_outs(self) -> tuple[StockOut, ...]:
        """The planted stock-outs that fall within the planned days."""
        last = self.planned - 1
        skus = [p.sku for p in self.catalogue]
        spans = [StockOut(skus.index(sku), last - first, last - until) for sku, first, until in company.STOCK_OUTS]
        return tuple(span for span in spans if span.first > 0)

    @cached_property
    def discontinued(self) -> tuple[int, int]:
        """A product (its place) and the first day on which nobody could buy it any more."""
        sku, before = company.DISCONTINUED
        return next(i for i, p in enumerate(self.catalogue) if p.sku == sku), max(1, self.planned - 1 - before)

    def prices(self, day: Ints) -> Ints:
        """Cents of each product (second axis) on each day (first axis)."""
        old = np.array([p.price for p in self.catalogue], dtype=np.int64)
        new = np.array([raised(p.price) for p in self.catalogue], dtype=np.int64)
        return np.where((day >= self.price_rise)[:, None], new, old)

    def demand(self, first: int, last: int) -> Floats:
        """How much of each product is wanted, by day (first axis); nothing of what is not to be had."""
        day = np.arange(first, last)
        wanted = np.tile([p.demand for p in self.catalogue], (len(day), 1))
        summer = np.array([5 <= self.days.date_of(int(d)).month <= 8 for d in day], dtype=np.bool_)
        factors = np.array([company.SUMMER_FACTORS.get(p.category, 1.0) for p in self.catalogue])
        wanted = np.where(summer[:, None], wanted * factors, wanted)
        for out in self.stock_outs:
            wanted[(day >= out.first) & (day <= out.last), out.product] = 0.0
        product, since = self.discontinued
        wanted[day >= since, product] = 0.0
        return wanted

    def date_or_none(self, index: int, days: int) -> date | None:
        """The day of that index, or None where the story of so many days does not have it."""
        return self.days.date_of(index) if 0 <= index < days else None

    def after_silence(self, instants: Ints) -> Ints:
        """Move what would happen on the silent day to the day after it: nothing that it hides is missing from another day."""
        if self.silent < 0:
            return instants
        start, end = self.silence
        return np.where((instants >= start) & (instants < end), instants + (end - start), instants)

    @property
    def silence(self) -> tuple[int, int]:
        """The silent day as instants, end excluded."""
        return int(self.days.starts[self.silent]), int(self.days.starts[self.silent + 1])


def first_day_before(last: date, months: int) -> date:
    """The first of so many months that end with the day `last`."""
    return add_months(last + timedelta(days=1), -months)


def raised(cents: int) -> int:
    """The price after the rise, in steps of five cents."""
    return cents * (1000 + company.PRICE_RISE) // 5000 * 5


def _finished(product: company.Product, number: int, name: str) -> company.Product:
    if not name:
        return product
    return product._replace(sku=f"{product.sku}-{number}", title=f"{product.title}, {name}")
