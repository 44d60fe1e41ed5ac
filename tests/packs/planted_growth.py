"""What is planted for the tests of a growing company: orders and visits of a shop, a young company's books, users and calls.

Rows are those of the tests of campaigns and of start-ups where these have them; nothing here shares code with the product.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from . import planted_campaigns as shop
from . import planted_startup as young
from .planted_campaigns import at, days

NOW = shop.NOW
"""Noon of the first of March in the shop."""
FIRST, LAST = date(2025, 11, 1), date(2026, 3, 1)
"""The first and the last day of what is planted; of orders it is known that there were none before."""
CHANNELS = ["shopify", "shopify", "api", "marketplace", "partner", ""]
FEATURES = {"search": FIRST, "export": FIRST, "alerts": date(2026, 2, 10)}
"""Each feature, and since when it can be used."""
BURSTS = {date(2026, 2, 17): 1_250_000, date(2026, 2, 18): 900_000}
"""Days on which much more was spent, in cents: above and below the threshold of an alert."""
MUTE = date(2026, 2, 24)
"""The day on which a call does not say how it was answered."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """The rows of every file by its import kind, and what the books say."""

    files: dict[str, list[Row]]
    books: young.Company

    def csv(self) -> Iterator[tuple[str, str]]:
        """Yield each kind with its file."""
        for kind, rows in self.files.items():
            out = io.StringIO()
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)
            yield kind, out.getvalue()
        yield from ((kind, text) for kind, text in young.files(self.books).items() if kind != "spend")


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, datetime) else str(value)


def plan() -> Plan:
    """Return what is planted; the same at every call."""
    sold, books, dice = shop.plan().files, young.plan(), random.Random(5)
    files = {kind: sold[kind] for kind in ("orders", "refunds", "spend", "events")}
    for row in files["orders"]:
        row["channel"] = dice.choice(CHANNELS)
    for row in files["refunds"]:
        row["reason"] = dice.choice(["customer", "chargeback", "Chargeback"])
    for row in files["events"]:
        row["session_id"] = row["event_id"].rpartition("-")[0]
    files["users"] = [_user(number, dice) for number in range(40)]
    files["events"] += _acts(files["users"], dice)
    files["spend"] += [_spent(day, dice) for day in days(FIRST, shop.BUSY - timedelta(days=1))]
    files["spend"] += [{**_spent(day, dice), "spend_cents": cents, "campaign": "burst"} for day, cents in BURSTS.items()]
    names = {"Facebook Ads": "meta", "TikTok": "tiktok"}
    books.spend = [
        (row["spend_date"], names.get(row["platform"]) or str(row["platform"]), row["campaign"], row["spend_cents"])
        for row in files["spend"]
    ]
    files["cash_balances"] = [
        {"balance_id": f"b{number}", "balance_date": day, "account": account, "balance": shop.money(cents)}
        for number, (day, account, cents) in enumerate(books.cash)
    ]
    every = dict.fromkeys(name for row in files["events"] for name in row)
    files["events"] = [{name: row.get(name) for name in every} for row in files["events"]]
    return Plan(files, books)


def _spent(day: date, dice: random.Random) -> Row:
    shown = dice.randrange(500, 4000)
    told = {"impressions": shown, "clicks": shown // 30, "conversions": shown // 900}
    return {"spend_date": day, "platform": "TikTok", "campaign": "autumn", "spend_cents": shown * 2 + 1, **told}


def _user(number: int, dice: random.Random) -> Row:
    return {"user_id": f"u{number:02}", "signed_up_at": at(FIRST + timedelta(days=dice.randrange(110)), dice.randrange(1440))}


def _acts(users: list[Row], dice: random.Random) -> Iterator[Row]:
    """Yield what users do from their sign-up on, each the less the older their number, and what their programs call."""
    for day in days(FIRST, LAST):
        for place, user in enumerate(users):
            begun = (user["signed_up_at"] - timedelta(hours=8)).date() <= day
            if begun and dice.random() < 0.5 / (1 + place % 5):
                yield from _visit(day, user["user_id"], dice)
        if day >= date(2026, 1, 20):
            yield from _calls(day, dice)


def _visit(day: date, user: str, dice: random.Random) -> Iterator[Row]:
    minute = dice.randrange(1380 if day < LAST else 600)
    known = [feature for feature, since in FEATURES.items() if since <= day]
    for place, feature in enumerate([None, *dice.sample(known, dice.choice([0, 0, 1, 2]))]):
        yield {
            "event_id": f"{day}-{user}-{place}",
            "occurred_at": at(day, minute + place),
            "name": "feature_used" if feature else "app_opened",
            "session_id": f"app-{day}-{user}",
            "visitor_id": f"browser-{user}",
            "user_id": user,
            "feature": feature,
        }


def _calls(day: date, dice: random.Random) -> Iterator[Row]:
    for place in range(130 if day == date(2026, 2, 20) else 110):
        status = dice.choice([400, 404, 500]) if dice.random() < 0.01 else dice.choice([200, 201, 304])
        yield {
            "event_id": f"{day}-call-{place}",
            "occurred_at": at(day, dice.randrange(1440 if day < LAST else 600)),
            "name": "api_call",
            "user_id": "u01" if place < 3 and day >= date(2026, 2, 25) else None,
            "status": None if day == MUTE and place == 0 else status,
        }
