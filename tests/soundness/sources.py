"""A project that tests deliver records to, through the landing zone, dbt and a publication: the real path."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa

from assay.calendar import ShopCalendar
from assay.sources.landing import LandingZone
from assay.values.load import LoadEntry
from tests.scenarios.shop import Stage

CALENDAR = ShopCalendar.of("America/Los_Angeles")
FIRST, LAST = date(2026, 1, 1), date(2026, 2, 28)
SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("event_at", pa.timestamp("us", "UTC")),
        ("received_at", pa.timestamp("us", "UTC")),
        ("sha256", pa.string()),
        ("payload", pa.string()),
    ]
)
Records = list[tuple[str, datetime, dict[str, Any]]]


def noon(day: date, minute: int = 0) -> datetime:
    return CALENDAR.start_of(day) + timedelta(hours=12, minutes=minute)


def payments_of(day: date, count: int = 30, amount: str = "10.00") -> Records:
    """Return the day's captures: so many, of ten dollars each."""
    return [
        (
            f"p{day}-{n}",
            noon(day, n),
            {
                "payment_id": f"p{day}-{n}",
                "order_id": f"o{day}-{n}",
                "customer_id": f"c{n}",
                "amount": amount,
                "currency": "USD",
                "paid_at": noon(day, n).isoformat(),
                "kind": "capture",
                "is_test": False,
            },
        )
        for n in range(count)
    ]


def orders_of(day: date, count: int = 30, total: str = "10.00") -> Records:
    """Return the orders of these captures."""
    return [
        (
            f"o{day}-{n}",
            noon(day, n),
            {
                "order_id": f"o{day}-{n}",
                "customer_id": f"c{n}",
                "ordered_at": noon(day, n).isoformat(),
                "total": total,
                "currency": "USD",
                "financial_status": "paid",
                "is_test": False,
                "cancelled_at": None,
                "channel": "web",
            },
        )
        for n in range(count)
    ]


def levels_of(day: date, location: str, on_hand: int = 5) -> Records:
    """Return the day's count of two products at a place."""
    counted = CALENDAR.end_of(day) - timedelta(minutes=1)
    return [
        (
            f"{sku}|{location}|{day}",
            counted,
            {"sku": sku, "location": location, "on_hand": on_hand, "counted_at": counted.isoformat()},
        )
        for sku in ("A", "B")
    ]


def land(
    stage: Stage,
    stream: str,
    records: Records,
    days: Iterable[date] | None = None,
    **more: Any,
) -> LoadEntry:
    """Land records, a minute after the load before; the load completes the days from the first to the last, if any."""
    stage.clock.instant += timedelta(minutes=1)
    at = stage.clock.now()
    rows = [
        {"key": key, "event_at": event.astimezone(UTC), "received_at": at, "sha256": "", "payload": json.dumps(payload)}
        for key, event, payload in records
    ]
    listed = sorted(days or ())
    return LandingZone(stage.project.landing).write(
        more.pop("source", "shop"),
        stream,
        pa.Table.from_pylist(rows, SCHEMA),
        received_at=at,
        complete_from=CALENDAR.start_of(listed[0]) if listed else None,
        complete_until=CALENDAR.end_of(listed[-1]) if listed else None,
        **more,
    )


def land_day(stage: Stage, day: date, payments: Records | None = None, **more: Any) -> None:
    """Land the orders and the payments of a day."""
    paid = payments_of(day) if payments is None else payments
    land(stage, "orders", orders_of(day), [day])
    land(stage, "payments", paid, [day], **more)


def days(first: date = FIRST, last: date = LAST) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
