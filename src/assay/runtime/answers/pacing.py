"""Pacing: where a period that goes on will land if it goes on as it has until now, by the seasons of the shop's own history.

projection = so far + rest of last year x (so far / the same elapsed days of last year)

"So far" are complete days alone. "Last year" is 364 days back, 52 weeks, so that each day meets the same weekday; it holds
as many days as this year, leap years included. Arithmetic is exact; what is published is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from assay.calendar import Period, Window, containing
from assay.catalog.entry import CompiledKpi, CompiledTarget
from assay.catalog.expression import Number
from assay.planner.flows import Flow, flow_of
from assay.runtime.answers.eras import CURRENCY_CHANGED
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.outcome import Outcome
from assay.units import Unit, published, round_half_even
from assay.values.answer import Freshness, PacedPeriod, PaceFacts, Reason

BACK = timedelta(days=364)
LEAST_DAYS = {"month": 3, "quarter": 7}
"""Complete days before a projection is made; of what begins with the year, `LEAST_DAYS_OF_YEAR`."""
LEAST_DAYS_OF_YEAR = 14
ON_TRACK = Fraction(2, 100)
HISTORY_SHORT = "history_short"
Status = Literal["ahead", "behind", "on_track"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A period and what it should reach: an amount, or its seasonal share of what a longer period should reach."""

    period: Period
    amount: Fraction
    share_of: Period | None = None


@dataclass(frozen=True, slots=True)
class Projected:
    """What a period will come to, and how much better than last year it has gone until now."""

    so_far: Fraction
    rate: Fraction
    total: Fraction


def projection(so_far: Fraction, elapsed: Fraction, whole: Fraction) -> Projected | None:
    """Return the projection from last year's same `elapsed` days and its `whole` period; None where there is no rate to go on.

    A rate needs a positive base, and a negative one would turn the season upside down.
    """
    if elapsed <= 0 or so_far < 0:
        return None
    rate = so_far / elapsed
    return Projected(so_far, rate, so_far + (whole - elapsed) * rate)


def judged(total: Fraction, plan: Fraction) -> Status:
    """Return how the projection stands to the plan: on track within 2 % of it."""
    if abs(total - plan) <= ON_TRACK * abs(plan):
        return "on_track"
    return "ahead" if total > plan else "behind"


def pacing(
    target: CompiledTarget, kpi: CompiledKpi, outcome: Outcome, period: Period, evaluator: Evaluator, currency: str
) -> tuple[PaceFacts, ...]:
    """Return where the periods of the goal or milestones that hold the asked days, and go on, will land, the shortest first.

    `outcome` is the asked number's own. Empty for a target without either, and for a number that is no sum over days.
    """
    flow = flow_of(kpi.name, evaluator.catalog)
    if flow is None:
        return ()
    pacer = _Pacer(flow, kpi, outcome, evaluator, currency)
    longest_first = reversed(list(_plans(target, period, evaluator)))  # its days hold those of the shorter ones
    return tuple(reversed([pacer.pace(plan) for plan in longest_first]))


def _plans(target: CompiledTarget, period: Period, evaluator: Evaluator) -> Iterator[Plan]:
    day = min(period.end, evaluator.calendar.day_of(evaluator.now))
    if day < period.start:
        return
    for plan in _all_plans(target, day):
        if evaluator.calendar.end_of(plan.period.end) > evaluator.now:
            yield plan


def _all_plans(target: CompiledTarget, day: date) -> Iterator[Plan]:
    if target.row.over is not None and isinstance(target.goal, Number):
        whole, goal = containing(day, target.row.over), Fraction(target.goal.value)
        if target.row.over != "month":
            yield Plan(containing(day, "month"), goal, whole)
        yield Plan(whole, goal)
    elif target.milestones:
        year = containing(day, "year")
        quarter, amount = milestone_at(target, day)
        due = quarter_end(day.year, quarter)
        if due < year.end:
            yield Plan(Period(f"{year.start}..{due}", "range", year.start, due), amount)
        yield Plan(year, Fraction(target.milestones[-1][1]))


def milestone_at(target: CompiledTarget, day: date) -> tuple[int, Fraction]:
    """Return the milestone that the day heads for: its quarter and what is to be reached by that quarter's end."""
    quarter, amount = next(one for one in target.milestones if day <= quarter_end(day.year, one[0]))
    return quarter, Fraction(amount)


def quarter_end(year: int, quarter: int) -> date:
    """Return the last day of the quarter (1 to 4)."""
    return containing(date(year, 3 * quarter, 1), "quarter").end


class _Pacer:
    """Projects periods of one number."""

    def __init__(self, flow: Flow, kpi: CompiledKpi, outcome: Outcome, evaluator: Evaluator, currency: str) -> None:
        self._flow = flow
        self._unit, self._currency, self._title = kpi.contract.unit, currency, kpi.contract.title
        self._outcome = outcome
        self._in_money = evaluator.money_power(flow.kpi) != 0
        self._evaluator = evaluator
        self._sums: dict[Window, Fraction | Reason] = {}
        self._proved: list[Window] = []
        names = (flow.kpi, *evaluator.catalog.depends_on(flow.kpi))
        spans = [evaluator.judge.span(evaluator.catalog.kpis[name].contract) for name in names]
        self._first = max((span[0] for span in spans if span), default=None)

    def pace(self, plan: Plan) -> PaceFacts:
        """Return where the plan's period will land."""
        period = plan.period
        amount = plan.amount if plan.share_of is None else self._share(plan, plan.share_of)
        known = amount if isinstance(amount, Fraction) else None
        days = self._complete_days(period)
        facts = PaceFacts(
            period=PacedPeriod(name=period.name, start=period.start, end=period.end), plan=self._exact(known), days=days
        )
        if (reason := self._withheld(period, days)) is not None:
            return facts.model_copy(update={"reason": reason})
        so_far = self._sum(period.start, period.start + timedelta(days=days - 1))
        if isinstance(so_far, Fraction):
            facts = facts.model_copy(update={"so_far": self._exact(so_far)})
        found = self._projected(period, days)
        if isinstance(found, Reason):
            return facts.model_copy(update={"reason": found})
        return facts.model_copy(
            update={
                "projected": self._exact(found.total),
                "method": _method(days, found.rate),
                "backtest_error_pct": self._percent(self._backtest(period, days)),
                **self._against(found.total, known),
                **({} if isinstance(amount, Fraction) else {"reason": amount}),
            }
        )

    def _against(self, total: Fraction, plan: Fraction | None) -> Mapping[str, str | None]:
        if plan is None:
            return {}
        share = 100 * total / plan if plan > 0 else None
        return {"projected_pct_of_plan": self._percent(share), "status": judged(total, plan)}

    def _share(self, plan: Plan, whole: Period) -> Fraction | Reason:
        """Return the part of the longer period's plan that fell to this period's days last year."""
        year = self._sum(whole.start - BACK, whole.end - BACK)
        part = self._sum(plan.period.start - BACK, plan.period.end - BACK)
        for one in (year, part):
            if isinstance(one, Reason):
                return one
        assert isinstance(year, Fraction)
        assert isinstance(part, Fraction)
        if year <= 0 or part < 0:
            return _short(f"Last year's days of {whole.name} are not positive, so {plan.period.name} has no seasonal share.")
        return plan.amount * part / year

    def _complete_days(self, period: Period) -> int:
        """Return how many days of the period are over, and complete by the load log."""
        reached = min(self._evaluator.now, self._outcome.verdict.as_of or self._evaluator.now)
        return max(0, (min(self._evaluator.calendar.day_of(reached), period.end) - period.start).days)

    def _withheld(self, period: Period, days: int) -> Reason | None:
        verdict = self._outcome.verdict
        if verdict.blocking:
            return Reason(code="withheld", sentence=f"{self._title} is withheld itself, so it is not projected.")
        if verdict.freshness is Freshness.CRITICAL:
            return Reason(
                code="too_old",
                sentence=f"The newest data are too old to say where {period.name} will land.",
                since=verdict.as_of,
            )
        least = LEAST_DAYS.get(period.grain, LEAST_DAYS_OF_YEAR)
        if days < least:
            return _short(f"{days} complete days of {period.name} have passed; a projection needs {least}.")
        return None

    def _projected(self, period: Period, days: int) -> Projected | Reason:
        """Return the projection after so many days; the oldest days are asked first, because they are missing the soonest."""
        last = period.start + timedelta(days=days - 1)
        whole = self._sum(period.start - BACK, period.end - BACK)
        if isinstance(whole, Reason):
            return whole
        so_far = self._sum(period.start, last)
        elapsed = self._sum(period.start - BACK, last - BACK)
        for one in (so_far, elapsed):
            if isinstance(one, Reason):
                return one
        assert isinstance(so_far, Fraction)
        assert isinstance(elapsed, Fraction)
        return projection(so_far, elapsed, whole) or _short(
            f"There is no rate to go on: so far, or on the same days last year ({period.start - BACK} to {last - BACK}), "
            "the sum is not positive."
        )

    def _backtest(self, period: Period, days: int) -> Fraction | None:
        """Return by how much the same projection of the period before was off, in percent of what it became."""
        before = _before(period)
        if days >= before.days or isinstance(self._sum(before.start - BACK, before.end - BACK), Reason):
            return None
        became = self._sum(before.start, before.end)  # asked first: its days hold the elapsed ones
        found = self._projected(before, days) if isinstance(became, Fraction) else None
        if not isinstance(found, Projected) or not isinstance(became, Fraction) or became <= 0:
            return None
        return 100 * (found.total - became) / became

    def _sum(self, start: date, end: date) -> Fraction | Reason:
        """Return the number over the days, or why it cannot be used."""
        window = Window(start, end)
        if self._in_money and (codes := self._evaluator.eras.codes(window)) != {self._currency}:
            sentence = f"The days from {start} to {end} are in {' and '.join(sorted(codes))}, not in {self._currency} alone."
            return Reason(code=CURRENCY_CHANGED, sentence=sentence)
        if window not in self._sums:
            known = self._known(window)
            self._sums[window] = self._judged(window) if known is None else known
        return self._sums[window]

    def _known(self, window: Window) -> Fraction | None:
        """Return the number of days that lie inside proved ones: what holds of a sum over closed days holds of each part."""
        if not any(one.start <= window.start and window.end <= one.end for one in self._proved):
            return None
        number = self._evaluator.unjudged(self._flow.kpi, window)
        return None if number is None else self._flow.scale * number

    def _judged(self, window: Window) -> Fraction | Reason:
        if self._first is not None and window.start < self._first:
            return _short(f"The history begins on {self._first}; the days from {window.start} to {window.end} are needed.")
        outcome = self._evaluator.exactly(self._flow.kpi, window)
        if outcome.verdict.estimated:
            return _short(f"The days from {window.start} to {window.end} are estimated, and estimates are not projected.")
        number = outcome.shown()
        if number is not None:
            self._proved.append(window)
            return self._flow.scale * number
        why = next(iter((*outcome.verdict.blocking, *outcome.reasons)), None)
        said = f" {why.sentence}" if why else ""
        more = {"input": why.input, "owner": why.owner, "repair": why.repair} if why else {}
        return _short(f"The days from {window.start} to {window.end} cannot be used.{said}", **more)

    def _exact(self, number: Fraction | None) -> str | None:
        return None if number is None else str(published(number, self._unit, self._currency))

    def _percent(self, number: Fraction | None) -> str | None:
        return None if number is None else str(published(number, Unit.PERCENT, self._currency))


def _before(period: Period) -> Period:
    """Return the period before; of days since New Year, the same of the year before."""
    if period.grain != "range":
        return containing(period.start - timedelta(days=1), period.grain)
    year = period.start.year - 1
    return Period(str(year), "range", date(year, 1, 1), quarter_end(year, (period.end.month + 2) // 3))


def _method(days: int, rate: Fraction) -> str:
    times = round_half_even(rate, 3).normalize()
    return (
        f"{days} complete days at {times:f} times the same weekdays a year before (364 days back); "
        "the rest follows that year's days at the same rate."
    )


def _short(sentence: str, **more: str | None) -> Reason:
    return Reason(code=HISTORY_SHORT, sentence=sentence, **more)
