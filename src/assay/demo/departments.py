"""What the company tells beyond its shop, helpdesk and office: each pack is told the streams that it reads, and no others.

The streams have draws of their own: whoever asks for a pack moves no record of another stream. Products and refunds alone
say more to a pack that reads what goods cost and who was not verified.
"""

from __future__ import annotations

from assay.demo import company, loyalty, marketing, members, streams, visits
from assay.demo.books import Books
from assay.demo.club import Club
from assay.demo.loyalty import Points, Referrals
from assay.demo.members import Membership
from assay.demo.orders import Orders
from assay.demo.outcomes import Outcomes
from assay.demo.rendering import Stream
from assay.demo.rendering_company import COMPANY_STREAMS
from assay.demo.rendering_web import WEB_STREAMS
from assay.demo.story import Story
from assay.demo.streams import Rows
from assay.demo.ways import Ways

_WEB = {"events", "spend"}
_COMPANY = {
    "spend",
    "users",
    "subscriptions",
    "subscription_prices",
    "billing_usage",
    "acquisition_costs",
    "operating_costs",
    "cogs_entries",
    "revenue_tracking",
    "cash_balances",
}
READ = {
    company.CAMPAIGNS: _WEB | {"email_campaigns", "social_posts", "referrals", "verifications", "loyalty_points"},
    company.STARTUP: _COMPANY,
    company.GROWTH: _WEB | _COMPANY - {"billing_usage"},
}
"""Which streams beside those of the shop each pack reads."""


def further_streams(packs: tuple[str, ...]) -> tuple[Stream, ...]:
    """The streams that these packs read beside those that are always delivered."""
    read = set().union(*(READ.get(pack, set()) for pack in packs))
    return tuple(stream for stream in (*WEB_STREAMS, *COMPANY_STREAMS) if stream.name in read)


class Departments:
    """Runs forward with the shop; makes the rows of the further streams."""

    def __init__(self, story: Story, names: set[str]) -> None:
        self._story, self._names = story, names
        self._ways, self._club = Ways(story), Club(story)
        self._books, self._membership = Books(story, self._ways), Membership(story)
        self._points, self._referrals = Points(story), Referrals(story)

    def rows(
        self, orders: Orders, outcomes: Outcomes, shop: dict[str, Rows], newcomers: Rows, first: int, last: int
    ) -> dict[str, Rows]:
        """The rows of the days from `first` to before `last`; `shop` are the shop's own rows of them."""
        if not self._names:
            return {}
        story = self._story
        terms = self._club.join(newcomers)
        self._membership.add(terms)
        users = members.user_rows(story, newcomers, terms, first, last)
        spend = marketing.spend_rows(story, self._ways, orders, first, last)
        found = {
            "spend": spend,
            "events": self._events(orders, users, first, last),
            "email_campaigns": marketing.letter_rows(story, self._ways, first, last),
            "social_posts": marketing.post_rows(story, first, last),
            "referrals": self._referrals.rows(orders, newcomers, first, last),
            "verifications": loyalty.verification_rows(story, orders, outcomes),
            "loyalty_points": self._points.rows(orders),
            "users": users,
            "subscriptions": members.subscription_rows(story, terms),
            "subscription_prices": members.price_rows(story, self._club, first, last),
            "billing_usage": self._membership.usage_rows(first, last),
        }
        club = {"charges": members.charge_rows(story, self._club, terms), "billing_usage": found["billing_usage"]}
        found |= self._books.rows(orders, {**shop, "spend": spend}, club, first, last)
        return {name: rows for name, rows in found.items() if name in self._names}

    def _events(self, orders: Orders, users: Rows, first: int, last: int) -> Rows:
        return streams.stacked(
            [
                visits.browsing_rows(self._story, self._ways, first, last),
                visits.ordering_rows(self._story, self._ways, orders, first, last),
                self._membership.visit_rows(first, last),
                self._membership.call_rows(first, last),
                members.joining_rows(self._story, users),
            ]
        )
