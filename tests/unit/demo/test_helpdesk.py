"""Conversations open, are answered, resolved and closed in this order, at the pace of a helpdesk that mostly keeps its word."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import pytest

from tests.unit.demo.pulls import END, SHOP_ZONE, SHORT_END, Record, instant, latest, minutes_between, short_company

Delivered = dict[str, list[Record]]
STAGE = {"open": 0, "pending": 0, "resolved": 1, "closed": 2}


@pytest.fixture(scope="module")
def talks(delivered: Delivered) -> list[dict[str, Any]]:
    return latest(delivered["conversations"])


@pytest.fixture(scope="module")
def answers(talks: list[dict[str, Any]]) -> list[float]:
    """Minutes to the first response."""
    return [minutes_between(t["opened_at"], t["first_response_at"]) for t in talks if t["first_response_at"]]


def test_every_record_of_a_conversation_agrees_with_itself(delivered: Delivered) -> None:
    for record in delivered["conversations"]:
        talk = record.fields
        answered, resolved = talk["first_response_at"], talk["resolved_at"]
        assert answered is None or talk["opened_at"] < answered
        assert resolved is None or (answered is not None and answered < resolved)
        assert (resolved is not None) == (talk["status"] in ("resolved", "closed"))
        assert (talk["operator_id"] is not None) == (answered is not None)
        assert answered is not None or (talk["status"] == "open" and not talk["is_escalated"])


def test_a_record_tells_of_its_newest_change_and_arrives_after_it(delivered: Delivered) -> None:
    for record in delivered["conversations"]:
        talk = record.fields
        told = [instant(talk[name]) for name in ("opened_at", "first_response_at", "resolved_at") if talk[name]]
        assert max(told) == record.event_at or (talk["status"] == "closed" and max(told) < record.event_at)
        assert record.event_at < record.received_at


def test_a_later_record_adds_to_the_one_before_and_takes_nothing_back(delivered: Delivered) -> None:
    chains: dict[str, list[Record]] = defaultdict(list)
    for record in delivered["conversations"]:
        chains[record.key].append(record)
    assert max(len(chain) for chain in chains.values()) == 4
    for before, after in (step for chain in chains.values() for step in pairwise(chain)):
        assert before.received_at < after.received_at
        assert before.event_at < after.event_at
        old, new = before.fields, after.fields
        assert STAGE[old["status"]] < STAGE[new["status"]] or old["first_response_at"] is None
        for name, value in old.items():
            assert value in (new[name], None, False) or name == "status", name


def test_about_one_order_in_twelve_is_asked_about(talks: list[dict[str, Any]], delivered: Delivered) -> None:
    orders = {record.key for record in delivered["orders"]}
    assert 0.07 < len(talks) / len(orders) < 0.09
    guests = sum(talk["customer_id"] is None for talk in talks)
    assert 0.05 < guests / len(talks) < 0.17


def test_half_of_the_first_responses_take_less_than_18_minutes_and_few_take_two_hours(answers: list[float]) -> None:
    assert 16 < median(answers) < 20
    assert 25 < fmean(answers) < 45
    assert 0.015 < sum(minutes > 120 for minutes in answers) / len(answers) < 0.04


def test_office_hours_are_faster_and_busier_than_weekends(talks: list[dict[str, Any]]) -> None:
    pace: dict[bool, list[float]] = defaultdict(list)
    days, hours = Counter[int](), Counter[int]()
    for talk in talks:
        opened = instant(talk["opened_at"]).astimezone(SHOP_ZONE)
        days[opened.weekday()] += 1
        hours[opened.hour] += 1
        if talk["first_response_at"]:
            pace[opened.weekday() >= 5].append(minutes_between(talk["opened_at"], talk["first_response_at"]))
    assert median(pace[True]) > 1.2 * median(pace[False])
    assert max(days[5], days[6]) < min(days[n] for n in range(5))
    assert sum(hours[n] for n in range(8, 18)) > 0.7 * len(talks)


def test_few_are_escalated_urgent_or_angry(talks: list[dict[str, Any]]) -> None:
    share = {name: sum(talk[name] for talk in talks) / len(talks) for name in ("is_escalated", "is_urgent")}
    assert 0.02 < share["is_escalated"] < 0.045
    assert 0.012 < share["is_urgent"] < 0.032
    assert 0.08 < sum(talk["sentiment"].endswith("negative") for talk in talks) / len(talks) < 0.12
    escalated = [talk for talk in talks if talk["is_escalated"]]
    assert sum(talk["sentiment"].endswith("negative") for talk in escalated) > 0.35 * len(escalated)


def test_half_are_resolved_within_some_three_hours(talks: list[dict[str, Any]]) -> None:
    hours = [minutes_between(talk["opened_at"], talk["resolved_at"]) / 60 for talk in talks if talk["resolved_at"]]
    assert 2.5 < median(hours) < 3.8
    assert 3.5 < fmean(hours) < 7


def test_some_wait_for_the_customer_before_they_are_resolved(delivered: Delivered) -> None:
    pending = {record.key for record in delivered["conversations"] if record.fields["status"] == "pending"}
    assert 0.05 < len(pending) / len({record.key for record in delivered["conversations"]}) < 0.13


def test_at_the_end_some_are_unanswered_and_one_is_escalated(talks: list[dict[str, Any]]) -> None:
    waiting = [talk for talk in talks if talk["status"] in ("open", "pending")]
    assert all(instant(talk["opened_at"]) > END - timedelta(days=5) for talk in waiting)
    late = [t for t in waiting if not t["first_response_at"] and instant(t["opened_at"]) < END - timedelta(hours=2)]
    assert 1 <= len(late) <= 5
    assert 1 <= sum(talk["is_escalated"] for talk in waiting) <= 5


def test_what_waits_at_the_end_is_done_in_the_days_after_it() -> None:
    later = records_until(SHORT_END + timedelta(days=12))
    then = {talk["conversation_id"]: talk for talk in later}
    waiting = [talk for talk in records_until(SHORT_END) if talk["status"] in ("open", "pending")]
    assert waiting
    assert all(then[talk["conversation_id"]]["resolved_at"] for talk in waiting)


def records_until(end: Any) -> list[dict[str, Any]]:
    batches = [batch for batch in short_company(end, scale=2.0).batches() if batch.stream == "conversations"]
    return latest([Record(**row) for batch in batches for row in batch.records.to_pylist()])


def test_one_operator_leaves_and_another_joins(talks: list[dict[str, Any]]) -> None:
    spans: dict[str, list[str]] = defaultdict(list)
    for talk in talks:
        if talk["operator_id"]:
            spans[talk["operator_id"]].append(talk["first_response_at"])
    assert set(spans) == {"op-1", "op-2", "op-3", "op-4", "op-5"}
    stays = {name for name, times in spans.items() if min(times) < "2024-12-31" and max(times) > "2026-11"}
    assert stays == {"op-1", "op-2", "op-4"}
    assert max(spans["op-3"]) < min(spans["op-5"])
