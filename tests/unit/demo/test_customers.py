"""Customers: one record each, there before the first order, in segments of which each buys as its kind does."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import fmean
from typing import Any

import pytest

from assay.demo.customers import SEGMENTS
from tests.unit.demo.pulls import Record, latest

Delivered = dict[str, list[Record]]


@pytest.fixture(scope="module")
def orders(delivered: Delivered) -> list[dict[str, Any]]:
    return [order for order in latest(delivered["orders"]) if order["customer_id"] is not None]


@pytest.fixture(scope="module")
def segments(delivered: Delivered) -> dict[str, str | None]:
    return {c["customer_id"]: c["segment"] for c in latest(delivered["customers"])}


def test_every_buyer_has_one_record_and_nobody_else_has(delivered: Delivered, orders: list[dict[str, Any]]) -> None:
    names = [record.key for record in delivered["customers"]]
    assert len(set(names)) == len(names)
    assert set(names) == {order["customer_id"] for order in orders}


def test_a_customer_is_made_with_the_first_order(delivered: Delivered, orders: list[dict[str, Any]]) -> None:
    first: dict[str, str] = {}
    for order in orders:
        first[order["customer_id"]] = min(order["ordered_at"], first.get(order["customer_id"], order["ordered_at"]))
    assert {c["customer_id"]: c["created_at"] for c in latest(delivered["customers"])} == first


def test_a_customer_arrives_before_the_orders_and_conversations_that_name_it(delivered: Delivered) -> None:
    arrival = {record.key: record.received_at for record in delivered["customers"]}
    for stream in ("orders", "conversations"):
        named = [(record, record.fields["customer_id"]) for record in delivered[stream]]
        assert all(record.received_at > arrival[customer] for record, customer in named if customer is not None), stream


def test_segments_are_shared_out_as_the_requirement_expects(segments: dict[str, str | None]) -> None:
    shares = {name: count / len(segments) for name, count in Counter(segments.values()).items()}
    assert set(shares) == {*SEGMENTS, None}
    assert 0.35 <= shares["diy_builder"] <= 0.45
    assert 0.15 <= shares["professional_shop"] <= 0.25
    assert 0.20 <= shares["enthusiast_collector"] <= 0.30
    assert 0.10 <= shares["first_time_builder"] <= 0.15
    assert 0.10 <= shares["racing_enthusiast"] <= 0.15
    assert 0.005 < shares[None] < 0.03


def test_segments_buy_as_their_kind_does(segments: dict[str, str | None], orders: list[dict[str, Any]]) -> None:
    totals: dict[str | None, list[float]] = defaultdict(list)
    for order in orders:
        totals[segments[order["customer_id"]]].append(float(order["total"]))
    means = {name: fmean(values) for name, values in totals.items()}
    assert 150 <= means["diy_builder"] <= 250
    assert 400 <= means["professional_shop"] <= 1000
    assert 300 <= means["enthusiast_collector"] <= 600
    assert 100 <= means["first_time_builder"] <= 200
    assert 240 <= means["racing_enthusiast"] <= 500


def test_workshops_are_professional_shops(segments: dict[str, str | None]) -> None:
    workshops = {segment for name, segment in segments.items() if int(name[2:]) % 9 == 0}
    assert workshops == {"professional_shop"}
