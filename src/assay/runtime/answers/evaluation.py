"""Working out formulas: numbers and their verdicts together, through the whole graph of KPIs.

Arithmetic is exact (fractions) and rounded once, when the value is published. A value with a missing part is missing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from assay.calendar import ShopCalendar, Window, parse_period, previous_windows, shift_window
from assay.catalog.contract import Kind, seconds
from assay.catalog.entry import Catalog, CompiledAlert, CompiledKpi
from assay.catalog.expression import (
    Aggregate,
    Arithmetic,
    Breaches,
    Call,
    Compare,
    Expression,
    KpiRef,
    Logic,
    Number,
    Over,
    Recurring,
    aggregates,
)
from assay.planner.plans import Plans
from assay.planner.rollup import Rollup
from assay.runtime.answers.alarms import judged_rules, watched_tiles
from assay.runtime.answers.arithmetic import arithmetic, call, compare
from assay.runtime.answers.eras import ONE, Eras, Part, merged, money_power
from assay.runtime.answers.modelled import TOLD_WHOLE, judged_window, told
from assay.runtime.answers.outcome import DIVISION_BY_ZERO, NO_ROWS, SHORTER_PERIOD, SKETCHED, Outcome, called, pct_change
from assay.runtime.answers.partials import Partials
from assay.runtime.answers.reach import Behind, behind, part_until, uneven
from assay.trust.verdict import Judge
from assay.units import Currencies
from assay.values.answer import Reason
from assay.values.measured import Measured
from assay.values.verdict import Verdict, combine


class _Source(NamedTuple):
    """Where an aggregate of a KPI is kept; they are kept with it, so that their ids stay their own."""

    rollup: Rollup
    scale: Fraction | None
    aggregate: Aggregate
    kpi: CompiledKpi


class Evaluator:
    """Evaluates KPIs of one generation at one instant; every (KPI, window) is worked out once."""

    def __init__(
        self,
        catalog: Catalog,
        partials: Partials,
        judge: Judge,
        *,
        currencies: Currencies,
        at: datetime | None = None,
        allow_estimates: bool = False,
        plans: Plans | None = None,
    ) -> None:
        self.catalog = catalog
        self._plans = plans or Plans(catalog)
        self.judge = judge
        self.calendar: ShopCalendar = judge.calendar
        self.now = judge.now
        self.at = at or judge.now
        self.partials = partials
        self._allow_estimates = allow_estimates
        self.eras = Eras(currencies, self.calendar, self.now)
        self._known: dict[tuple[str, Window], Outcome] = {}
        self._instant = min(self.at, self.now)
        self._behind: dict[str, Behind | None] = {}
        self._literals: dict[int, Verdict] = {}
        self._sources: dict[tuple[int, int], _Source] = {}
        self._remarked: dict[int, tuple[Verdict, Verdict]] = {}
        self._combined: dict[tuple[int, int, int], tuple[Verdict, Verdict, Verdict]] = {}

    def kpi(self, name: str, window: Window) -> Outcome:
        """Return the KPI's value over the window."""
        key = (name, window)
        known = self._known.get(key)
        if known is None:
            kpi = self.catalog.kpis[name]
            known = self._known[key] = self._kpi(kpi, self.measured(kpi, window))
        return known

    def exactly(self, name: str, window: Window) -> Outcome:
        """Return the KPI over exactly these days, its own rolling window left aside."""
        kpi = self.catalog.kpis[name]
        return self.kpi(name, window) if kpi.contract.window is None else self._kpi(kpi, window)

    def unjudged(self, name: str, window: Window) -> Fraction | None:
        """Return a sum over exactly these days without its verdict: for days inside a window whose sum was judged and shown."""
        kpi = self.catalog.kpis[name]
        return self._unjudged(kpi.expression, kpi, window)

    def _unjudged(self, expression: Expression, kpi: CompiledKpi, window: Window) -> Fraction | None:
        match expression:
            case Number(value):
                return Fraction(value)
            case Aggregate():
                rollup = self.rollup(kpi)
                assert rollup is not None
                parts = self.parts(expression, kpi, window)
                if isinstance(parts, Reason) or len(parts) > 1:
                    return None
                return major(self.partials.measure(rollup, expression, window, self.at), parts[0]).number
            case KpiRef(name):
                return self.unjudged(name, window)
            case Arithmetic(operator, one, other):
                left, right = self._unjudged(one, kpi, window), self._unjudged(other, kpi, window)
                return None if left is None or right is None else arithmetic(operator, left, right)
            case Call(function, arguments):
                numbers = [self._unjudged(argument, kpi, window) for argument in arguments]
                return None if None in numbers else call(function, [number for number in numbers if number is not None])
            case _:
                return None

    def measured(self, kpi: CompiledKpi, window: Window) -> Window:
        """Return the days over which the KPI is taken when the window is asked: those, or the ones of its rolling window."""
        if kpi.contract.window is None:
            return window
        return window._replace(start=parse_period(kpi.contract.window, window.end).start)

    def _kpi(self, kpi: CompiledKpi, window: Window) -> Outcome:
        outcome = self.evaluate(kpi.expression, kpi, window)
        if kpi.contract.model is None:
            outcome = self._settling(outcome, kpi, window)
            required = self.judge.required(kpi.contract, window, outcome.verdict)
            outcome = self._evenly(outcome._replace(verdict=required), kpi, window)
        if (most := kpi.contract.requires.nulls) is not None and outcome.nulls > most:
            empty = replace(outcome.verdict, blocking=(*outcome.verdict.blocking, _empty_cells(kpi, outcome.nulls)))
            outcome = outcome._replace(verdict=empty)
        if kpi.contract.no_value is not None and DIVISION_BY_ZERO in outcome.reasons:
            said = Reason(code=kpi.contract.no_value.code, sentence=kpi.contract.no_value.sentence, input=kpi.name)
            outcome = outcome._replace(reasons=tuple(said if one is DIVISION_BY_ZERO else one for one in outcome.reasons))
        if outcome.shown() is None and kpi.estimate is not None and self._allow_estimates:
            guess = self.evaluate(kpi.estimate, kpi, window)
            if guess.shown() is not None:
                how = Reason(code="estimated", sentence=f"Estimated by {kpi.contract.estimate}.", input=kpi.contract.kpi)
                verdict = replace(guess.verdict, estimated=True, remarks=(*guess.verdict.remarks, how))
                return guess._replace(verdict=verdict)
        return outcome

    def _evenly(self, outcome: Outcome, kpi: CompiledKpi, window: Window) -> Outcome:
        """Count a KPI that is made of others as far as all of them reach."""
        if outcome.verdict.blocking:
            return outcome
        part, late = self.even(kpi.name, window)
        if late is None:
            return outcome
        even = self.evaluate(kpi.expression, kpi, part)
        blocking, remarks = even.verdict.blocking, outcome.verdict.remarks
        said = (*remarks, *(one for one in even.verdict.remarks if one not in remarks), uneven(self.catalog.kpis[late], part))
        return even._replace(verdict=replace(outcome.verdict, blocking=blocking, remarks=said))

    def _settling(self, outcome: Outcome, kpi: CompiledKpi, window: Window) -> Outcome:
        """Keep a KPI that is made of others provisional for as long as its own contract says."""
        if kpi.contract.settle is None:
            return outcome
        settles = self.calendar.end_of(window.end) + timedelta(seconds=seconds(kpi.contract.settle))
        known = outcome.verdict.settles_at
        if settles <= self.now or (known is not None and known >= settles):
            return outcome
        return outcome._replace(verdict=replace(outcome.verdict, settles_at=settles))

    def evaluate(self, expression: Expression, kpi: CompiledKpi, window: Window) -> Outcome:
        """Return an expression's value over the window; names of columns are those of the KPI's model."""
        match expression:
            case KpiRef(name):
                return self.kpi(kpi.contract.kpi if name == "value" else name, window)
            case Aggregate():
                return self._aggregate(expression, kpi, window)
            case Arithmetic(operator, left, right):
                return self._arithmetic(operator, self.evaluate(left, kpi, window), self.evaluate(right, kpi, window), window)
            case Number(value):
                return Outcome(_exactly(value), self._literal(window.days))
            case Over():
                return self._over(expression, kpi, window)
            case Breaches(severity):
                return self._breaches(severity, kpi, window)
            case Call(function, arguments):
                return called(function, [self.evaluate(one, kpi, window) for one in arguments], window)
            case Compare() | Logic():
                raise AssertionError("a condition is judged by `holds`, not evaluated")

    def holds(self, condition: Expression, kpi: CompiledKpi, window: Window) -> bool | None:
        """Return whether an alert condition holds; None where a part of it is unknown."""
        if isinstance(condition, Logic):
            parts = [self.holds(part, kpi, window) for part in condition.parts]
            if condition.operator == "not":
                return None if parts[0] is None else not parts[0]
            decisive = condition.operator == "or"
            return decisive if decisive in parts else None if None in parts else not decisive
        assert isinstance(condition, Compare)
        left = self.evaluate(condition.left, kpi, window).shown()
        right = self.evaluate(condition.right, kpi, window).shown()
        return None if left is None or right is None else compare(condition.operator, left, right)

    def elapsed(self, name: str, window: Window) -> Window:
        """Return the part of the window that the KPI's data has reached: all of it once the period is over."""
        if window.cut is not None or self.calendar.end_of(window.end) <= self.now:
            return window
        if self.is_state(name):
            return Window(window.start, max(window.start, min(window.end, self.calendar.day_of(self.now))))
        as_of = self.kpi(name, window).verdict.as_of
        return part_until(self.calendar, window, min(self.now, as_of) if as_of else self.now)

    def even(self, name: str, window: Window) -> tuple[Window, str | None]:
        """Return the part of the window that all inputs of a KPI have reached, and the input that is behind the others."""
        if name not in self._behind:
            self._behind[name] = behind(self.catalog, name, self.judge)
        late = self._behind[name]
        if late is None or window.cut is not None or self.calendar.end_of(window.end) <= self.now:
            return window, None
        part = part_until(self.calendar, window, late.reached)
        return part, late.kpi if part != window else None

    def is_state(self, name: str) -> bool:
        """Return whether the KPI says how things stand at an instant; such a number has no elapsed part."""
        if self.catalog.kpis[name].contract.kind is Kind.BREACHES:
            return True
        kpis = [self.catalog.kpis[one] for one in (name, *self.catalog.depends_on(name))]
        return all(_stands(kpi) for kpi in kpis if kpi.contract.model)

    def rollup(self, kpi: CompiledKpi) -> Rollup | None:
        """Return where the KPI's own aggregates are kept."""
        return self._plans.rollup(kpi.contract.kpi)

    def next_change(self, name: str) -> datetime | None:
        """Return when the KPI changes by the clock alone: something becomes due."""
        changes: list[datetime] = []
        for one in (name, *self.catalog.depends_on(name)):
            kpi = self.catalog.kpis[one]
            rollup = self.rollup(kpi)
            if rollup is None or not rollup.of_kind("active", "recurring") or rollup.model not in self.judge.generation.models:
                continue
            for aggregate in aggregates(kpi.expression):
                change = self.partials.next_change(rollup, aggregate, self.now)
                changes += [change] if change else []
        return min(changes, default=None)

    def holds_until(self) -> datetime:
        """Return when the clock alone may change anything that was worked out so far, at the latest as the shop's day ends."""
        edges = [outcome.verdict.valid_until for outcome in self._known.values()]
        edges += [self.next_change(name) for name in {name for name, _ in self._known}]
        return min(edge for edge in (*edges, self.calendar.end_of(self.calendar.day_of(self.now))) if edge is not None)

    def _aggregate(self, aggregate: Aggregate, kpi: CompiledKpi, window: Window) -> Outcome:
        contract = kpi.contract
        source = self._sources.get((id(aggregate), id(kpi))) or self._source(aggregate, kpi, window)
        rollup, scale = source.rollup, source.scale
        verdict = self.judge.judge(contract, window if scale is not None else judged_window(self, contract, window))
        if verdict.blocking:
            return Outcome(None, verdict)
        if scale is not None:
            measured = self.partials.measure(rollup, aggregate, window, self._instant)
            number = measured.number
            return self._told(aggregate, measured, number if scale is ONE or number is None else number * scale, verdict)
        parts = self.parts(aggregate, kpi, window)
        if isinstance(parts, Reason):
            return Outcome(None, verdict, reasons=(parts,))
        if contract.kind in TOLD_WHOLE:
            own, why, beside = told(self, aggregate, kpi, window)
            shown = major(own, parts[0]).number if own else None
            return Outcome(shown, replace(verdict, remarks=(*verdict.remarks, *beside)), reasons=why)
        if isinstance(aggregate, Recurring):
            moved = major(self.partials.recurring(rollup, aggregate, *self.between(window)), parts[0])
            return Outcome(moved.number, verdict, moved.n, moved.nulls)
        instant, everything = self.judged(kpi, window)
        measure = self.partials.measure
        measured = major(measure(rollup, aggregate, parts[0].window, instant, all_rows=everything), parts[0])
        if len(parts) > 1:
            rest = [major(measure(rollup, aggregate, one.window, instant, all_rows=everything), one) for one in parts[1:]]
            measured = merged(aggregate.function, [measured, *rest])
            verdict = replace(verdict, remarks=(*verdict.remarks, self.eras.converted(window.start, self.eras.day(window))))
        return self._told(aggregate, measured, measured.number, verdict)

    def _told(self, aggregate: Aggregate, measured: Measured, number: Fraction | None, verdict: Verdict) -> Outcome:
        """Return what was measured with its verdict; of no rows, only what adds up is a number."""
        reasons: tuple[Reason, ...] = ()
        if measured.n == measured.nulls and aggregate.function not in ("active", "sum", "count", "count_distinct"):
            number, reasons = None, (NO_ROWS,)
        if measured.sketched:
            verdict = self._sketched(verdict)
        return Outcome(number, verdict, measured.n, measured.nulls, reasons)

    def _source(self, aggregate: Aggregate, kpi: CompiledKpi, window: Window) -> _Source:
        """Return where the aggregate is kept, and with what its number is multiplied to be in major units.

        That is None where it is another number for each window: what is told of more than the window's own rows, and money of
        several currencies.
        """
        rollup = self.rollup(kpi)
        assert rollup is not None
        power = self._plans.minor_power(aggregate, kpi.contract.model or "")
        plain = kpi.contract.kind is Kind.AGGREGATE and not (self.eras.dated and power)
        scale = self.eras.whole(window, power).scale if plain else None
        found = self._sources[id(aggregate), id(kpi)] = _Source(rollup, scale, aggregate, kpi)
        return found

    def known_state(self, kpi: CompiledKpi, window: Window) -> Window:
        """Return the window, that of a stock no longer than today: the state at the end of an open period is the newest one."""
        if kpi.contract.kind is not Kind.STOCK or window.end <= (today := self.eras.today):
            return window
        return Window(min(window.start, today), today, window.cut)

    def judged(self, kpi: CompiledKpi, window: Window) -> tuple[datetime, bool]:
        """Return the instant at which intervals are judged, and whether rows of every day count.

        With a `time` the rows of the period are judged as the question is asked; without one, all rows at the period's end.
        """
        if kpi.contract.kind is Kind.ACTIVE and kpi.contract.time is None:
            end = self.calendar.end_of(window.end) - timedelta(microseconds=1)  # midnight belongs to the day that it begins
            return min(self._instant, end), True
        return self._instant, False

    def between(self, window: Window) -> tuple[datetime, datetime]:
        """Return the last instant before the window and the last one in it, so far: what recurs moves between them.

        Midnight belongs to the day that it begins.
        """
        moment, calendar = timedelta(microseconds=1), self.calendar
        end = calendar.end_of(window.end) if window.cut is None else calendar.instant_of(window.end, window.cut)
        until = min(self._instant, end - moment)
        return min(calendar.start_of(window.start) - moment, until), until

    def parts(self, aggregate: Aggregate, kpi: CompiledKpi, window: Window) -> list[Part] | Reason:
        """Return the parts of the window over which the aggregate is measured: one, but for money in several currencies.

        A state rests on rows as old as it is carried, and what recurs on phases of any age.
        """
        window = self.known_state(kpi, window)
        power = self._plans.minor_power(aggregate, kpi.contract.model or "")
        if not self.eras.dated or not power:
            return [self.eras.whole(window, power)]
        contract, first = kpi.contract, window.start
        if contract.kind is Kind.STOCK:
            first = window.end - timedelta(seconds=seconds(contract.carry))
        elif contract.of_every_day:
            first = date.min
        additive = contract.kind is Kind.AGGREGATE and aggregate.function in ("sum", "avg")
        return self.eras.parts(window, power, reaches_back_to=first, additive=additive)

    def carried(self, outcome: Outcome, name: str, then: Window, now: Window) -> Outcome:
        """Return the KPI's earlier value in the currency of the window `now`; none where no rate leads there."""
        rate = self.exchange(name, then, now)
        if rate == 1 or outcome.number is None:
            return outcome
        days = self.eras.day(then), self.eras.day(now)
        if rate is None:
            return outcome._replace(number=None, reasons=(self.eras.changed(*days),))
        remarks = (*outcome.verdict.remarks, self.eras.converted(*days))
        return outcome._replace(number=outcome.number * rate, verdict=replace(outcome.verdict, remarks=remarks))

    def exchange(self, name: str, then: Window, now: Window) -> Fraction | None:
        """Return by what the KPI's value over `then` is multiplied to be in the currency of `now`; None without a rate."""
        factor = self.eras.factor(then, now)
        power = 0 if factor == 1 else self.money_power(name)
        return Fraction(1) if power == 0 else None if factor is None else factor**power

    def money_power(self, name: str) -> int:
        """Return the power of money in which the KPI measures: 1 for an amount, 0 for a count or a share of amounts."""
        return money_power(self.catalog.kpis[name], self._plans)

    def _over(self, over: Over, kpi: CompiledKpi, window: Window) -> Outcome:
        name = kpi.contract.kpi if over.kpi == "value" else over.kpi
        part = self.elapsed(name, window)
        count, unit = over.interval.count, over.interval.unit
        if over.function in ("shift", "pct_change"):
            then = shift_window(part, count, unit)
            if part != window and part.days > 1 and unit not in ("day", "week") and then.end.day != part.end.day:
                return Outcome(None, self.kpi(name, window).verdict, reasons=(SHORTER_PERIOD,))
            before = self.carried(self.kpi(name, then), name, then, window)
            if over.function == "shift":
                return before
            now = self.carried(self.kpi(name, part), name, part, window)
            return pct_change(now, before, self._whole(name, window, now), window)
        return self._merged(over, name, previous_windows(window, count, unit), window)

    def _breaches(self, severity: str, kpi: CompiledKpi, window: Window) -> Outcome:
        """Count the rules that hold over what the boards show on the window's last day; an unknown one withholds the count."""
        verdicts = [Verdict(window.days)]
        judged: dict[tuple[str, str], bool] = {}
        for one, period, pack in watched_tiles(kpi, self.catalog, window.end):
            outcome = self.kpi(one.name, part := Window(period.start, period.end))
            verdicts.append(replace(outcome.verdict, missing=()))
            for alert, holds in judged_rules(one, outcome, period, part, self, pack):
                if alert.severity != severity:
                    continue
                if holds is None:
                    verdicts.append(Verdict(window.days, blocking=(_unknown_rule(one, alert),)))
                    continue
                key = (one.name, alert.name)
                judged[key] = judged.get(key, False) or holds
        return Outcome(Fraction(sum(judged.values())), combine(tuple(verdicts), window.days), len(judged))

    def _whole(self, name: str, window: Window, part: Outcome) -> Verdict:
        return combine((self.kpi(name, window).verdict, part.verdict), window.days)

    def _merged(self, over: Over, name: str, windows: list[Window], asked: Window) -> Outcome:
        """Merge earlier periods: their mean or sum; of a ratio, the ratio of the sums over all of them."""
        if self._plans.additivity(name) == "ratio":
            whole = Window(windows[0].start, windows[-1].end)
            return self.carried(self.kpi(name, whole), name, whole, asked)
        outcomes = [self.carried(self.kpi(name, one), name, one, asked) for one in windows]
        verdict = combine(tuple(outcome.verdict for outcome in outcomes), sum(one.days for one in windows))
        numbers = [outcome.shown() for outcome in outcomes]
        n = sum(outcome.n or 0 for outcome in outcomes)
        if None in numbers:
            return Outcome(None, verdict, n, 0, tuple(dict.fromkeys(r for one in outcomes for r in one.reasons)))
        total = sum((number for number in numbers if number is not None), Fraction(0))
        return Outcome(total / len(windows) if over.function == "avg_over" else total, verdict, n)

    def _both(self, left: Verdict, right: Verdict, days: int) -> Verdict:
        """Combine two verdicts, once: the judge gives the same two to many KPIs. They are kept: their ids stay theirs."""
        key = id(left), id(right), days
        known = self._combined.get(key)
        if known is None:
            known = self._combined[key] = (combine((left, right), days), left, right)
        return known[0]

    def _sketched(self, verdict: Verdict) -> Verdict:
        """Return the verdict with the remark that the number is a sketch's, once for all numbers that share it."""
        known = self._remarked.get(id(verdict))
        if known is None:
            known = self._remarked[id(verdict)] = replace(verdict, remarks=(*verdict.remarks, SKETCHED)), verdict
        return known[0]

    def _literal(self, days: int) -> Verdict:
        """Return the verdict on a literal, the same one each time: what it is combined with is combined once."""
        known = self._literals.get(days)
        if known is None:
            known = self._literals[days] = Verdict(days)
        return known

    def _arithmetic(self, operator: str, left: Outcome, right: Outcome, window: Window) -> Outcome:
        verdict = self._both(left.verdict, right.verdict, window.days)
        n = left.n if right.n is None else right.n if left.n is None or operator == "/" else max(left.n, right.n)
        nulls = left.nulls + right.nulls
        reasons = left.reasons + right.reasons
        if reasons:
            reasons = tuple(dict.fromkeys(reasons))
        if left.number is None or right.number is None:
            return Outcome(None, verdict, n, nulls, reasons)
        number = arithmetic(operator, left.number, right.number)
        if number is None:
            return Outcome(None, verdict, n, nulls, (DIVISION_BY_ZERO,))
        return Outcome(number, verdict, n, nulls, reasons)


def major(measured: Measured, part: Part) -> Measured:
    """Turn minor units of money into major ones of the asked currency."""
    if measured.number is None or part.scale is ONE:
        return measured
    return Measured(measured.number * part.scale, measured.n, measured.nulls, measured.sketched)


@lru_cache(maxsize=4096)
def _exactly(literal: Decimal) -> Fraction:
    return Fraction(literal)


def _stands(kpi: CompiledKpi) -> bool:
    """Return whether the KPI's own number says how things stand at an instant; what recurs also says how it moved."""
    if kpi.contract.kind is Kind.RECURRING:
        own = aggregates(kpi.expression)
        return all(isinstance(part, Recurring) and part.movement in ("start", "end") for part in own)
    return kpi.contract.kind is not Kind.AGGREGATE


def _unknown_rule(kpi: CompiledKpi, alert: CompiledAlert) -> Reason:
    sentence = f"Whether {alert.name} of {kpi.contract.title} holds is not known: what it compares with is withheld."
    return Reason(code="withheld", sentence=sentence, input=kpi.name, owner=kpi.contract.owner)


def _empty_cells(kpi: CompiledKpi, nulls: int) -> Reason:
    contract = kpi.contract
    rows = "One row of this period has" if nulls == 1 else f"{nulls} rows of this period have"
    sentence = f"{rows} no value to work {contract.title} out from."
    return Reason(code="empty_cells", sentence=sentence, input=contract.model, owner=contract.owner)
