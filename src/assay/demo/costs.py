"""What things cost: the goods on the shelves, the people, the rent, and what is paid to win customers. Constants alone."""

from __future__ import annotations

import numpy as np

from assay.demo import company
from assay.demo.dice import Ints
from assay.demo.story import Story

TIERS = ("Brick", "Value", "Premium", "Top Shelf")
TIER_PRICES = (4_000, 12_000, 28_000)
"""Cents from which on a product belongs to the next tier."""
GOODS_PERCENT = {
    company.FITTINGS: 46,
    company.HOSES: 52,
    company.PUMPS: 61,
    company.FILTERS: 54,
    company.COOLING: 63,
    company.OIL: 57,
    company.BRAKES: 58,
    company.GAUGES: 60,
}
"""What a product costs of its price; a few points more or less by product."""
SPREAD = 7

PAYROLL_DAY, GOODS_DAY, AGENCY_DAY = 4, 1, 2
"""Weekdays."""
PAYROLL = 2_840_000
"""Cents a week at the end of the planned months; before that as much less as the shop was smaller."""
RENT, SOFTWARE, HOSTING, FREIGHT_PER_ORDER = 640_000, 96_000, 41_000, 640
"""Cents: a month, a month, a week, an order."""
SUPPORT = 62_000
"""Cents a week of those who answer members: of the payroll, what serves customers."""
FEE_PER_MILLE, FEE = 29, 30
"""Of a payment: per mille, and cents."""
GOODS_FACTOR = (96, 106)
"""Percent of what was sold in a week that is bought anew."""
AGENCY, COMMISSION, FAIR = 140_000, 150_000, 380_000
"""Cents a week, a week, and of a fair in the spring and autumn."""
FAIR_MONTHS = (3, 10)
CREATORS = 240_000
"""Cents that the creators of a trial campaign were paid."""

OPENING, RESERVE = 40_000_000, 9_000_000
"""Cents on the accounts before the first day; the reserve is not touched."""
LOAN, LOAN_AFTER = 25_000_000, 0.55
"""Cents that the bank lent, after a part of the planned days."""
ACCOUNTS = ("operating", "reserve")


def unit_costs(story: Story, prices: Ints) -> Ints:
    """Cents that one piece of each product costs (last axis) at these prices."""
    products = np.arange(len(story.catalogue), dtype=np.int64)
    percent = np.array([GOODS_PERCENT[p.category] for p in story.catalogue], dtype=np.int64)
    percent = percent + story.dice.between("cost of goods", products, -SPREAD, SPREAD)
    cost: Ints = prices * percent // 100
    return cost


def tiers(prices: Ints) -> Ints:
    """The place of each price's tier."""
    return np.searchsorted(np.array(TIER_PRICES), prices, side="right").astype(np.int64)


def size(story: Story, day: Ints) -> Ints:
    """Per mille of what the company is at the end of the planned months; it does not shrink with the seasons."""
    growth = company.ORDERS_A_DAY_LAST / company.ORDERS_A_DAY_FIRST
    per_mille: Ints = np.rint(1000 * growth ** (day / story.planned - 1) * story.scale).astype(np.int64)
    return per_mille
