"""The streams: which rows a chunk of the story adds to each.

Rows are columns of whole numbers under the names of what they mean, with `event` and `received` in seconds; `rendering`
makes them text when they are delivered. `event` is when the thing happened that a record tells of: the status change for
an order that is delivered again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.demo import company
from assay.demo.days import HOUR
from assay.demo.dice import Ints
from assay.demo.orders import Orders
from assay.demo.outcomes import NEVER, Outcomes, RefundLines, Refunds
from assay.demo.story import Story

Rows = dict[str, Ints]

COUNT_DELAY = HOUR
"""Seconds from a day's end to the arrival of its inventory count."""

_STATUS = {name: code for code, name in enumerate(company.STATUSES)}
_SETTLED = {
    company.AUTHORIZED: "paid",
    company.SPLIT: "paid",
    company.PENDING_PAID: "paid",
    company.VOIDED: "voided",
    company.PENDING_VOIDED: "voided",
    company.CANCELLED: "refunded",
}
_AT_FIRST = {
    **dict.fromkeys([company.PAID, company.TEST, company.WARRANTY, company.CANCELLED], "paid"),
    **dict.fromkeys([company.AUTHORIZED, company.SPLIT, company.VOIDED, company.OPEN], "authorized"),
    **dict.fromkeys([company.PENDING_PAID, company.PENDING, company.PENDING_VOIDED], "pending"),
}


def _codes(by_kind: dict[int, str]) -> Ints:
    return np.array([_STATUS[by_kind.get(kind, "paid")] for kind in range(len(company.KINDS))], dtype=np.int64)


def stacked(parts: list[Rows]) -> Rows:
    """The rows of all parts, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def selected(rows: Rows, which: Any) -> Rows:
    """The rows of which a mask is true, or those at given places."""
    return {name: column[which] for name, column in rows.items()}


def order_rows(orders: Orders, outcomes: Outcomes, refunds: Refunds) -> Rows:
    """A record when the order is made, and another each time its status changes."""
    everyone = np.arange(len(orders.number))
    settled = np.flatnonzero(outcomes.settled_at != NEVER)
    # a cancellation's refund is the same change as the cancellation, hence the same record
    refunded = np.flatnonzero(orders.kind[refunds.order] != company.CANCELLED)
    row = np.concatenate([everyone, settled, refunds.order[refunded]])
    cancelled = np.concatenate([np.full(len(everyone), NEVER), outcomes.cancelled_at[row[len(everyone) :]]])
    return {
        "number": orders.number[row],
        "event": np.concatenate([orders.ordered_at, outcomes.settled_at[settled], refunds.at[refunded]]),
        "received": np.concatenate([outcomes.received, outcomes.settled_received[settled], refunds.received[refunded]]),
        "ordered": orders.ordered_at[row],
        "customer": orders.customer[row],
        "channel": orders.channel[row],
        "total": orders.total[row],
        "test": (orders.kind[row] == company.TEST).astype(np.int64),
        "cancelled": cancelled,
        "status": np.concatenate(
            [_codes(_AT_FIRST)[orders.kind], _codes(_SETTLED)[orders.kind[settled]], refunds.status[refunded]]
        ),
    }


def line_rows(orders: Orders, outcomes: Outcomes) -> Rows:
    """The order lines, which arrive with their order."""
    lines = orders.lines
    return {
        "number": orders.number[lines.order],
        "place": lines.place,
        "event": orders.ordered_at[lines.order],
        "received": outcomes.received[lines.order],
        "sku": lines.sku,
        "quantity": lines.quantity,
        "amount": lines.amount,
    }


def payment_rows(story: Story, orders: Orders, outcomes: Outcomes) -> Rows:
    """Captures: at once (seconds after the order), later, or half and half."""
    at_once = np.flatnonzero(np.isin(orders.kind, (company.PAID, company.TEST, company.CANCELLED, company.SPLIT)))
    later = np.flatnonzero(np.isin(orders.kind, (company.AUTHORIZED, company.PENDING_PAID, company.SPLIT)))
    row = np.concatenate([at_once, later])
    split = orders.kind[row] == company.SPLIT
    half = orders.total[row] // 2
    is_later = np.repeat([False, True], [len(at_once), len(later)])
    paid = orders.ordered_at + story.dice.between("paid within", orders.number, 2, 9)
    if story.silent >= 0:  # a payment of the evening before stays on its side of the silent day
        start = story.silence[0]
        paid = np.where(orders.ordered_at < start, np.minimum(paid, start - 1), paid)
    return {
        "number": orders.number[row],
        "place": np.where(split & is_later, 2, 1),
        "event": np.where(is_later, outcomes.settled_at[row], paid[row]),
        "received": np.where(is_later, outcomes.settled_received[row], outcomes.received[row]),
        "customer": orders.customer[row],
        "amount": np.where(split, np.where(is_later, orders.total[row] - half, half), orders.total[row]),
        "test": (orders.kind[row] == company.TEST).astype(np.int64),
    }


def refund_rows(orders: Orders, refunds: Refunds) -> Rows:
    """The refunds, chargebacks among them."""
    return {
        "number": orders.number[refunds.order],
        "place": refunds.place,
        "event": refunds.at,
        "received": refunds.received,
        "amount": refunds.amount,
        "reason": refunds.reason,
    }


def refund_line_rows(orders: Orders, refunds: Refunds, back: RefundLines) -> Rows:
    """What was returned, arriving with its refund."""
    return {
        "number": orders.number[refunds.order[back.refund]],
        "place": refunds.place[back.refund],
        "line": orders.lines.place[back.line],
        "event": refunds.at[back.refund],
        "received": refunds.received[back.refund],
        "sku": orders.lines.sku[back.line],
        "quantity": back.quantity,
        "amount": back.amount,
    }


def fulfillment_rows(orders: Orders, outcomes: Outcomes) -> Rows:
    """A record per shipment; one that is cancelled is delivered again as such, and another follows it."""
    shipped = np.flatnonzero(outcomes.shipped_at != NEVER)
    undone = np.flatnonzero(outcomes.shipment_cancelled_at != NEVER)
    undone_received = np.maximum(outcomes.shipment_cancelled_at + 30, outcomes.shipped_received + 1)
    row = np.concatenate([shipped, undone, undone])
    counts = [len(shipped), len(undone), len(undone)]
    return {
        "number": orders.number[row],
        "place": np.repeat([1, 1, 2], counts),
        "event": np.concatenate(
            [outcomes.shipped_at[shipped], outcomes.shipment_cancelled_at[undone], outcomes.reshipped_at[undone]]
        ),
        "received": np.concatenate(
            [
                outcomes.shipped_received[shipped],
                undone_received[undone],
                np.maximum(outcomes.reshipped_at, undone_received)[undone] + 30,
            ]
        ),
        "fulfilled": np.concatenate([outcomes.shipped_at[shipped], outcomes.shipped_at[undone], outcomes.reshipped_at[undone]]),
        "cancelled": np.repeat([0, 1, 0], counts),
    }


def product_rows(story: Story, first: int, last: int) -> Rows:
    """The catalogue on the first day, and every product again on the day of new prices."""
    parts = []
    for day in (0, story.price_rise):
        if first <= day < last:
            every = np.arange(len(story.catalogue))
            at = np.full_like(every, story.days.starts[day] + (0 if day == 0 else HOUR))
            parts.append({"number": every, "event": at, "received": at + 30, "price": story.prices(np.array([day]))[0]})
    nothing = np.zeros(0, dtype=np.int64)
    return stacked([dict.fromkeys(("number", "event", "received", "price"), nothing), *parts])


def inventory_rows(story: Story, first: int, counts: Ints) -> Rows:
    """Each day's count: taken in the day's last minute, delivered an hour after the day's end, none for the silent day."""
    days, products, locations = (axis.ravel() for axis in np.indices(counts.shape))
    day = first + days
    ends = story.days.starts[day + 1]
    rows = {
        "number": products,
        "location": locations,
        "day": day,
        "event": ends - 60,
        "received": ends + COUNT_DELAY,
        "on_hand": counts.ravel(),
    }
    return selected(rows, day != story.silent)
