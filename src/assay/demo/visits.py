"""Visits of the website: what was looked at, put into the cart, taken to the checkout and ordered.

The counting begins half a year before the planned months end; not everybody allows it. A visit with an order belongs to
an order of the shop, and the others are drawn. What signed-in members do is in `members`.
"""

from __future__ import annotations

import numpy as np

from assay.demo import company
from assay.demo.days import HOUR, times_of_day
from assay.demo.dice import Flags, Ints
from assay.demo.orders import Orders, pick
from assay.demo.story import Story
from assay.demo.streams import Rows, selected, stacked
from assay.demo.ways import Ways

COUNTED_FOR = 183
"""Days before the end of the planned months since which visits are counted."""
COUNTED_SHARE = 0.55
"""Of the orders on the web: those whose visit may be counted."""
VISITS_PER_ORDER = 14.5
"""Visits without an order on a day, by the orders that it is expected to have."""
BACK_SHARE, BACK_AMONG = 0.27, 4000
"""Of the visits without an order: those of a visitor of one of so many visits before."""
BOUNCE_SHARE, MORE_PAGES_SHARE, PAGES_AT_MOST = 0.52, 0.36, 6
CART_SHARE, CHECKOUT_SHARE = 0.071, 0.36
"""Of the visits without an order that have a cart, and of those the ones that go on to the checkout."""
LATE_SHARE = 0.003
VISITS_AT_MOST = 1 << 20
"""Numbers reserved per day for draws of its visits."""

NAMES = ("page_view", "add_to_cart", "begin_checkout", "purchase", "api_call", "feature_used", "sign_up")
PAGE_VIEW, ADD_TO_CART, BEGIN_CHECKOUT, PURCHASE, API_CALL, FEATURE_USED, SIGN_UP = range(7)
PAGES = (
    "/",
    "/collections",
    "/products",
    "/guides",
    "/search",
    "/cart",
    "/checkout",
    "/thank-you",
    "/garage",
    "/api/fitment",
    "/account",
)
SHOP_PAGES = (0.24, 0.27, 0.31, 0.12, 0.06)
CART, CHECKOUT, THANKS, GARAGE, FITMENT, ACCOUNT = range(5, 11)

BROWSING, ORDERING, MEMBER, PROGRAM, JOINING = range(5)
"""What a visit is of: nobody in particular, an order, a member, no visit at all but a program's call, or who signs up."""
NOBODY, UNKNOWN, KNOWN, GUEST, LOOKING = range(5)
"""Whose mark the browser keeps: none, that of a visit, of a customer, of a guest's order, or of an account without one."""
NONE = -1


def counted_since(story: Story) -> int:
    """The first day of which visits are counted."""
    return max(0, story.planned - COUNTED_FOR)


def browsing_rows(story: Story, ways: Ways, first: int, last: int) -> Rows:
    """The events of the visits that end without an order."""
    first = max(first, counted_since(story))
    if first >= last:
        return nothing()
    dice, days = story.dice, np.arange(first, last, dtype=np.int64)
    weights = ways.weights("visits", first, last)
    usual = ways.weights("visits", 0, 1)[0].sum()
    busy = story.orders_a_day[first:last] * VISITS_PER_ORDER * weights.sum(axis=1) / usual
    count = dice.around("visits", days, busy)
    day = np.repeat(days, count)
    place = np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    number = day * VISITS_AT_MOST + place
    seconds = times_of_day(story.days, dice, day, place + VISITS_AT_MOST)
    way = pick(weights, day - first, dice.uniform("way of a visit", number))
    bounces = dice.uniform("bounces", number) < BOUNCE_SHARE
    pages = np.where(bounces, 1, 2 + _more_pages(story, number))
    cart = ~bounces & (dice.uniform("cart", number) < CART_SHARE / (1 - BOUNCE_SHARE))
    checkout = cart & (dice.uniform("checkout", number) < CHECKOUT_SHARE)
    back = dice.uniform("comes back", number) < BACK_SHARE
    before = place - 1 - (dice.uniform("visit before", number) * np.minimum(place, BACK_AMONG)).astype(np.int64)
    of_yesterday = (dice.uniform("visit of yesterday", number) * busy[day - first] * 0.8).astype(np.int64)
    same_day = (before >= 0) & (dice.uniform("same day", number) < 0.4)
    visitor = np.where(
        back, np.where(same_day, day * VISITS_AT_MOST + before, (day - 1) * VISITS_AT_MOST + of_yesterday), number
    )
    visit = {
        "kind": np.full_like(number, BROWSING),
        "number": number,
        "mark": np.full_like(number, UNKNOWN),
        "visitor": visitor,
        "user": np.full_like(number, NONE),
        "way": way,
        "order": np.full_like(number, NONE),
    }
    return _steps(story, visit, story.days.at(day, seconds), pages, cart, checkout, None)


def ordering_rows(story: Story, ways: Ways, orders: Orders, first: int, last: int) -> Rows:
    """The events of the visits in which orders were placed; those that may not be counted have none."""
    since = max(first, counted_since(story))
    if since >= last:
        return nothing()
    counted = counted_orders(story, orders) & (orders.day >= since)
    number, day, customer = orders.number[counted], orders.day[counted], orders.customer[counted]
    visit = {
        "kind": np.full_like(number, ORDERING),
        "number": number,
        "mark": np.where(customer >= 0, KNOWN, GUEST),
        "visitor": np.where(customer >= 0, customer, number),
        "user": customer,
        "way": ways_of_orders(story, ways, number, day, since, last),
        "order": number,
    }
    pages = 2 + _more_pages(story, number)
    every = np.ones(len(number), dtype=np.bool_)
    return _steps(story, visit, orders.ordered_at[counted], pages, every, every, orders.ordered_at[counted])


def counted_orders(story: Story, orders: Orders) -> Flags:
    """The orders whose visit is counted: on the web, and allowed."""
    web = orders.channel == company.CHANNELS.index("web")
    allowed = story.dice.uniform("may be counted", orders.number) < COUNTED_SHARE
    real: Flags = web & allowed & ~np.isin(orders.kind, (company.TEST, company.WARRANTY))
    return real


def ways_of_orders(story: Story, ways: Ways, number: Ints, day: Ints, first: int, last: int) -> Ints:
    """By which way those came who placed the orders of these days."""
    return pick(ways.weights("orders", first, last), day - first, story.dice.uniform("way of an order", number))


def _more_pages(story: Story, number: Ints) -> Ints:
    chance = np.maximum(story.dice.uniform("more pages", number), 1e-9)
    more: Ints = np.minimum(np.log(chance) / np.log(MORE_PAGES_SHARE), PAGES_AT_MOST - 2).astype(np.int64)
    return more


def _steps(story: Story, visit: Rows, at: Ints, pages: Ints, cart: Flags, checkout: Flags, ordered: Ints | None) -> Rows:
    """The events of visits that begin at `at`, or, where something is ordered, lead to it."""
    number, dice = visit["number"], story.dice
    pace = dice.between(f"pace {int(ordered is not None)}", number, 20, 95)
    begun = at if ordered is None else ordered - (pages + 3) * pace
    visits = np.arange(len(number))
    parts = []
    for place in range(int(pages.max()) if len(pages) else 0):
        row = visits[pages > place]
        page = dice.choose(f"page {place}", number[row], SHOP_PAGES)
        parts.append(_events(visit, row, place, PAGE_VIEW, page, begun + place * pace))
    for step, (name, where, which) in enumerate(((ADD_TO_CART, CART, cart), (BEGIN_CHECKOUT, CHECKOUT, checkout))):
        parts.append(_events(visit, visits[which], PAGES_AT_MOST + step, name, where, begun + (pages + step) * pace))
    if ordered is not None:
        parts.append(_events(visit, visits, PAGES_AT_MOST + 2, PURCHASE, THANKS, ordered))
    return arriving(story, stacked([_blank(), *parts]))


def _events(visit: Rows, row: Ints, place: int, name: int, page: Ints | int, at: Ints) -> Rows:
    """Where a visit came from stands in its first event, which order it made in its last."""
    rows = selected(visit, row)
    first, last = place == 0, name == PURCHASE
    return {
        **rows,
        "way": rows["way"] if first else np.full_like(row, NONE),
        "order": rows["order"] if last else np.full_like(row, NONE),
        "place": np.full_like(row, place),
        "name": np.full_like(row, name),
        "page": np.full_like(row, 0) + page,
        "feature": np.full_like(row, NONE),
        "status": np.full_like(row, NONE),
        "event": at[row],
    }


def arriving(story: Story, rows: Rows) -> Rows:
    """The events with when they arrive: after seconds, or where a browser was offline after hours."""
    who = (rows["number"] * 16 + rows["place"]) * 8 + rows["kind"]
    late = story.dice.uniform("event is late", who) < LATE_SHARE
    hours = story.dice.between("event arrives late", who, HOUR, 48 * HOUR)
    soon = story.dice.between("event arrives", who, 2, 14)
    return {**rows, "received": rows["event"] + np.where(late, hours, soon)}


COLUMNS = (
    "kind", "number", "mark", "visitor", "user", "way", "order", "place", "name", "page", "feature", "status", "event",
)  # fmt: skip


def nothing() -> Rows:
    """No events."""
    return {**_blank(), "received": np.zeros(0, dtype=np.int64)}


def _blank() -> Rows:
    return dict.fromkeys(COLUMNS, np.zeros(0, dtype=np.int64))
