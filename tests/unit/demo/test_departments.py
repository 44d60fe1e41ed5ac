"""What the company tells beyond its shop: by pack, without moving a record of another stream, and the same every time."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from assay.demo import SHOWN_PACKS, SOURCES, DemoBatch
from assay.demo.departments import READ
from assay.values.load import LandingRecord
from tests.unit.demo.pulls import (
    SHORT_END,
    SOURCE_OF,
    STREAM_NAMES,
    TOLD_SOURCE_OF,
    Record,
    records_by_stream,
    telling_company,
)

Told = dict[str, list[Record]]
STAGING = Path(__file__).parents[3] / "packs" / "base" / "models" / "staging"
MOVED = {"products", "refunds"}
"""Whoever asks for campaigns reads what products cost, and which refunds were given to buyers who were not verified."""


def test_each_pack_is_told_the_streams_that_it_reads_and_no_others(telling_batches: list[DemoBatch]) -> None:
    assert set(READ) < set(SHOWN_PACKS)
    assert {(b.stream, b.source) for b in telling_batches} == set((SOURCE_OF | TOLD_SOURCE_OF).items())
    assert set((SOURCE_OF | TOLD_SOURCE_OF).values()) == SOURCES
    for pack, read in READ.items():
        batches = telling_company(SHORT_END - timedelta(days=80), (pack,), scale=0.1, months=3).batches()
        assert {b.stream for b in batches} == STREAM_NAMES | read, pack


def test_no_record_of_the_shop_moves_when_a_pack_is_told_more(told: Told) -> None:
    shop = records_by_stream(list(telling_company(packs=()).batches()))
    assert {stream for stream in STREAM_NAMES if shop[stream] != told[stream]} == MOVED
    plain = [{name: value for name, value in r.fields.items() if name not in ("tier", "unit_cost")} for r in told["products"]]
    assert plain == [r.fields for r in shop["products"]]
    reasons = {(a.fields["reason"], b.fields["reason"]) for a, b in zip(shop["refunds"], told["refunds"], strict=True)}
    assert ("cancelled", "not_verified") in reasons
    assert all(was == now or (was, now) == ("cancelled", "not_verified") for was, now in reasons)


def test_the_startup_alone_changes_no_record_of_the_shop() -> None:
    plain, more = (
        records_by_stream(list(telling_company(SHORT_END - timedelta(days=150), packs).batches()))
        for packs in ((), ("startup",))
    )
    assert all(plain[stream] == more[stream] for stream in STREAM_NAMES)


@pytest.mark.parametrize("stream", sorted(TOLD_SOURCE_OF))
def test_a_record_has_the_fields_that_staging_reads(told: Told, stream: str) -> None:
    sql = (STAGING / f"stg_{stream}.sql").read_text("utf-8")
    called = re.search(r"latest_records\('\w+', \[(.*?)\]\)", sql, re.DOTALL)
    assert called
    assert set(told[stream][0].fields) == set(re.findall(r"'(\w+)'", called[1]))


def test_the_records_are_landing_records_of_which_each_version_arrives_by_itself(told: Told) -> None:
    for stream in TOLD_SOURCE_OF:
        LandingRecord(**vars(told[stream][0]))
        assert len({(r.key, r.received_at) for r in told[stream]}) == len(told[stream]), stream
        assert all(r.received_at >= r.event_at for r in told[stream][::7]), stream


def test_only_what_grows_or_ends_is_delivered_again(told: Told) -> None:
    again = {name for name in TOLD_SOURCE_OF if len({r.key for r in told[name]}) < len(told[name])}
    assert again == {"spend", "email_campaigns", "social_posts", "referrals", "verifications", "subscriptions"}


@pytest.mark.parametrize("after", [timedelta(hours=5), timedelta(days=45, hours=7, minutes=13)])
def test_two_pulls_bring_of_every_stream_what_one_pull_brings(after: timedelta) -> None:
    first_end = SHORT_END - timedelta(days=50)
    whole = records_by_stream(list(telling_company(first_end + after, scale=0.1, months=3).batches()))
    first = records_by_stream(list(telling_company(first_end, scale=0.1, months=3).batches()))
    rest = records_by_stream(list(telling_company(first_end + after, scale=0.1, months=3).batches(since=first_end)))
    for stream in TOLD_SOURCE_OF:
        key = [(r.key, r.received_at, r.payload) for r in [*first[stream], *rest.get(stream, [])]]
        assert sorted(key) == sorted((r.key, r.received_at, r.payload) for r in whole[stream]), stream


def test_the_books_are_complete_until_the_pull_and_advertising_to_the_last_quarter_of_a_day(
    telling_batches: list[DemoBatch],
) -> None:
    until = {b.stream: b.complete_until for b in telling_batches}
    assert all(until[stream] == SHORT_END for stream, source in TOLD_SOURCE_OF.items() if source in ("books", "membership"))
    told_of = until["spend"]
    assert told_of is not None
    assert timedelta(minutes=20) <= SHORT_END - told_of < timedelta(hours=6, minutes=20)


def test_visits_are_complete_since_they_are_counted(telling_batches: list[DemoBatch], told: Told) -> None:
    since = next(b.complete_from for b in telling_batches if b.stream == "events" and b.complete_from)
    assert timedelta(days=180) < SHORT_END - since < timedelta(days=185)
    assert sum(r.event_at < since for r in told["events"]) <= 5, "of visits that had begun before"
