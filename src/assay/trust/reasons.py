"""The words in which a verdict says why: one function a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from assay.calendar import ShopCalendar
from assay.catalog.contract import Kpi
from assay.trust.coverage import Coverage
from assay.values.answer import Reason
from assay.values.check import Check, checks_sentence
from assay.values.generation import Miscount, StreamFacts

NOTHING_PUBLISHED = Reason(
    code="nothing_published",
    sentence="Nothing has been loaded yet, so there is no number.",
    repair="assay import FILE --as KIND, or assay refresh",
)
MOST_CHECKS = 3
MOST_OWNERS = 3
NOT_BEGUN = Reason(code="not_begun", sentence="The period has not begun.")


def gap_reasons(facts: StreamFacts, gaps: Sequence[date], lookback: int, calendar: ShopCalendar) -> list[Reason]:
    """Return why days of a stream are not complete: its source counts other rows than came, or no load says so."""
    found: list[Reason] = []
    left = list(gaps)
    for wrong in facts.miscounts:
        days = [day for day in left if wrong.start < calendar.end_of(day) and calendar.start_of(day) < wrong.end]
        if days:
            found.append(_count_mismatch(facts, wrong, days))
            left = [day for day in left if day not in days]
    return [*found, _not_covered(facts, left, lookback, calendar)] if left else found


def _count_mismatch(facts: StreamFacts, wrong: Miscount, days: Sequence[date]) -> Reason:
    whose = f" of {wrong.shard}" if wrong.shard else ""
    return Reason(
        code="count_mismatch",
        sentence=f"Of the {words(facts.stream)}{whose} of {said(days)}, {wrong.counted:,} rows came, but {wrong.source} counts "
        f"{wrong.expected:,}: some are {'missing' if wrong.counted < wrong.expected else 'too many'}.",
        input=facts.stream,
        owner=facts.owner,
        repair=f"Fetch these days again from {wrong.source}: assay import FILE --as {facts.stream} --rows {wrong.expected}",
    )


def _not_covered(facts: StreamFacts, gaps: Sequence[date], lookback: int, calendar: ShopCalendar) -> Reason:
    back = f" (the number looks back {lookback} days)" if lookback else ""
    sentence = f"No load says that {words(facts.stream)} are complete for {said(gaps)}{back}."
    rejected = Coverage(facts.rejected, calendar)
    refused = [day for day in gaps if rejected.holds(calendar.start_of(day), calendar.end_of(day))]
    repair = facts.repair or f"assay refresh, or assay import FILE --as {facts.stream} with these days"
    if refused:
        sentence += f" Rows of {said(refused)} were rejected when they were imported."
        repair = f"Mend the rejected rows, then run `assay import FILE --as {facts.stream}`; it says what it rejects, and why."
    return Reason(
        code="not_covered",
        sentence=sentence,
        input=facts.stream,
        owner=facts.owner,
        repair=repair,
    )


def shard_silent(facts: StreamFacts, shard: str, gaps: Sequence[date], since: datetime | None, others: int) -> Reason:
    """Return why a total is withheld of which one shard did not deliver its part."""
    return Reason(
        code="shard_silent",
        sentence=f"{shard} has not delivered its {words(facts.stream)} of {said(gaps)}; "
        f"{'the other shard has' if others == 1 else f'the {others} other shards have'}.",
        input=facts.stream,
        since=since,
        owner=facts.owner,
        repair=f"assay import FILE --as {facts.stream} --shard {shard}, or retire the shard in assay.yml if it is gone",
    )


def no_data(facts: StreamFacts) -> Reason:
    """Return that nothing of a stream has ever arrived."""
    return Reason(
        code="no_data",
        sentence=f"No records of {words(facts.stream)} have been loaded.",
        input=facts.stream,
        owner=facts.owner,
        repair=facts.repair or f"assay import FILE --as {facts.stream}",
    )


def never_built(model: str) -> Reason:
    """Return that a model has never had anything to be built from."""
    return Reason(
        code="no_data", sentence=f"Nothing has been loaded for {words(model)} yet.", input=model, repair="assay refresh"
    )


def check_reason(check: Check) -> Reason:
    """Return why a failed check withholds what rests on it."""
    told = check.status == "failed" and check.days is not None
    return Reason(
        code="check_failed" if check.blocking or check.days is None else "check_warns",
        sentence=check.message if told else checks_sentence([check]),
        input=check.name,
        since=check.checked_at,
        repair=check.repair or f"Mend the rows that `{check.name}` finds, then run `assay refresh`.",
    )


def checks_fail(checks: Iterable[Check]) -> Reason | None:
    """Return which checks fail and withhold numbers, the first three by name; None where none does."""
    failing = sorted((check for check in checks if check.blocking and check.status != "passed"), key=lambda check: check.name)
    if not failing:
        return None
    names = ", ".join(check.name for check in failing[:MOST_CHECKS])
    more = f" and {len(failing) - MOST_CHECKS} more" if len(failing) > MOST_CHECKS else ""
    return Reason(
        code="checks_fail",
        sentence=f"Failing at the last refresh: {names}{more}.",
        since=min(check.since or check.checked_at for check in failing),
        repair="assay trust",
    )


def check_missing(name: str) -> Reason:
    """Return that a required check has not been run."""
    return Reason(
        code="check_missing",
        sentence=f"The check {name} that this number needs has not been run.",
        input=name,
        repair=f"Run `assay refresh`; if that does not help, there is no dbt test named {name}.",
    )


def data_too_old(kpi: Kpi, as_of: datetime, calendar: ShopCalendar) -> Reason:
    """Return that the data under a KPI made of others is older than its own contract allows."""
    return Reason(
        code="too_old",
        sentence=f"The newest data reach to {calendar.local(as_of):%Y-%m-%d %H:%M}; "
        f"they should be at most {kpi.requires.freshness} old.",
        input=kpi.kpi,
        since=as_of,
        owner=kpi.owner,
        repair="assay refresh",
    )


def owners_of(streams: Iterable[StreamFacts]) -> str | None:
    """Return who answers for the streams, the most named first; None where nobody is named."""
    owners = [facts.owner for facts in streams if facts.owner]
    ranked = sorted(set(owners), key=lambda one: (-owners.count(one), one))
    return ", ".join(ranked[:MOST_OWNERS]) or None


def words(name: str) -> str:
    """Return a name as words."""
    return name.replace("_", " ")


def said(days: Sequence[date]) -> str:
    """Return days as a person says them."""
    return f"{days[0]:%Y-%m-%d}" if len(days) == 1 else f"{len(days)} days from {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}"
