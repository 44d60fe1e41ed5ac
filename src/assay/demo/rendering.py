"""How the rows of each stream become records: their keys and payloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import numpy as np

from assay.demo import company, costs, crew, customers, helpdesk, operations, records
from assay.demo.dice import Ints
from assay.demo.records import Texts, flags, instants, joined, money, or_null, padded, payloads, plain, quoted
from assay.demo.story import Story
from assay.demo.streams import Rows, selected

CURRENCY = json.dumps(company.CURRENCY)


class Complete(Enum):
    """What a pull completes of a stream: all until now, the quarters of days or days told of, or a list since ever."""

    NOW = "now"
    QUARTERS = "quarters"
    DAYS = "days"
    EVER = "ever"


@dataclass(frozen=True)
class Stream:
    """A stream, the source that delivers it, and how its rows are written; rows that arrive together go by `order`.

    Of a stream that is younger than the company, `begins` is the first day that it tells of.
    """

    name: str
    source: str
    order: tuple[str, ...]
    write: Callable[[Story, Rows], tuple[Texts, Texts]]
    complete: Complete = Complete.NOW
    begins: Callable[[Story], int] = lambda _: 0


def rendered(story: Story, stream: Stream, rows: Rows) -> Any:
    """The rows as a table with the columns of `records.parquet`, by time of arrival."""
    rows = selected(rows, records.by_arrival(rows["received"], *(rows[name] for name in stream.order)))
    keys, payload = stream.write(story, rows)
    return records.table(keys, rows["event"], rows["received"], payload)


def identity(prefix: str, *numbers: Ints) -> Texts:
    """What names a record: a prefix, and numbers of which the first has six places."""
    first, *others = numbers
    tail = [part for n in others for part in ("-", plain(n))]
    return joined(f"{prefix}-", padded(first, 6), *tail)


def _order_id(rows: Rows) -> Texts:
    return quoted(identity("o", rows["number"]))


def _customer_id(rows: Rows) -> Texts:
    return or_null(rows["customer"] >= 0, quoted(identity("c", rows["customer"])))


def as_json(texts: Sequence[str], codes: Ints) -> Texts:
    """The text at each code's place, as JSON."""
    return records.chosen([json.dumps(text, ensure_ascii=False) for text in texts], codes)


def as_json_or_null(texts: Sequence[str], codes: Ints) -> Texts:
    """The text at each code's place, as JSON; null where the code is below 0."""
    return or_null(codes >= 0, as_json(texts, np.maximum(codes, 0)))


def _operator(rows: Rows) -> Texts:
    return as_json_or_null(crew.OPERATORS, rows["operator"])


def _sku(story: Story, rows: Rows, name: str = "sku") -> Texts:
    return as_json([p.sku for p in story.catalogue], rows[name])


def _orders(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("o", rows["number"])
    fields = {
        "order_id": quoted(key),
        "customer_id": _customer_id(rows),
        "ordered_at": instants(rows["ordered"]),
        "currency": CURRENCY,
        "total": money(rows["total"]),
        "financial_status": as_json(company.STATUSES, rows["status"]),
        "is_test": flags(rows["test"]),
        "cancelled_at": instants(rows["cancelled"]),
        "channel": as_json(company.CHANNELS, rows["channel"]),
    }
    return key, payloads(fields)


def _order_lines(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("l", rows["number"], rows["place"])
    fields = {
        "line_id": quoted(key),
        "order_id": _order_id(rows),
        "sku": _sku(story, rows),
        "title": as_json([p.title for p in story.catalogue], rows["sku"]),
        "quantity": plain(rows["quantity"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
    }
    return key, payloads(fields)


def _payments(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("p", rows["number"], rows["place"])
    fields = {
        "payment_id": quoted(key),
        "order_id": _order_id(rows),
        "customer_id": _customer_id(rows),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "paid_at": instants(rows["event"]),
        "kind": '"capture"',
        "is_test": flags(rows["test"]),
    }
    return key, payloads(fields)


def _refunds(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("r", rows["number"], rows["place"])
    fields = {
        "refund_id": quoted(key),
        "order_id": _order_id(rows),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "refunded_at": instants(rows["event"]),
        "reason": as_json(company.REASONS, rows["reason"]),
    }
    return key, payloads(fields)


def _refund_lines(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("rl", rows["number"], rows["place"], rows["line"])
    fields = {
        "refund_line_id": quoted(key),
        "refund_id": quoted(identity("r", rows["number"], rows["place"])),
        "order_id": _order_id(rows),
        "line_id": quoted(identity("l", rows["number"], rows["line"])),
        "sku": _sku(story, rows),
        "quantity": plain(rows["quantity"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "refunded_at": instants(rows["event"]),
    }
    return key, payloads(fields)


def _fulfillments(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("f", rows["number"], rows["place"])
    fields = {
        "fulfillment_id": quoted(key),
        "order_id": _order_id(rows),
        "fulfilled_at": instants(rows["fulfilled"]),
        "status": as_json(["success", "cancelled"], rows["cancelled"]),
    }
    return key, payloads(fields)


def _product_fields(story: Story, rows: Rows) -> dict[str, Texts | str]:
    return {
        "sku": _sku(story, rows, "number"),
        "title": as_json([p.title for p in story.catalogue], rows["number"]),
        "category": as_json([p.category for p in story.catalogue], rows["number"]),
        "price": money(rows["price"]),
        "currency": CURRENCY,
    }


def _products(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    return records.chosen([p.sku for p in story.catalogue], rows["number"]), payloads(_product_fields(story, rows))


def _products_with_terms(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    """The catalogue of a shop that also says to which tier a product belongs and what it costs."""
    cost = costs.unit_costs(story, rows["price"][:, None])[np.arange(len(rows["number"])), rows["number"]]
    fields = _product_fields(story, rows) | {
        "tier": as_json(costs.TIERS, costs.tiers(rows["price"])),
        "unit_cost": money(cost),
    }
    return records.chosen([p.sku for p in story.catalogue], rows["number"]), payloads(fields)


def _inventory_levels(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    sku = records.chosen([p.sku for p in story.catalogue], rows["number"])
    days, which = np.unique(rows["day"], return_inverse=True)
    day = records.chosen([story.days.date_of(int(d)).isoformat() for d in days], which.astype(np.int64))
    fields = {
        "sku": _sku(story, rows, "number"),
        "location": as_json(company.LOCATIONS, rows["location"]),
        "on_hand": plain(rows["on_hand"]),
        "counted_at": instants(rows["event"]),
    }
    return joined(sku, "|", records.chosen(company.LOCATIONS, rows["location"]), "|", day), payloads(fields)


def _customers(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("c", rows["customer"])
    fields = {
        "customer_id": quoted(key),
        "created_at": instants(rows["event"]),
        "segment": as_json_or_null(customers.SEGMENTS, rows["segment"]),
    }
    return key, payloads(fields)


def _conversations(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("cv", rows["number"])
    fields = {
        "conversation_id": quoted(key),
        "opened_at": instants(rows["opened"]),
        "customer_id": _customer_id(rows),
        "channel": as_json(helpdesk.CHANNELS, rows["channel"]),
        "status": as_json(helpdesk.STATUSES, rows["status"]),
        "is_escalated": flags(rows["escalated"]),
        "is_urgent": flags(rows["urgent"]),
        "sentiment": as_json(helpdesk.SENTIMENTS, rows["sentiment"]),
        "first_response_at": instants(rows["answered"]),
        "resolved_at": instants(rows["resolved"]),
        "operator_id": _operator(rows),
    }
    return key, payloads(fields)


def _sla_breaches(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = joined("b-", records.chosen(operations.KINDS, rows["kind"]), "-", padded(rows["number"], 6))
    fields = {
        "breach_id": quoted(key),
        "detected_at": instants(rows["detected"]),
        "kind": as_json(operations.KINDS, rows["kind"]),
        "operator_id": _operator(rows),
        "responded_at": instants(rows["responded"]),
        "resolved_at": instants(rows["resolved"]),
    }
    return key, payloads(fields)


def _shops(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("s", rows["day"], rows["place"])
    fields = {
        "shop_id": quoted(key),
        "registered_at": instants(rows["registered"]),
        "activated_at": instants(rows["activated"]),
    }
    return key, payloads(fields)


def _time_savings(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("t", rows["day"], rows["category"] + 1)
    fields = {
        "entry_id": quoted(key),
        "saved_at": instants(rows["event"]),
        "category": as_json(operations.CATEGORIES, rows["category"]),
        "minutes": plain(rows["minutes"]),
    }
    return key, payloads(fields)


def _automation_runs(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("a", rows["day"], rows["place"])
    fields = {
        "run_id": quoted(key),
        "ran_at": instants(rows["event"]),
        "action": as_json(operations.ACTIONS, rows["action"]),
        "operator_id": _operator(rows),
        "status": as_json(["succeeded", "failed"], rows["failed"]),
        "minutes_saved": plain(rows["minutes"]),
    }
    return key, payloads(fields)


STREAMS = (
    Stream("products", company.SHOP, ("number",), _products, Complete.EVER),
    Stream("orders", company.SHOP, ("number", "event"), _orders),
    Stream("order_lines", company.SHOP, ("number", "place"), _order_lines),
    Stream("payments", company.SHOP, ("number", "place"), _payments),
    Stream("refunds", company.SHOP, ("number", "place"), _refunds),
    Stream("refund_lines", company.SHOP, ("number", "place", "line"), _refund_lines),
    Stream("fulfillments", company.SHOP, ("number", "place", "cancelled"), _fulfillments),
    Stream("inventory_levels", company.STOCKROOM, ("number", "location"), _inventory_levels, Complete.DAYS),
    Stream("customers", company.SHOP, ("customer",), _customers),
    Stream("conversations", company.HELPDESK, ("number", "stage"), _conversations),
    Stream("sla_breaches", company.OPS, ("kind", "number", "stage"), _sla_breaches),
    Stream("shops", company.OPS, ("day", "place", "stage"), _shops),
    Stream("time_savings", company.OPS, ("day", "category"), _time_savings),
    Stream("automation_runs", company.OPS, ("day", "place"), _automation_runs),
)
PRODUCTS_WITH_TERMS = replace(STREAMS[0], write=_products_with_terms)
