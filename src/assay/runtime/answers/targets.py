"""What a value should be, and whether it is: targets and alert conditions of the contract, judged for one outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from assay.calendar import Period, Window, containing, parse_period, split
from assay.catalog.contract import Grain
from assay.catalog.entry import CompiledKpi, CompiledTarget, inputs_of
from assay.catalog.expression import Expression, KpiRef, Number
from assay.planner.flows import rolling_window
from assay.planner.semantics import constant, is_ratio, only_grows
from assay.runtime.answers.alarms import OTHER_GRAIN, judged_rules, other_grain, unfinished
from assay.runtime.answers.arithmetic import compare
from assay.runtime.answers.eras import CURRENCY_CHANGED
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.outcome import Outcome
from assay.runtime.answers.pacing import milestone_at, pacing, quarter_end
from assay.units import Unit, display, published
from assay.values.answer import Breach, Reason, TargetFacts

Over = Literal["month", "quarter", "year"]
WITHHELD = Reason(code="withheld", sentence="The target is not judged: the value or what it is held against is withheld.")


@dataclass(frozen=True)
class Wording:
    """How numbers of one KPI are written for a person."""

    unit: Unit
    currency: str

    def say(self, number: Fraction) -> str:
        return display(published(number, self.unit, self.currency), self.unit, self.currency)

    def exact(self, number: Fraction | None) -> str | None:
        return None if number is None else str(published(number, self.unit, self.currency))


@dataclass(frozen=True)
class Held:
    """What a number is held against, in its own unit; `due` is the day by which a milestone is to be reached."""

    low: Fraction | None = None
    high: Fraction | None = None
    text: str = ""
    fixed: tuple[bool, bool] = (True, True)
    """Whether the low and the high bound stay where they are until the period is over; a formula moves."""
    due: date | None = None
    reason: Reason | None = None
    """Why the target does not speak of the asked period."""


def judge_target(
    kpi: CompiledKpi, outcome: Outcome, period: Period, window: Window, evaluator: Evaluator, wording: Wording, pack: str | None
) -> TargetFacts | None:
    """Return the target's facts; None for a KPI without one."""
    target = _in_force(kpi, period.start, pack)
    if target is None:
        return None
    stated = Wording(wording.unit, _stated_in(target, kpi, pack, evaluator))
    if wording.unit is Unit.MONEY and stated != wording and (amounts := _amounts(target, evaluator)) is not None:
        text = _held(amounts, kpi, period, window, evaluator, stated).text
        return TargetFacts(status=None, text=text, reason=_other_currency(kpi, stated, wording))
    held = _held(target, kpi, period, window, evaluator, wording)
    status, reason = _judged(target, held, kpi, outcome, period, window, evaluator)
    return TargetFacts(
        status=status,
        text=held.text,
        low=wording.exact(held.low),
        high=wording.exact(held.high),
        due=held.due,
        reason=reason,
        pacing=pacing(target, kpi, outcome, period, evaluator, wording.currency),
        **(_tiers(target, outcome, wording) if _tiers_speak(target, held, kpi, window, evaluator) else {}),
    )


def _stated_in(target: CompiledTarget, kpi: CompiledKpi, pack: str | None, evaluator: Evaluator) -> str:
    """Return the currency of the target's plain amounts: that of its first day; of an undated row, that of its last."""
    eras, since = evaluator.eras, target.row.since
    if since is None:
        later = [row.row.since for row in kpi.targets_for(pack) if row.row.since is not None]
        since = min(later) - timedelta(days=1) if later else eras.today
    return eras.currencies.on(since)


def _amounts(target: CompiledTarget, evaluator: Evaluator) -> CompiledTarget | None:
    """Return the target with nothing but its plain amounts; None for one without any. Nothing is nothing in any currency."""
    low, high = (bound if _amount(bound, evaluator) else None for bound in (target.low, target.high))
    if low is None and high is None and not target.milestones and not target.row.tiers and not _amount(target.goal, evaluator):
        return None
    return replace(target, low=low, high=high)


def _amount(bound: Expression | None, evaluator: Evaluator) -> bool:
    return bound is not None and bool(constant(bound, evaluator.catalog))


def _other_currency(kpi: CompiledKpi, stated: Wording, asked: Wording) -> Reason:
    return Reason(
        code=CURRENCY_CHANGED,
        sentence=f"The target of {kpi.contract.title} is stated in {stated.currency}, the number is in {asked.currency}.",
        input=kpi.name,
        repair="State the target in dated rows, each from the day on which the currency changed.",
    )


def _held(
    target: CompiledTarget, kpi: CompiledKpi, period: Period, window: Window, evaluator: Evaluator, wording: Wording
) -> Held:
    """Return the bounds for the asked period: the milestone it heads for, its share of the goal, or the row's own."""
    if target.milestones:
        return _milestone(target, kpi, period, window, evaluator, wording)
    days = evaluator.measured(kpi, Window(period.start, period.end))
    goal = _share_of_goal(target, days)
    low = goal if goal is not None else _number(target.low, kpi, window, evaluator)
    high = _number(target.high, kpi, window, evaluator)
    fixed = (goal is not None or isinstance(target.low, Number), isinstance(target.high, Number))
    reason = None if goal is not None else _other_grain(kpi, period, evaluator)
    return Held(low, high, _text(target, low, high, wording), fixed, reason=reason)


def _milestone(
    target: CompiledTarget, kpi: CompiledKpi, period: Period, window: Window, evaluator: Evaluator, wording: Wording
) -> Held:
    """Return the milestone of the quarter in which the asked days end, or that follows."""
    day = max(period.start, min(window.end, evaluator.calendar.day_of(evaluator.now)))
    quarter, amount = milestone_at(target, day)
    due = quarter_end(day.year, quarter)
    reason = _other_grain(kpi, period, evaluator)
    if _sums_up(kpi, evaluator):
        from_new_year = _begins_with_year(kpi, window, evaluator)
        reason = (
            None
            if from_new_year
            else Reason(
                code=OTHER_GRAIN,
                sentence=f"The milestones of {kpi.contract.title} are sums since New Year, not of this period.",
                input=kpi.name,
            )
        )
    return Held(amount, None, f"at least {wording.say(amount)} by {due}", due=due, reason=reason)


def _judged(
    target: CompiledTarget,
    held: Held,
    kpi: CompiledKpi,
    outcome: Outcome,
    period: Period,
    window: Window,
    evaluator: Evaluator,
) -> tuple[Literal["met", "missed", "none"] | None, Reason | None]:
    """Return whether the target is met, or why that cannot be said."""
    if held.reason is not None:
        return None, held.reason
    if held.low is None and held.high is None and target.low is None and target.high is None:
        return "none", None
    value = outcome.shown()
    wanted = (target.low is not None and held.low is None) or (target.high is not None and held.high is None)
    if value is None or wanted:
        return None, WITHHELD
    met = _within(target, held, value)
    grows = only_grows(kpi.name, evaluator.catalog)
    if held.due is not None:
        over = window.end == held.due and window.cut is None and evaluator.calendar.end_of(held.due) <= evaluator.now
        # Only what is counted since New Year stays reached; any other number has to be there when its quarter ends.
        decided = over or (met and grows and _begins_with_year(kpi, window, evaluator))
        open_until = "The quarter of the milestone is not over."
    else:
        ratio = is_ratio(kpi.name, evaluator.catalog)
        goes_on = not ratio and unfinished(kpi.contract, period, window, evaluator)
        decided = not goes_on or (grows and _settled(target, held, value))
        open_until = "The period is not over, so its target is not judged yet."
    if not decided:
        return None, Reason(code="period_open", sentence=open_until)
    return ("met" if met else "missed"), None


def _within(target: CompiledTarget, held: Held, value: Fraction) -> bool:
    return (held.low is None or compare(">=" if target.low_inclusive else ">", value, held.low)) and (
        held.high is None or compare("<=" if target.high_inclusive else "<", value, held.high)
    )


def _settled(target: CompiledTarget, held: Held, value: Fraction) -> bool:
    """Return whether the rest of the period can no longer change what is said of a number that only grows."""
    fixed_low, fixed_high = held.fixed
    if held.high is None:
        return fixed_low and _within(target, held, value)
    return fixed_high and not compare("<=" if target.high_inclusive else "<", value, held.high)


def _other_grain(kpi: CompiledKpi, period: Period, evaluator: Evaluator) -> Reason | None:
    """Return why the target does not speak of the period; what scales a rolling number rolls like it."""
    catalog = evaluator.catalog
    if kpi.contract.grain is Grain.DAY and rolling_window(kpi.name, catalog) is not None:
        return None
    return other_grain(kpi.contract, period, is_ratio(kpi.name, catalog))


def _sums_up(kpi: CompiledKpi, evaluator: Evaluator) -> bool:
    """Return whether the number grows with its period: a sum or count, but no rate, state or rolling number."""
    catalog = evaluator.catalog
    rolls = rolling_window(kpi.name, catalog) is not None
    return not (rolls or is_ratio(kpi.name, catalog) or evaluator.is_state(kpi.name))


def _begins_with_year(kpi: CompiledKpi, window: Window, evaluator: Evaluator) -> bool:
    """Return whether the number is taken from the first day of the year on."""
    return _begins_with("year", kpi, window, evaluator)


def _begins_with(over: Over, kpi: CompiledKpi, window: Window, evaluator: Evaluator) -> bool:
    """Return whether the number is taken from the first day of the year, quarter or month in which it ends."""
    rolling = rolling_window(kpi.name, evaluator.catalog)
    start = window.start if rolling is None else parse_period(rolling, window.end).start
    return start == containing(window.end, over).start


def _in_force(kpi: CompiledKpi, day: date, pack: str | None) -> CompiledTarget | None:
    rows = [target for target in kpi.targets_for(pack) if target.row.since is None or target.row.since <= day]
    return max(rows, key=lambda target: target.row.since or date.min, default=None)


def _share_of_goal(target: CompiledTarget, window: Window) -> Fraction | None:
    """Return the goal's even share for the days: so many of the days of each month, quarter or year that they touch."""
    if target.goal is None or target.row.over is None or not isinstance(target.goal, Number):
        return None
    goal = Fraction(target.goal.value)
    share = Fraction(0)
    for whole in split(window.start, window.end, target.row.over):
        days = (min(window.end, whole.end) - max(window.start, whole.start)).days + 1
        share += goal * days / whole.days
    return share


def _number(expression: Expression | None, kpi: CompiledKpi, window: Window, evaluator: Evaluator) -> Fraction | None:
    return None if expression is None else evaluator.evaluate(expression, kpi, window).shown()


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
            return "zero"
        return f"{'at most' if target.high_inclusive else 'less than'} {wording.say(high)}"
    return target.row.note or "no fixed target"


def _tiers_speak(target: CompiledTarget, held: Held, kpi: CompiledKpi, window: Window, evaluator: Evaluator) -> bool:
    """Return whether the steps are about the asked days: those of a goal are about its period, not about a part of it."""
    if held.reason is not None:
        return False
    return target.row.over is None or _begins_with(target.row.over, kpi, window, evaluator)


def _tiers(target: CompiledTarget, outcome: Outcome, wording: Wording) -> dict[str, str | None]:
    value = outcome.shown()
    if value is None:
        return {}
    steps = sorted(target.row.tiers, key=lambda tier: tier.at_least)
    reached = [step for step in steps if value >= Fraction(step.at_least)]
    coming = [step for step in steps if value < Fraction(step.at_least)]
    return {
        "tier": reached[-1].name if reached else None,
        "tier_from": wording.exact(Fraction(reached[-1].at_least)) if reached else None,
        "next_tier": coming[0].name if coming else None,
        "next_tier_from": wording.exact(Fraction(coming[0].at_least)) if coming else None,
    }


def reached_tier(kpi: CompiledKpi, value: Fraction, period: Period, pack: str | None) -> str | None:
    """Return the highest named step that a value of the KPI reaches; None where its target names none."""
    target = _in_force(kpi, period.start, pack)
    steps = sorted(target.row.tiers, key=lambda tier: tier.at_least) if target else []
    return next((step.name for step in reversed(steps) if value >= Fraction(step.at_least)), None)


def breaches(
    kpi: CompiledKpi, outcome: Outcome, period: Period, window: Window, evaluator: Evaluator, wording: Wording, pack: str | None
) -> tuple[Breach, ...]:
    """Return the alert conditions that hold. A small sample and a sum of an unfinished period page nobody."""
    value = outcome.shown()
    found = []
    for alert, holds in judged_rules(kpi, outcome, period, window, evaluator, pack):
        if holds and value is not None:
            sentence = alert.message or f"{kpi.contract.title} is {{value}}, which meets: {alert.when}."
            for name in set(inputs_of(alert.condition)) & set(evaluator.catalog.kpis):  # `value` is none
                beside = evaluator.evaluate(KpiRef(name), kpi, window).shown()
                other = Wording(evaluator.catalog.kpis[name].contract.unit, wording.currency)
                sentence = sentence.replace(f"{{{name}}}", "unknown" if beside is None else other.say(beside))
            sentence = sentence.replace("{value}", wording.say(value))
            found.append(Breach(alert=alert.name, severity=alert.severity.value, sentence=sentence, condition=alert.when))
    return tuple(found)
