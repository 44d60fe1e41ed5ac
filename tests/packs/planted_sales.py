"""What is planted for the tests of fulfillment, growth and customers: orders as files have them, and their arithmetic.

Nothing here shares code with the product. Days are worked out with Python's own time zones, money is whole cents.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
"""Noon of the first of March in the shop."""
FIRST = date(2024, 10, 1)
TODAY = date(2026, 3, 1)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SEGMENTS = ("diy_builder", "professional_shop", "enthusiast_collector", "first_time_builder", "racing_enthusiast")
GAPS = (3, 12, 29, 30, 31, 60, 89, 90, 91, 120, 179, 180, 181, 240)
"""Days between two purchases of a customer; the bounds of the stages, and each a day to either side, are among them."""


def shop_day(instant: datetime) -> date:
    """Return the shop's day of an instant."""
    return instant.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """Return the last microsecond of a shop's day."""
    after = day + DAY
    return datetime(after.year, after.month, after.day, tzinfo=ZONE).astimezone(UTC) - timedelta(microseconds=1)


@dataclass(frozen=True)
class Parcel:
    left_at: datetime
    status: str = "success"


@dataclass(frozen=True)
class Order:
    """One order with all that became of it; `refunds` are (when, cents)."""

    order_id: str
    customer_id: str
    ordered_at: datetime
    cents: int
    status: str = "paid"
    is_test: bool = False
    cancelled_at: datetime | None = None
    parcels: tuple[Parcel, ...] = ()
    refunds: tuple[tuple[datetime, int], ...] = ()

    @property
    def paid(self) -> bool:
        """Whether money was captured for it, at its time, and it counts."""
        return self.status in ("paid", "partially_refunded", "refunded") and not self.is_test

    @property
    def due_at(self) -> datetime:
        return self.ordered_at + 48 * HOUR

    @property
    def left_at(self) -> datetime | None:
        """When its first parcel left for good."""
        return min((one.left_at for one in self.parcels if one.status == "success"), default=None)

    def waits(self, at: datetime) -> bool:
        """Whether it has neither left nor been cancelled at an instant, nor been given up after 90 days."""
        over = [moment for moment in (self.left_at, self.cancelled_at, self.ordered_at + 90 * DAY) if moment is not None]
        return self.ordered_at <= at and all(moment > at for moment in over)

    def undone(self, at: datetime) -> bool:
        """Whether one of its shipments was cancelled, and it had left before that in no other."""
        gone = [one.left_at for one in self.parcels if one.status == "cancelled" and one.left_at <= at]
        return any(self.left_at is None or moment < self.left_at for moment in gone)

    def breached(self, at: datetime) -> bool:
        return self.paid and self.waits(at) and self.due_at <= at

    def severity(self, at: datetime) -> str | None:
        """Return the worst issue that it has at an instant."""
        if not self.paid:
            return None
        if self.waits(at) and self.due_at + 48 * HOUR <= at:
            return "critical"
        if self.waits(at) and (self.due_at <= at or self.undone(at)):
            return "high"
        if self.cancelled_at is not None or self.left_at is None or self.left_at > at:
            return None
        return "medium" if self.left_at > self.due_at else "low" if self.undone(at) else None

    def judged(self, at: datetime) -> bool:
        """Whether it is paid, has left or is due, and was not cancelled."""
        left = self.left_at is not None and self.left_at <= at
        return self.paid and self.cancelled_at is None and (left or self.due_at <= at)


@dataclass(frozen=True)
class Plan:
    orders: list[Order]
    segments: dict[str, str | None] = field(default_factory=dict)

    def purchases(self, customer: str, at: datetime) -> list[datetime]:
        """Return when the customer bought, up to an instant, in order."""
        return sorted(o.ordered_at for o in self.orders if o.customer_id == customer and o.paid and o.ordered_at <= at)

    def buyers(self, at: datetime) -> list[str]:
        """Return every customer who has bought."""
        return sorted({o.customer_id for o in self.orders if o.customer_id and o.paid and o.ordered_at <= at})

    def revenue(self, first: date, last: date) -> int:
        """Return the cents captured less those given back on the days."""
        captured = sum(o.cents for o in self.orders if o.paid and first <= shop_day(o.ordered_at) <= last)
        returned = (one for o in self.orders if o.paid for one in o.refunds)
        return captured - sum(cents for moment, cents in returned if first <= shop_day(moment) <= last)

    def is_priority(self, order: Order) -> bool:
        """Whether the customer of an order is a professional shop, or spent $1,000 in the 90 days before it."""
        if not order.customer_id:
            return False
        spent = sum(
            o.cents
            for o in self.orders
            if o.customer_id == order.customer_id and o.paid and order.ordered_at - 90 * DAY <= o.ordered_at < order.ordered_at
        )
        return self.segments.get(order.customer_id) == "professional_shop" or spent >= 100_000


def stage(purchases: list[datetime], at: datetime) -> str:
    """Return a customer's stage by the definitions, one after the other."""
    if at - purchases[-1] >= 180 * DAY:
        return "churned"
    if at - purchases[-1] >= 90 * DAY:
        return "at_risk"
    if any(after - before >= 180 * DAY and at - after < 90 * DAY for before, after in pairwise(purchases)):
        return "reactivated"
    return "new" if at - purchases[0] < 30 * DAY else "active"


def plan() -> Plan:
    """Return seventeen months of some eighty customers, with every kind of order and of shipment."""
    dice = random.Random(20260301)
    segments = {f"c{n}": (*SEGMENTS, None)[n % 6] for n in range(80) if n % 13}  # some customers are in no list
    moments = [(f"c{n}", moment) for n in range(80) for moment in _purchases(dice)]
    moments += [("", _at(dice, FIRST + n * 9 * DAY)) for n in range(57)]  # guests
    moments += [(f"c{dice.randrange(80)}", NOW - n * 5 * HOUR) for n in range(1, 60)]  # the last days, in which orders wait
    moments.sort(key=lambda one: (one[1], one[0]))
    orders = [_order(dice, n, customer, moment) for n, (customer, moment) in enumerate(moments)]
    undone = Order("undone", "c1", NOW - 40 * HOUR, 8500, parcels=(Parcel(NOW - 20 * HOUR, "cancelled"),))
    late = Order("late", "c7", NOW - 60 * HOUR, 8500)  # c1 and c7 are professional shops
    bought = NOW - 90 * DAY + 3 * HOUR  # in three hours this customer is at risk
    aging = Order("aging", "c900", bought, 8500, parcels=(Parcel(bought + 9 * HOUR),))
    return Plan([*orders, undone, late, aging], segments)


def _purchases(dice: random.Random) -> Iterator[datetime]:
    moment = _at(dice, FIRST + dice.randrange(490) * DAY)
    while moment < NOW:
        yield moment
        moment += dice.choice(GAPS) * DAY + dice.choice((timedelta(0), timedelta(seconds=-1), 5 * HOUR))


def _at(dice: random.Random, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, dice.randrange(24), dice.randrange(60), tzinfo=ZONE).astimezone(UTC)


def _order(dice: random.Random, number: int, customer: str, moment: datetime) -> Order:
    fate = number % 40
    cents = dice.choice((1999, 8500, 14_950, 26_000, 59_999, 120_000))
    cancelled = moment + dice.choice((6, 60)) * HOUR if fate == 7 else None
    refunds: tuple[tuple[datetime, int], ...] = ()
    status = {3: "voided", 5: "pending"}.get(fate, "paid")
    if fate in (9, 19) and moment + 9 * DAY < NOW:
        refunds, status = ((moment + 9 * DAY, cents // 3),), "partially_refunded"
    if fate == 7 and cancelled is not None and cancelled < NOW:
        refunds, status = ((cancelled, cents),), "refunded"
    if cancelled is not None and cancelled > NOW:
        cancelled = None
    parcels = () if fate in (3, 5, 7) else _parcels(fate, number, moment)
    return Order(f"o{number}", customer, moment, cents, status, fate == 11, cancelled, parcels, refunds)


def _parcels(fate: int, number: int, moment: datetime) -> tuple[Parcel, ...]:
    late = (50, 70, 96, 97, 200)[number % 5]
    shapes: dict[int, tuple[Parcel, ...]] = {
        13: (),
        15: (Parcel(moment + 20 * HOUR, "cancelled"),),
        17: (Parcel(moment + 20 * HOUR, "cancelled"), Parcel(moment + 30 * HOUR)),
        21: (Parcel(moment + 20 * HOUR, "cancelled"), Parcel(moment + 75 * HOUR)),
        23: (Parcel(moment + 10 * HOUR), Parcel(moment + 60 * HOUR, "cancelled")),
        25: (Parcel(moment + 48 * HOUR),),
        27: (Parcel(moment + 48 * HOUR + timedelta(seconds=1)),),
        29: (Parcel(moment + late * HOUR),),
        31: (Parcel(moment + late * HOUR),),
    }
    usual = (Parcel(moment + (7, 22, 26.5, 45)[number % 4] * HOUR),)
    return tuple(one for one in shapes.get(fate, usual) if one.left_at <= NOW)


def files(planted: Plan) -> dict[str, str]:
    """Return the plan as CSV files by import kind."""
    orders = [
        (o.order_id, o.customer_id, o.ordered_at, _major(o.cents), o.status, str(o.is_test).lower(), o.cancelled_at)
        for o in planted.orders
    ]
    refunds = [
        (f"r-{o.order_id}-{n}", o.order_id, _major(cents), moment)
        for o in planted.orders
        for n, (moment, cents) in enumerate(o.refunds)
    ]
    parcels = [
        (f"f-{o.order_id}-{n}", o.order_id, one.left_at, one.status) for o in planted.orders for n, one in enumerate(o.parcels)
    ]
    return {
        "orders": _csv("order_id,customer_id,ordered_at,total,financial_status,is_test,cancelled_at", orders),
        "refunds": _csv("refund_id,order_id,amount,refunded_at", refunds),
        "fulfillments": _csv("fulfillment_id,order_id,fulfilled_at,status", parcels),
        "customers": _csv("customer_id,segment", [(name, segment) for name, segment in planted.segments.items()]),
    }


def _csv(head: str, rows: Iterable[tuple[object, ...]]) -> str:
    return "\n".join([head, *(",".join(_cell(cell) for cell in row) for row in rows)]) + "\n"


def _cell(cell: object) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, datetime) else str(cell)


def _major(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
