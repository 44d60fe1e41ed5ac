"""Who the customers are: one record each, when they first buy, with the segment that the shop takes them for.

The shop judges by what it sees at that moment: a workshop is known for one, and of the others it knows the first order.
"""

from __future__ import annotations

import numpy as np

from assay.demo import company
from assay.demo.dice import Flags, Ints, places
from assay.demo.orders import Orders
from assay.demo.story import Story
from assay.demo.streams import Rows

SEGMENTS = ("diy_builder", "professional_shop", "enthusiast_collector", "first_time_builder", "racing_enthusiast")
NO_SEGMENT = -1
NO_SEGMENT_SHARE = 0.018
"""Of all but the workshops."""
LOYAL_SHARES = (1.0, 0.0, 0.0, 0.0, 0.0)
FIRST_ORDERS = (12_000, 18_000, 30_000)
"""Cents of a first order, from which on the next row of `SHARES` holds."""
SHARES = (
    (0.58, 0.0, 0.0, 0.42, 0.0),
    (0.52, 0.0, 0.0, 0.17, 0.31),
    (0.0, 0.28, 0.47, 0.0, 0.25),
    (0.0, 0.0, 0.80, 0.0, 0.20),
)
"""Of those who are neither workshops nor loyal, by how much they buy at first: the share of each segment."""


class Clientele:
    """Runs forward with the orders; knows who has bought before."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._known: Flags = np.zeros(0, dtype=np.bool_)

    def newcomers(self, orders: Orders) -> Rows:
        """A record of each customer whose first order is among these.

        Whoever first bought on the silent day is a newcomer with the next order: the shop delivered nothing of that day.
        """
        buyers = np.flatnonzero(orders.customer >= 0)
        customer, first = np.unique(orders.customer[buyers], return_index=True)
        size = int(customer[-1]) + 1 if len(customer) else 0
        self._known = np.concatenate([self._known, np.zeros(max(0, size - len(self._known)), dtype=np.bool_)])
        new = ~self._known[customer]
        self._known[customer] = True
        customer, order = customer[new], buyers[first[new]]
        created = orders.ordered_at[order]
        return {
            "customer": customer,
            "event": created,
            # registered at the checkout, hence known before the order that arrives 15 seconds after it at the earliest
            "received": created + self._story.dice.between("customer arrives", customer, 5, 14),
            "segment": _segments(self._story, customer, orders.total[order]),
        }


def _segments(story: Story, customer: Ints, total: Ints) -> Ints:
    kinds = np.where(customer % company.LOYAL_EVERY == 0, 0, 1 + places(np.array(FIRST_ORDERS), total))
    edges = np.cumsum(np.array([LOYAL_SHARES, *SHARES]), axis=1)
    edges[:, -1] = 1.0
    segment = (story.dice.uniform("segment", customer)[:, None] >= edges[kinds]).sum(axis=1)
    unknown = story.dice.uniform("no segment", customer) < NO_SEGMENT_SHARE
    segment = np.where(unknown, NO_SEGMENT, segment)
    workshop = customer % company.WORKSHOP_EVERY == 0
    return np.where(workshop, SEGMENTS.index("professional_shop"), segment).astype(np.int64)
