"""The club: phases of a subscription follow one another, and are charged what the price list says."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.demo.pulls import Record, instant, latest

Told = dict[str, list[Record]]
Phases = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def phases(told: Told) -> Phases:
    """The terms of each subscription as they stand in the end, by time."""
    found: Phases = defaultdict(list)
    for terms in sorted(latest(told["subscriptions"]), key=lambda t: t["starts_at"]):
        found[terms["subscription_id"]].append(terms)
    return dict(found)


def test_phases_follow_one_another_and_belong_to_one_customer(phases: Phases) -> None:
    assert len(phases) > 100
    for terms in phases.values():
        assert len({one["customer_id"] for one in terms}) == 1
        for before, after in pairwise(terms):
            assert before["starts_at"] < after["starts_at"]
            assert before["ends_at"] is None or before["ends_at"] <= after["starts_at"]
            assert before["ends_at"] or (before["plan"], before["quantity"]) != (after["plan"], after["quantity"])


def test_who_gives_notice_leaves_when_what_was_paid_for_is_over(phases: Phases) -> None:
    every = [one for terms in phases.values() for one in terms]
    gone = [one for one in every if one["cancelled_at"]]
    assert gone
    assert all((one["ends_at"] is None) == (one["cancelled_at"] is None) for one in every)
    assert all(one["starts_at"] < one["cancelled_at"] < one["ends_at"] for one in gone)


def test_there_are_members_of_every_kind(phases: Phases) -> None:
    every = [one for terms in phases.values() for one in terms]
    assert {one["plan"] for one in every} == {"Cruiser", "Builder", "Workshop"}
    assert {one["billing_interval"] for one in every} == {"month", "year"}
    ended = [t for t in every if t["trial_ends_at"] and t["ends_at"] == t["trial_ends_at"]]
    kept = [t for t in every if t["trial_ends_at"] and t["ends_at"] != t["trial_ends_at"]]
    assert 0.2 < len(ended) / (len(ended) + len(kept)) < 0.5
    again = [pair for terms in phases.values() for pair in pairwise(terms)]
    assert any(before["ends_at"] for before, _ in again), "somebody comes back"
    assert any(not before["ends_at"] for before, _ in again), "somebody changes the plan"


def test_each_interval_is_charged_once_and_by_the_list_that_held_when_the_terms_began(told: Told, phases: Phases) -> None:
    prices = sorted(latest(told["subscription_prices"]), key=lambda p: p["valid_from"])
    charged: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in latest(told["revenue_tracking"]):
        if entry["revenue_type"] == "subscription":
            charged[entry["subscription_id"]].append(entry)
    for subscription, entries in charged.items():
        for entry in entries:
            at = entry["revenue_date"]
            terms = [t for t in phases[subscription] if max(t["starts_at"], t["trial_ends_at"] or "") <= at][-1]
            listed = [
                p
                for p in prices
                if (p["plan"], p["billing_interval"]) == (terms["plan"], terms["billing_interval"])
                and p["valid_from"] <= terms["starts_at"]
            ][-1]
            assert Decimal(entry["amount"]) == Decimal(listed["amount"]) * terms["quantity"]
            assert terms["ends_at"] is None or at < terms["ends_at"]
        days = sorted(instant(entry["revenue_date"]) for entry in entries)
        assert all(after - before > timedelta(days=26) for before, after in pairwise(days))


def test_members_have_an_account_by_the_time_they_join(told: Told, phases: Phases) -> None:
    opened = {user["user_id"]: user["signed_up_at"] for user in latest(told["users"])}
    for terms in phases.values():
        assert opened[terms[0]["customer_id"]] <= terms[0]["starts_at"]
