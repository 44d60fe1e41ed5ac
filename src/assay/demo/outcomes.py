"""What becomes of orders: when they are settled, shipped and refunded, and when the records of it arrive.

Times are instants in seconds; -1 stands for "never". A record of an order never arrives before the one it follows from,
and a change of an order's status arrives together with the payment or refund that makes it: whoever reads up to some
instant finds orders, payments and refunds that agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.demo import company
from assay.demo.days import DAY, HOUR, SUNDAY
from assay.demo.dice import Flags, Ints
from assay.demo.orders import Orders
from assay.demo.story import Story

NEVER = -1


@dataclass(frozen=True)
class Outcomes:
    """One row per order. `settled` is its one change before refunds: a capture, a void or a cancellation."""

    received: Ints
    settled_at: Ints
    settled_received: Ints
    cancelled_at: Ints
    shipped_at: Ints
    shipped_received: Ints
    shipment_cancelled_at: Ints
    reshipped_at: Ints
    refund: Ints


def outcomes_of(story: Story, orders: Orders) -> Outcomes:
    """Draw what becomes of each order."""
    dice, kind, number = story.dice, orders.kind, orders.number
    received = orders.ordered_at + arrival(story, "order", number)
    shipped = _ships(story, orders)
    settled = _settles(story, orders, shipped)
    waited = _ship_time(story, number, settled, np.zeros_like(number))
    shipped = np.where(kind == company.PENDING_PAID, waited, shipped)
    again = (shipped != NEVER) & (dice.uniform("shipment cancelled", number) < company.SHIPMENT_CANCELLED_SHARE)
    undone = story.after_silence(shipped + dice.between("shipment cancelled after", number, 2 * HOUR, 10 * HOUR))
    reshipped = _work_hours(story, "shipped again", number, story.days.of(shipped) + 1)
    cancels = (kind == company.CANCELLED) | (kind == company.PENDING_VOIDED)
    return Outcomes(
        received=received,
        settled_at=settled,
        settled_received=received_after(story, "settled", number, settled, received),
        cancelled_at=np.where(cancels, settled, NEVER),
        shipped_at=shipped,
        shipped_received=received_after(story, "shipped", number, shipped, received),
        shipment_cancelled_at=np.where(again, undone, NEVER),
        reshipped_at=np.where(again, np.maximum(reshipped, undone + HOUR), NEVER),
        refund=_refund_kinds(story, orders, shipped),
    )


def arrival(story: Story, what: str, number: Ints) -> Ints:
    """Seconds from an event to its arrival: some, or 1 to 72 hours for the late ones."""
    soon = story.dice.between(f"{what} arrives", number, 15, 60)
    late = story.dice.between(f"{what} arrives late", number, HOUR, 72 * HOUR)
    return np.where(story.dice.uniform(f"{what} is late", number) < company.LATE_SHARE, late, soon)


def received_after(story: Story, what: str, number: Ints, at: Ints, after: Ints) -> Ints:
    """When the records of `at` arrive: never before those that arrived at `after`, which they follow from."""
    return np.where(at == NEVER, NEVER, np.maximum(at + arrival(story, what, number), after + 1))


def _work_hours(story: Story, what: str, number: Ints, day: Ints) -> Ints:
    """An instant from nine to five on the day, or on the next where that is the silent one."""
    return story.after_silence(story.days.at(day, story.dice.between(what, number, 9 * HOUR, 17 * HOUR - 1)))


def _ships(story: Story, orders: Orders) -> Ints:
    """When the orders that are shipped from stock leave the warehouse."""
    kinds = (company.PAID, company.AUTHORIZED, company.WARRANTY, company.SPLIT)
    usual = story.dice.choose("shipping", orders.number, company.SHIPPING)
    rush = story.dice.choose("shipping", orders.number, company.RUSH_SHIPPING)
    delay = np.where(story.in_rush[orders.day], rush, usual)
    return np.where(np.isin(orders.kind, kinds), _ship_time(story, orders.number, orders.ordered_at, delay), NEVER)


def _ship_time(story: Story, number: Ints, since: Ints, delay: Ints) -> Ints:
    """On time is the next working day: within 48 hours, because Saturday's early orders leave the same day."""
    day = story.days.of(since)
    second = since - story.days.starts[day]
    saturday = story.days.weekday(day + 1) == SUNDAY
    same_day = saturday & (second < 10 * HOUR)
    next_day = np.where(saturday, day + 2, day + 1)
    normal = story.days.at(next_day, story.dice.between("ship hour", number, 9 * HOUR, 17 * HOUR - 1))
    early = story.days.at(next_day, story.dice.between("ship hour", number, 7 * HOUR, 10 * HOUR - 300))
    today = story.days.at(day, story.dice.between("ship hour", number, 14 * HOUR, 17 * HOUR - 1))
    on_time = np.where(same_day, today, np.where(saturday, early, normal))
    days_late = np.where(
        delay == 1, story.dice.between("days late", number, 3, 6), story.dice.between("weeks late", number, 8, 30)
    )
    late_day = day + days_late + (story.days.weekday(day + days_late) == SUNDAY)
    late = story.days.at(late_day, story.dice.between("ship hour", number, 9 * HOUR, 17 * HOUR - 1))
    return story.after_silence(np.where(delay == 0, on_time, late))


def _settles(story: Story, orders: Orders, shipped: Ints) -> Ints:
    """When an order that is not simply paid at once is captured, voided or cancelled."""
    number, ordered = orders.number, orders.ordered_at
    before_shipping = shipped - story.dice.between("captured before shipping", number, 300, 3000)
    waits = {
        company.AUTHORIZED: before_shipping,
        company.SPLIT: before_shipping,
        company.VOIDED: ordered + story.dice.between("voided after", number, 2 * HOUR, 48 * HOUR),
        company.PENDING_PAID: ordered + story.dice.between("paid after", number, DAY, 5 * DAY),
        company.PENDING_VOIDED: ordered + 7 * DAY,
        company.CANCELLED: ordered + story.dice.between("cancelled after", number, HOUR, 12 * HOUR),
    }
    settled = np.full_like(number, NEVER)
    for kind, at in waits.items():
        settled = np.where(orders.kind == kind, story.after_silence(at), settled)
    return settled


def _refund_kinds(story: Story, orders: Orders, shipped: Ints) -> Ints:
    """Which shipped orders are refunded, and how; what cannot be (two lines of one) becomes the next best."""
    refund = story.dice.choose("refund", orders.number, company.REFUND_SHARES)
    lines = np.bincount(orders.lines.order, minlength=len(orders.number))
    refund = np.where((refund == company.TWICE) & (lines < 3), company.PARTLY, refund)
    refund = np.where((refund == company.PARTLY) & (lines < 2), company.GOODWILL, refund)
    kinds = (company.PAID, company.AUTHORIZED, company.PENDING_PAID)
    refundable = np.isin(orders.kind, kinds) & (shipped != NEVER)
    refund = np.where(refundable, refund, company.NO_REFUND)
    return np.where(orders.kind == company.CANCELLED, company.WHOLLY, refund).astype(np.int64)


@dataclass(frozen=True)
class Refunds:
    """Refunds in columns: `order` is the order's row, `status` what the order's status becomes, `amount` is in cents."""

    order: Ints
    place: Ints
    at: Ints
    received: Ints
    amount: Ints
    reason: Ints
    status: Ints


@dataclass(frozen=True)
class RefundLines:
    """The returned parts of order lines: `refund` and `line` are rows of those, `amount` is in cents.

    Goodwill and chargebacks have none, because no goods come back; those of any other refund sum to its amount.
    """

    refund: Ints
    line: Ints
    quantity: Ints
    amount: Ints


def refunds_of(story: Story, orders: Orders, outcomes: Outcomes) -> tuple[Refunds, RefundLines]:
    """The refunds of the orders, and what was returned for them."""
    first = np.flatnonzero(outcomes.refund != company.NO_REFUND)
    second = np.flatnonzero(outcomes.refund == company.TWICE)
    at, received = _first_refund(story, orders, outcomes)
    at_2 = _work_hours(story, "refunded again", orders.number, story.days.of(at) + 6)
    received_2 = received_after(story, "refunded again", orders.number, at_2, received)
    order = np.concatenate([first, second])
    place = np.repeat([1, 2], [len(first), len(second)])
    back = _returned(story, orders, outcomes.refund, order, place)
    by_lines = np.bincount(back.refund, weights=back.amount, minlength=len(order)).astype(np.int64)
    kind = outcomes.refund[order]
    whole = (kind == company.WHOLLY) | (kind == company.CHARGEBACK)
    percent = story.dice.between("goodwill percent", orders.number[order], 10, 30)
    amount = np.where(kind == company.GOODWILL, orders.total[order] * percent // 100, by_lines)
    refunds = Refunds(
        order=order,
        place=place,
        at=np.concatenate([at[first], at_2[second]]),
        received=np.concatenate([received[first], received_2[second]]),
        amount=np.where(whole, orders.total[order], amount),
        reason=_reasons(story, orders, outcomes)[order],
        status=np.where(whole, company.STATUSES.index("refunded"), company.STATUSES.index("partially_refunded")),
    )
    return refunds, back


def _first_refund(story: Story, orders: Orders, outcomes: Outcomes) -> tuple[Ints, Ints]:
    number, dice = orders.number, story.dice
    wait = np.where(
        outcomes.refund == company.CHARGEBACK,
        dice.between("days to chargeback", number, 20, 70),
        dice.between("days to refund", number, 3, 33),
    )
    shipped = np.maximum(outcomes.shipped_at, orders.ordered_at)
    at = _work_hours(story, "refunded", number, story.days.of(shipped) + wait)
    after = np.maximum(np.maximum(outcomes.received, outcomes.settled_received), outcomes.shipped_received)
    received = received_after(story, "refunded", number, at, after)
    cancelled = orders.kind == company.CANCELLED  # refunded with the cancellation itself
    return np.where(cancelled, outcomes.settled_at, at), np.where(cancelled, outcomes.settled_received, received)


def _reasons(story: Story, orders: Orders, outcomes: Outcomes) -> Ints:
    reason = story.dice.choose("reason", orders.number, company.RETURN_REASON_SHARES)
    reason = np.where(outcomes.refund == company.GOODWILL, company.REASON_GOODWILL, reason)
    reason = np.where(outcomes.refund == company.CHARGEBACK, company.REASON_CHARGEBACK, reason)
    return np.where(orders.kind == company.CANCELLED, company.REASON_CANCELLED, reason)


def _returned(story: Story, orders: Orders, kinds: Ints, order: Ints, place: Ints) -> RefundLines:
    """A whole refund takes back every line, a partial one its first (or, of two, the first and then the second)."""
    lines = orders.lines
    parts = []
    for number, of_kind in ((1, (company.WHOLLY,)), (1, (company.PARTLY, company.TWICE)), (2, (company.TWICE,))):
        refund = np.full(len(orders.number), NEVER, dtype=np.int64)
        chosen = (place == number) & np.isin(kinds[order], of_kind)
        refund[order[chosen]] = np.flatnonzero(chosen)
        all_lines: Flags = np.isin(kinds, (company.WHOLLY,))[lines.order]
        line = np.flatnonzero((refund[lines.order] != NEVER) & (all_lines | (lines.place == number)))
        parts.append((refund[lines.order[line]], line))
    refund, line = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    quantity = _quantity_returned(story, orders, kinds, line)
    return RefundLines(refund, line, quantity, lines.amount[line] * quantity // lines.quantity[line])


def _quantity_returned(story: Story, orders: Orders, kinds: Ints, line: Ints) -> Ints:
    """All of it, or in half of the partial refunds one piece."""
    order = orders.lines.order[line]
    one = (kinds[order] == company.PARTLY) & (story.dice.uniform("one piece back", orders.number[order]) < 0.5)
    return np.where(one, 1, orders.lines.quantity[line])
