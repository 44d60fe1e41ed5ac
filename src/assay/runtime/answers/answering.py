"""From a question to an answer: the value, its verdict, target, comparison, breaches, rows, receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from assay.calendar import Comparison, Period, ShopCalendar, Window, compared_with, parse_period, shift_window
from assay.catalog.contract import Direction, Kind, Question
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import Aggregate, Over, aggregates, walk
from assay.errors import UsageError, suggest
from assay.planner.semantics import additivity
from assay.runtime.answers.arithmetic import compare
from assay.runtime.answers.breakdown import breakdown, empty_because
from assay.runtime.answers.cohorts import cohort_table
from assay.runtime.answers.eras import CURRENCY_CHANGED
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.modelled import told_by
from assay.runtime.answers.outcome import Outcome
from assay.runtime.answers.targets import Wording, breaches, judge_target, reached_tier
from assay.runtime.own.records import CHECKS
from assay.trust.reasons import checks_fail
from assay.units import SHOWN_DECIMALS, Unit, currency_exponent, display, published
from assay.values.answer import Answer, ComparisonFacts, Coverage, DataQuality, LastGood, PeriodFacts, Reason, Row, UnitFacts
from assay.values.measured import Measured

DASH = "–"
LastGoodReader = Callable[[str, Period], LastGood | None]


class Answerer:
    """Answers questions of one generation at one instant."""

    def __init__(self, evaluator: Evaluator, last_good: LastGoodReader) -> None:
        self.evaluator = evaluator
        self.catalog: Catalog = evaluator.catalog
        self._last_good = last_good
        self._calendar = evaluator.calendar

    def answer(
        self,
        question: Question,
        period: Period,
        cut: int | None = None,
        pack: str | None = None,
        keys: tuple[str | None, ...] | None = None,
    ) -> Answer:
        """Return the answer to a question about a period that was worked out by `period_of`; targets are those of `pack`.

        With `keys` a list has a row for each of them, in their order, and no others.
        """
        kpi = self.catalog.kpis[question.kpi]
        window = Window(period.start, period.end, cut)
        wording = Wording(kpi.contract.unit, self.evaluator.eras.currency(window))
        outcome = self.evaluator.kpi(question.kpi, window)
        value = outcome.shown()
        verdict = outcome.verdict
        reasons = [*verdict.blocking, *outcome.reasons, *verdict.remarks]
        reasons += [small] if (small := _small_sample(kpi, outcome)) else []
        reasons += [named] if (named := self._failing(kpi, period)) else []
        reasons += [_until(period, cut)] if cut is not None else []
        generation = self.evaluator.judge.generation
        cohorts = cohort_table(self.evaluator, kpi, period, wording) if kpi.contract.kind is Kind.COHORT else None
        if cohorts and any(cell.value is not None for row in cohorts.rows for cell in row.cells):
            reasons = list(verdict.remarks)
        rows, more = self._rows(question, kpi, window, period, wording, pack, keys) if question.by else (None, 0)
        state = replace(verdict, blocking=verdict.blocking or (tuple(reasons[:1]) if value is None and not cohorts else ()))
        return Answer(
            kpi=question.kpi,
            label=question.label or kpi.contract.title,
            period=self.facts(period),
            unit=unit_facts(kpi.contract.unit, wording.currency),
            value=wording.exact(value),
            display=DASH if value is None else wording.say(value),
            direction=kpi.contract.direction.value if kpi.contract.direction else None,
            criticality=kpi.contract.criticality.value,
            owner=kpi.contract.owner,
            data_quality=state.quality(),
            freshness=verdict.freshness,
            as_of=verdict.as_of,
            coverage=_covered(self.evaluator.measured(kpi, window), verdict.missing),
            provisional=verdict.settles_at is not None,
            settles_at=verdict.settles_at,
            reasons=tuple(reasons),
            n=outcome.n,
            nulls=outcome.nulls,
            target=judge_target(kpi, outcome, period, window, self.evaluator, wording, pack),
            comparison=self._comparison(question, kpi, period, window, wording),
            breaches=breaches(kpi, outcome, period, window, self.evaluator, wording, pack),
            last_good=self._last_good(question.kpi, period) if value is None else None,
            by=question.by,
            rows=rows,
            more_rows=more,
            cohorts=cohorts,
            generation=generation.id or None,
            published_at=generation.published_at if generation.id else None,
            receipt=f"{generation.id}:{question.kpi}:{period.name}:{period.start}:{period.end}" if generation.id else None,
            valid_until=self.evaluator.holds_until() if generation.id else None,  # the last field: it asks of all above
        )

    def facts(self, period: Period) -> PeriodFacts:
        """Return the period as an answer says it."""
        end = self._calendar.end_of(period.end)
        zone = self._calendar.zone_at(end).key
        return PeriodFacts(
            name=period.name,
            grain=period.grain,
            start=period.start,
            end=period.end,
            timezone=zone,
            open=end > self.evaluator.now,
        )

    def _failing(self, kpi: CompiledKpi, period: Period) -> Reason | None:
        """Return which checks fail now, beside a number that is made of their results and speaks of now."""
        facts = self.evaluator.judge.generation.models.get(kpi.contract.model or "")
        if facts is None or CHECKS not in facts.streams or self._calendar.end_of(period.end) <= self.evaluator.now:
            return None
        return checks_fail(self.evaluator.judge.generation.checks)

    def recorded(
        self,
        name: str,
        period: Period,
        *,
        currency: str,
        value: str | None,
        quality: DataQuality,
        provisional: bool,
        reasons: tuple[Reason, ...],
        generation: int | None,
        published_at: datetime | None,
    ) -> Answer:
        """Return an answer that repeats what the ledger holds: nothing in it is worked out again."""
        kpi = self.catalog.kpis[name]
        contract = kpi.contract
        return Answer(
            kpi=name,
            label=contract.title,
            period=self.facts(period),
            unit=unit_facts(contract.unit, currency),
            value=value,
            display=DASH if value is None else display(Decimal(value), contract.unit, currency),
            direction=contract.direction.value if contract.direction else None,
            criticality=contract.criticality.value,
            owner=contract.owner,
            data_quality=quality,
            freshness=None,
            coverage=Coverage(days=period.days, covered=period.days if value is not None else 0),
            provisional=provisional,
            reasons=reasons,
            generation=generation,
            published_at=published_at,
            receipt=f"{generation}:{name}:{period.name}:{period.start}:{period.end}" if generation else None,
            valid_until=None,
        )

    def _comparison(
        self, question: Question, kpi: CompiledKpi, period: Period, window: Window, wording: Wording
    ) -> ComparisonFacts | None:
        against = question.compare
        if against is None or against == "none":
            return None
        other, now_window, then_window, reason = self._aligned(kpi, period, window, against)
        facts = {"against": against, "period": self.facts(replace(other, end=then_window.end, name=_named(then_window)))}
        if reason is not None:
            return ComparisonFacts(**facts, reason=reason)
        now, then = (
            self.evaluator.carried(self.evaluator.kpi(question.kpi, one), question.kpi, one, window)
            for one in (now_window, then_window)
        )
        current, before = now.shown(), then.shown()
        if current is None or before is None:
            return ComparisonFacts(**facts, value=wording.exact(before), reason=_not_compared(now, then))
        change = current - before
        pct, why = _percent(change, before, kpi.contract.unit)
        return ComparisonFacts(
            **facts,
            value=wording.exact(before),
            current=wording.exact(current),
            change=wording.exact(change),
            change_pct=pct,
            better=_better(kpi.contract.direction, change),
            until=f"{now_window.cut // 60:02d}:{now_window.cut % 60:02d}" if now_window.cut is not None else None,
            reason=why,
        )

    def _aligned(
        self, kpi: CompiledKpi, period: Period, window: Window, against: Comparison
    ) -> tuple[Period, Window, Window, Reason | None]:
        """Return the other period, and both windows cut to the same elapsed part, or why they cannot be."""
        other = compared_with(period, against)
        part = self.evaluator.elapsed(kpi.contract.kpi, window)
        then = Window(other.start, other.end)
        if part == window and period.end == window.end and window.cut is None and not _to_date(period):
            return other, window, then, None
        if against == "last_year" and (part.end.month, part.end.day) != (
            2,
            29,
        ):  # the same dates, whichever of the years is a leap year
            before = shift_window(Window(part.start, part.end, part.cut or 0), 1, "year")
            return other, part, before._replace(cut=part.cut), None
        if part.days > then.days:
            sentence = f"{other.name} has only {then.days} days, this period has already {part.days}."
            return other, part, then, Reason(code="shorter_period", sentence=sentence)
        end = date.fromordinal(other.start.toordinal() + part.days - 1)
        return other, part, Window(other.start, end, part.cut), None

    def _comparable(self, name: str, *windows: Window) -> bool:
        """Return whether the slices of both windows can be said in the currency of the last one."""
        now, then, asked = windows
        outcome = self.evaluator.kpi(name, then)
        mixed = any(reason.code == CURRENCY_CHANGED for reason in outcome.reasons)
        rates = [self.evaluator.exchange(name, one, asked) for one in (now, then)]
        return not (outcome.verdict.blocking or mixed or None in rates)

    def _broken_down(self, question: Question, then: Window, asked: Window) -> dict[str | None, Measured]:
        """Return the slices of an earlier window in the currency of the asked one."""
        assert question.by is not None
        rate = self.evaluator.exchange(question.kpi, then, asked) or Fraction(1)
        rows = breakdown(self.evaluator, question.kpi, then, question.by)
        return {key: one if one.number is None else one._replace(number=one.number * rate) for key, one in rows.items()}

    def _by_shard(self, name: str) -> bool:
        """Return whether the number of one shard holds without the others: all that it reads rests on that shard alone."""
        kpis = [self.catalog.kpis[one] for one in (name, *self.catalog.depends_on(name))]
        based = [(kpi, self.catalog.models[kpi.contract.model]) for kpi in kpis if kpi.contract.model]
        return all(
            model.by_shard and set(part.columns) <= {*model.by_shard}
            for kpi, model in based
            for part in aggregates(kpi.expression)
        )

    def _rows(
        self,
        question: Question,
        kpi: CompiledKpi,
        window: Window,
        period: Period,
        wording: Wording,
        pack: str | None,
        keys: tuple[str | None, ...] | None,
    ) -> tuple[tuple[Row, ...], int]:
        assert question.by is not None
        verdict = self.evaluator.kpi(question.kpi, window).verdict
        silent = {one.shard: one.reason for one in verdict.silent if one.dimension == question.by}
        slices = bool(silent) and len(silent) == len(verdict.silent) and self._by_shard(question.kpi)
        if verdict.blocking and not slices:
            return (), 0
        now = part = breakdown(self.evaluator, question.kpi, window, question.by, also=self._told_of_none(question.kpi, keys))
        then: dict[str | None, Measured] | None = None
        if question.compare not in (None, "none"):
            _, now_window, then_window, reason = self._aligned(kpi, period, window, question.compare)  # type: ignore[arg-type]
            if reason is None and self._comparable(question.kpi, now_window, then_window, window):
                part = now if now_window == window else self._broken_down(question, now_window, window)
                then = self._broken_down(question, then_window, window)
        zero = Fraction(0) if additivity(question.kpi, self.catalog) == "additive" else None
        blank = Measured(zero)
        found = [
            _row(key, one, part.get(key, blank), then, zero, wording, kpi.contract.unit)
            for key, one in now.items()
            if one.number is not None and key not in silent
        ]
        if kpi.contract.kind is Kind.MODELLED:
            found = self._standing(found, kpi, window, period, question.by, pack)
        if keys is not None:
            return self._in_places(keys, found, silent, question, window), 0
        kept, apart = _having(question, found)
        ordered = sorted(kept, key=_order(question.order)) + sorted(apart, key=_order("value desc"))
        top = question.top or len(ordered)
        withheld = [Row(key=shard, value=None, display=DASH, reasons=(reason,)) for shard, reason in sorted(silent.items())]
        return (*ordered[:top], *withheld), max(0, len(ordered) - top)

    def _told_of_none(self, name: str, keys: tuple[str | None, ...] | None) -> tuple[str | None, ...]:
        """Return the keys of which no row is a fact (nothing sold): not so where rows say what is (nothing counted)."""
        kinds = {self.catalog.kpis[one].contract.kind for one in (name, *self.catalog.depends_on(name))}
        return () if keys is None or kinds & {Kind.STOCK, Kind.MODELLED} else keys

    def _in_places(
        self,
        keys: tuple[str | None, ...],
        found: list[Row],
        silent: Mapping[str, Reason],
        question: Question,
        window: Window,
    ) -> tuple[Row, ...]:
        """Return a row for each key, in their order; one that has no value says why."""
        assert question.by is not None
        rows = {row.key: row for row in found}
        missing = [key for key in keys if key not in rows and key not in silent]
        why = empty_because(self.evaluator, question.kpi, window, question.by, missing) if missing else {}
        return tuple(
            rows.get(key) or Row(key=key, value=None, display=DASH, reasons=(why.get(key) or silent[key or ""],))
            for key in keys
        )

    def _standing(
        self, rows: list[Row], kpi: CompiledKpi, window: Window, period: Period, by: str, pack: str | None
    ) -> list[Row]:
        """Return the rows of a modelled number, each with the step that it reaches and what it leaves out."""
        assert isinstance(kpi.expression, Aggregate)
        told = told_by(self.evaluator, kpi, kpi.expression, window, by)
        return [
            row.model_copy(
                update={
                    "tier": reached_tier(kpi, Fraction(Decimal(row.value)), period, pack) if row.value else None,
                    "reasons": (*row.reasons, *told[row.key].beside),
                }
            )
            for row in rows
        ]


def unit_facts(unit: Unit, currency: str) -> UnitFacts:
    """Return how to read values of the unit, of money those in the currency."""
    money = unit is Unit.MONEY
    return UnitFacts(
        kind=unit.value,
        currency=currency if money else None,
        decimals=currency_exponent(currency) if money else SHOWN_DECIMALS[unit],
    )


def period_of(
    question: Question, kpi: CompiledKpi, at: date | datetime | None, evaluator: Evaluator
) -> tuple[Period, int | None]:
    """Return the period that the question asks about, and the minute at which its last day is cut (an instant as `at`)."""
    calendar = evaluator.calendar
    instant = at if isinstance(at, datetime) else None
    today = calendar.day_of(instant or evaluator.now) if not isinstance(at, date) or instant else at
    if question.at == "yesterday":
        today = date.fromordinal(today.toordinal() - 1)
    spans = [
        span
        for name in (question.kpi, *evaluator.catalog.depends_on(question.kpi))
        if (span := evaluator.judge.span(evaluator.catalog.kpis[name].contract))
    ]
    everything = (max(start for start, _ in spans), min(end for _, end in spans)) if spans else None
    period = parse_period(question.period or kpi.contract.grain.value, today, everything)
    cut = calendar.minute_of_day(instant) if instant and period.end == today else None
    return period, cut or None


def effective(at: date | datetime | None, calendar: ShopCalendar) -> datetime | None:
    """Return the instant that `at` stands for: of a day, its end."""
    return at if at is None or isinstance(at, datetime) else calendar.end_of(at)


def find_kpi(name: str, catalog: Catalog) -> CompiledKpi:
    """Return the KPI of that name; a `UsageError` says which one was probably meant."""
    if name not in catalog.kpis:
        raise UsageError(
            f'There is no KPI "{name}".{suggest(name, catalog.kpis)}', "List the KPIs with `assay get` or GET /api/v1/kpis."
        )
    return catalog.kpis[name]


def in_scenario(name: str, scenario: str, catalog: Catalog) -> str:
    """Return the KPI that tells the number under the scenario's assumptions; a `UsageError` says which scenarios there are."""
    scenarios = find_kpi(name, catalog).contract.scenarios
    if scenario not in scenarios:
        known = f"Its scenarios are: {', '.join(scenarios)}." if scenarios else "A KPI lists its own under `scenarios:`."
        raise UsageError(f'{name} has no scenario "{scenario}".{suggest(scenario, scenarios)}', known)
    return scenarios[scenario]


def check_dimension(kpi: CompiledKpi, by: str, catalog: Catalog) -> None:
    """Raise a `UsageError` unless every input of the KPI has the dimension."""
    names = (kpi.name, *catalog.depends_on(kpi.name))
    if any(isinstance(part, Over) for name in names for part in walk(catalog.kpis[name].expression)):
        raise UsageError(
            f"{kpi.name} looks at other periods, so it has no breakdown.", "Break down what it is made of, with --compare."
        )
    shared = kpi.dimensions
    if by not in shared:
        known = ", ".join(sorted(shared)) or "none"
        raise UsageError(
            f'{kpi.contract.kpi} cannot be broken down by "{by}".{suggest(by, shared)}',
            f"Its dimensions are: {known}. A KPI made of others has only the dimensions that all of them have.",
        )


def _until(period: Period, cut: int) -> Reason:
    return Reason(code="until", sentence=f"Counted up to {cut // 60:02d}:{cut % 60:02d} of {period.end} alone.")


def _covered(period: Window, missing: tuple[date, ...]) -> Coverage:
    """Return how much of the measured days is covered; days on which a formula looks back are for the reasons to name."""
    own = tuple(day for day in missing if period.start <= day <= period.end)
    return Coverage(days=period.days, covered=period.days - len(own), missing=own[:31])


def _named(window: Window) -> str:
    return f"{window.start}" if window.days == 1 else f"{window.start}..{window.end}"


def _to_date(period: Period) -> bool:
    return period.name in ("wtd", "mtd", "qtd", "ytd", "week", "month", "quarter", "year") or period.name.endswith("m")


def _small_sample(kpi: CompiledKpi, outcome: Outcome) -> Reason | None:
    least = kpi.contract.requires.sample
    if least is None or outcome.n is None or outcome.n >= least or outcome.shown() is None:
        return None
    return Reason(code="small_sample", sentence=f"It rests on {outcome.n} rows; below {least} it raises no alert.")


def _not_compared(now: Outcome, then: Outcome) -> Reason:
    outcome = then if now.shown() is not None else now
    why = [*outcome.verdict.blocking, *outcome.reasons]
    if why and why[0].code == CURRENCY_CHANGED:
        return why[0]
    sentence = why[0].sentence if why else "There is no value to compare with."
    return Reason(code="not_comparable", sentence=sentence, input=why[0].input if why else None)


def _percent(change: Fraction, before: Fraction, unit: Unit) -> tuple[str | None, Reason | None]:
    """Return the change in percent of the earlier value; of percentages, which change by points, none."""
    if unit is Unit.PERCENT:
        return None, None
    if before <= 0:
        return None, Reason(code="zero_base", sentence="The earlier value is not positive, so there is no percentage.")
    return str(published(100 * change / before, Unit.PERCENT, "USD")), None


def _better(direction: Direction | None, change: Fraction) -> bool | None:
    if change == 0 or direction not in (Direction.UP, Direction.DOWN):
        return None
    return (change > 0) == (direction is Direction.UP)


def _row(
    key: str | None,
    whole: Measured,
    part: Measured,
    then: dict[str | None, Measured] | None,
    zero: Fraction | None,
    wording: Wording,
    unit: Unit,
) -> Row:
    """Return a row: its value is the `whole` window's, so that rows add up; its change is that of the elapsed `part`."""
    assert whole.number is not None
    row = Row(key=key, value=wording.exact(whole.number), display=wording.say(whole.number), n=whole.n)
    before = None if then is None else then[key].number if key in then else zero
    if before is None or part.number is None:
        return row
    change = part.number - before
    pct, why = _percent(change, before, unit)
    return row.model_copy(update={"change": wording.exact(change), "change_pct": pct, "reasons": (why,) if why else ()})


def _having(question: Question, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows that the condition keeps, and apart the ones that it cannot judge for want of a base."""
    if question.having is None:
        return rows, []
    field, operator, limit = question.having.split()
    bound = Fraction(Decimal(limit))
    kept, apart = [], []
    for row in rows:
        text = row.change_pct if field == "change_pct" else row.value
        if text is not None:
            kept += [row] if compare(operator, Fraction(Decimal(text)), bound) else []
        elif row.reasons and row.value is not None and Decimal(row.value) > 0:
            apart.append(row)
    return kept, apart


def _order(order: str) -> Callable[[Row], tuple[Decimal, str]]:
    field, way = order.split()
    sign = -1 if way == "desc" else 1

    def key(row: Row) -> tuple[Decimal, str]:
        text = row.value if field == "value" else row.change_pct
        return (sign * Decimal(text) if text is not None else Decimal("Infinity"), row.key or "")

    return key
