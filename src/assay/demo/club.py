"""The garage club: customers who subscribe to a plan, change it, leave, and sometimes come back.

Whether, when and how a customer joins follows from the customer's number and first order, so that the club of a day is
the same however far the story is told. Terms change where an interval ends: nobody is charged twice for one month.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import NamedTuple

import numpy as np

from assay.demo import company
from assay.demo.days import DAY, HOUR, add_months
from assay.demo.dice import Floats
from assay.demo.story import Story
from assay.demo.streams import Rows

PLANS = ("Cruiser", "Builder", "Workshop")
CRUISER, BUILDER, WORKSHOP = range(3)
INTERVALS = ("month", "year")
PRICES = ((1200, 12_000), (2900, 29_000), (11_900, 119_000))
"""Cents of each plan by interval, and those of the list that holds since a part of the planned days."""
LATER_PRICES = ((1400, 14_000), (3400, 34_000), (12_900, 129_000))
LATER_PRICES_AFTER = 0.62

JOIN_SHARE, WORKSHOP_JOIN_SHARE = 0.20, 0.34
JOIN_MEDIAN, JOIN_SPREAD = 55.0 * DAY, 1.1
PLAN_SHARES, WORKSHOP_PLAN_SHARES = (0.58, 0.40, 0.02), (0.05, 0.25, 0.70)
YEARLY_SHARE = 0.1
TRIAL_SHARE, TRIAL_DAYS, KEPT_SHARE = 0.6, 14, 0.66
"""Of those who join; of those on trial, those who stay."""
LEAVE, UP, DOWN = (0.056, 0.043, 0.026), (0.024, 0.011, 0.028), (0.0, 0.011, 0.016)
"""Each month by plan: who leaves, who takes more (the next plan, of the last one a seat), and who takes less."""
YEARLY_FACTOR = 4.0
"""So many times as many at the end of a year as at the end of a month."""
UNHAPPY_FACTOR, UNHAPPY_DAYS = 1.9, 45
"""So many more leave after prices rose."""
BACK_SHARE, BACK_AFTER = 0.16, (2, 5)
MONTHS_AT_MOST, STEPS = 240, 8
DAYS_OF_MONTH = 28
"""Terms begin on a day that every month has."""
NEVER = -1


class Terms(NamedTuple):
    """One record's worth of a subscription; instants in seconds, -1 for never. Of a trial the payment begins with its end."""

    customer: int
    starts: int
    trial_ends: int
    plan: int
    yearly: int
    seats: int
    notice: int
    ends: int
    until: int

    @property
    def paid_from(self) -> int:
        """Since when it costs something."""
        return max(self.starts, self.trial_ends)


class Club:
    """The subscriptions of customers; those of customers who come later change nothing of the earlier ones."""

    def __init__(self, story: Story) -> None:
        self._story = story

    @cached_property
    def later_prices_from(self) -> int:
        """The day on which the later price list begins."""
        return int(self._story.planned * LATER_PRICES_AFTER)

    @cached_property
    def later_prices_at(self) -> int:
        """The instant at which that day begins."""
        return self._story.days.start_of(self.later_prices_from)

    def price(self, plan: int, yearly: int, at: int) -> int:
        """Cents of one seat for one interval, for terms that begin at the instant."""
        later = at >= self.later_prices_at
        return (LATER_PRICES if later else PRICES)[plan][yearly]

    def join(self, newcomers: Rows) -> list[Terms]:
        """The terms of those newcomers who join, in the order of their numbers."""
        dice, customer = self._story.dice, newcomers["customer"]
        workshop = customer % company.WORKSHOP_EVERY == 0
        joins = dice.uniform("joins", customer) < np.where(workshop, WORKSHOP_JOIN_SHARE, JOIN_SHARE)
        waits = HOUR + dice.lognormal("joins after", customer, JOIN_MEDIAN, JOIN_SPREAD).astype(np.int64)
        plan = np.where(
            workshop,
            dice.choose("plan", customer, WORKSHOP_PLAN_SHARES),
            dice.choose("plan", customer, PLAN_SHARES),
        )
        found: list[Terms] = []
        for place in np.flatnonzero(joins):
            member = _Member(self._story, self, int(customer[place]))
            found += member.history(int(newcomers["event"][place] + waits[place]), int(plan[place]))
        return found


class _Member:
    """One customer's way through the club."""

    def __init__(self, story: Story, club: Club, customer: int) -> None:
        self._story, self._club, self._customer = story, club, customer
        numbers = customer * MONTHS_AT_MOST * STEPS + np.arange(MONTHS_AT_MOST)
        self._fate: Floats = story.dice.uniform("month in the club", numbers)
        self._draws: Floats = story.dice.uniform("member", customer * STEPS + np.arange(STEPS))

    def history(self, joined: int, plan: int) -> list[Terms]:
        """All terms up to the end of what the story can tell."""
        story = self._story
        yearly, trial, kept, back, waits = self._draws[:5]
        on_trial = trial < TRIAL_SHARE
        opened = self._day(joined)
        if opened is None:
            return []
        starts = self._at(opened)
        paid_day = opened + TRIAL_DAYS if on_trial else opened
        if starts is None or paid_day >= story.days.count:
            return []
        trial_ends = int(starts + TRIAL_DAYS * DAY) if on_trial else NEVER
        interval = int(yearly < YEARLY_SHARE)
        if on_trial and kept >= KEPT_SHARE:
            notice = int(starts + DAY + kept * 10 * DAY)
            return [Terms(self._customer, starts, trial_ends, plan, interval, 1, notice, trial_ends, trial_ends)]
        first = self._stay(starts, trial_ends, plan, interval, 0)
        gone = first[-1].ends
        if gone == NEVER or back >= BACK_SHARE:
            return first
        low, high = BACK_AFTER
        again = gone + int((low + waits * (high - low)) * 30 * DAY)
        day = self._day(again)
        returns = None if day is None else self._at(day)
        return (
            first if returns is None else [*first, *self._stay(returns, NEVER, first[-1].plan, interval, MONTHS_AT_MOST // 2)]
        )

    def _stay(self, starts: int, trial_ends: int, plan: int, yearly: int, drawn: int) -> list[Terms]:
        """Terms that follow one another from `starts` on, until notice is given or the story ends."""
        found: list[Terms] = []
        seats, begun = 1, starts
        step = 12 if yearly else 1
        for month, renewal in self._renewals(max(starts, trial_ends), step):
            fate = float(self._fate[drawn + month])
            leaves, rises, falls = (chance * (YEARLY_FACTOR if yearly else 1) for chance in self._chances(plan, renewal))
            trial = trial_ends if begun == starts else NEVER
            if fate < leaves:
                notice = renewal - int(DAY * (2 + 20 * fate / leaves))
                return [*found, Terms(self._customer, begun, trial, plan, yearly, seats, notice, renewal, renewal)]
            changed = _changed(plan, seats, up=fate < leaves + rises, down=fate > 1 - falls)
            if changed != (plan, seats):
                found.append(Terms(self._customer, begun, trial, plan, yearly, seats, NEVER, NEVER, renewal))
                (plan, seats), begun = changed, renewal
        trial = trial_ends if begun == starts else NEVER
        return [*found, Terms(self._customer, begun, trial, plan, yearly, seats, NEVER, NEVER, NEVER)]

    def _chances(self, plan: int, renewal: int) -> tuple[float, float, float]:
        rose = self._club.later_prices_at
        unhappy = UNHAPPY_FACTOR if 0 <= renewal - rose < UNHAPPY_DAYS * DAY else 1.0
        return LEAVE[plan] * unhappy, UP[plan], DOWN[plan]

    def _day(self, instant: int) -> int | None:
        """The day of an instant, or the next one that every month has; None beyond the story."""
        story = self._story
        if instant >= story.days.starts[-1]:
            return None
        day = int(story.days.of(np.array([instant]))[0])
        paid = story.days.date_of(day)
        while paid.day > DAYS_OF_MONTH or (paid + timedelta(days=TRIAL_DAYS)).day > DAYS_OF_MONTH:
            day, paid = day + 1, paid + timedelta(days=1)
        return day if day < story.days.count else None

    def _at(self, day: int) -> int:
        """An instant of the day in the hours in which people subscribe; always the same one of a customer."""
        return int(self._story.days.starts[day]) + 9 * HOUR + int(self._draws[5] * 11 * HOUR)

    def _renewals(self, paid: int, step: int) -> Iterator[tuple[int, int]]:
        """The months after which an interval ends, and the instants, as far as the story's days go."""
        days = self._story.days
        day = int(days.of(np.array([paid]))[0])
        opened, second = days.date_of(day), paid - int(days.starts[day])
        for month in range(step, MONTHS_AT_MOST // 2, step):
            later = days.index(add_months(opened, month))
            if later >= days.count:
                return
            yield month, int(days.starts[later]) + second


def _changed(plan: int, seats: int, *, up: bool, down: bool) -> tuple[int, int]:
    """Plan and seats after one step; the last plan grows by seats."""
    if up:
        return (plan, seats + 1) if plan == WORKSHOP else (plan + 1, seats)
    if down and seats > 1:
        return plan, seats - 1
    return (plan - 1, seats) if down and plan > CRUISER else (plan, seats)
