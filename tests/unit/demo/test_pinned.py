"""What an older version delivered stays delivered: a stream that joins the company moves no draw of another one.

A project that was filled by one version is pulled on by the next. Were a record of the past different, the ledger would show
restatements that nobody caused. Whoever changes a pin breaks every demo that lives on.
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from assay.demo import DemoBatch, DemoCompany, first_day
from tests.unit.demo.pulls import END, STREAM_NAMES, short_company

PINS = {
    "products": "e3173c1b",
    "orders": "171a1707",
    "order_lines": "edd5cd04",
    "payments": "72c472fe",
    "refunds": "c50d2fd8",
    "refund_lines": "304b8af9",
    "fulfillments": "18829a83",
    "inventory_levels": "5b631990",
    "customers": "ff9806ae",
    "conversations": "4a6b1627",
    "sla_breaches": "8f391e8d",
    "shops": "3f747842",
    "time_savings": "fdb24ecc",
    "automation_runs": "7038efda",
}
PINS_OF_ANOTHER_SEED_AND_SCALE = {"orders": "c7ffef00", "refund_lines": "957f4844", "inventory_levels": "9acaed75"}


def pin(batches: list[DemoBatch], stream: str) -> str:
    """The beginning of a hash of all that a stream delivers: records and what they complete."""
    digest = sha256()
    for batch in batches:
        if batch.stream == stream:
            for name in ("key", "event_at", "received_at", "sha256", "payload"):
                digest.update("".join(f"{value}\n" for value in batch.records[name].to_pylist()).encode())
            declared = (batch.source, batch.received_at, batch.complete_from, batch.complete_until, batch.gaps)
            digest.update(repr(declared).encode())
    return digest.hexdigest()[:8]


@pytest.fixture(scope="module")
def short_batches() -> list[DemoBatch]:
    return list(short_company().batches())


def test_every_stream_is_pinned() -> None:
    assert PINS.keys() == STREAM_NAMES


@pytest.mark.parametrize("stream", sorted(PINS))
def test_a_stream_delivers_byte_for_byte_what_it_always_did(short_batches: list[DemoBatch], stream: str) -> None:
    assert pin(short_batches, stream) == PINS[stream]


def test_another_seed_and_scale_deliver_what_they_always_did() -> None:
    batches = list(DemoCompany(first_day(END, months=1), END, seed=11, scale=3.0, months=1).batches())
    found = {stream: pin(batches, stream) for stream in PINS_OF_ANOTHER_SEED_AND_SCALE}
    assert found == PINS_OF_ANOTHER_SEED_AND_SCALE
