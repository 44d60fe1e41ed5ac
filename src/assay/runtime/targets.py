"""What a value should be, and whether it is: targets and alert conditions of the contract, judged for one outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from assay.calendar import Period, Window, split
from assay.catalog.entry import CompiledKpi, CompiledTarget
from assay.catalog.expression import Number
from assay.planner.semantics import is_ratio, only_grows
from assay.runtime.alarms import judged_rules, other_grain, unfinished
from assay.runtime.evaluation import Evaluator, Outcome, compare
from assay.units import Unit, display, published
from assay.values.answer import Breach, Reason, TargetFacts


@dataclass(frozen=True)
class Wording:
    """How numbers of one KPI are written for a person."""

    unit: Unit
    currency: str

    def say(self, number: Fraction) -> str:
        return display(published(number, self.unit, self.currency), self.unit, self.currency)

    def exact(self, number: Fraction | None) -> str | None:
        return None if number is None else str(published(number, self.unit, self.currency))


def judge_target(
    kpi: CompiledKpi, outcome: Outcome, period: Period, window: Window, evaluator: Evaluator, wording: Wording, pack: str | None
) -> TargetFacts | None:
    """Return the target's facts; None for a KPI without one."""
    target = _in_force(kpi, period.start, pack)
    if target is None:
        return None
    goal = _share_of_goal(target, period)
    low = goal if goal is not None else _number(target.low, kpi, window, evaluator)
    high = _number(target.high, kpi, window, evaluator)
    text = _text(target, low, high, wording)
    tier = _tier(target, outcome)
    ratio = is_ratio(kpi.contract.kpi, evaluator.catalog)
    reason = None if goal is not None else other_grain(kpi.contract, period, ratio)
    facts = {"text": text, "low": wording.exact(low), "high": wording.exact(high), "tier": tier}
    value = outcome.shown()
    if reason is not None:
        return TargetFacts(status=None, reason=reason, **facts)
    if target.low is None and target.high is None and goal is None:
        return TargetFacts(status="none", **facts)
    if value is None or (target.low is not None and low is None) or (target.high is not None and high is None):
        unknown = Reason(
            code="withheld", sentence="The target is not judged: the value or what it is held against is withheld."
        )
        return TargetFacts(status=None, reason=unknown, **facts)
    met = (low is None or compare(">=" if target.low_inclusive else ">", value, low)) and (
        high is None or compare("<=" if target.high_inclusive else "<", value, high)
    )
    grows = only_grows(kpi.contract.kpi, evaluator.catalog)
    if (
        not ratio
        and unfinished(kpi.contract, period, window, evaluator)
        and not (grows and _decided(target, value, low, high, goal))
    ):
        undecided = Reason(code="period_open", sentence="The period is not over, so its target is not judged yet.")
        return TargetFacts(status=None, reason=undecided, **facts)
    return TargetFacts(status="met" if met else "missed", **facts)


def _decided(
    target: CompiledTarget, value: Fraction, low: Fraction | None, high: Fraction | None, goal: Fraction | None
) -> bool:
    """Return whether the rest of the period can no longer change what is said of a number that only grows."""
    fixed_low = goal is not None or target.low is None or isinstance(target.low, Number)
    fixed_high = target.high is None or isinstance(target.high, Number)
    exceeded = high is not None and fixed_high and not compare("<=" if target.high_inclusive else "<", value, high)
    reached = low is not None and fixed_low and compare(">=" if target.low_inclusive else ">", value, low)
    return exceeded or (high is None and reached)


def _in_force(kpi: CompiledKpi, day: date, pack: str | None) -> CompiledTarget | None:
    rows = [target for target in kpi.targets_for(pack) if target.row.since is None or target.row.since <= day]
    return max(rows, key=lambda target: target.row.since or date.min, default=None)


def _share_of_goal(target: CompiledTarget, period: Period) -> Fraction | None:
    """Return the goal's even share for the period: so many of the days of each month, quarter or year that it touches."""
    if target.goal is None or target.row.over is None or not isinstance(target.goal, Number):
        return None
    goal = Fraction(target.goal.value)
    share = Fraction(0)
    for whole in split(period.start, period.end, target.row.over):
        days = (min(period.end, whole.end) - max(period.start, whole.start)).days + 1
        share += goal * days / whole.days
    return share


def _number(expression: object, kpi: CompiledKpi, window: Window, evaluator: Evaluator) -> Fraction | None:
    return None if expression is None else evaluator.evaluate(expression, kpi, window).shown()  # type: ignore[arg-type]


def _text(target: CompiledTarget, low: Fraction | None, high: Fraction | None, wording: Wording) -> str:
    if target.goal is not None and low is not None and isinstance(target.goal, Number):
        share = f"{wording.say(low)} of {wording.say(Fraction(target.goal.value))} a {target.row.over}"
        return f"at least {share}"
    if low is not None and high is not None:
        return f"between {wording.say(low)} and {wording.say(high)}"
    if low is not None:
        return f"{'at least' if target.low_inclusive else 'more than'} {wording.say(low)}"
    if high is not None:
        if high == 0 and target.high_inclusive:
            return "none"
        return f"{'at most' if target.high_inclusive else 'less than'} {wording.say(high)}"
    return target.row.note or "no fixed target"


def _tier(target: CompiledTarget, outcome: Outcome) -> str | None:
    value = outcome.shown()
    if value is None:
        return None
    reached = [tier for tier in target.row.tiers if value >= Fraction(tier.at_least)]
    return max(reached, key=lambda tier: tier.at_least).name if reached else None


def breaches(
    kpi: CompiledKpi, outcome: Outcome, period: Period, window: Window, evaluator: Evaluator, wording: Wording, pack: str | None
) -> tuple[Breach, ...]:
    """Return the alert conditions that hold. A small sample and a sum of an unfinished period page nobody."""
    value = outcome.shown()
    found = []
    for alert, holds in judged_rules(kpi, outcome, period, window, evaluator, pack):
        if holds and value is not None:
            said = wording.say(value)
            title = kpi.contract.title
            sentence = (alert.message or f"{title} is {said}, which meets: {alert.when}.").replace("{value}", said)
            found.append(Breach(alert=alert.name, severity=alert.severity.value, sentence=sentence, condition=alert.when))
    return tuple(found)
