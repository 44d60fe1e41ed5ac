"""The ways that lead to the website: search, letters, networks, links, and the campaigns that are paid for.

Some campaigns run all the time. Every quarter of a year a new line is launched with one that pays, and another one is tried
that only costs: at the end of the planned months both have just been seen.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from assay.demo.dice import Flags, Floats
from assay.demo.story import Story

META, TIKTOK, GOOGLE = "meta", "tiktok", "google"
PAID = "paid"


class Way(NamedTuple):
    """What leads to the website.

    `orders` and `visits` are shares of the visits that end with an order and of those that do not. A campaign has a
    platform, brings `returns` times what it costs, and runs from its `first` to its `last` day (None: for ever).
    """

    source: str | None
    medium: str | None
    orders: float
    visits: float
    campaign: str | None = None
    platform: str | None = None
    returns: float = 1.0
    first: int = 0
    last: int | None = None


NEWSLETTER, FLOWS = "weekly_newsletter", "after_purchase"
ALWAYS = (
    Way(None, None, 0.23, 0.20),
    Way("google", "organic", 0.22, 0.22),
    Way("bing", "organic", 0.04, 0.04),
    Way("newsletter", "email", 0.09, 0.05, NEWSLETTER),
    Way("klaviyo", "email", 0.04, 0.02, FLOWS),
    Way("instagram.com", "social", 0.035, 0.07),
    Way("youtube.com", "social", 0.03, 0.04),
    Way("tiktok.com", "social", 0.005, 0.03),
    Way("ls1tech.com", "referral", 0.03, 0.03),
    Way("hotrod-partners", "referral", 0.03, 0.02),
    Way("google", "cpc", 0.06, 0.03, "brand_search", GOOGLE, 5.5),
    Way("google", "cpc", 0.08, 0.09, "shopping_parts", GOOGLE, 3.1),
    Way("meta", "paid_social", 0.05, 0.04, "cart_reminder", META, 4.2),
    Way("meta", "paid_social", 0.045, 0.08, "new_builders", META, 1.9),
    Way("tiktok", "paid_social", 0.015, 0.04, "shop_clips", TIKTOK, 1.3),
)
QUARTER = 91
LAUNCH = Way("meta", "paid_social", 0.085, 0.09, "launch", META, 4.4)
LAUNCH_BEGINS, LAUNCH_DAYS = -26, 40
TRIAL = Way("tiktok", "paid_social", 0.004, 0.17, "creator_trial", TIKTOK, 0.1)
TRIAL_BEGINS, TRIAL_DAYS = -19, 14
"""Days by the end of the planned months, in each quarter of a year."""


class Ways:
    """All ways of the story, and how much each of them counts on each day."""

    def __init__(self, story: Story) -> None:
        self._story = story

    @cached_property
    def every(self) -> tuple[Way, ...]:
        """The ways, by number."""
        return (*ALWAYS, *self._seasonal(LAUNCH, LAUNCH_BEGINS, LAUNCH_DAYS), *self._seasonal(TRIAL, TRIAL_BEGINS, TRIAL_DAYS))

    @cached_property
    def campaigns(self) -> tuple[int, ...]:
        """The numbers of those that are paid for."""
        return tuple(number for number, way in enumerate(self.every) if way.platform is not None)

    def runs(self, number: int, first: int, last: int) -> Flags:
        """On which of the days a way is there."""
        way, day = self.every[number], np.arange(first, last)
        runs: Flags = (day >= way.first) & (day <= (last if way.last is None else way.last))
        return runs

    def weights(self, what: str, first: int, last: int) -> Floats:
        """How much each way (second axis) counts on each day (first axis): of the field `orders` or `visits`."""
        return np.stack([getattr(way, what) * self.runs(n, first, last) for n, way in enumerate(self.every)], axis=1)

    def _seasonal(self, way: Way, begins: int, days: int) -> list[Way]:
        story, found = self._story, []
        first = (story.planned + begins) % QUARTER - QUARTER
        while first < story.days.count:
            if first + days > 0:
                name = f"{way.campaign}_{story.days.date_of(max(first, 0)):%Y_%m}"
                found.append(way._replace(campaign=name, first=first, last=first + days - 1))
            first += QUARTER
        return found
