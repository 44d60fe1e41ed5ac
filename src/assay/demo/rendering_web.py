"""How the rows of the website and of marketing become records: their keys and payloads."""

from __future__ import annotations

import numpy as np

from assay.demo import company, loyalty, marketing, members, records, visits
from assay.demo.dice import Ints
from assay.demo.records import Texts, instants, joined, or_null, payloads, plain, quoted
from assay.demo.rendering import CURRENCY, Complete, Stream, as_json, as_json_or_null, identity
from assay.demo.story import Story
from assay.demo.streams import Rows
from assay.demo.ways import Ways

_KINDS = ("v", "o", "m", "c", "j")
_MARKS = ("", "v", "c", "g", "u")


def _numbered(prefixes: tuple[str, ...], kind: Ints, number: Ints) -> Texts:
    return joined(records.chosen(prefixes, kind), "-", plain(number))


def _user(rows: Rows) -> Texts:
    """The number of who is signed in; that of an account without an order is its own."""
    prefix = records.chosen(("c-", "u-"), (rows["mark"] == visits.LOOKING).astype(np.int64))
    return joined(prefix, records.padded(np.maximum(rows["user"], 0), 6))


def _way_field(story: Story, rows: Rows, field: str) -> Texts:
    names = [getattr(way, field) for way in Ways(story).every]
    way = rows["way"]
    known = np.array([name is not None for name in names], dtype=np.bool_)[np.maximum(way, 0)] & (way >= 0)
    return or_null(known, as_json([name or "" for name in names], np.maximum(way, 0)))


def _events(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    visit = _numbered(_KINDS, rows["kind"], rows["number"])
    key = joined("e-", visit, "-", plain(rows["place"]))
    person = rows["mark"] != visits.NOBODY
    fields = {
        "event_id": quoted(key),
        "occurred_at": instants(rows["event"]),
        "name": as_json(visits.NAMES, rows["name"]),
        "session_id": or_null(person, quoted(joined("s-", visit))),
        "visitor_id": or_null(person, quoted(_numbered(_MARKS, rows["mark"], rows["visitor"]))),
        "user_id": or_null(rows["user"] >= 0, quoted(_user(rows))),
        "utm_source": _way_field(story, rows, "source"),
        "utm_medium": _way_field(story, rows, "medium"),
        "utm_campaign": _way_field(story, rows, "campaign"),
        "order_id": or_null(rows["order"] >= 0, quoted(identity("o", rows["order"]))),
        "page": as_json_or_null(visits.PAGES, rows["page"]),
        "feature": as_json_or_null(members.FEATURES, rows["feature"]),
        "status": or_null(rows["status"] >= 0, plain(rows["status"])),
    }
    return key, payloads(fields)


def _spend(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    every = Ways(story).every
    platform = records.chosen([way.platform or "" for way in every], rows["campaign"])
    campaign = records.chosen([way.campaign or "" for way in every], rows["campaign"])
    fields = {
        "spend_date": instants(rows["event"]),
        "platform": quoted(platform),
        "campaign": quoted(campaign),
        "spend_cents": plain(rows["cents"]),
        "currency": CURRENCY,
        "impressions": plain(rows["impressions"]),
        "clicks": plain(rows["clicks"]),
        "conversions": plain(rows["conversions"]),
    }
    return joined(_days(story, rows["day"]), "|", platform, "|", campaign), payloads(fields)


def _email_campaigns(story: Story, rows: Rows) -> tuple[Texts, Texts]:
    launches = [way.campaign or "" for way in Ways(story).every]
    named = records.chosen([*marketing.LETTERS, ""], rows["letter"])
    launch = records.chosen(launches, np.maximum(rows["launch"], 0))
    campaign = records.pc.if_else(records.pa.array(rows["letter"] < len(marketing.LETTERS)), named, launch)
    fields = {
        "campaign": quoted(campaign),
        "sent_on": instants(rows["event"]),
        "delivered": plain(rows["delivered"]),
        "opens": plain(rows["opens"]),
        "clicks": plain(rows["clicks"]),
        "conversions": plain(rows["conversions"]),
    }
    return joined(_days(story, rows["day"]), "|", campaign), payloads(fields)


def _social_posts(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("post", rows["number"])
    fields = {
        "post_id": quoted(key),
        "posted_at": instants(rows["event"]),
        "platform": as_json(marketing.NETWORKS, rows["network"]),
        "campaign": "null",
        "impressions": plain(rows["impressions"]),
        "engagements": plain(rows["engagements"]),
        "clicks": plain(rows["clicks"]),
    }
    return key, payloads(fields)


def _referrals(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("rf", rows["number"])
    fields = {
        "referral_id": quoted(key),
        "referred_at": instants(rows["referred_at"]),
        "referrer_id": quoted(identity("c", rows["referrer"])),
        "referred_id": or_null(rows["friend"] >= 0, quoted(identity("c", rows["friend"]))),
        "converted_at": instants(rows["converted"]),
        "order_id": or_null(rows["order"] >= 0, quoted(identity("o", rows["order"]))),
    }
    return key, payloads(fields)


def _verifications(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("vf", rows["number"])
    fields = {
        "verification_id": quoted(key),
        "order_id": quoted(identity("o", rows["number"])),
        "customer_id": or_null(rows["customer"] >= 0, quoted(identity("c", rows["customer"]))),
        "requested_at": instants(rows["asked"]),
        "completed_at": instants(rows["done"]),
        "failed_at": instants(rows["failed"]),
    }
    return key, payloads(fields)


def _loyalty_points(_story: Story, rows: Rows) -> tuple[Texts, Texts]:
    key = identity("lp", rows["number"], rows["kind"])
    fields = {
        "entry_id": quoted(key),
        "entered_at": instants(rows["event"]),
        "customer_id": quoted(identity("c", rows["customer"])),
        "kind": as_json(loyalty.KINDS, rows["kind"]),
        "points": plain(rows["points"]),
        "order_id": quoted(identity("o", rows["number"])),
    }
    return key, payloads(fields)


def _days(story: Story, day: Ints) -> Texts:
    """The dates of days."""
    which, place = np.unique(day, return_inverse=True)
    return records.chosen([story.days.date_of(int(d)).isoformat() for d in which], place.astype(np.int64))


WEB_STREAMS = (
    Stream("events", company.WEBSITE, ("event", "kind", "number", "place"), _events, begins=visits.counted_since),
    Stream("spend", company.ADVERTISING, ("day", "campaign", "stage"), _spend, Complete.QUARTERS),
    Stream("email_campaigns", company.MARKETING, ("day", "letter", "stage"), _email_campaigns),
    Stream("social_posts", company.MARKETING, ("number", "stage"), _social_posts),
    Stream("referrals", company.MARKETING, ("number",), _referrals),
    Stream("verifications", company.MARKETING, ("number", "stage"), _verifications),
    Stream("loyalty_points", company.MARKETING, ("number", "kind"), _loyalty_points),
)
