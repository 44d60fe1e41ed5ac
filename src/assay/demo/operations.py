"""What the office notes down: broken promises, the shops that sell the parts, hours saved, and runs of the automation.

Broken promises and shops are delivered again when something becomes of them. The office's tool is another one than the shop's
system: it has no silent day.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from assay.demo import company, helpdesk
from assay.demo.crew import operator_of
from assay.demo.days import DAY, HOUR
from assay.demo.dice import Ints
from assay.demo.helpdesk import MINUTE, Conversations
from assay.demo.orders import Orders
from assay.demo.outcomes import NEVER, Outcomes, arrival, received_after
from assay.demo.story import Story
from assay.demo.streams import Rows, stacked

KINDS = ("fulfillment", "conversation", "inventory")
FULFILLMENT, CONVERSATION, INVENTORY = range(3)
FULFILLMENT_SLA = 48 * HOUR
STOCK_REVIEW = 8 * HOUR
"""Seconds after midnight at which the stock of the evening before is looked through."""
NO_RESPONSE_SHARE, UNRESOLVED_SHARE = 0.008, 0.03
RESPONSE_MEDIAN, RESPONSE_SPREAD = 11.0 * MINUTE, 0.967
"""A spread that puts nine of ten responses below 38 minutes."""
MENDED_MEDIAN, MENDED_SPREAD = 1.5 * HOUR, 0.8

SHOPS_AT_FIRST, SHOPS_LATER = 8, 32
"""Registered on the first day, and in the two years (730 days) after it."""
ACTIVATED_SHARE = 0.88
ACTIVATION_MEDIAN, ACTIVATION_SPREAD = 4.0 * DAY, 0.6

CATEGORIES = ("reporting", "inventory", "support", "fulfillment", "marketing")
MINUTES_SAVED = ((28, 52), (16, 34), (20, 42), (13, 31), (8, 22))
"""Fewest and most minutes of a working day, by category: 133 on average."""
HOLIDAYS = {(1, 1), (7, 4), (12, 25)}

ACTIONS = (
    "send_tracking",
    "answer_order_status",
    "sync_inventory",
    "check_address",
    "tag_order",
    "draft_purchase_order",
    "remind_unpaid",
    "daily_report",
)
ACTION_SHARES = (0.27, 0.2, 0.17, 0.12, 0.1, 0.06, 0.05, 0.03)
RUNS_A_DAY = (90, 140)
"""At scale 1."""
FAILED_SHARE = 0.035
MINUTES_A_RUN = (1, 6)
RUNS_AT_MOST = 1 << 20
"""Numbers reserved per day for draws of its runs."""


class Stockwatch:
    """Runs forward with the counts; sees which products have run out since the count before."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._before: Ints | None = None

    def run_out(self, first: int, counts: Ints) -> tuple[Ints, Ints]:
        """Day and product of each that was there at the count before and is not at this one; the silent day has no count."""
        counted = np.arange(first, first + len(counts)) != self._story.silent
        days, left = first + np.flatnonzero(counted), counts[counted].sum(axis=2)
        if not len(days):
            return days, days
        before = left[:1] if self._before is None else self._before[None, :]
        self._before = left[-1]
        place, product = np.nonzero((left == 0) & (np.concatenate([before, left[:-1]]) > 0))
        return days[place], product.astype(np.int64)


def breach_rows(story: Story, orders: Orders, outcomes: Outcomes, talks: Conversations, run_out: tuple[Ints, Ints]) -> Rows:
    """A record when a promise is broken, another when an operator responds, and a third when it is mended."""
    late = talks.answered_at - talks.opened_at > helpdesk.SLA
    day, product = run_out
    shelf = story.days.at(day + 1, np.full_like(day, STOCK_REVIEW))
    parts = [
        _breaches(story, FULFILLMENT, *_overdue(orders, outcomes)),
        _breaches(story, CONVERSATION, talks.number[late], talks.opened_at[late] + helpdesk.SLA),
        _breaches(story, INVENTORY, day * 10_000 + product, shelf),
    ]
    return stacked(parts)


def _overdue(orders: Orders, outcomes: Outcomes) -> tuple[Ints, Ints]:
    """Number of each order that is still here and not under way when it is due, and when that is so for the first time."""
    due = orders.ordered_at + FULFILLMENT_SLA
    dropped = np.isin(orders.kind, (company.VOIDED, company.PENDING_VOIDED, company.CANCELLED))
    waits = (orders.kind != company.TEST) & (~dropped | (outcomes.settled_at > due))
    taken_back = outcomes.shipment_cancelled_at != NEVER
    in_time = (outcomes.shipped_at != NEVER) & (outcomes.shipped_at <= due)
    since = np.where(in_time & taken_back, np.maximum(due, outcomes.shipment_cancelled_at), due)
    again_in_time = (outcomes.reshipped_at != NEVER) & (outcomes.reshipped_at <= due)
    overdue = waits & np.where(taken_back, ~again_in_time, ~in_time)
    return orders.number[overdue], since[overdue]


def _breaches(story: Story, kind: int, number: Ints, broken: Ints) -> Rows:
    dice, what = story.dice, KINDS[kind]
    detected = broken + dice.between(f"{what} breach seen after", number, 20, 5 * MINUTE)
    takes = dice.lognormal(f"{what} breach taken on", number, RESPONSE_MEDIAN, RESPONSE_SPREAD).astype(np.int64)
    answered = detected + np.maximum(30, takes)
    mends = dice.lognormal(f"{what} breach mended", number, MENDED_MEDIAN, MENDED_SPREAD).astype(np.int64)
    mended = answered + np.maximum(MINUTE, mends)
    fate = dice.uniform(f"{what} breach left", number)
    arrived = [detected + dice.between(f"{what} breach arrives", number, 2, 9)]
    for step, at in (("response", answered), ("mending", mended)):
        arrived.append(received_after(story, f"{what} breach {step}", number, at, arrived[-1]))
    stages = [fate >= 0, fate >= NO_RESPONSE_SHARE, fate >= NO_RESPONSE_SHARE + UNRESOLVED_SHARE]
    row = np.concatenate([np.flatnonzero(reached) for reached in stages])
    stage = np.repeat(np.arange(3), [int(reached.sum()) for reached in stages])
    operator = operator_of(story, f"{what} breach taken on by", number, story.days.of(answered))
    return {
        "kind": np.full_like(row, kind),
        "number": number[row],
        "stage": stage,
        "event": np.stack([detected, answered, mended])[stage, row],
        "received": np.stack(arrived)[stage, row],
        "detected": detected[row],
        "operator": np.where(stage >= 1, operator[row], NEVER),
        "responded": np.where(stage >= 1, answered[row], NEVER),
        "resolved": np.where(stage >= 2, mended[row], NEVER),
    }


def shop_rows(story: Story, first: int, last: int) -> Rows:
    """A record when a shop registers, and another when it is activated; one in eight or so never is."""
    days = np.arange(first, last, dtype=np.int64)
    registers = (story.dice.uniform("a shop registers", days) < SHOPS_LATER / 730).astype(np.int64)
    count = np.where(days == 0, SHOPS_AT_FIRST, registers)
    day = np.repeat(days, count)
    place = _places(count)
    number = day * 100 + place
    registered = story.days.at(day, story.dice.between("registered at", number, 9 * HOUR, 17 * HOUR - 1))
    takes = story.dice.lognormal("activated after", number, ACTIVATION_MEDIAN, ACTIVATION_SPREAD).astype(np.int64)
    activated = registered + HOUR + takes
    active = np.flatnonzero(story.dice.uniform("shop starts", number) < ACTIVATED_SHARE)
    arrived = registered + story.dice.between("shop arrives", number, 15, 60)
    then = received_after(story, "activation", number, activated, arrived)
    row = np.concatenate([np.arange(len(number)), active])
    later = np.repeat([False, True], [len(number), len(active)])
    return {
        "day": day[row],
        "place": place[row] + 1,
        "stage": later.astype(np.int64),
        "event": np.where(later, activated[row], registered[row]),
        "received": np.where(later, then[row], arrived[row]),
        "registered": registered[row],
        "activated": np.where(later, activated[row], NEVER),
    }


def time_saving_rows(story: Story, first: int, last: int) -> Rows:
    """One entry per category at the end of each working day."""
    days = np.array([day for day in range(first, last) if _is_working_day(story.days.date_of(day))], dtype=np.int64)
    day, category = (axis.ravel() for axis in np.meshgrid(days, np.arange(len(CATEGORIES)), indexing="ij"))
    number = day * len(CATEGORIES) + category
    saved = story.days.at(day, story.dice.between("hours noted at", number, 17 * HOUR, 18 * HOUR))
    low, high = (np.array(bound, dtype=np.int64)[category] for bound in zip(*MINUTES_SAVED, strict=True))
    minutes = low + (story.dice.uniform("minutes saved", number) * (high - low + 1)).astype(np.int64)
    return {
        "day": day,
        "category": category,
        "event": saved,
        "received": saved + arrival(story, "hours saved", number),
        "minutes": minutes,
    }


def _is_working_day(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS


def automation_rows(story: Story, first: int, last: int) -> Rows:
    """The runs of each day, at all hours; a run that failed saved nobody a minute."""
    dice, days = story.dice, np.arange(first, last, dtype=np.int64)
    count = np.rint(dice.between("automation runs", days, *RUNS_A_DAY) * story.scale).astype(np.int64)
    day, place = np.repeat(days, count), _places(count)
    number = day * RUNS_AT_MOST + place
    second = (dice.uniform("run at", number) * story.days.lengths[day]).astype(np.int64)
    ran = story.days.at(day, second)
    failed = dice.uniform("run fails", number) < FAILED_SHARE
    return {
        "day": day,
        "place": place + 1,
        "event": ran,
        "received": ran + arrival(story, "run", number),
        "action": dice.choose("run does", number, ACTION_SHARES),
        "operator": operator_of(story, "run spares", number, day),
        "failed": failed.astype(np.int64),
        "minutes": np.where(failed, 0, dice.between("run saves", number, *MINUTES_A_RUN)),
    }


def _places(count: Ints) -> Ints:
    """0, 1, 2 … within each day, for so many rows of each."""
    places: Ints = np.arange(int(count.sum()), dtype=np.int64) - np.repeat(np.cumsum(count) - count, count)
    return places
