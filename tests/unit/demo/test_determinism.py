"""The same arguments give the same records, and time that passes only adds to them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.demo import DemoBatch, DemoCompany
from tests.unit.demo.pulls import SHORT_END, STREAM_NAMES, records_by_stream, short_company

Identity = tuple[str, datetime, datetime, str]


def everything(batches: list[DemoBatch]) -> dict[str, set[Identity]]:
    """The records of each stream; the hash stands for the payload."""
    found: dict[str, set[Identity]] = {stream: set() for stream in STREAM_NAMES}
    for batch in batches:
        columns = [batch.records[name].to_pylist() for name in ("key", "event_at", "received_at", "sha256")]
        found[batch.stream].update(zip(*columns, strict=True))
    return found


def assert_pulls_add_up(first_end: datetime, later_end: datetime, seed: int, scale: float) -> None:
    whole = everything(list(short_company(later_end, seed, scale).batches()))
    first = everything(list(short_company(first_end, seed, scale).batches()))
    rest = everything(list(short_company(later_end, seed, scale).batches(since=first_end)))
    for stream, records in whole.items():
        assert first[stream] | rest[stream] == records, stream
        assert not first[stream] & rest[stream], stream


def test_the_same_arguments_give_identical_tables() -> None:
    one, other = list(short_company().batches()), list(short_company().batches())
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.records.equals(b.records)
        assert (a.stream, a.received_at, a.complete_from, a.complete_until, a.gaps) == (
            (b.stream, b.received_at, b.complete_from, b.complete_until, b.gaps)
        )


def test_another_seed_gives_other_orders() -> None:
    assert (
        everything(list(short_company(seed=7).batches()))["orders"]
        != everything(list(short_company(seed=8).batches()))["orders"]
    )


def test_a_pull_years_later_adds_to_the_first_and_changes_nothing() -> None:
    start = short_company().start
    later = SHORT_END + timedelta(days=400)
    first = everything(list(DemoCompany(start, SHORT_END, scale=0.2, months=5).batches()))
    whole = everything(list(DemoCompany(start, later, scale=0.2, months=5).batches()))
    for stream, records in first.items():
        assert records < whole[stream] or stream == "products"
        assert {r for r in whole[stream] if r[2] <= SHORT_END} == records


def test_the_first_records_of_a_longer_story_come_in_the_same_order() -> None:
    short = records_by_stream(list(short_company().batches()))
    longer = records_by_stream(list(short_company(SHORT_END + timedelta(days=3)).batches()))
    for stream, records in short.items():
        assert longer[stream][: len(records)] == records, stream


@settings(max_examples=10)
@given(
    minutes=st.integers(min_value=1, max_value=100 * 24 * 60),
    more=st.integers(min_value=0, max_value=30 * 24 * 60),
    seed=st.integers(min_value=0, max_value=2**40),
    scale=st.sampled_from([0.05, 0.5]),
)
def test_two_pulls_bring_what_one_pull_brings(minutes: int, more: int, seed: int, scale: float) -> None:
    opened = datetime.combine(short_company().start, datetime.min.time(), SHORT_END.tzinfo) + timedelta(days=1)
    first_end = opened + timedelta(minutes=minutes)
    assert_pulls_add_up(first_end, first_end + timedelta(minutes=more), seed, scale)
