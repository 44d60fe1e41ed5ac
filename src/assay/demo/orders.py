"""Orders and their lines: who buys what, when, for how much. What becomes of them is in `outcomes`."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from assay.demo import company
from assay.demo.days import CHANGE_ORDERS, DAY, times_of_day
from assay.demo.dice import Flags, Floats, Ints, places
from assay.demo.story import Story

SLOTS = 8
"""Numbers reserved per order for draws of its lines; an order has fewer lines."""


@dataclass(frozen=True)
class Lines:
    """Order lines in columns; `order` is the order's row, `place` counts from 1 within it, `amount` is in cents."""

    order: Ints
    place: Ints
    sku: Ints
    quantity: Ints
    amount: Ints


@dataclass(frozen=True)
class Orders:
    """Orders in columns, in the order of their numbers; `customer` is -1 for a guest, `total` is in cents."""

    number: Ints
    day: Ints
    ordered_at: Ints
    customer: Ints
    channel: Ints
    kind: Ints
    total: Ints
    lines: Lines


@dataclass(frozen=True)
class Counters:
    """What the story has used up so far: order numbers and customers."""

    orders: int = 0
    customers: int = 0


def make_orders(story: Story, first: int, last: int, so_far: Counters) -> tuple[Orders, Counters]:
    """The orders of the days from `first` to before `last`. The silent day's take numbers and are not delivered."""
    day, ordered_at = _instants(story, first, last)
    number = so_far.orders + np.arange(len(day), dtype=np.int64)
    customer, customers = _customers(story, number, day, so_far.customers)
    kind = story.dice.choose("kind", number, [k.share for k in company.KINDS])
    channel = story.dice.choose("channel", number, company.CHANNEL_SHARES)
    nothing = np.zeros(0, dtype=np.int64)
    empty = Orders(number, day, ordered_at, customer, channel, kind, np.zeros_like(number), Lines(*[nothing] * 5))
    lines = _lines(story, empty, first, last)
    total = np.bincount(lines.order, weights=lines.amount, minlength=len(number)).astype(np.int64)
    return _without(replace(empty, total=total, lines=lines), day == story.silent), Counters(
        so_far.orders + len(number), customers
    )


def _instants(story: Story, first: int, last: int) -> tuple[Ints, Ints]:
    """Day and instant of each order, in time's order."""
    days = np.arange(first, last, dtype=np.int64)
    counts = story.dice.around("orders", days, story.orders_a_day[first:last])
    counts = np.where(story.days.lengths[first:last] == DAY, counts, np.maximum(counts, CHANGE_ORDERS))
    day = np.repeat(days, counts)
    place = np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(counts) - counts, counts)
    instants = story.days.at(day, times_of_day(story.days, story.dice, day, place))
    return day, np.sort(instants)  # days do not overlap, so the days stay in their place


def _customers(story: Story, number: Ints, day: Ints, known: int) -> tuple[Ints, int]:
    """The buyer of each order: nobody known, a new customer (the next number), or one of those before."""
    dice = story.dice
    fading = np.exp(-day / company.NEW_CUSTOMER_DAYS)
    at_first = company.NEW_CUSTOMER_SHARE_AT_FIRST - company.NEW_CUSTOMER_SHARE
    guest = dice.uniform("guest", number) < company.GUEST_SHARE
    new = ~guest & (dice.uniform("new customer", number) < company.NEW_CUSTOMER_SHARE + at_first * fading)
    before = known + np.cumsum(new) - new
    recent = before - 1 - (before * dice.uniform("which customer", number) ** 1.6).astype(np.int64)
    steps = np.array([company.WORKSHOP_EVERY, company.LOYAL_EVERY, 1], dtype=np.int64)
    others = 1 - company.WORKSHOP_SHARE - company.LOYAL_SHARE
    step = steps[dice.choose("who comes back", number, (company.WORKSHOP_SHARE, company.LOYAL_SHARE, others))]
    buyer = np.where(new, before, recent // step * step)
    return np.where(guest | (buyer < 0), -1, buyer), known + int(new.sum())


def _lines(story: Story, orders: Orders, first: int, last: int) -> Lines:
    """What is in each cart; the prices of the day, doubled pieces for workshops, and the order's discount."""
    dice, number, day, customer = story.dice, orders.number, orders.day, orders.customer
    count = 1 + dice.choose("lines", number, company.LINES_PER_ORDER)
    order = np.repeat(np.arange(len(number), dtype=np.int64), count)
    draw = number[order] * SLOTS + np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count)
    sku = pick(story.demand(first, last), day[order] - first, dice.uniform("product", draw))
    once = _first_of_each(order * len(story.catalogue) + sku)  # a cart has one line per product
    order, draw, sku = order[once], draw[once], sku[once]
    starts = np.flatnonzero(np.diff(order, prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order))) + 1
    quantity = _quantities(story, draw, sku)
    quantity = np.where((customer[order] >= 0) & (customer[order] % company.WORKSHOP_EVERY == 0), 2 * quantity, quantity)
    price = story.prices(np.arange(first, last))[day[order] - first, sku]
    percent = 100 - _discounts(story, orders)[order]
    amount = (price * quantity * percent + 50) // 100
    return Lines(order, place.astype(np.int64), sku, quantity, amount)


def pick(demand: Floats, row: Ints, chance: Floats) -> Ints:
    """One column for each `chance`, as often as it is demanded in that row."""
    edges: Floats = np.cumsum(demand, axis=1)
    edges = edges / edges[:, -1:] + np.arange(len(demand))[:, None]
    picked: Ints = places(edges.ravel(), chance + row) - row * demand.shape[1]
    return picked


def _first_of_each(values: Ints) -> Ints:
    first: Ints = np.sort(np.unique(values, return_index=True)[1])
    return first


def _quantities(story: Story, draw: Ints, sku: Ints) -> Ints:
    shares = [company.QUANTITY_SHARES.get(p.category, company.QUANTITY_SHARES_ELSE) for p in story.catalogue]
    table = np.array([[*np.cumsum(s)] for s in shares])
    table[:, -1] = 1.0
    place = (story.dice.uniform("quantity", draw)[:, None] >= table[sku]).sum(axis=1)
    pieces: Ints = np.array(company.QUANTITIES, dtype=np.int64)[place]
    return pieces


def _discounts(story: Story, orders: Orders) -> Ints:
    """Percent off the whole order; a replacement under warranty costs nothing."""
    percents = np.array(company.DISCOUNTS, dtype=np.int64)
    usual = percents[story.dice.choose("discount", orders.number, company.DISCOUNT_SHARES)]
    sale = percents[story.dice.choose("discount", orders.number, company.SALE_DISCOUNT_SHARES)]
    return np.where(orders.kind == company.WARRANTY, 100, np.where(story.on_sale[orders.day], sale, usual))


def _without(orders: Orders, hidden: Flags) -> Orders:
    if not hidden.any():
        return orders
    keep = ~hidden
    lines = orders.lines
    kept = keep[lines.order]
    row = np.cumsum(keep) - 1
    left = {f.name: getattr(lines, f.name)[kept] for f in fields(Lines)}
    left["order"] = row[left["order"]].astype(np.int64)
    return Orders(**{f.name: getattr(orders, f.name)[keep] for f in fields(Orders) if f.name != "lines"}, lines=Lines(**left))
