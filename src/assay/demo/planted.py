"""Where to look for what was planted: days, products, and the first order of each kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from assay.demo import company
from assay.demo.story import Story
from assay.demo.streams import Rows, selected, stacked

_LATE = 3600


def planted_events(story: Story, days: int, chunks: Iterable[Rows], end: int) -> dict[str, Any]:
    """What `DemoCompany.planted` documents; `chunks` are the rows of the orders' stream."""
    rows = stacked(list(chunks))
    orders = selected(rows, np.lexsort((rows["received"], rows["number"])))
    orders = selected(orders, orders["received"] <= end)
    product, since = story.discontinued
    silent = story.date_or_none(story.silent, days)
    return {
        "silent_day": silent,
        "stock_outs": [
            {
                "sku": story.catalogue[out.product].sku,
                "first": story.days.date_of(out.first),
                "last": story.days.date_of(out.last),
            }
            for out in story.stock_outs
            if out.first < days
        ],
        "discontinued": {"sku": story.catalogue[product].sku, "first": story.date_or_none(since, days)},
        "price_rise": story.date_or_none(story.price_rise, days),
        "clock_changes": [story.days.date_of(day) for day in story.days.changes(days)],
        **{name: _first(orders, which) for name, which in _kinds(orders).items()},
    }


def _kinds(orders: Rows) -> dict[str, Any]:
    """Which records show what, for each name that `planted` gives."""
    status = {name: orders["status"] == code for code, name in enumerate(company.STATUSES)}
    cancelled = orders["cancelled"] >= 0
    return {
        "pending_order": status["pending"],
        "authorized_order": status["authorized"],
        "voided_order": status["voided"],
        "test_order": orders["test"] == 1,
        "cancelled_order": cancelled,
        "partially_refunded_order": status["partially_refunded"],
        "refunded_order": status["refunded"] & ~cancelled,
        "guest_order": orders["customer"] < 0,
        "free_order": orders["total"] == 0,
        "late_order": orders["received"] - orders["event"] >= _LATE,
    }


def _first(orders: Rows, which: Any) -> str | None:
    found = orders["number"][which]
    return f"o-{int(found[0]):06d}" if len(found) else None
