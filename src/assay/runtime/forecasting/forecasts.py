"""Forecasts of KPIs: the proved history out of the ledger, and what the models make of it, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from assay.calendar import ONE_DAY, Grain, Period, Window, containing
from assay.catalog.contract import Question
from assay.catalog.entry import CompiledKpi
from assay.errors import TransientError, UsageError
from assay.forecast.making import Forecast, Task
from assay.forecast.models import installed
from assay.forecast.rules import RULES, Rule, Span, longest, needed
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.answering import find_kpi, unit_facts
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.desk import Desk
from assay.runtime.forecasting.proved import Because, Run, after, before, run_of
from assay.runtime.forecasting.words import backtested, counted, limits, method, never, point, readable, weak
from assay.runtime.publishing.generations import Snapshot
from assay.state.reader import Published
from assay.trust.verdict import Judge
from assay.units import published
from assay.values.answer import Answer, Freshness, Reason
from assay.values.forecast import ForecastAnswer, ForecastHistory, ForecastNeeds

LEVELS = (50, 99)
USUAL_LEVEL = 80
HELD = ("check_failed", "model_failed")
INSTALL = "pip install 'assay-kpi[forecast]'"
NOT_INSTALLED = Reason(code="not_installed", sentence="The part that makes forecasts is not installed.", repair=INSTALL)
_DAYS = {"day": 1, "week": 7, "month": 31}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: of which KPI, how far ahead, at which level, in which generation."""

    kpi: CompiledKpi
    rule: Rule
    periods: int
    level: int
    snapshot: Snapshot

    @property
    def grain(self) -> Grain:
        """The KPI's own grain."""
        return self.kpi.contract.grain.value


class Forecasts:
    """Forecasts of one project's KPIs; `fit` works out a task."""

    def __init__(self, desk: Desk, fit: Callable[[Task], Forecast]) -> None:
        self.desk = desk
        self._fit = fit
        self._calendar = desk.project.calendar

    def ask(self, name: str, periods: int | None = None, level: int = USUAL_LEVEL) -> ForecastAnswer:
        """Return the forecast, or why there is none. Raises `UsageError` for a KPI, horizon or level that does not exist."""
        snapshot = self.desk.snapshot()
        kpi = find_kpi(name, snapshot.catalog)
        grain = kpi.contract.grain.value
        if not LEVELS[0] <= level <= LEVELS[1]:
            raise UsageError(f"{level} % is no level of an interval.", f"Give one from {LEVELS[0]} to {LEVELS[1]}.")
        rule = RULES.get(grain)
        if rule is not None and periods is not None and not 1 <= periods <= rule.most:
            raise UsageError(f"{counted(periods, grain)} cannot be forecast.", f"Of {name} 1 to {rule.most} {grain}s can.")
        reason = never(kpi, snapshot.catalog)
        if reason is None and not snapshot.generation.id:
            reason = Reason(code="nothing_published", sentence="Nothing has been published yet.", repair="assay refresh")
        if reason is None and not installed():
            reason = NOT_INSTALLED
        if reason is not None or rule is None:
            return self._facts(kpi, snapshot, level).model_copy(update={"reasons": (reason,)})
        return self._answer(_Asked(kpi, rule, periods or rule.usual, level, snapshot))

    def _answer(self, asked: _Asked) -> ForecastAnswer:
        newest = before(containing(self._calendar.day_of(self.desk.clock.now()), asked.grain))
        answer = self._of(asked, newest.name)
        if (reason := self._unfit(answer, newest)) is not None:
            return self._withheld(asked, reason)
        first = newest.end - timedelta(days=_DAYS[asked.grain] * asked.rule.reach)
        rows = self.desk.reader.history(asked.kpi.name, asked.grain, first, newest.end)
        if any(row.generation > asked.snapshot.generation.id for row in rows):
            raise TransientError("Something new was published meanwhile.", "Ask again.")
        complete_until = answer.as_of if answer.value is None else None
        by_start = {row.start: row for row in rows}
        run = run_of(by_start, newest, self._calendar, complete_until, self._fault(asked, newest.end))
        return self._too_little(asked, run) or self._made(asked, run, newest.end)

    def _of(self, asked: _Asked, period: str) -> Answer:
        return self.desk.ask(Question(kpi=asked.kpi.name, period=period), snapshot=asked.snapshot)

    def _unfit(self, answer: Answer, newest: Period) -> Reason | None:
        """Return why the newest closed period forbids a forecast: its model is held, or it has no value and is not awaited.

        It is awaited while the data is as new as the contract expects and has not come to the period's end.
        """
        held = next((reason for reason in answer.reasons if reason.code in HELD), None)
        if answer.value is not None and held is None:
            return None
        in_time = answer.freshness in (Freshness.FRESH, Freshness.ACCEPTABLE)
        coming = answer.as_of is not None and answer.as_of < self._calendar.end_of(newest.end)
        if in_time and coming and {reason.code for reason in answer.reasons} == {"not_covered"}:
            return None
        state = "has no value" if answer.value is None else "stands as it was before"
        code = "newest_withheld" if answer.value is None else "held"
        why = held or next(iter(answer.reasons), None)
        return _because(code, f"{newest.name}, the newest {newest.grain} that is over, {state}.", why)

    def _fault(self, asked: _Asked, newest: date) -> Callable[[Published], Because | None]:
        """Return what says of a proved period that it is in another currency, or not by the definition in force."""
        snapshot, name, unit = asked.snapshot, asked.kpi.name, asked.kpi.contract.unit
        judge = Judge(snapshot.generation, self._calendar, self.desk.clock.now())
        evaluator = Evaluator(snapshot.catalog, snapshot.store, judge, currencies=snapshot.currencies, plans=snapshot.plans)
        in_money = evaluator.money_power(name) != 0
        currency = snapshot.currencies.on(newest)
        definitions: dict[str, object] = {}

        def fault(row: Published) -> Because | None:
            if in_money and snapshot.currencies.on(row.start) != currency:
                return "currency_changed"
            if row.fact not in definitions:
                definitions[row.fact] = (self.desk.reader.fact(row.fact) or {}).get("definition")
            if definitions[row.fact] == asked.kpi.definition_hash:
                return None
            try:  # a row is written anew only where its value changed: what the definition in force makes of these days decides
                number = evaluator.kpi(name, Window(row.start, row.end)).shown()
            except NotKeptError:
                return "redefined"
            return None if number is not None and str(published(number, unit, currency)) == row.value else "redefined"

        return fault

    def _too_little(self, asked: _Asked, run: Run) -> ForecastAnswer | None:
        """Return the answer where the run ends too early or is too short."""
        rule, grain, there = asked.rule, asked.grain, len(run.periods)
        if run.lead > rule.lag and there:
            sentence = (
                f"The newest {grain} that is settled ended on {run.periods[-1].end}, {counted(run.lead, grain)} before the "
                f"newest one that is over; a forecast bridges {rule.lag} at most."
            )
            return self._withheld(asked, Reason(code="not_settled", sentence=sentence))
        lead = min(run.lead, rule.lag)
        enough = needed(rule, Span(asked.periods, lead))
        if there >= enough:
            return None
        first = run.periods[0].start if there else run.before.end + ONE_DAY
        full = after(first - ONE_DAY, grain, enough + lead)[-1]
        at_most = longest(rule, there, lead)
        needs = ForecastNeeds(
            periods=enough,
            there=there,
            possible_from=full.end + ONE_DAY if there or run.because != "begins" else None,
            at_most=at_most,
        )
        said = f"A forecast of {counted(asked.periods, grain)} needs {counted(enough, grain)} in a row that are proved; "
        said += f"there {'is' if there == 1 else 'are'} {there}."
        return self._withheld(asked, self._why_short(asked, run, said, at_most), needs)

    def _why_short(self, asked: _Asked, run: Run, said: str, at_most: int) -> Reason:
        """Return why the run is so short, and what to do: ask for less, or else mend the period that broke it."""
        name, because = run.before.name, run.because
        shorter = f"Ask for {counted(at_most, asked.grain)} at most." if at_most else None
        if because == "withheld":
            why = next(iter(self._of(asked, name).reasons), None)
            reason = _because("history_gap", f"{said} {name} has no value.", why)
            return reason.model_copy(update={"repair": shorter}) if shorter else reason
        code, more = {
            "begins": ("history_short", ""),
            "currency_changed": ("currency_changed", f" {name} is in another currency."),
            "redefined": ("redefined", f" {name} was published by another definition."),
            "estimated": ("history_gap", f" {name} is estimated."),
            "unsettled": ("history_gap", f" {name} has not settled."),
        }[because]
        return Reason(code=code, sentence=said + more, repair=shorter)

    def _made(self, asked: _Asked, run: Run, newest: date) -> ForecastAnswer:
        values = [Decimal(row.value or "0") for row in run.periods]
        floor, ceiling = limits(asked.kpi.contract.unit)
        found = self._fit(Task(tuple(map(float, values)), asked.grain, asked.periods, run.lead, asked.level, floor, ceiling))
        unit = readable(unit_facts(asked.kpi.contract.unit, asked.snapshot.currencies.on(newest)), max(map(abs, values)))
        ahead = zip(after(newest, asked.grain, asked.periods), found.steps, strict=True)
        return self._facts(asked.kpi, asked.snapshot, asked.level).model_copy(
            update={
                "unit": unit,
                "data_quality": "forecast",
                "points": tuple(point(period, step, unit) for period, step in ahead),
                "model": found.model,
                "season": found.season,
                "method": method(found, run, asked.grain),
                "backtest": backtested(found.backtest, run, unit),
                "history": ForecastHistory(start=run.periods[0].start, end=run.periods[-1].end, periods=len(values)),
                "lead": run.lead,
                "reasons": weak(found.backtest, asked.level),
            }
        )

    def _withheld(self, asked: _Asked, reason: Reason, needs: ForecastNeeds | None = None) -> ForecastAnswer:
        facts = self._facts(asked.kpi, asked.snapshot, asked.level)
        return facts.model_copy(update={"reasons": (reason,), "needs": needs})

    def _facts(self, kpi: CompiledKpi, snapshot: Snapshot, level: int) -> ForecastAnswer:
        """Return what every answer says, whether there is a forecast or not; it holds until the shop's day is over."""
        now = self.desk.clock.now()
        today, generation = self._calendar.day_of(now), snapshot.generation
        return ForecastAnswer(
            kpi=kpi.name,
            label=kpi.contract.title,
            grain=kpi.contract.grain.value,
            unit=unit_facts(kpi.contract.unit, snapshot.currencies.on(today)),
            timezone=self._calendar.zone_at(now).key,
            level=level,
            data_quality="insufficient_data",
            generation=generation.id or None,
            published_at=generation.published_at if generation.id else None,
            valid_until=self._calendar.end_of(today) if generation.id else None,
        )


def _because(code: str, said: str, why: Reason | None) -> Reason:
    """Return a reason that rests on another one: its sentence, owner and repair go along."""
    if why is None:
        return Reason(code=code, sentence=said)
    return why.model_copy(update={"code": code, "sentence": f"{said} {why.sentence}"})
