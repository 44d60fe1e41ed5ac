"""The tables of the trust report: a row a stream, with its sources and shards, and a row a check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from assay.catalog.contract import seconds
from assay.catalog.entry import Catalog
from assay.runtime.problems.blockage import Dependents, resting_on
from assay.trust.causes import CauseJudge
from assay.trust.freshness import DEFAULT_FRESHNESS, freshness_of
from assay.values.answer import Freshness
from assay.values.generation import FeedFacts, Generation, StreamFacts
from assay.values.trust import CheckTrust, FeedTrust, Incident, SourceTrust


def expected_ages(generation: Generation, catalog: Catalog, above: Dependents) -> dict[str, str]:
    """Return how old each stream may be: by its own declaration, else the shortest age that a KPI on it requires."""
    found: dict[str, str] = {}
    for name, facts in generation.streams.items():
        models = [model for model, one in generation.models.items() if name in one.streams]
        required = [catalog.kpis[kpi].contract.requires.freshness for kpi in resting_on(catalog, above, models)]
        found[name] = facts.freshness or min((one for one in required if one), key=seconds, default=DEFAULT_FRESHNESS)
    return found


def source_rows(judge: CauseJudge, catalog: Catalog, above: Dependents) -> tuple[SourceTrust, ...]:
    """Return every stream that the catalogue knows, those on which most rests first.

    What is built on demand is none of the shop's before something rests on it or was loaded.
    """
    known = dict(judge.generation.streams)
    for name, declared in catalog.streams.items():
        known.setdefault(name, StreamFacts(stream=name, owner=declared.owner, freshness=declared.rules.freshness))
    rows = [_source(judge, catalog, above, facts) for facts in known.values()]
    idle = {name for name, declared in catalog.streams.items() if declared.rules.on_demand}
    rows = [row for row in rows if row.kpis or row.newest_load is not None or row.stream not in idle]
    return tuple(sorted(rows, key=lambda row: (-row.kpis, row.stream)))


def check_rows(judge: CauseJudge, incidents: Iterable[Incident]) -> tuple[CheckTrust, ...]:
    """Return every check, those that fail first."""
    of = {check: incident for incident in incidents for check in incident.checks}
    rows = [
        CheckTrust(
            check=check.name,
            models=check.models,
            status=check.status,
            blocking=check.blocking,
            failures=check.failures,
            message=check.message,
            checked_at=check.checked_at,
            since=None if check.status == "passed" else check.since or check.checked_at,
            incident=of[check.name].id if check.name in of else None,
        )
        for check in judge.generation.checks
    ]
    return tuple(sorted(rows, key=lambda row: (row.status == "passed", not row.blocking, row.check)))


def next_steps(judge: CauseJudge, sources: Sequence[SourceTrust]) -> list[datetime]:
    """Return the instants at which a stream gets older than it was: from fresh to acceptable, stale, critical."""
    found = []
    for row in sources:
        if row.complete_until is not None:
            _, age = freshness_of(judge.now - row.complete_until, timedelta(seconds=seconds(row.expected)))
            found += [row.complete_until + age] if age is not None else []
    return [edge for edge in found if edge > judge.now]


def _source(judge: CauseJudge, catalog: Catalog, above: Dependents, facts: StreamFacts) -> SourceTrust:
    models = tuple(sorted(name for name, model in judge.generation.models.items() if facts.stream in model.streams))
    kpis = resting_on(catalog, above, models)
    expected = judge.expected.get(facts.stream) or facts.freshness or DEFAULT_FRESHNESS
    until = facts.intervals[-1].end if facts.intervals else None
    counted = [feed.expected for feed in facts.feeds if feed.loads]
    return SourceTrust(
        stream=facts.stream,
        owner=facts.owner,
        complete_until=until,
        newest_load=facts.newest_load,
        freshness=_age(judge.now, until, expected),
        expected=expected,
        rows=facts.rows,
        expected_rows=sum(one for one in counted if one is not None) if counted and None not in counted else None,
        missing_days=judge.faults.missing_days(facts.stream),
        models=models,
        kpis=len(kpis),
        feeds=tuple(_feed(judge.now, facts, feed, expected) for feed in facts.feeds),
    )


def _feed(now: datetime, facts: StreamFacts, feed: FeedFacts, expected: str) -> FeedTrust:
    """Return one source's part; it is old only if no other source has gone on with what it delivered."""
    rivals = [one.complete_until for one in facts.feeds if one.shard in (None, feed.shard) and one.complete_until]
    followed = feed.complete_until is not None and any(end > feed.complete_until for end in rivals)
    judged = None if feed.retired or followed else feed.complete_until
    return FeedTrust(
        source=feed.source,
        shard=feed.shard,
        complete_until=feed.complete_until,
        newest_load=feed.newest_load,
        freshness=_age(now, judged, expected),
        rows=feed.rows,
        expected_rows=feed.expected,
        rejected=feed.rejected,
        retired=feed.retired,
    )


def _age(now: datetime, until: datetime | None, expected: str) -> Freshness | None:
    return None if until is None else freshness_of(now - until, timedelta(seconds=seconds(expected)))[0]
