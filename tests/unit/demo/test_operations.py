"""What the office notes: broken promises and who mended them, shops, hours saved, and the automation's runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median, quantiles
from typing import Any

import pytest

from tests.unit.demo.pulls import END, Record, instant, latest, minutes_between, shop_day

Delivered = dict[str, list[Record]]
LAST = date(2026, 11, 21)


@pytest.fixture(scope="module")
def breaches(delivered: Delivered) -> list[dict[str, Any]]:
    return latest(delivered["sla_breaches"])


@pytest.mark.parametrize(
    ("stream", "times"),
    [("sla_breaches", ("detected_at", "responded_at", "resolved_at")), ("shops", ("registered_at", "activated_at"))],
)
def test_each_change_is_a_record_that_tells_of_it_and_arrives_after_it(
    delivered: Delivered, stream: str, times: tuple[str, ...]
) -> None:
    chains: dict[str, list[Record]] = defaultdict(list)
    for record in delivered[stream]:
        told = [record.fields[name] for name in times]
        known = [text for text in told if text is not None]
        assert known == sorted(known)
        assert told == known + [None] * (len(told) - len(known))
        assert instant(known[-1]) == record.event_at < record.received_at
        chains[record.key].append(record)
    assert max(len(chain) for chain in chains.values()) == len(times)
    for before, after in (step for chain in chains.values() for step in pairwise(chain)):
        assert before.received_at < after.received_at
        old, new = before.fields, after.fields
        assert all(value in (new[name], None) for name, value in old.items())


def test_a_few_promises_a_day_are_broken(breaches: list[dict[str, Any]]) -> None:
    assert 2 < len(breaches) / 730 < 4
    kinds = Counter(breach["kind"] for breach in breaches)
    assert set(kinds) == {"fulfillment", "conversation", "inventory"}
    assert min(kinds.values()) > 30


def test_the_orders_that_break_a_promise_are_those_still_here_after_48_hours(
    breaches: list[dict[str, Any]], delivered: Delivered
) -> None:
    found = {b["breach_id"].removeprefix("b-fulfillment-"): b for b in breaches if b["kind"] == "fulfillment"}
    left = {f["order_id"][2:]: f["fulfilled_at"] for f in latest(delivered["fulfillments"]) if f["status"] == "success"}
    dropped = {
        record.key[2:]: record.event_at.isoformat()
        for record in delivered["orders"]
        if record.fields["financial_status"] == "voided" or record.fields["cancelled_at"]
    }
    never = (END + timedelta(days=99)).isoformat()
    for order in latest(delivered["orders"]):
        number, ordered = order["order_id"][2:], order["ordered_at"]
        if number in found:
            assert minutes_between(ordered, found[number]["detected_at"]) > 48 * 60
        if instant(ordered) < END - timedelta(days=6):  # of younger ones something may still be on its way
            waited = min(minutes_between(ordered, gone.get(number, never)) for gone in (left, dropped))
            assert (number in found) == (waited > 48 * 60 and not order["is_test"]), number


def test_a_breach_of_a_conversation_is_one_that_had_no_answer_for_two_hours(
    breaches: list[dict[str, Any]], delivered: Delivered
) -> None:
    talks = {talk["conversation_id"][3:]: talk for talk in latest(delivered["conversations"])}
    end = END.isoformat()
    late = {n for n, t in talks.items() if minutes_between(t["opened_at"], t["first_response_at"] or end) > 120 + 6}
    found = {b["breach_id"].removeprefix("b-conversation-"): b for b in breaches if b["kind"] == "conversation"}
    assert late <= found.keys()
    for number, breach in found.items():
        assert 120 < minutes_between(talks[number]["opened_at"], breach["detected_at"]) <= 125


def test_a_breach_of_the_stock_is_a_product_that_was_counted_as_gone(
    breaches: list[dict[str, Any]], delivered: Delivered
) -> None:
    on_hand = Counter[date]()
    totals: dict[tuple[str, date], int] = defaultdict(int)
    for record in delivered["inventory_levels"]:
        totals[record.fields["sku"], record.day] += record.fields["on_hand"]
    for (_, day), pieces in totals.items():
        on_hand[day] += pieces == 0
    for breach in breaches:
        if breach["kind"] == "inventory":
            assert on_hand[shop_day(instant(breach["detected_at"])) - timedelta(days=1)] > 0


def test_operators_respond_within_minutes_and_mend_most_of_it(breaches: list[dict[str, Any]]) -> None:
    minutes = [minutes_between(b["detected_at"], b["responded_at"]) for b in breaches if b["responded_at"]]
    assert 10 < median(minutes) < 12
    assert 34 < quantiles(minutes, n=10)[-1] < 42
    assert 0.93 < sum(b["resolved_at"] is not None for b in breaches) / len(breaches) < 0.98
    assert all((b["operator_id"] is None) == (b["responded_at"] is None) for b in breaches)
    assert any(b["responded_at"] is None and instant(b["detected_at"]) < END - timedelta(days=30) for b in breaches)


def test_some_forty_shops_register_and_about_nine_in_ten_are_activated_days_later(delivered: Delivered) -> None:
    shops = latest(delivered["shops"])
    assert 32 <= len(shops) <= 48
    days = [minutes_between(s["registered_at"], s["activated_at"]) / 1440 for s in shops if s["activated_at"]]
    assert 0.80 < len(days) / len(shops) < 0.96
    assert 2 < median(days) < 6
    assert max(shop_day(instant(s["registered_at"])) for s in shops) > LAST - timedelta(days=60)


def test_a_bit_over_two_hours_are_saved_on_each_working_day_and_none_on_others(delivered: Delivered) -> None:
    entries = latest(delivered["time_savings"])
    minutes = Counter[date]()
    for entry in entries:
        minutes[shop_day(instant(entry["saved_at"]))] += entry["minutes"]
    assert all(day.weekday() < 5 for day in minutes)
    assert len(minutes) == 516
    assert 2.0 < fmean(minutes.values()) / 60 < 2.4
    assert {entry["category"] for entry in entries} == {"reporting", "inventory", "support", "fulfillment", "marketing"}


def test_the_automation_runs_some_hundred_times_a_day_and_seldom_fails(delivered: Delivered) -> None:
    runs = latest(delivered["automation_runs"])
    by_day = Counter(shop_day(instant(run["ran_at"])) for run in runs)
    late = 5  # of a day's last runs some are still on their way, and the last day is not over
    assert all(90 - late <= count <= 140 for day, count in by_day.items() if day < LAST - timedelta(days=3))
    assert len(by_day) == 730
    failed = [run for run in runs if run["status"] == "failed"]
    assert 0.03 < len(failed) / len(runs) < 0.04
    assert {run["minutes_saved"] for run in failed} == {0}
    assert {run["minutes_saved"] for run in runs if run["status"] == "succeeded"} == {1, 2, 3, 4, 5, 6}
    assert len({run["action"] for run in runs}) == 8


def test_nobody_works_before_joining_or_after_leaving(delivered: Delivered) -> None:
    spans: dict[str, list[date]] = defaultdict(list)
    for run in latest(delivered["automation_runs"]):
        spans[run["operator_id"]].append(shop_day(instant(run["ran_at"])))
    assert set(spans) == {"op-1", "op-2", "op-3", "op-4", "op-5"}
    assert date(2025, 12, 25) < max(spans["op-3"]) < date(2025, 12, 31)  # after 55 % of the days
    assert date(2026, 1, 30) < min(spans["op-5"]) < date(2026, 2, 5)  # after 60 % of them
    assert {len(set(days)) for name, days in spans.items() if name in ("op-1", "op-2")} == {730}
