"""What the club delivers: its subscriptions and price list, who signed up, what is billed, and what members do there."""

from __future__ import annotations

import numpy as np

from assay.demo import club, company, visits
from assay.demo.club import NEVER, Club, Terms
from assay.demo.days import DAY, HOUR, add_months
from assay.demo.dice import Ints
from assay.demo.story import Story
from assay.demo.streams import Rows, selected, stacked
from assay.demo.visits import NONE

ACCOUNT_SHARE = 0.35
"""Of the customers who never join: those who open an account with their first order."""
VISITORS_SIGN_UP = 0.07
"""Accounts of people who have not bought yet, by the orders that a day is expected to have."""
CHANNELS = ("organic", "direct", "email", "social", "paid", "referral")
CHANNEL_SHARES = (0.31, 0.25, 0.08, 0.13, 0.17, 0.06)

METRIC = "vin_lookups"
USE_SHARE, LOOKUPS, LOOKUP_PRICE = 0.3, (8, 80), 8
"""Of the days of a workshop: those with lookups beyond what the plan includes; how many, at so many cents each."""
UPSELL_SHARE, UPSELL = 0.35, 24_900
"""Of those who begin with the last plan: those who have it set up for them, and what that costs in cents."""

FEATURES = ("build_planner", "fitment_lookup", "saved_garage", "stock_alerts", "reorder_list", "line_diagram")
FEATURE_SHARES = (0.34, 0.25, 0.19, 0.10, 0.12, 0.0)
LATER_FEATURE_SHARES = (0.28, 0.22, 0.16, 0.09, 0.10, 0.15)
NEW_FEATURE_DAYS = 45
"""So many days before the end of the planned months the last feature joins the others."""
ACTIVE_SHARES = ((0.07, 0.13, 0.30), (0.10, 0.15, 0.15))
"""How many members of each plan come on a day: from Monday to Friday, and on the weekend."""
USES_AT_MOST = 4
CALLS_A_DAY = 190
CALL_STATUSES = (200, 404, 429, 500)
CALL_SHARES = (0.9965, 0.0016, 0.0009, 0.0010)
BAD_DAY_EVERY, BAD_DAY, BAD_SHARES = 37, 12, (0.952, 0.002, 0.006, 0.040)
"""On one day of so many the interface answers with errors; the last one is some days before the planned end."""
CALLS_AT_MOST = 1 << 16


def _columns(terms: list[Terms]) -> Rows:
    table = np.array(terms, dtype=np.int64).reshape(len(terms), len(Terms._fields))
    return {name: table[:, place] for place, name in enumerate(Terms._fields)}


def subscription_rows(story: Story, terms: list[Terms]) -> Rows:
    """A record when terms begin, and the same again when notice is given."""
    every = _columns(terms)
    ended = every["notice"] != NEVER
    begun = {**every, "notice": np.full_like(every["notice"], NEVER), "ends": np.full_like(every["ends"], NEVER)}
    begun["event"], stage = every["starts"], np.repeat([0, 1], [len(terms), int(ended.sum())])
    rows = stacked([begun, {**selected(every, ended), "event": every["notice"][ended]}])
    who = rows["customer"] * 512 + story.days.of(rows["starts"])
    return {**rows, "stage": stage, "received": rows["event"] + story.dice.between("terms arrive", who + stage, 1, 9)}


def price_rows(story: Story, members: Club, first: int, last: int) -> Rows:
    """The price list of the first day, and the later one."""
    parts = []
    for day, prices in ((0, club.PRICES), (members.later_prices_from, club.LATER_PRICES)):
        if first <= day < last:
            plan, interval = (axis.ravel() for axis in np.indices((len(club.PLANS), len(club.INTERVALS))))
            at = np.full(len(plan), story.days.starts[day], dtype=np.int64)
            amount = np.array(prices, dtype=np.int64)[plan, interval]
            parts.append({"plan": plan, "yearly": interval, "event": at, "received": at + 30, "amount": amount})
    nothing = np.zeros(0, dtype=np.int64)
    return stacked([dict.fromkeys(("plan", "yearly", "event", "received", "amount"), nothing), *parts])


def user_rows(story: Story, newcomers: Rows, terms: list[Terms], first: int, last: int) -> Rows:
    """Who opens an account: with the first order, to join the club, or just to look around."""
    dice, customer = story.dice, newcomers["customer"]
    joined: dict[int, int] = {}
    for one in terms:
        joined.setdefault(one.customer, one.starts)
    opens = dice.uniform("opens an account", customer) < ACCOUNT_SHARE
    at_once = {int(c): int(at) for c, at, now in zip(customer, newcomers["event"], opens, strict=True) if now}
    both = {who: at_once.get(who, at) for who, at in joined.items()} | {w: at for w, at in at_once.items() if w not in joined}
    who = np.array(sorted(both), dtype=np.int64)
    at = np.array([both[int(one)] for one in who], dtype=np.int64)
    days = np.arange(first, last, dtype=np.int64)
    count = dice.around("sign-ups", days, story.orders_a_day[first:last] * VISITORS_SIGN_UP)
    day = np.repeat(days, count)
    place = np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    number = day * 1000 + place
    looking = story.days.at(day, dice.between("signs up at", number, 8 * HOUR, 22 * HOUR))
    event = np.concatenate([at, looking])
    everybody = np.concatenate([who, number])
    known = np.repeat([1, 0], [len(who), len(number)])
    return {
        "user": everybody,
        "known": known,
        "channel": dice.choose("signs up through", everybody * 2 + known, CHANNEL_SHARES),
        "event": event,
        "received": event + 1 + dice.between("account arrives", everybody * 2 + known, 1, 3),
    }


def joining_rows(story: Story, users: Rows) -> Rows:
    """The visits in which accounts were opened, as far as visits are counted."""
    since = story.days.start_of(visits.counted_since(story))
    users = selected(users, users["event"] >= since)
    number = users["user"] * 2 + users["known"]
    rows = _member_events(number, users["user"], users["event"], 0, visits.SIGN_UP, np.full_like(number, NONE))
    rows["kind"] = np.full_like(number, visits.JOINING)
    rows["mark"] = np.where(users["known"] == 1, visits.KNOWN, visits.LOOKING)
    rows["page"] = np.full_like(number, visits.ACCOUNT)
    return visits.arriving(story, rows)


def charge_rows(story: Story, members: Club, terms: list[Terms]) -> Rows:
    """What is charged, and when: at the beginning of each interval that begins while the terms hold, and for setting up."""
    found: list[tuple[int, int, int, int, int, int]] = []
    days = story.days
    for one in terms:
        paid = one.paid_from
        if one.trial_ends != NEVER and one.trial_ends == one.until:
            continue
        amount = members.price(one.plan, one.yearly, one.starts) * one.seats
        day = int(days.of(np.array([paid]))[0])
        opened, second = days.date_of(day), paid - int(days.starts[day])
        for number in range(0, club.MONTHS_AT_MOST, 12 if one.yearly else 1):
            index = days.index(add_months(opened, number))
            if index >= days.count or (at := int(days.starts[index]) + second) >= (one.until if one.until != NEVER else at + 1):
                break
            found.append((one.customer, at, one.plan, one.yearly, amount, 0))
        set_up = story.dice.uniform("set up", np.array([one.starts]))[0] < UPSELL_SHARE
        if one.plan == club.WORKSHOP and one.seats == 1 and set_up:
            found.append((one.customer, paid + DAY, one.plan, one.yearly, UPSELL, 1))
    table = np.array(found, dtype=np.int64).reshape(len(found), 6)
    names = ("customer", "event", "plan", "yearly", "amount", "upsell")
    rows = {name: table[:, place] for place, name in enumerate(names)}
    return {**rows, "received": rows["event"] + 20}


class Membership:
    """Runs forward with the customers: knows who is a member on each day."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._terms: list[Terms] = []

    def add(self, terms: list[Terms]) -> None:
        """Take in terms that have begun or will."""
        self._terms += terms

    def present(self, first: int, last: int) -> tuple[Ints, Ints, Ints]:
        """Day, customer and plan of each member of each day at noon."""
        terms = _columns(self._terms)
        noon = self._story.days.starts[first:last] + 12 * HOUR
        until = np.where(terms["until"] == NEVER, np.iinfo(np.int64).max, terms["until"])
        day, row = np.nonzero((terms["starts"][None, :] <= noon[:, None]) & (noon[:, None] < until[None, :]))
        return first + day, terms["customer"][row], terms["plan"][row]

    def usage_rows(self, first: int, last: int) -> Rows:
        """What workshops look up beyond their plan, each evening."""
        story = self._story
        day, customer, plan = self.present(first, last)
        number = customer * 8192 + day
        used = (plan == club.WORKSHOP) & (story.dice.uniform("looks up", number) < USE_SHARE)
        day, customer, number = day[used], customer[used], number[used]
        quantity = story.dice.between("lookups", number, *LOOKUPS)
        at = story.days.at(day, story.dice.between("looked up at", number, 16 * HOUR, 20 * HOUR))
        return {
            "customer": customer,
            "day": day,
            "quantity": quantity,
            "amount": quantity * LOOKUP_PRICE,
            "event": at,
            "received": at + 5,
        }

    def visit_rows(self, first: int, last: int) -> Rows:
        """The visits of signed-in members, with what they use there."""
        story, first = self._story, max(first, visits.counted_since(self._story))
        if first >= last:
            return visits.nothing()
        dice = story.dice
        day, customer, plan = self.present(first, last)
        number = customer * 8192 + day
        weekend = (story.days.weekday(day) >= 5).astype(np.int64)
        comes = dice.uniform("member comes", number) < np.array(ACTIVE_SHARES)[weekend, plan]
        day, customer, number = day[comes], customer[comes], number[comes]
        begun = story.days.at(day, dice.between("member comes at", number, 8 * HOUR, 22 * HOUR))
        uses = dice.choose("uses", number, (0.45, 0.3, 0.15, 0.1)) + 1
        parts = [_member_events(number, customer, begun, 0, visits.PAGE_VIEW, np.full_like(number, NONE))]
        new = day >= story.planned - NEW_FEATURE_DAYS
        for place in range(1, USES_AT_MOST + 1):
            row = np.flatnonzero(uses >= place)
            early, late = (dice.choose(f"use {place}", number[row], s) for s in (FEATURE_SHARES, LATER_FEATURE_SHARES))
            feature = np.where(new[row], late, early).astype(np.int64)
            parts.append(
                _member_events(number[row], customer[row], begun[row] + 70 * place, place, visits.FEATURE_USED, feature)
            )
        return visits.arriving(story, stacked(parts))

    def call_rows(self, first: int, last: int) -> Rows:
        """What programs of the workshops ask the interface, and what it answers."""
        story, first = self._story, max(first, visits.counted_since(self._story))
        if first >= last:
            return visits.nothing()
        dice, days = story.dice, np.arange(first, last, dtype=np.int64)
        busy = story.orders_a_day[first:last] / story.scale / company.ORDERS_A_DAY_LAST
        count = dice.around("calls", days, CALLS_A_DAY * story.scale * np.sqrt(busy))
        day = np.repeat(days, count)
        place = np.arange(len(day), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
        number = day * CALLS_AT_MOST + place
        bad = (story.planned - day) % BAD_DAY_EVERY == BAD_DAY
        usual, on_bad_days = (dice.choose("answer", number, shares) for shares in (CALL_SHARES, BAD_SHARES))
        status = np.array(CALL_STATUSES, dtype=np.int64)[np.where(bad, on_bad_days, usual)]
        caller = dice.choose("caller", number, (5, 3, 2, 2, 1, 1, 1, 1))
        rows = _member_events(
            number,
            self._callers(first, last)[day - first, caller],
            story.days.at(day, (dice.uniform("call at", number) * story.days.lengths[day]).astype(np.int64)),
            0,
            visits.API_CALL,
            np.full_like(number, NONE),
        )
        rows |= {
            "kind": np.full_like(number, visits.PROGRAM),
            "mark": np.full_like(number, visits.NOBODY),
            "page": np.full_like(number, visits.FITMENT),
            "status": status,
        }
        return visits.arriving(story, rows)

    def _callers(self, first: int, last: int) -> Ints:
        """Of each day eight workshops whose programs call, the oldest members; nobody where there are fewer."""
        day, customer, plan = self.present(first, last)
        found = np.full((last - first, 8), NONE, dtype=np.int64)
        for index in range(first, last):
            workshops = customer[(day == index) & (plan == club.WORKSHOP)][:8]
            found[index - first, : len(workshops)] = workshops
        return found


def _member_events(number: Ints, customer: Ints, at: Ints, place: int, name: int, feature: Ints) -> Rows:
    none = np.full_like(number, NONE)
    return {
        "kind": np.full_like(number, visits.MEMBER),
        "number": number,
        "mark": np.full_like(number, visits.KNOWN),
        "visitor": customer,
        "user": customer,
        "way": none,
        "order": none,
        "place": np.full_like(number, place),
        "name": np.full_like(number, name),
        "page": np.full_like(number, visits.GARAGE),
        "feature": feature,
        "status": none,
        "event": at,
    }
