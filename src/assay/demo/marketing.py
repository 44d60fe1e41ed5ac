"""What advertising platforms, the mailing service and the networks report of each day's campaigns.

A platform's numbers of a day come four times as the day goes on, and once more three days later, when it knows more. What
it claims are more orders than the website counts: not every visit may be counted, and every platform is proud.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from assay.demo import visits, ways
from assay.demo.days import DAY, HOUR
from assay.demo.dice import Ints
from assay.demo.orders import Orders
from assay.demo.story import Story
from assay.demo.streams import Rows, stacked
from assay.demo.ways import Ways

ORDER_VALUE = 25_500
"""Cents that an order brings: what the budgets are planned with."""
COUNTED_ORDERS = 0.82 * 0.985 * visits.COUNTED_SHARE
"""Of all orders those whose visit is counted, and with it the campaign that led to it."""
BUDGET_NOISE = (90, 110)
CLAIMED = 1.25
"""So many orders does a platform claim for each that was counted of its campaign."""
CLICK_SHARES = {ways.META: 0.013, ways.TIKTOK: 0.009, ways.GOOGLE: 0.046}
"""Of impressions those that are clicked."""
SPENT = (0.06, 0.34, 0.68, 1.0)
"""How much of a day's budget is spent by the end of each of its quarters."""
QUARTER_DELAY = 20 * 60
"""Seconds from the end of a quarter to the arrival of its numbers."""
RESTATES, RESTATED_AFTER, RESTATED = len(SPENT), 3, (97, 104)

SUBSCRIBERS_PER_ORDER = 190
NEWSLETTER_WEEKDAYS = (1, 4)
"""Days of the week on which the newsletter is sent; a seasonal launch has a letter of its own."""
FLOW_LETTERS_PER_ORDER = 2.2
OPENED, CLICKED, ORDERED = (25, 34), (31, 47), (12, 26)
"""Percent of the letters; per mille; of ten thousand."""
SENT_AT = 10 * HOUR
LETTERS = (ways.NEWSLETTER, ways.FLOWS)

NETWORKS = ("instagram", "youtube", "tiktok")
POST_HOURS = (10, 19)
POST_SHARES = (0.8, 0.35, 0.7)
"""Of the days: those with a post on each network."""
SHOWN_MEDIAN = (4200.0, 2600.0, 6800.0)
ENGAGED = ((52, 78), (48, 70), (55, 88))
"""Per mille of how often a post was shown, by network."""
LINK_CLICKS = (6, 15)


def spend_rows(story: Story, every: Ways, orders: Orders, first: int, last: int) -> Rows:
    """A record a day and campaign, that goes on growing until the day is over, and another when the platform knows better."""
    expected = story.orders_a_day[first:last] * COUNTED_ORDERS
    by_orders, by_visits = every.weights("orders", first, last), every.weights("visits", first, last)
    usual = float(every.weights("visits", 0, 1)[0].sum())
    placed = _placed(story, every, orders, first, last)
    parts = []
    for number in every.campaigns:
        way = every.every[number]
        day = first + np.flatnonzero(every.runs(number, first, last))
        at = day - first
        dice, what = story.dice, str(way.campaign)
        share = by_orders[at, number] / by_orders[at].sum(axis=1)
        noise = dice.between(f"budget of {what}", day, *BUDGET_NOISE) / 100
        cents = expected[at] * share * ORDER_VALUE / way.returns * noise
        came = story.orders_a_day[day] * visits.VISITS_PER_ORDER * by_visits[at, number] / usual
        clicks = dice.around(f"clicks of {what}", day, came / visits.COUNTED_SHARE + 1)
        shown = clicks / CLICK_SHARES[str(way.platform)] * dice.between(f"shown {what}", day, 85, 115) / 100
        claims = dice.around(f"claims of {what}", day, placed[at, number] * CLAIMED)
        again = dice.between(f"restated {what}", day, *RESTATED) / 100
        later = story.days.starts[np.minimum(day + 1 + RESTATED_AFTER, story.days.count)] + HOUR
        for stage, spent in enumerate([*(np.full(len(day), part) for part in SPENT), again]):
            part = np.minimum(spent, 1.0)
            clicked = _whole(clicks * part)
            parts.append(
                {
                    "day": day,
                    "campaign": np.full_like(day, number),
                    "stage": np.full_like(day, stage),
                    "cents": _whole(cents * spent),
                    "clicks": clicked,
                    "impressions": _whole(shown * part) + clicked,
                    "conversions": np.minimum(_whole(claims * part) + (stage == RESTATES) * (placed[at, number] > 2), clicked),
                    "event": story.days.starts[day],
                    "received": later if stage == RESTATES else quarters(story, day)[stage] + QUARTER_DELAY,
                }
            )
    return stacked(parts)


def quarters(story: Story, day: Ints) -> list[Ints]:
    """The ends of each day's quarters; the last one ends with the day, however long that is."""
    starts = story.days.starts
    return [*(starts[day] + quarter * 6 * HOUR for quarter in (1, 2, 3)), starts[np.minimum(day + 1, story.days.count)]]


def _placed(story: Story, every: Ways, orders: Orders, first: int, last: int) -> Ints:
    """How many counted orders each way (second axis) led to on each day."""
    counted = visits.counted_orders(story, orders)
    day = orders.day[counted]
    way = visits.ways_of_orders(story, every, orders.number[counted], day, first, last)
    size = len(every.every)
    return np.bincount((day - first) * size + way, minlength=(last - first) * size).reshape(last - first, size).astype(np.int64)


def _whole(values: Any) -> Ints:
    whole: Ints = np.rint(values).astype(np.int64)
    return whole


def letter_rows(story: Story, every: Ways, first: int, last: int) -> Rows:
    """A record when letters are sent, another in the night and a third two days later, when more of them were opened."""
    dice, days = story.dice, np.arange(first, last, dtype=np.int64)
    busy = story.orders_a_day[first:last]
    size = 100 + busy * SUBSCRIBERS_PER_ORDER
    flows = busy * FLOW_LETTERS_PER_ORDER + 5
    weekly = np.isin(story.days.weekday(days), NEWSLETTER_WEEKDAYS)
    launches = [n for n in every.campaigns if (every.every[n].campaign or "").startswith(ways.LAUNCH.campaign or "-")]
    begins = np.isin(days, [every.every[n].first + after for n in launches for after in (0, 9)])
    parts = []
    for letter, sent, count in ((0, weekly & ~begins, size), (1, np.ones_like(weekly), flows), (2, begins, size * 0.92)):
        day = days[sent]
        delivered = dice.around(f"letters {letter}", day, count[sent]) + 1
        finer = 1.25 if letter else 1.0  # what comes because of an order or a launch is read more
        opened = dice.between(f"opened {letter}", day, *OPENED) * min(finer, 1.15) / 100
        clicked = dice.between(f"clicked {letter}", day, *CLICKED) * finer / 1000
        ordered = dice.between(f"ordered {letter}", day, *ORDERED) * finer / 10_000
        orders = dice.around(f"orders of letter {letter}", day, delivered * ordered)
        sent_at = story.days.starts[day] + SENT_AT
        night = story.days.starts[np.minimum(day + 1, story.days.count)] - 600
        for stage, (part, told_at) in enumerate(((0.0, sent_at + 60), (0.78, night), (1.0, sent_at + 2 * DAY))):
            opens = np.minimum(_whole(delivered * opened * part), delivered)
            clicks = np.minimum(_whole(delivered * clicked * part), opens)
            parts.append(
                {
                    "day": day,
                    "letter": np.full_like(day, letter),
                    "launch": _running(every, launches, day) if letter == 2 else np.full_like(day, -1),
                    "stage": np.full_like(day, stage),
                    "delivered": delivered,
                    "opens": opens,
                    "clicks": clicks,
                    "conversions": np.minimum(_whole(orders * part), clicks),
                    "event": sent_at,
                    "received": told_at,
                }
            )
    return stacked(parts)


def _running(every: Ways, launches: list[int], day: Ints) -> Ints:
    running = np.full_like(day, -1)
    for number in launches:
        way = every.every[number]
        running = np.where((day >= way.first) & (day <= (way.last or 0)), number, running)
    return running


def post_rows(story: Story, first: int, last: int) -> Rows:
    """A record when something is posted, and another when two days have passed."""
    dice, days = story.dice, np.arange(first, last, dtype=np.int64)
    parts = []
    for network, share in enumerate(POST_SHARES):
        day = days[dice.uniform(f"posts on {NETWORKS[network]}", days) < share]
        number = day * len(NETWORKS) + network
        at = story.days.at(day, dice.between("posted at", number, POST_HOURS[0] * HOUR, POST_HOURS[1] * HOUR))
        growth = np.sqrt(story.orders_a_day[day] / story.orders_a_day[0])
        shown = _whole(dice.lognormal("post is shown", number, SHOWN_MEDIAN[network] * growth, 0.35)) + 50
        engaged = dice.between("post engages", number, *ENGAGED[network])
        clicked = dice.between("post leads here", number, *LINK_CLICKS)
        for stage, part in enumerate((0.05, 1.0)):
            seen = _whole(shown * part)
            parts.append(
                {
                    "number": number,
                    "network": np.full_like(number, network),
                    "stage": np.full_like(number, stage),
                    "impressions": seen,
                    "engagements": seen * engaged // 1000,
                    "clicks": seen * clicked // 1000,
                    "event": at,
                    "received": at + 60 + stage * 2 * DAY,
                }
            )
    return stacked(parts)
