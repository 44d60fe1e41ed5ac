"""Records: their columns, keys, hashes, payloads, and when they arrive."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise

from assay.demo import DemoBatch
from assay.values.load import LandingRecord
from tests.unit.demo.pulls import END, STREAM_NAMES, Record, latest

Delivered = dict[str, list[Record]]

FIELDS = {
    "orders": {
        "order_id",
        "customer_id",
        "ordered_at",
        "currency",
        "total",
        "financial_status",
        "is_test",
        "cancelled_at",
        "channel",
    },
    "order_lines": {"line_id", "order_id", "sku", "title", "quantity", "amount", "currency"},
    "payments": {"payment_id", "order_id", "customer_id", "amount", "currency", "paid_at", "kind", "is_test"},
    "refunds": {"refund_id", "order_id", "amount", "currency", "refunded_at", "reason"},
    "refund_lines": {
        "refund_line_id",
        "refund_id",
        "order_id",
        "line_id",
        "sku",
        "quantity",
        "amount",
        "currency",
        "refunded_at",
    },
    "fulfillments": {"fulfillment_id", "order_id", "fulfilled_at", "status"},
    "products": {"sku", "title", "category", "price", "currency"},
    "inventory_levels": {"sku", "location", "on_hand", "counted_at"},
    "customers": {"customer_id", "created_at", "segment"},
    "conversations": {
        "conversation_id",
        "opened_at",
        "customer_id",
        "channel",
        "status",
        "is_escalated",
        "is_urgent",
        "sentiment",
        "first_response_at",
        "resolved_at",
        "operator_id",
    },
    "sla_breaches": {"breach_id", "detected_at", "kind", "operator_id", "responded_at", "resolved_at"},
    "shops": {"shop_id", "registered_at", "activated_at"},
    "time_savings": {"entry_id", "saved_at", "category", "minutes"},
    "automation_runs": {"run_id", "ran_at", "action", "operator_id", "status", "minutes_saved"},
}


def test_the_tables_have_the_columns_of_a_landing_record(batches: list[DemoBatch]) -> None:
    assert all(b.records.column_names == list(LandingRecord.model_fields) for b in batches)
    assert {b.stream for b in batches} == STREAM_NAMES
    for batch in batches:
        for row in batch.records.slice(0, 3).to_pylist():
            LandingRecord(**row)


def test_payloads_are_compact_json_with_sorted_keys_and_the_streams_fields(delivered: Delivered) -> None:
    for stream, records in delivered.items():
        for record in records[::37]:
            fields = json.loads(record.payload)
            assert fields.keys() == FIELDS[stream]
            assert json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == record.payload


def test_the_hash_is_that_of_the_payloads_bytes(delivered: Delivered) -> None:
    for records in delivered.values():
        assert all(sha256(r.payload.encode()).hexdigest() == r.sha256 for r in records[::53])


def test_no_two_records_of_a_key_arrive_at_the_same_instant(delivered: Delivered) -> None:
    for stream, records in delivered.items():
        assert len({(r.key, r.received_at) for r in records}) == len(records), stream


def test_only_what_changes_is_delivered_again(delivered: Delivered) -> None:
    again = {stream for stream, records in delivered.items() if len({r.key for r in records}) < len(records)}
    assert again == {"orders", "fulfillments", "products", "conversations", "sla_breaches", "shops"}


def test_records_come_by_time_of_arrival_and_none_after_the_end(batches: list[DemoBatch]) -> None:
    for batch in batches:
        received = batch.records["received_at"].to_pylist()
        assert received == sorted(received)
        assert not received or received[-1] <= batch.received_at <= END


def test_nothing_arrives_before_it_happens_and_nothing_later_than_72_hours_after(delivered: Delivered) -> None:
    delays = [r.received_at - r.event_at for records in delivered.values() for r in records]
    assert min(delays) > timedelta(0)
    assert timedelta(hours=70) < max(delays) <= timedelta(hours=72)


def test_about_one_record_in_a_hundred_is_late(delivered: Delivered) -> None:
    for stream in ("orders", "payments", "refunds", "fulfillments", "conversations", "automation_runs"):
        late = [r for r in delivered[stream] if r.received_at - r.event_at >= timedelta(hours=1)]
        assert 0.004 < len(late) / len(delivered[stream]) < 0.03, stream


def test_an_order_arrives_before_or_with_what_follows_from_it(delivered: Delivered) -> None:
    arrival: dict[str, object] = {}
    for record in delivered["orders"]:
        arrival.setdefault(record.key, record.received_at)
    for stream in ("order_lines", "payments", "refunds", "refund_lines", "fulfillments"):
        assert all(r.received_at >= arrival[r.fields["order_id"]] for r in delivered[stream]), stream  # type: ignore[operator]


def test_a_status_is_changed_by_a_later_record_of_the_same_order(delivered: Delivered) -> None:
    statuses: dict[str, list[str]] = {}
    for record in delivered["orders"]:
        statuses.setdefault(record.key, []).append(record.fields["financial_status"])
    steps = {step for chain in statuses.values() for step in pairwise(chain)}
    assert steps == {
        ("authorized", "paid"),
        ("authorized", "voided"),
        ("pending", "paid"),
        ("pending", "voided"),
        ("paid", "partially_refunded"),
        ("paid", "refunded"),
        ("partially_refunded", "partially_refunded"),
    }


NAMES = {
    "orders": "order_id",
    "order_lines": "line_id",
    "refunds": "refund_id",
    "customers": "customer_id",
    "conversations": "conversation_id",
    "sla_breaches": "breach_id",
    "shops": "shop_id",
    "time_savings": "entry_id",
    "automation_runs": "run_id",
}


def test_identities_within_payloads_are_the_keys(delivered: Delivered) -> None:
    for stream, name in NAMES.items():
        assert all(r.fields[name] == r.key for r in delivered[stream][::29])
    lines = {line["line_id"] for line in latest(delivered["order_lines"])}
    assert {back["line_id"] for back in latest(delivered["refund_lines"])} <= lines
