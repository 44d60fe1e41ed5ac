"""What is planted for the tests of campaigns: orders since November, and three weeks of visits, messages and verifications.

The rows are what files have. Nothing here shares code with the product: a day of this winter is UTC less eight hours.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

NOW = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
"""Noon of the first of March in the shop."""
FIRST, BUSY, LAST = date(2025, 11, 5), date(2026, 2, 8), date(2026, 3, 1)
"""The first day of orders, the first of everything else, and the last."""
UNNUMBERED = date(2026, 2, 27)
"""The day on which the source numbered no sessions, and from which on a product is sold of which nobody says what it costs."""
SKUS = {
    "A": ("Intake", "Brick", "12.50"),
    "B": ("Gasket", "Value", "3.10"),
    "C": ("Header", "Premium", "80.00"),
    "D": ("Blower", "Top Shelf", "410.00"),
    "E": ("Decal", "Brick", "0.40"),
    "F": ("Sticker", "", ""),
}
PRICES = {"A": 3999, "B": 1050, "C": 18900, "D": 89900, "E": 250, "F": 100}
WAYS = [
    ("google", "cpc", "spring_ads", "paid"),
    ("meta", "paid_social", "retarget", "paid"),
    ("newsletter", "email", "spring_news", "email"),
    ("instagram", "social", "", "social"),
    ("google", "organic", "", "organic"),
    ("blog.example.org", "referral", "", "referral"),
    ("", "", "", "direct"),
]
Row = dict[str, Any]
KINDS = (
    "orders",
    "order_lines",
    "refunds",
    "refund_lines",
    "fulfillments",
    "products",
    "inventory_levels",
    "spend",
    "events",
    "email_campaigns",
    "social_posts",
    "referrals",
    "verifications",
    "loyalty_points",
    "conversations",
)


def at(day: date, minute: int) -> datetime:
    """Return the instant at which so many minutes of a winter day have passed in the shop."""
    return datetime(day.year, day.month, day.day, 8, tzinfo=UTC) + timedelta(minutes=minute)


def days(first: date, last: date) -> list[date]:
    """Return the days from the first to the last, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@dataclass
class Plan:
    """The rows of every file, by the kind of import."""

    files: dict[str, list[Row]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    dice: random.Random = field(default_factory=lambda: random.Random(2))

    def add(self, file: str, /, **row: Any) -> None:
        """Add a row to a file."""
        self.files[file].append(row)

    def csv(self) -> Iterator[tuple[str, str]]:
        """Yield each kind with its file."""
        for kind, rows in self.files.items():
            out = io.StringIO()
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)
            yield kind, out.getvalue()


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def money(cents: int) -> str:
    """Return cents as files write money."""
    return f"{cents // 100}.{cents % 100:02}"


def plan() -> Plan:
    """Return what is planted; the same at every call."""
    made = Plan()
    for sku, (title, tier, cost) in SKUS.items():
        made.add("products", sku=sku, title=title, category="Parts", price=money(PRICES[sku]), tier=tier, unit_cost=cost)
    number = 0
    for day in days(FIRST, LAST):
        for _ in range(3 if day < BUSY else 9):
            minute = made.dice.randrange(1440 if day < LAST else 600)
            number += 1
            _order(made, f"o{number}", at(day, minute))
    for day in days(BUSY, LAST):
        _counts(made, day)
        _advertising(made, day)
        _people(made, day)
        _visits(made, day)
    return made


def _order(made: Plan, order_id: str, moment: datetime) -> None:
    dice = made.dice
    customer = f"c{min(dice.randrange(1, 90), dice.randrange(1, 90))}" if dice.random() < 0.9 else None
    skus = dice.sample("ABCDE", dice.choice([1, 1, 2, 3]))
    if moment >= at(UNNUMBERED, 0) and dice.random() < 0.3:
        skus.append("F")
    lines = [(sku, dice.randrange(1, 4)) for sku in skus]
    total = sum(PRICES[sku] * units for sku, units in lines)
    kind = dice.choices(["paid", "refunded", "partially_refunded", "voided", "test"], [80, 6, 5, 4, 5])[0]
    given_back = at((moment - timedelta(hours=8)).date(), 1439) + timedelta(hours=dice.randrange(1, 40))
    if given_back > NOW - timedelta(hours=4) and kind.endswith("refunded"):
        kind = "paid"
    made.add(
        "orders",
        order_id=order_id,
        customer_id=customer,
        ordered_at=moment,
        total=money(total),
        financial_status="paid" if kind == "test" else kind,
        is_test=str(kind == "test").lower(),
    )
    for place, (sku, units) in enumerate(lines):
        line = {"line_id": f"{order_id}-{place}", "order_id": order_id, "sku": sku}
        made.add("order_lines", **line, quantity=units, amount=money(PRICES[sku] * units), ordered_at=moment)
    if kind.endswith("refunded"):
        sku, units = lines[0]
        whole = kind == "refunded"
        refund = {"refund_id": f"r{order_id}", "order_id": order_id}
        reason = dice.choice(["not_verified", "customer"])
        amount = total if whole else PRICES[sku]
        made.add("refunds", **refund, amount=money(amount), refunded_at=given_back, reason=reason)
        back = units if whole else 1
        line = {"line_id": f"{order_id}-0", "sku": sku}
        made.add("refund_lines", **refund, **line, quantity=back, amount=money(PRICES[sku] * back), refunded_at=given_back)
    if kind in ("paid", "partially_refunded") and (left := moment + timedelta(minutes=dice.randrange(30, 4000))) < NOW:
        made.add("fulfillments", order_id=order_id, fulfilled_at=left)
    if moment >= at(BUSY, 0) and kind not in ("voided", "test"):
        _verification(made, order_id, customer, moment)


def _verification(made: Plan, order_id: str, customer: str | None, moment: datetime) -> None:
    dice = made.dice
    outcome = dice.choices(["quick", "slow", "failed", "open"], [60, 15, 15, 10])[0]
    spans = {"quick": dice.randrange(1, 1440), "slow": dice.randrange(1441, 4000), "failed": dice.randrange(1, 3000)}
    ended = moment + timedelta(minutes=spans[outcome]) if outcome in spans else None
    ended = ended if ended and ended < NOW else None
    done, failed = (None, ended) if outcome == "failed" else (ended, None)
    who = {"verification_id": f"v{order_id}", "order_id": order_id, "customer_id": customer}
    made.add("verifications", **who, requested_at=moment, completed_at=done, failed_at=failed)
    if customer:
        kind, points = dice.choice(["earned", "earned", "redeemed", "expired"]), dice.randrange(0, 300)
        made.add("loyalty_points", entry_id=f"l{order_id}", entered_at=moment, customer_id=customer, kind=kind, points=points)


def _counts(made: Plan, day: date) -> None:
    for sku in "ABCDE":
        for place in ("north", "south"):
            left = made.dice.choice([0, 0, 0, 3, 9, 40])
            made.add("inventory_levels", sku=sku, location=place, on_hand=left, counted_at=at(day, 120))


def _advertising(made: Plan, day: date) -> None:
    dice = made.dice
    for platform, campaign in [("Facebook Ads", "retarget"), ("google", "spring_ads")]:
        shown = dice.randrange(500, 4000)
        reactions = {"impressions": shown, "clicks": shown // 30, "conversions": shown // 900}
        made.add("spend", spend_date=day, platform=platform, campaign=campaign, spend_cents=shown * 3 + 7, **reactions)
    sent = dice.randrange(200, 900)
    opened = sent * dice.randrange(20, 45) // 100
    clicked = opened // 9
    told = {"delivered": sent, "opens": opened, "clicks": clicked, "conversions": clicked // 3}
    made.add("email_campaigns", campaign=dice.choice(["spring_news", "parts_news"]), sent_on=day, **told)
    for place in range(2):
        shown = dice.randrange(300, 3000)
        post = {
            "post_id": f"{day}-{place}",
            "posted_at": at(day, dice.randrange(600)),
            "platform": ["Instagram", "tiktok"][place],
        }
        made.add("social_posts", **post, impressions=shown, engagements=shown * dice.randrange(2, 12) // 100)


def _people(made: Plan, day: date) -> None:
    dice = made.dice
    for place in range(dice.randrange(2, 6)):
        opened = at(day, dice.randrange(500))
        answered = opened + timedelta(minutes=dice.randrange(400)) if dice.random() < 0.8 else None
        flags = {"channel": "chat", "status": "open", "is_escalated": "false", "is_urgent": "false"}
        told = {"opened_at": opened, **flags, "first_response_at": answered, "resolved_at": None}
        made.add("conversations", conversation_id=f"k{day}-{place}", **told)
    for place in range(dice.randrange(1, 5)):
        moment = at(day, dice.randrange(500))
        bought = moment + timedelta(hours=dice.randrange(1, 99)) if dice.random() < 0.3 else None
        bought = bought if bought and bought < NOW else None
        made.add("referrals", referral_id=f"{day}-{place}", referred_at=moment, referrer_id="c1", converted_at=bought)


def _visits(made: Plan, day: date) -> None:
    """Plant sessions in which people look around, and one for most of the day's orders; some go on over midnight."""
    dice = made.dice
    orders = [row for row in made.files["orders"] if (row["ordered_at"] - timedelta(hours=8)).date() == day]
    for place, order in enumerate([*orders, *[None] * 25]):
        if order is not None and dice.random() < 0.15:
            continue  # by telephone
        moment = order["ordered_at"] if order else at(day, dice.randrange(1435 if day < LAST else 600))
        visitor = f"x{dice.randrange(60)}"
        session = f"{day}-{place}"
        steps = [("page_view", -9), ("page_view", -8)] if dice.random() < 0.8 else []
        steps += [("add_to_cart", -5)] if dice.random() < (0.9 if order else 0.4) else []
        steps += [("begin_checkout", -2)] if dice.random() < (0.9 if order else 0.2) else []
        steps += [("purchase", 0)] if order else [("page_view", 3)]
        origin, medium, campaign, _ = dice.choice(WAYS)
        for step, (name, minutes) in enumerate(steps):
            led = {"utm_source": origin, "utm_medium": medium, "utm_campaign": campaign} if step == 0 else {}
            made.add(
                "events",
                event_id=f"{session}-{step}",
                occurred_at=moment + timedelta(minutes=minutes),
                name=name,
                session_id=None if day == UNNUMBERED else session,
                visitor_id=visitor,
                utm_source=led.get("utm_source", ""),
                utm_medium=led.get("utm_medium", ""),
                utm_campaign=led.get("utm_campaign", ""),
                order_id=order["order_id"] if order and name == "purchase" else "",
            )
