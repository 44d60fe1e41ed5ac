"""What platforms report holds together with what the website counts."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.unit.demo.pulls import Record, latest

Told = dict[str, list[Record]]


def test_more_is_shown_than_clicked_and_clicked_than_bought(told: Told) -> None:
    for day in latest(told["spend"]):
        assert day["impressions"] >= day["clicks"] >= day["conversions"] >= 0
        assert day["spend_cents"] > 0
    for letter in latest(told["email_campaigns"]):
        assert letter["delivered"] >= letter["opens"] >= letter["clicks"] >= letter["conversions"] >= 0
    for post in latest(told["social_posts"]):
        assert post["impressions"] >= post["engagements"] >= 0


def test_a_day_of_a_campaign_only_grows_until_it_is_over(told: Told) -> None:
    days: dict[str, list[Record]] = defaultdict(list)
    for record in told["spend"]:
        days[record.key].append(record)
    whole = [records for records in days.values() if len(records) == 5]
    assert len(whole) > 500
    for records in whole:
        spent = [r.fields["spend_cents"] for r in sorted(records, key=lambda r: r.received_at)[:4]]
        assert spent == sorted(spent)


def test_advertisements_bring_two_to_four_times_what_they_cost_and_one_campaign_burns_money(told: Told) -> None:
    paid: dict[str, Decimal] = defaultdict(Decimal)
    events = [r.fields for r in told["events"]]
    campaigns = {e["session_id"]: e["utm_campaign"] for e in events if e["utm_medium"] in ("cpc", "paid_social")}
    captured: dict[str, Decimal] = defaultdict(Decimal)
    for payment in latest(told["payments"]):
        captured[payment["order_id"]] += Decimal(payment["amount"])
    for event in events:
        if event["name"] == "purchase" and (campaign := campaigns.get(event["session_id"])):
            paid[campaign] += captured[event["order_id"]]
    since = min(r.event_at for r in told["events"]).isoformat()[:10]
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for day in latest(told["spend"]):
        if day["spend_date"][:10] > since:
            spent[day["campaign"]] += Decimal(day["spend_cents"]) / 100
    assert set(paid) <= set(spent)
    assert 2 < sum(paid.values()) / sum(spent.values()) < 4
    trials = [campaign for campaign in spent if campaign.startswith("creator_trial")]
    launches = [campaign for campaign in spent if campaign.startswith("launch")]
    assert all(paid[campaign] < spent[campaign] for campaign in trials)
    assert sum(paid[c] for c in launches) > 2 * sum(spent[c] for c in launches)


def test_a_friend_buys_after_the_recommendation_and_is_a_new_customer(told: Told) -> None:
    orders = {o["order_id"]: o for o in latest(told["orders"])}
    created = {c["customer_id"]: c["created_at"] for c in latest(told["customers"])}
    referrals = latest(told["referrals"])
    bought = [r for r in referrals if r["converted_at"]]
    assert 0.07 < len(bought) / len(referrals) < 0.2
    for referral in bought:
        assert referral["referred_at"] < referral["converted_at"] == created[referral["referred_id"]]
        assert orders[referral["order_id"]]["customer_id"] == referral["referred_id"]
    assert len({r["referred_id"] for r in bought}) == len(bought)


def test_nobody_spends_points_that_they_do_not_have(told: Told) -> None:
    left: dict[str, int] = defaultdict(int)
    # what an order earns cannot be spent with it
    for entry in sorted(latest(told["loyalty_points"]), key=lambda e: (e["entered_at"], e["kind"] == "earned")):
        left[entry["customer_id"]] += entry["points"] if entry["kind"] == "earned" else -entry["points"]
        assert left[entry["customer_id"]] >= 0
    assert {entry["kind"] for entry in latest(told["loyalty_points"])} == {"earned", "redeemed"}


def test_who_fails_the_verification_gets_the_money_back(told: Told) -> None:
    verifications = {v["order_id"]: v for v in latest(told["verifications"])}
    refused = {r["order_id"] for r in latest(told["refunds"]) if r["reason"] == "not_verified"}
    assert refused
    for order in refused:
        assert verifications[order]["failed_at"]
        assert verifications[order]["completed_at"] is None
    done = [v for v in verifications.values() if v["completed_at"]]
    assert all(v["requested_at"] < v["completed_at"] and v["failed_at"] is None for v in done)
    assert len(done) > 0.85 * len(verifications)
