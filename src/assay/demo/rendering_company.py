"""How the rows of the club and of the books become records: their keys and payloads."""

from __future__ import annotations

from assay.demo import books, club, company, costs, members, records
from assay.demo.records import Texts, instants, joined, money, or_null, payloads, plain, quoted
from assay.demo.rendering import CURRENCY, Complete, Stream, as_json, as_json_or_null, identity
from assay.demo.story import Story
from assay.demo.streams import Rows

_NOTES = [note for _, note in books.OPERATING]


def _users(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = joined(records.chosen(("u-", "c-"), rows["known"]), records.padded(rows["user"], 6))
    fields = {
        "user_id": quoted(key),
        "signed_up_at": instants(rows["event"]),
        "channel": as_json(members.CHANNELS, rows["channel"]),
    }
    return key, payloads(fields)


def _subscriptions(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    subscription, starts = identity("sub", rows["customer"]), instants(rows["starts"])
    fields = {
        "subscription_id": quoted(subscription),
        "customer_id": quoted(identity("c", rows["customer"])),
        "starts_at": starts,
        "ends_at": instants(rows["ends"]),
        "cancelled_at": instants(rows["notice"]),
        "trial_ends_at": instants(rows["trial_ends"]),
        "paused_at": "null",
        "resumes_at": "null",
        "plan": as_json(club.PLANS, rows["plan"]),
        "billing_interval": as_json(club.INTERVALS, rows["yearly"]),
        "quantity": plain(rows["seats"]),
        "amount": "null",
        "currency": CURRENCY,
    }
    return joined(subscription, "|", records.pc.replace_substring(starts, '"', "")), payloads(fields)


def _subscription_prices(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    plan, interval, since = as_json(club.PLANS, rows["plan"]), as_json(club.INTERVALS, rows["yearly"]), instants(rows["event"])
    fields = {
        "plan": plan,
        "billing_interval": interval,
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "valid_from": since,
    }
    return records.pc.replace_substring(joined(plan, "|", interval, "|", since), '"', ""), payloads(fields)


def _billing_usage(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("us", rows["customer"], rows["day"])
    fields = {
        "usage_id": quoted(key),
        "usage_date": instants(rows["event"]),
        "user_id": quoted(identity("c", rows["customer"])),
        "metric": f'"{members.METRIC}"',
        "quantity": plain(rows["quantity"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
    }
    return key, payloads(fields)


def _revenue_tracking(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    kind, number = records.chosen(books.REVENUE_TYPES, rows["type"]), records.padded(rows["number"], 6)
    key = joined("rv-", kind, "-", number, "-", plain(rows["place"]))
    periodic = rows["type"] == books.SUBSCRIPTION
    fields = {
        "revenue_id": quoted(key),
        "revenue_date": instants(rows["event"]),
        "user_id": or_null(rows["customer"] >= 0, quoted(identity("c", rows["customer"]))),
        "subscription_id": or_null(rows["member"] >= 0, quoted(identity("sub", rows["member"]))),
        "revenue_type": as_json(books.REVENUE_TYPES, rows["type"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "tier": as_json_or_null(club.PLANS, rows["plan"]),
        "billing_period": or_null(periodic, as_json_or_null(("monthly", "annual"), rows["yearly"])),
    }
    return key, payloads(fields)


def _cogs_entries(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = joined("cg-", records.chosen(books.COGS_TYPES, rows["type"]), "-", records.padded(rows["number"], 6))
    fields = {
        "entry_id": quoted(key),
        "cost_date": instants(rows["event"]),
        "cost_type": as_json(books.COGS_TYPES, rows["type"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "description": "null",
    }
    return key, payloads(fields)


def _operating_costs(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("oc", rows["day"], rows["kind"])
    fields = {
        "cost_id": quoted(key),
        "cost_date": instants(rows["event"]),
        "cost_type": as_json([kind for kind, _ in books.OPERATING], rows["kind"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "description": as_json(_NOTES, rows["kind"]),
    }
    return key, payloads(fields)


def _acquisition_costs(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("ac", rows["day"], rows["kind"])
    fields = {
        "cost_id": quoted(key),
        "cost_date": instants(rows["event"]),
        "cost_type": as_json([kind for kind, _, _ in books.ACQUISITION], rows["kind"]),
        "amount": money(rows["amount"]),
        "currency": CURRENCY,
        "channel": as_json([channel for _, channel, _ in books.ACQUISITION], rows["kind"]),
        "description": as_json([note for _, _, note in books.ACQUISITION], rows["kind"]),
        "covers_from": "null",
        "covers_until": "null",
    }
    return key, payloads(fields)


def _cash_balances(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("cb", rows["day"], rows["account"])
    balance = rows["balance"]
    sign = records.chosen(("", "-"), (balance < 0).astype("int64"))
    cents = abs(balance)
    fields = {
        "balance_id": quoted(key),
        "balance_date": instants(rows["event"]),
        "account": as_json(costs.ACCOUNTS, rows["account"]),
        "balance": quoted(joined(sign, plain(cents // 100), ".", records.padded(cents % 100, 2))),
        "currency": CURRENCY,
    }
    return key, payloads(fields)


COMPANY_STREAMS = (
    Stream("users", company.MEMBERSHIP, ("known", "user"), _users),
    Stream("subscriptions", company.MEMBERSHIP, ("customer", "starts", "stage"), _subscriptions),
    Stream("subscription_prices", company.MEMBERSHIP, ("plan", "yearly"), _subscription_prices, Complete.EVER),
    Stream("billing_usage", company.MEMBERSHIP, ("customer", "day"), _billing_usage),
    Stream("revenue_tracking", company.BOOKS, ("type", "number", "place"), _revenue_tracking),
    Stream("cogs_entries", company.BOOKS, ("type", "number"), _cogs_entries),
    Stream("operating_costs", company.BOOKS, ("day", "kind"), _operating_costs),
    Stream("acquisition_costs", company.BOOKS, ("day", "kind"), _acquisition_costs),
    Stream("cash_balances", company.BOOKS, ("day", "account"), _cash_balances),
)
