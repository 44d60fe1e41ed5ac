"""How the command line writes a target: whether it is met, the tier that is reached, where its periods will land."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from assay.units import Unit, display
from assay.values.answer import Answer, PaceFacts, TargetFacts, UnitFacts

_JUDGED = {"met": "met", "missed": "MISSED", "none": "not judged", None: "not judged"}
_STATUS = {"ahead": "ahead", "behind": "BEHIND", "on_track": "on track", None: ""}


def target_lines(answer: Answer) -> Iterator[str]:
    """Yield the target's lines of an answer: the target, its tier, a line for each period that is paced."""
    target = answer.target
    if target is None:
        return
    why = f" ({target.reason.sentence})" if target.reason else ""
    yield f"target {target.text}: {_JUDGED[target.status]}{why}"
    if target.tier or target.next_tier:
        yield tier_words(target, answer.unit)
    for pace in target.pacing:
        yield pace_words(pace, answer.unit)


def target_cell(answer: Answer) -> str:
    """Return the target in one cell of a table: the tier it has reached, and the pace of its own period."""
    target = answer.target
    if target is None:
        return ""
    words = [f"{target.text} · {target.status or 'not judged'}"]
    if target.tier:
        words.append(f"tier {target.tier}")
    if target.pacing and target.pacing[-1].status:
        words.append(short_pace(target.pacing[-1], answer.unit))
    return " · ".join(words)


def tier_words(target: TargetFacts, unit: UnitFacts) -> str:
    """Return the tier that is reached, its range, and the next one."""
    coming = f"next: {target.next_tier} at {_say(target.next_tier_from, unit)}" if target.next_tier else "the highest"
    if target.tier is None:
        return f"tier: none yet, {coming}"
    until = f" to {_say(target.next_tier_from, unit)}" if target.next_tier else " and more"
    return f"tier: {target.tier} ({_say(target.tier_from, unit)}{until}), {coming}"


def pace_words(pace: PaceFacts, unit: UnitFacts) -> str:
    """Return where one period will land, how well that is known, or why it is not said."""
    if pace.projected is None:
        return f"pace {pace.period.name}: not projected: {pace.reason.sentence if pace.reason else ''}"
    if pace.plan is None:
        why = f" (no plan: {pace.reason.sentence})" if pace.reason else ""
        return f"pace {pace.period.name}: on pace for {_say(pace.projected, unit)} by {pace.period.end}{why}"
    tested = f", back-test off by {float(pace.backtest_error_pct):+,.1f} %" if pace.backtest_error_pct else ""
    share = f"{float(pace.projected_pct_of_plan):,.1f} %, " if pace.projected_pct_of_plan else ""
    return f"pace {pace.period.name}: {short_pace(pace, unit)} ({share}after {pace.days} complete days{tested})"


def short_pace(pace: PaceFacts, unit: UnitFacts) -> str:
    """Return where one period will land, of what, and whether that is enough."""
    landing = f"on pace for {_say(pace.projected, unit)} of {_say(pace.plan, unit)} by {pace.period.end}"
    return f"{landing}, {_STATUS[pace.status]}"


def _say(value: str | None, unit: UnitFacts) -> str:
    if value is None:
        return "–"
    kind = Unit(unit.kind)
    amount = round(Decimal(value)) if kind is Unit.COUNT else Decimal(value)  # nobody expects a part of an order
    return display(Decimal(amount), kind, unit.currency or "USD")
