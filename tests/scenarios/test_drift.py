"""A source that changes its fields: nothing wrong is shown, what it does not touch stays, and mending it mends everything."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from assay.sources.landing import LandingZone
from tests.scenarios.shop import Stage

TOUCHED, UNTOUCHED = "2026-02-25", "2026-02-10"
PAID_AT = datetime(2026, 2, 25, 20, tzinfo=UTC)
GOOD = {
    "payment_id": "X1",
    "order_id": "Z25",
    "customer_id": "c0",
    "amount": "5.00",
    "currency": "USD",
    "paid_at": PAID_AT.isoformat(),
    "kind": "capture",
    "is_test": False,
}
ORDER = {
    "order_id": "Z25",
    "customer_id": "c0",
    "ordered_at": PAID_AT.isoformat(),
    "total": "5.00",
    "currency": "USD",
    "financial_status": "paid",
    "is_test": False,
    "cancelled_at": None,
    "channel": "web",
}
_SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("event_at", pa.timestamp("us", "UTC")),
        ("received_at", pa.timestamp("us", "UTC")),
        ("sha256", pa.string()),
        ("payload", pa.string()),
    ]
)


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != field}


def renamed(field: str, to: str) -> dict[str, Any]:
    return {to if name == field else name: value for name, value in GOOD.items()}


DRIFTS = {
    "the amount disappears": (without("amount"), "amount"),
    "the amount is renamed": (renamed("amount", "amount_total"), "amount"),
    "the amount becomes an object": (GOOD | {"amount": {"value": "5.00", "currency": "USD"}}, "amount"),
    "the amount becomes a list": (GOOD | {"amount": ["5.00"]}, "amount"),
    "the amount is written in another way": (GOOD | {"amount": "5,00"}, "amount"),
    "the time disappears": (without("paid_at"), "paid_at"),
    "the time becomes a number": (GOOD | {"paid_at": 1772049600}, "paid_at"),
    "the mark of a test becomes a word": (GOOD | {"is_test": "maybe"}, "is_test"),
    "the kind is renamed": (renamed("kind", "transaction_kind"), "kind"),
}


def land(stage: Stage, stream: str, key: str, payload: dict[str, Any]) -> None:
    """Land one record as a connector does: an hour later, of 25 February, completing nothing."""
    stage.clock.instant += timedelta(hours=1)
    at = stage.clock.now()
    row = {"key": key, "event_at": PAID_AT, "received_at": at, "sha256": "", "payload": json.dumps(payload)}
    LandingZone(stage.project.landing).write(
        "shop", stream, pa.Table.from_pylist([row], _SCHEMA), received_at=at, complete_from=None, complete_until=None
    )


USUAL = ("the amount disappears", "the amount becomes an object", "the time disappears", "the kind is renamed")


@pytest.mark.parametrize("drift", [pytest.param(name, marks=() if name in USUAL else pytest.mark.slow) for name in DRIFTS])
def test_a_changed_field_withholds_what_it_touches_and_leaves_the_rest_marked_stale(plain: Stage, drift: str) -> None:
    payload, field = DRIFTS[drift]
    land(plain, "payments", "X1", payload)
    result = plain.run()
    assert "fct_payments" in result["held"]

    kept = plain.ask("gross_revenue", UNTOUCHED)
    assert (kept.value, kept.freshness) == ("160.00", "stale")
    assert [reason.code for reason in kept.reasons] == ["check_failed"]

    touched = plain.ask("gross_revenue", TOUCHED)
    assert touched.value is None
    assert field in touched.reasons[0].sentence
    assert touched.reasons[0].repair
    assert touched.reasons[0].owner == "sales-ops"
    assert touched.last_good is not None
    assert touched.last_good.value == "175.00"

    assert plain.value("total_orders", TOUCHED) == "2"  # it rests on another model
    assert plain.value("total_revenue", TOUCHED) is None  # it is made of gross revenue
    opened = plain.ask("gross_revenue", "mtd")
    assert opened.value is None
    assert plain.value("gross_revenue", "2026-02") is None
    assert plain.restatements() == [] or all(row[4] is None for row in plain.restatements())


def test_a_mended_record_brings_everything_back(plain: Stage) -> None:
    land(plain, "payments", "X1", without("amount"))
    plain.run()
    plain.run()
    assert plain.value("gross_revenue", TOUCHED) is None  # it stays held for as long as the record is wrong
    land(plain, "payments", "X1", GOOD)
    land(plain, "orders", "Z25", ORDER)
    assert plain.run()["held"] == []
    mended, untouched = plain.ask("gross_revenue", TOUCHED), plain.ask("gross_revenue", UNTOUCHED)
    assert (mended.value, mended.reasons) == ("180.00", ())
    assert (untouched.value, untouched.freshness, untouched.reasons) == ("160.00", "fresh", ())
    assert plain.value("gross_revenue", "2026-02") == "4611.00"


def test_a_payload_that_is_not_json_is_held_as_well(plain: Stage) -> None:
    plain.clock.instant += timedelta(hours=1)
    at = plain.clock.now()
    row = {"key": "X1", "event_at": PAID_AT, "received_at": at, "sha256": "", "payload": '{"payment_id": "X1", '}
    LandingZone(plain.project.landing).write(
        "shop", "payments", pa.Table.from_pylist([row], _SCHEMA), received_at=at, complete_from=None, complete_until=None
    )
    assert "fct_payments" in plain.run()["held"]
    assert plain.value("gross_revenue", TOUCHED) is None
    assert plain.value("gross_revenue", UNTOUCHED) == "160.00"


def test_a_model_that_does_not_build_is_held_as_well(plain: Stage) -> None:
    plain.write("models/own.sql", "select order_id, created_on, no_such_column from {{ ref('fct_orders') }}")
    result = plain.run()
    assert result["held"] == []  # no KPI rests on it
    assert plain.value("gross_revenue", UNTOUCHED) == "160.00"
