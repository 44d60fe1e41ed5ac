"""What the tests of the demo company share: small companies, and their records as a reader of the streams sees them."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from assay.demo import DemoBatch, DemoCompany, first_day

SHOP_ZONE = ZoneInfo("America/Los_Angeles")
END = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
SHORT_END = datetime(2026, 3, 20, 18, 30, tzinfo=UTC)
SOURCE_OF = {
    "products": "shop",
    "orders": "shop",
    "order_lines": "shop",
    "payments": "shop",
    "refunds": "shop",
    "refund_lines": "shop",
    "fulfillments": "shop",
    "inventory_levels": "warehouse_counts",
    "customers": "shop",
    "conversations": "helpdesk",
    "sla_breaches": "ops",
    "shops": "ops",
    "time_savings": "ops",
    "automation_runs": "ops",
}
STREAM_NAMES = set(SOURCE_OF)
WITHOUT_SILENT_DAY = {name for name, source in SOURCE_OF.items() if source in ("helpdesk", "ops")}


@dataclass(frozen=True)
class Record:
    key: str
    event_at: datetime
    received_at: datetime
    sha256: str
    payload: str

    @property
    def fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = json.loads(self.payload)
        return fields

    @property
    def day(self) -> date:
        return shop_day(self.event_at)


def short_company(end: datetime = SHORT_END, seed: int = 7, scale: float = 0.4) -> DemoCompany:
    """Five planned months from the autumn of 2025: both clock changes lie in them."""
    return DemoCompany(first_day(SHORT_END, months=5), end, seed=seed, scale=scale, months=5)


def records_by_stream(batches: list[DemoBatch]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for batch in batches:
        found[batch.stream] += [Record(**row) for row in batch.records.to_pylist()]
    return dict(found)


def latest(records: list[Record]) -> list[dict[str, Any]]:
    """The payloads that stand in the end: a later record of a key replaces the one before."""
    return [r.fields for r in {r.key: r for r in sorted(records, key=lambda r: r.received_at)}.values()]


def shop_day(instant: datetime) -> date:
    return instant.astimezone(SHOP_ZONE).date()


def sum_by(rows: list[dict[str, Any]], key: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[key]] += Decimal(row["amount"])
    return dict(sums)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def minutes_between(since: str, until: str) -> float:
    return (instant(until) - instant(since)).total_seconds() / 60


TOLD_PACKS = ("campaigns", "startup", "growth")
TOLD_SOURCE_OF = {
    "events": "website",
    "spend": "advertising",
    "email_campaigns": "marketing",
    "social_posts": "marketing",
    "referrals": "marketing",
    "verifications": "marketing",
    "loyalty_points": "marketing",
    "users": "membership",
    "subscriptions": "membership",
    "subscription_prices": "membership",
    "billing_usage": "membership",
    "revenue_tracking": "books",
    "cogs_entries": "books",
    "operating_costs": "books",
    "acquisition_costs": "books",
    "cash_balances": "books",
}


def telling_company(
    end: datetime = SHORT_END, packs: tuple[str, ...] = TOLD_PACKS, scale: float = 0.4, months: int = 7
) -> DemoCompany:
    """Some planned months of a company that tells all it can; seven are longer than its visits are counted."""
    return DemoCompany(first_day(SHORT_END, months=months), end, scale=scale, months=months, packs=packs)
