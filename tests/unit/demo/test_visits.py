"""Visits: the steps of a visit follow one another, orders are the shop's, and the shares are those of a shop."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.unit.demo.pulls import Record, instant, latest, shop_day

Told = dict[str, list[Record]]
Events = list[dict[str, Any]]
Visits = list[Events]
STEPS = ["page_view", "add_to_cart", "begin_checkout", "purchase"]


@pytest.fixture(scope="module")
def events(told: Told) -> Events:
    return sorted((record.fields for record in told["events"]), key=lambda event: event["occurred_at"])


@pytest.fixture(scope="module")
def sessions(events: Events) -> Visits:
    """The events of each visit, by time."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if event["session_id"] is not None:
            found[event["session_id"]].append(event)
    return list(found.values())


def test_the_steps_of_a_visit_follow_one_another(sessions: Visits) -> None:
    for visit in sessions:
        steps = [STEPS.index(event["name"]) for event in visit if event["name"] in STEPS]
        assert steps == sorted(steps)
        assert set(steps) in ({0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}, set())
        assert len({event["visitor_id"] for event in visit}) == 1


def test_where_a_visit_came_from_stands_in_its_first_event_alone(sessions: Visits) -> None:
    assert all(event["utm_source"] is None for visit in sessions for event in visit[1:])
    assert sum(visit[0]["utm_source"] is not None for visit in sessions) > 0.6 * len(sessions)


def test_a_purchase_is_an_order_of_the_shop_at_the_same_second(told: Told, events: Events) -> None:
    ordered = {o["order_id"]: o for o in latest(told["orders"])}
    bought = [event for event in events if event["name"] == "purchase"]
    assert len(bought) > 500
    for event in bought:
        order = ordered[event["order_id"]]
        assert event["occurred_at"] == order["ordered_at"]
        assert order["channel"] == "web"
        assert not order["is_test"]
        assert event["user_id"] == order["customer_id"]
    assert len({event["order_id"] for event in bought}) == len(bought)


def test_the_funnel_is_that_of_a_shop(sessions: Visits) -> None:
    reached: Counter[str] = Counter()
    for visit in sessions:
        reached.update({event["name"] for event in visit} | {"visit"})
    assert 0.08 < reached["add_to_cart"] / reached["visit"] < 0.12
    assert 0.45 < reached["begin_checkout"] / reached["add_to_cart"] < 0.75
    assert 0.02 < reached["purchase"] / reached["visit"] < 0.04


def test_programs_call_without_a_visit_and_are_seldom_refused(events: Events) -> None:
    calls = [event for event in events if event["name"] == "api_call"]
    assert all(c["session_id"] is None and c["visitor_id"] is None and c["status"] in (200, 404, 429, 500) for c in calls)
    by_day: dict[object, list[int]] = defaultdict(list)
    for call in calls:
        by_day[shop_day(instant(call["occurred_at"]))].append(call["status"])
    rates = sorted(sum(status >= 400 for status in day) / len(day) for day in by_day.values())
    assert 3 <= sum(rate > 0.03 for rate in rates) <= 12
    assert rates[len(rates) // 2] < 0.01


def test_features_are_used_by_members_who_are_there_then(told: Told, events: Events) -> None:
    begun: dict[str, str] = {}
    for terms in latest(told["subscriptions"]):
        begun[terms["customer_id"]] = min(begun.get(terms["customer_id"], terms["starts_at"]), terms["starts_at"])
    uses = [event for event in events if event["name"] == "feature_used"]
    assert len(uses) > 100
    assert all(u["feature"] and begun[u["user_id"]][:10] <= u["occurred_at"][:10] for u in uses)


def test_who_opens_an_account_is_active_on_that_day(told: Told, events: Events) -> None:
    joined = {event["user_id"]: event["occurred_at"] for event in events if event["name"] == "sign_up"}
    users = {user["user_id"]: user["signed_up_at"] for user in latest(told["users"])}
    assert len(joined) > 100
    assert all(users[user] == at for user, at in joined.items())
