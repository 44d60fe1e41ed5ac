"""What ties customers to the shop: points for what they spend, friends whom they recommend it to, and who they are.

A dear order is shipped when its buyer is verified. Who fails is given the money back, and the refund says why.
"""

from __future__ import annotations

import numpy as np

from assay.demo import company
from assay.demo.days import DAY, HOUR
from assay.demo.dice import Flags, Ints
from assay.demo.orders import Orders
from assay.demo.outcomes import NEVER, Outcomes, Refunds
from assay.demo.story import Story
from assay.demo.streams import Rows, stacked

TAKES_PART = 0.42
"""Of the customers those who collect points: one for each dollar."""
EARNED, REDEEMED = range(2)
KINDS = ("earned", "redeemed")
STEP, REDEEMS_SHARE = 500, 0.45
"""Points are spent in steps of so many, and by so many of those who have enough when they order again."""

REFERRALS_PER_ORDER = 0.075
CONVERTED_SHARE, CONVERSION_MEDIAN, CONVERSION_SPREAD = 0.155, 5.0 * DAY, 0.8
"""Of those recommended to: those who would buy, after so many seconds; they do with the next order of a new customer."""

EARLY_CUSTOMERS = 300

VERIFIED_FROM = 30_000
"""Cents from which on an order's buyer has to be verified; of some orders below it, too."""
VERIFIED_BELOW_SHARE = 0.03
VERIFIED_MEDIAN, VERIFIED_SPREAD = 4.2 * HOUR, 0.75
EXPIRED_SHARE = 0.035
EXPIRES_AFTER = 72 * HOUR


class Points:
    """Runs forward with the orders; knows how many points each customer has left."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._left: dict[int, int] = {}

    def rows(self, orders: Orders) -> Rows:
        """Entries of points: what an order earns, and what is spent with it."""
        dice, number, customer = self._story.dice, orders.number, orders.customer
        real = np.isin(orders.kind, (company.PAID, company.AUTHORIZED, company.SPLIT)) & (customer >= 0)
        takes_part = real & (dice.uniform("takes part", np.maximum(customer, 0)) < TAKES_PART)
        spends = dice.uniform("redeems", number) < REDEEMS_SHARE
        found: list[tuple[int, int, int, int, int]] = []
        for row in np.flatnonzero(takes_part):
            who, earned = int(customer[row]), int(orders.total[row] // 100)
            left, at = self._left.get(who, 0), int(orders.ordered_at[row])
            if left >= STEP and spends[row]:
                spent = left // STEP * STEP
                found.append((int(number[row]), REDEEMED, who, spent, at))
                left -= spent
            if earned:
                found.append((int(number[row]), EARNED, who, earned, at))
            self._left[who] = left + earned
        table = np.array(found, dtype=np.int64).reshape(len(found), 5)
        rows = {name: table[:, place] for place, name in enumerate(("number", "kind", "customer", "points", "event"))}
        return {**rows, "received": rows["event"] + 61}


class Referrals:
    """Runs forward with the orders; knows who was recommended to and would buy."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._waiting: list[tuple[int, int, int, int]] = []

    def rows(self, orders: Orders, newcomers: Rows, first: int, last: int) -> Rows:
        """A record of each recommendation, and another when the friend has ordered."""
        story, dice = self._story, self._story.dice
        days = np.arange(first, last, dtype=np.int64)
        count = dice.around("referrals", days, story.orders_a_day[first:last] * REFERRALS_PER_ORDER)
        day = np.repeat(days, count)
        number = day * 256 + np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
        at = story.days.at(day, dice.between("recommends at", number, 8 * HOUR, 22 * HOUR))
        # whoever recommends the shop bought there long ago: one of those of the first weeks
        referrer = (dice.uniform("who recommends", number) * EARLY_CUSTOMERS).astype(np.int64)
        wait = HOUR + dice.lognormal("friend buys after", number, CONVERSION_MEDIAN, CONVERSION_SPREAD).astype(np.int64)
        would = dice.uniform("friend buys", number) < CONVERTED_SHARE
        made = {"number": number, "referrer": referrer, "referred_at": at, "event": at, "received": at + 30}
        made |= {name: np.full_like(number, NEVER) for name in ("friend", "order", "converted")}
        self._waiting += [
            (int(at[row] + wait[row]), int(number[row]), int(referrer[row]), int(at[row])) for row in np.flatnonzero(would)
        ]
        return stacked([made, self._bought(orders, newcomers)])

    def _bought(self, orders: Orders, newcomers: Rows) -> Rows:
        """Each friend who waits, oldest first, is the next new customer: every one of those is one friend at most."""
        self._waiting.sort()
        bought: list[tuple[int, ...]] = []
        first_orders = _first_orders(orders, newcomers)
        left: list[tuple[int, int, int, int]] = list(self._waiting)
        for at, customer, order in first_orders:
            if left and left[0][0] <= at:
                _, number, referrer, referred_at = left.pop(0)
                bought.append((number, referrer, referred_at, customer, order, at))
        self._waiting = left
        table = np.array(bought, dtype=np.int64).reshape(len(bought), 6)
        names = ("number", "referrer", "referred_at", "friend", "order", "converted")
        rows = {name: table[:, place] for place, name in enumerate(names)}
        return {**rows, "event": rows["converted"], "received": rows["converted"] + 62}


def _first_orders(orders: Orders, newcomers: Rows) -> list[tuple[int, int, int]]:
    """When each newcomer ordered first, who it is, and that order; by time."""
    created = dict(zip(newcomers["customer"].tolist(), newcomers["event"].tolist(), strict=True))
    found = []
    columns = (orders.customer, orders.ordered_at, orders.number, orders.kind)
    for customer, at, number, kind in zip(*(column.tolist() for column in columns), strict=True):
        if created.get(customer) == at and kind in (company.PAID, company.AUTHORIZED, company.SPLIT):
            found.append((at, customer, number))
    return sorted(found)


def needs_verification(story: Story, orders: Orders) -> Flags:
    """The orders whose buyer has to be verified."""
    real = ~np.isin(orders.kind, (company.TEST, company.WARRANTY))
    some = story.dice.uniform("verified all the same", orders.number) < VERIFIED_BELOW_SHARE
    needs: Flags = real & ((orders.total >= VERIFIED_FROM) | some)
    return needs


def verification_rows(story: Story, orders: Orders, outcomes: Outcomes) -> Rows:
    """A record when a buyer is asked who he is, and another when that is known, or he never answered."""
    dice = story.dice
    row = np.flatnonzero(needs_verification(story, orders))
    number, asked = orders.number[row], orders.ordered_at[row] + 60
    takes = 10 * 60 + dice.lognormal("verified after", number, VERIFIED_MEDIAN, VERIFIED_SPREAD).astype(np.int64)
    refused = orders.kind[row] == company.CANCELLED
    expired = ~refused & (dice.uniform("never verified", number) < EXPIRED_SHARE)
    failed = np.where(refused, outcomes.settled_at[row] - 60, np.where(expired, asked + EXPIRES_AFTER, NEVER))
    done = np.where(refused | expired, NEVER, asked + takes)
    made = {
        "number": number,
        "customer": orders.customer[row],
        "asked": asked,
        "done": np.full_like(number, NEVER),
        "failed": np.full_like(number, NEVER),
        "stage": np.zeros_like(number),
        "event": asked,
        "received": outcomes.received[row] + 61,
    }
    ended = {**made, "done": done, "failed": failed, "stage": np.ones_like(number), "event": np.maximum(done, failed)}
    ended["received"] = np.maximum(ended["event"] + 30, made["received"] + 1)
    return stacked([made, ended])


def reasons_with_verification(story: Story, orders: Orders, refunds: Refunds) -> Ints:
    """Why each refund was given, where the shop verifies buyers."""
    refused = needs_verification(story, orders) & (orders.kind == company.CANCELLED)
    return np.where(refused[refunds.order], company.REASON_NOT_VERIFIED, refunds.reason).astype(np.int64)
