"""The stock of each product at each location, day by day: sold, reordered, delivered, and once or twice simply out."""

from __future__ import annotations

import numpy as np

from assay.demo import company
from assay.demo.dice import Floats, Ints
from assay.demo.orders import Orders
from assay.demo.story import Story

MONTH = 30
"""Days over which the stockroom measures how fast a product sells."""


class Stockroom:
    """Runs forward day by day; what it has counted never changes."""

    def __init__(self, story: Story) -> None:
        self._story = story
        rules = [company.REPLENISHMENT[p.stock] for p in story.catalogue]
        self._reorder, self._up_to = (np.array([getattr(r, name) for r in rules]) for name in ("reorder", "up_to"))
        self._lead = np.array([r.lead for r in rules], dtype=np.int64)
        products = np.arange(len(rules), dtype=np.int64)
        share = story.dice.uniform("first stock", products)
        demand = story.demand(0, 1)[0]
        pieces = np.array([2.6 if p.category == company.FITTINGS else 1.15 for p in story.catalogue])
        rate = pieces * demand * len(company.LINES_PER_ORDER) / 2 / demand.sum() * story.orders_a_day[0]
        self._sold = np.tile(rate, (MONTH, 1))
        self._due = np.full(len(rules), -1, dtype=np.int64)
        self._ordered = np.zeros(len(rules), dtype=np.int64)
        total = np.ceil(rate * (self._reorder + share * (self._up_to - self._reorder))).astype(np.int64)
        self._on_hand = _split(total)

    def count(self, first: int, orders: Orders, days: int) -> Ints:
        """What is on hand at the end of each of `days` days from `first`: day, product, location."""
        wanted = self._wanted(first, orders, days)
        return np.stack([self._day(first + i, wanted[i]) for i in range(days)])

    def _wanted(self, first: int, orders: Orders, days: int) -> Ints:
        """Pieces that leave each location by day and product."""
        lines, products = orders.lines, len(self._story.catalogue)
        leaves = ~np.isin(orders.kind, (company.TEST, company.VOIDED, company.PENDING, company.PENDING_VOIDED, company.OPEN))
        line = np.flatnonzero(leaves[lines.order])
        order = lines.order[line]
        there = self._story.dice.uniform("location", orders.number[order]) >= company.FIRST_LOCATION_SHARE
        cell = ((orders.day[order] - first) * products + lines.sku[line]) * 2 + there
        pieces = np.bincount(cell, weights=lines.quantity[line], minlength=days * products * 2)
        return pieces.astype(np.int64).reshape(days, products, 2)

    def _day(self, day: int, wanted: Ints) -> Ints:
        self._deliver(day)
        left = self._on_hand - wanted
        # a location that runs out is helped by the other one; what both lack is owed to the customers
        helped = np.minimum(np.maximum(-left, 0), np.maximum(left[:, ::-1], 0))
        self._on_hand = left + helped - helped[:, ::-1]
        self._sold[day % MONTH] = wanted.sum(axis=1)
        self._run_out(day)
        self._reorder_what_is_low(day)
        return np.maximum(self._on_hand, 0)

    def _run_out(self, day: int) -> None:
        """Put off the delivery of what the supplier fails to send, and have none of it on the planted days."""
        for out in self._story.stock_outs:
            if out.first <= day <= out.last:
                self._on_hand[out.product] = 0
            if out.first - company.SUPPLIER_FAILS <= day < out.first:
                self._due[out.product] = out.last + 1
                self._ordered[out.product] = max(10, int(self._needed(self._sold.mean(axis=0))[out.product]))

    def _deliver(self, day: int) -> None:
        arrived = np.where(self._due == day, self._ordered, 0)
        self._on_hand = self._on_hand + _split(arrived)
        self._due[self._due == day] = -1

    def _reorder_what_is_low(self, day: int) -> None:
        rate = self._sold.mean(axis=0)
        low = (self._due < 0) & (rate > 0) & (self._on_hand.sum(axis=1) < self._reorder * rate)
        self._due = np.where(low, day + self._lead, self._due)
        self._ordered = np.where(low, self._needed(rate), self._ordered)

    def _needed(self, rate: Floats) -> Ints:
        wanted: Ints = np.maximum(1, np.ceil(rate * self._up_to) - self._on_hand.sum(axis=1)).astype(np.int64)
        return wanted


def _split(total: Ints) -> Ints:
    """Share pieces among the two locations."""
    there = (total * (1 - company.FIRST_LOCATION_SHARE)).astype(np.int64)
    return np.stack([total - there, there], axis=1)
