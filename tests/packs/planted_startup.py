"""Half a year of a young company, planted: subscriptions that change, end, pause and come back, costs, revenue and cash.

What it comes to is worked out here by looking at each customer at single instants. It shares nothing with the product, which
keeps stretches of time. Days are UTC less eight hours, a winter in Los Angeles.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
"""Noon of the first of March in the shop."""
FIRST, TODAY = date(2025, 11, 3), date(2026, 3, 1)
BOOKS = date(2025, 12, 1)
"""The first day of which costs of acquisition and of what was sold were kept."""
MOMENT = timedelta(microseconds=1)
MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
PRICES = [
    ("basic", "month", 1000, date(2025, 11, 1)),
    ("basic", "month", 1250, date(2026, 1, 1)),
    ("pro", "year", 100_000, date(2025, 11, 1)),
]
"""Plan, interval, cents, and the day from which the list has it for new terms."""


@dataclass(frozen=True)
class Terms:
    """What a row of the subscriptions' file says."""

    subscription: str
    customer: str
    starts: datetime
    plan: str
    interval: str
    quantity: int
    cents: int | None
    ends: datetime | None = None
    notice: datetime | None = None
    trial_ends: datetime | None = None
    paused: datetime | None = None
    resumes: datetime | None = None

    @property
    def price(self) -> int:
        """The price of one: its own, or the newest of the list as the terms began."""
        if self.cents is not None:
            return self.cents
        return [
            cents
            for plan, every, cents, since in PRICES
            if (plan, every) == (self.plan, self.interval) and since <= day_of(self.starts)
        ][-1]

    @property
    def monthly(self) -> int:
        """All of it, a month, in whole cents, half to even."""
        return round(Fraction(self.price * self.quantity, MONTHS[self.interval]))


@dataclass
class Company:
    """Everything that is planted."""

    terms: list[Terms] = field(default_factory=list)
    costs: list[tuple[date, str, int, str]] = field(default_factory=list)
    """Acquisition: day, type, cents, channel."""
    spend: list[tuple[date, str, str, int]] = field(default_factory=list)
    """Day, platform, campaign, cents."""
    running: list[tuple[date, str, int]] = field(default_factory=list)
    cogs: list[tuple[date, str, int]] = field(default_factory=list)
    revenue: list[tuple[date, str, int, str]] = field(default_factory=list)
    cash: list[tuple[date, str, int]] = field(default_factory=list)
    _worth: dict[tuple[datetime, bool, bool], dict[str, int]] = field(default_factory=dict)

    def in_force(self, subscription: str, at: datetime) -> Terms | None:
        """Return the terms on which a subscription stands at an instant, if it does."""
        begun = [one for one in self.terms if one.subscription == subscription and one.starts <= at]
        one = max(begun, key=lambda terms: terms.starts, default=None)
        if (
            one is None
            or (one.ends and one.ends <= at)
            or (one.paused and one.paused <= at and not (one.resumes and one.resumes <= at))
        ):
            return None
        return one

    def worth(self, at: datetime, *, trials: bool = False, notice: bool = False) -> dict[str, int]:
        """Return what each customer is worth a month at an instant, those alone who are worth something."""
        key = (at, trials, notice)
        if key not in self._worth:
            self._worth[key] = self._worked_out(at, trials, notice)
        return self._worth[key]

    def _worked_out(self, at: datetime, trials: bool, notice: bool) -> dict[str, int]:
        found: dict[str, int] = {}
        for subscription in {one.subscription for one in self.terms}:
            one = self.in_force(subscription, at)
            if (
                one is None
                or (one.trial_ends and at < one.trial_ends and not trials)
                or (notice and one.notice and one.notice <= at)
            ):
                continue
            found[one.customer] = found.get(one.customer, 0) + one.monthly
        return {customer: cents for customer, cents in found.items() if cents > 0}

    def ever_before(self, customer: str, at: datetime) -> bool:
        """Return whether a customer was worth something at any instant up to this one."""
        moments = {
            moment for one in self.terms for moment in (one.starts, one.trial_ends, one.resumes) if moment and moment <= at
        }
        return any(customer in self.worth(moment) for moment in moments)

    def moves(self, first: date, last: date) -> dict[str, dict[str, int]]:
        """Return the movements over days: by word, by customer, in cents."""
        before, after = start_of(first) - MOMENT, start_of(last + timedelta(days=1)) - MOMENT
        was, now = self.worth(before), self.worth(after)
        found: dict[str, dict[str, int]] = {"start": was, "end": now}
        for word in ("new", "reactivation", "expansion", "contraction", "churn"):
            found[word] = {}
        for customer in {*was, *now}:
            gone, here = was.get(customer, 0), now.get(customer, 0)
            if not gone:
                found["reactivation" if self.ever_before(customer, before) else "new"][customer] = here
            elif not here:
                found["churn"][customer] = gone
            elif here != gone:
                found["expansion" if here > gone else "contraction"][customer] = abs(here - gone)
        return found

    def won(self, first: date, last: date) -> int:
        """Return how many customers first had something to pay on these days."""
        return sum(first <= min(days) <= last for days in self.paying_days().values())

    def paying_days(self) -> Mapping[str, set[date]]:
        """Return the days on which each customer had something to pay anew; the first is that of winning it."""
        found: dict[str, set[date]] = {}
        moments = {moment for one in self.terms for moment in (one.starts, one.trial_ends, one.resumes) if moment}
        for moment in moments:
            for customer in self.worth(moment):
                found.setdefault(customer, set()).add(day_of(moment))
        return found

    def sm_costs(self, first: date, last: date) -> int:
        """Return what winning customers cost: recorded, and the spend of platforms on days for which it was not."""
        told = {(day, channel) for day, kind, _, channel in self.costs if kind in ("advertising", "marketing")}
        recorded = sum(cents for day, kind, cents, _ in self.costs if first <= day <= last and kind != "other")
        return recorded + sum(
            cents for day, platform, _, cents in self.spend if first <= day <= last and (day, platform) not in told
        )


def day_of(instant: datetime) -> date:
    """Return the shop's winter day of an instant."""
    return (instant - timedelta(hours=8)).date()


def start_of(day: date) -> datetime:
    """Return the first instant of a winter day."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC)


def total(rows: Iterable[Sequence[Any]], first: date, last: date, *, cents: int = 2, kinds: Sequence[str] = ()) -> int:
    """Return the cents of the rows of these days, of some kinds alone if any are named."""
    return sum(row[cents] for row in rows if first <= row[0] <= last and (not kinds or row[1] in kinds))


def plan(seed: int = 7) -> Company:
    """Return the planted company."""
    dice, company = random.Random(seed), Company()
    for number in range(40):
        _subscriber(company, dice, f"c{number:02}")
    for day in (FIRST + timedelta(days=n) for n in range((TODAY - FIRST).days + 1)):
        spend = {platform: dice.randrange(100, 3000) for platform in ("meta", "tiktok")}
        company.spend += [(day, platform, "spring", cents) for platform, cents in spend.items()]
        if day >= BOOKS and dice.random() < 0.3:
            channel = dice.choice(["meta", "tiktok", "events"])
            cents = spend.get(channel, 1500) + dice.randrange(90)  # a platform's bill is near what it says itself
            company.costs.append((day, dice.choice(["marketing", "sales", "advertising", "other"]), cents, channel))
        if dice.random() < 0.4:
            company.running.append(
                (day, dice.choice(["infrastructure", "personnel", "other"]), dice.randrange(10_000, 500_000))
            )
        if day >= BOOKS and dice.random() < 0.4:
            company.cogs.append((day, dice.choice(["hosting", "support", "payment_fees"]), dice.randrange(100, 5_000)))
        for _ in range(dice.randrange(3)):
            kind = dice.choice(["subscription", "subscription", "upsell", "expansion", "one_time", "usage", "refund"])
            company.revenue.append((day, kind, dice.randrange(1_000, 60_000), f"c{dice.randrange(40):02}"))
        if day.day in (10, 28):
            company.cash += [
                (day, "main", 90_000_000 - 1000 * day.toordinal() % 7_000_000),
                (day, "savings", dice.randrange(10**6)),
            ]
    return company


def _subscriber(company: Company, dice: random.Random, customer: str) -> None:
    """Plant what one customer does: at odd instants, so that none falls on a midnight by chance."""
    late = 60 * 24 * (50 if dice.random() < 0.3 else 0)
    at = start_of(FIRST) + timedelta(minutes=late + dice.randrange(60 * 24 * 60))
    for subscription in range(dice.choice([1, 2, 2])):
        name, trial = f"{customer}-{subscription}", dice.random() < 0.3
        ends_trial = at + timedelta(days=14) if trial else None
        for change in range(dice.choice([1, 1, 2, 3])):
            if at > NOW:
                return
            listed = dice.random() < 0.2
            kind, every = (
                dice.choice([("basic", "month"), ("pro", "year")])
                if listed
                else (dice.choice(["basic", "pro", "team"]), dice.choice(list(MONTHS)))
            )
            price = None if listed else dice.randrange(500, 90_000)
            company.terms.append(
                Terms(
                    name,
                    customer,
                    at,
                    kind,
                    every,
                    dice.choice([1, 1, 2, 5]),
                    price,
                    trial_ends=ends_trial if change == 0 else None,
                )
            )
            at += timedelta(minutes=dice.randrange(60 * 24 * 5, 60 * 24 * 30))
        newest = company.terms[-1]
        fate = dice.choice(["stays", "leaves", "gave notice", "pauses"])
        if fate == "pauses":
            company.terms[-1] = _changed(
                newest,
                paused=newest.starts + timedelta(days=9),
                resumes=dice.choice([None, newest.starts + timedelta(days=31)]),
            )
        elif fate != "stays":
            notice = newest.starts + timedelta(days=dice.randrange(1, 20))
            company.terms[-1] = _changed(
                newest, notice=notice, ends=notice if fate == "leaves" else notice + timedelta(days=25)
            )
            at = max(at, notice + timedelta(days=35))


def _changed(terms: Terms, **more: datetime | None) -> Terms:
    return Terms(**{**terms.__dict__, **more})


def money(cents: int | None) -> str:
    """Return an amount as a file has it."""
    return "" if cents is None else f"{cents // 100}.{cents % 100:02}"


def stamp(at: datetime | None) -> str:
    """Return an instant as a file has it."""
    return "" if at is None else at.isoformat()


def files(company: Company) -> dict[str, str]:
    """Return the planted rows as files, by import kind."""
    terms = [
        (
            t.subscription,
            t.customer,
            stamp(t.starts),
            stamp(t.ends),
            stamp(t.notice),
            stamp(t.trial_ends),
            stamp(t.paused),
            stamp(t.resumes),
            t.plan,
            t.interval,
            t.quantity,
            money(t.cents),
        )
        for t in company.terms
    ]
    return {
        "subscription_prices": _csv("plan,billing_interval,amount,valid_from", [(p, i, money(c), d) for p, i, c, d in PRICES]),
        "subscriptions": _csv(
            "subscription_id,customer_id,starts_at,ends_at,cancelled_at,trial_ends_at,paused_at,resumes_at,plan,billing_interval,quantity,amount",
            terms,
        ),
        "acquisition_costs": _csv(
            "cost_id,cost_date,cost_type,amount,channel",
            [(f"a{n}", d, k, money(c), ch) for n, (d, k, c, ch) in enumerate(company.costs)],
        ),
        "spend": _csv("spend_date,platform,campaign,spend_cents", company.spend),
        "operating_costs": _csv(
            "cost_id,cost_date,cost_type,amount", [(f"o{n}", d, k, money(c)) for n, (d, k, c) in enumerate(company.running)]
        ),
        "cogs_entries": _csv(
            "entry_id,cost_date,cost_type,amount", [(f"e{n}", d, k, money(c)) for n, (d, k, c) in enumerate(company.cogs)]
        ),
        "revenue_tracking": _csv(
            "revenue_id,revenue_date,revenue_type,amount,user_id",
            [(f"r{n}", d, k, money(c), u) for n, (d, k, c, u) in enumerate(company.revenue)],
        ),
    }


def _csv(head: str, rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head.split(","))
    writer.writerows(rows)
    return out.getvalue()
