"""The helpdesk: conversations about orders, how soon they are answered, and how they end.

A conversation is delivered when it opens, when it is first answered, when it is resolved, and when it is closed. The helpdesk
is another vendor than the shop: it has no silent day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assay.demo import company
from assay.demo.crew import operator_of
from assay.demo.days import DAY, HOUR
from assay.demo.dice import Flags, Ints
from assay.demo.orders import Orders
from assay.demo.outcomes import NEVER, arrival, received_after
from assay.demo.story import Story
from assay.demo.streams import Rows

MINUTE = 60
CONVERSATIONS_PER_ORDER = 0.0815
"""So many orders are asked about, each once; those of tests are not."""
CHANNELS = ("email", "chat", "phone", "social")
CHANNEL_SHARES = (0.46, 0.34, 0.13, 0.07)
STATUSES = ("open", "pending", "resolved", "closed")
OPEN, PENDING, RESOLVED, CLOSED = range(4)
SENTIMENTS = ("very_negative", "negative", "neutral", "positive", "very_positive")
SENTIMENT_SHARES = (0.014, 0.072, 0.474, 0.33, 0.11)
ESCALATED_SENTIMENT_SHARES = (0.2, 0.4, 0.3, 0.1, 0.0)

WAITS = (0, 1, 2, 3, 5, 8, 14)
WAIT_SHARES = (0.27, 0.22, 0.17, 0.13, 0.10, 0.07, 0.04)
"""Days from the order to the question about it."""
OPEN_HOURS = (0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.8, 2.5, 6.5, 9, 10, 9.5, 8.5, 9, 9.5, 9, 8, 6, 3.5, 2.8, 2.2, 1.5, 0.8, 0.4)
WEEKEND_SHARE = 0.55
"""Of what would be asked on a Saturday or Sunday; the rest waits for Monday."""
OFFICE = (8, 18)

SLA = 120 * MINUTE
OFFICE_MEDIAN, OTHER_MEDIAN, URGENT_FACTOR = 15.5 * MINUTE, 23.0 * MINUTE, 0.4
RESPONSE_SPREAD = 0.86
"""Seconds to the first response: in the office's hours, at night and on weekends."""
OVERLOOKED_SHARE, OVERLOOKED = 0.007, (3 * HOUR, 26 * HOUR)
URGENT_SHARE, URGENT_ESCALATED_SHARE = 0.014, 0.25
ESCALATED_SHARE, ESCALATED_LATE_SHARE = 0.023, 0.2
"""Of those answered in time, and of those answered late."""
PENDING_SHARE = 0.09
RESOLVED_MEDIAN, PENDING_MEDIAN, ESCALATED_MEDIAN = 2.45 * HOUR, 9.0 * HOUR, 15.0 * HOUR
RESOLVED_SPREAD = 0.75
"""Seconds from the first response to the resolution: the usual ones, those that wait for the customer, the escalated."""
CLOSED_SHARE = 0.65

BACKLOG_DAYS, BACKLOG_SHARE = 4, 0.35
"""Of what opens on the last planned days, so much waits until after them: half unanswered, half escalated and unresolved."""


@dataclass(frozen=True)
class Conversations:
    """Conversations in columns; `number` is that of the order they are about, `customer` is -1 for a guest."""

    number: Ints
    customer: Ints
    opened_at: Ints
    answered_at: Ints
    resolved_at: Ints
    closed_at: Ints
    pending: Flags
    escalated: Flags
    urgent: Flags


def conversations_of(story: Story, orders: Orders) -> Conversations:
    """What is asked about these orders, and what becomes of it."""
    chosen = story.dice.uniform("asked about", orders.number) < CONVERSATIONS_PER_ORDER
    asked = np.flatnonzero(chosen & (orders.kind != company.TEST))
    number, dice = orders.number[asked], story.dice
    opened = _opens(story, number, orders.day[asked], orders.ordered_at[asked])
    unanswered, unresolved = _backlog(story, number, opened)
    answered, urgent = _answers(story, number, opened, unanswered)
    late = answered - opened > SLA
    escalated = unresolved | (
        dice.uniform("is escalated", number) < np.where(late & ~unanswered, ESCALATED_LATE_SHARE, ESCALATED_SHARE)
    )
    urgent |= escalated & (dice.uniform("urgent too", number) < URGENT_ESCALATED_SHARE)
    pending = dice.uniform("waits for the customer", number) < np.where(unresolved, 0.5, PENDING_SHARE)
    median = np.where(escalated, ESCALATED_MEDIAN, np.where(pending, PENDING_MEDIAN, RESOLVED_MEDIAN))
    takes = 2 * MINUTE + dice.lognormal("resolved after", number, median, RESOLVED_SPREAD).astype(np.int64)
    at_last = np.where(unresolved, _after_the_plan(story, "resolved at last", number), NEVER)
    resolved = np.maximum(at_last, answered + takes)
    closes = dice.uniform("closed", number) < CLOSED_SHARE
    closed = np.where(closes, resolved + dice.between("closed after", number, DAY, 3 * DAY), NEVER)
    return Conversations(number, orders.customer[asked], opened, answered, resolved, closed, pending, escalated, urgent)


def _opens(story: Story, number: Ints, day: Ints, ordered: Ints) -> Ints:
    """Soon after the order, or on a later day in the hours in which people ask."""
    dice, days = story.dice, story.days
    wait = np.array(WAITS, dtype=np.int64)[dice.choose("asked after", number, WAIT_SHARES)]
    on = day + wait
    until_monday = np.maximum(0, 7 - days.weekday(on)) * (days.weekday(on) >= 5)
    on = np.where(dice.uniform("asked on a weekend", number) < WEEKEND_SHARE, on, on + until_monday)
    hour = dice.choose("asked at", number, OPEN_HOURS)
    second = np.minimum(hour * HOUR + dice.between("asked within the hour", number, 0, HOUR - 1), days.lengths[on] - 1)
    soon = ordered + dice.between("asked at once", number, 20 * MINUTE, 5 * HOUR)
    return np.where(wait == 0, soon, days.at(on, second))


def _answers(story: Story, number: Ints, opened: Ints, unanswered: Flags) -> tuple[Ints, Flags]:
    """When each is first answered, and which of them are urgent from the start."""
    dice, day = story.dice, story.days.of(opened)
    hour = (opened - story.days.starts[day]) // HOUR
    manned = (story.days.weekday(day) < 5) & (hour >= OFFICE[0]) & (hour < OFFICE[1])
    urgent: Flags = dice.uniform("urgent", number) < URGENT_SHARE
    median = np.where(manned, OFFICE_MEDIAN, OTHER_MEDIAN) * np.where(urgent, URGENT_FACTOR, 1.0)
    takes = MINUTE + dice.lognormal("answered after", number, median, RESPONSE_SPREAD).astype(np.int64)
    overlooked = dice.uniform("overlooked", number) < OVERLOOKED_SHARE
    takes = np.where(overlooked, dice.between("found after", number, *OVERLOOKED), takes)
    return np.where(unanswered, _after_the_plan(story, "answered at last", number), opened + takes), urgent


def _backlog(story: Story, number: Ints, opened: Ints) -> tuple[Flags, Flags]:
    """Which wait for their answer until after the planned days, and which for their resolution."""
    day, last = story.days.of(opened), story.planned - 1
    waits = (day > last - BACKLOG_DAYS) & (day <= last) & (story.dice.uniform("waits", number) < BACKLOG_SHARE)
    unanswered = waits & (story.dice.uniform("waits unanswered", number) < 0.5)
    return unanswered, waits & ~unanswered


def _after_the_plan(story: Story, what: str, number: Ints) -> Ints:
    """An instant in the office's hours of the first days after the planned ones."""
    day = np.minimum(story.planned + story.dice.between(f"{what}, day", number, 1, 4), story.days.count - 1)
    return story.days.at(day, story.dice.between(what, number, 9 * HOUR, 17 * HOUR - 1))


def conversation_rows(story: Story, talks: Conversations) -> Rows:
    """A record of each stage that a conversation comes to: opened, answered, resolved, closed."""
    number = talks.number
    times = [talks.opened_at, talks.answered_at, talks.resolved_at, talks.closed_at]
    arrived = [talks.opened_at + arrival(story, "conversation", number)]
    for what, at in zip(("answer", "resolution", "closing"), times[1:], strict=True):
        arrived.append(received_after(story, what, number, at, arrived[-1]))
    everyone = np.arange(len(number))
    row = np.concatenate([everyone, everyone, everyone, np.flatnonzero(talks.closed_at != NEVER)])
    stage = np.repeat(np.arange(4), [*[len(number)] * 3, len(row) - 3 * len(number)])
    sentiment = np.where(
        talks.escalated,
        story.dice.choose("sentiment", number, ESCALATED_SENTIMENT_SHARES),
        story.dice.choose("sentiment", number, SENTIMENT_SHARES),
    )
    operator = operator_of(story, "who answers", number, story.days.of(talks.answered_at))
    answered = stage >= 1
    return {
        "number": number[row],
        "stage": stage,
        "event": np.stack(times)[stage, row],
        "received": np.stack(arrived)[stage, row],
        "opened": talks.opened_at[row],
        "customer": talks.customer[row],
        "channel": story.dice.choose("asked by", number, CHANNEL_SHARES)[row],
        "status": np.choose(stage, [OPEN, np.where(talks.pending[row], PENDING, OPEN), RESOLVED, CLOSED]),
        # whoever answers sees that it must be escalated; that it is urgent is known at once
        "escalated": (answered & talks.escalated[row]).astype(np.int64),
        "urgent": talks.urgent[row].astype(np.int64),
        "sentiment": sentiment[row],
        "answered": np.where(answered, talks.answered_at[row], NEVER),
        "resolved": np.where(stage >= 2, talks.resolved_at[row], NEVER),
        "operator": np.where(answered, operator[row], NEVER),
    }
