"""What every root cause withholds, asked of the judge: of the periods that people look at, and of the days it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from assay.calendar import Grain, Period, Window, containing, parse_period
from assay.catalog.contract import Kind
from assay.catalog.entry import Catalog, CompiledKpi, inputs_of
from assay.catalog.expression import Compare, Logic, walk
from assay.planner.plans import Plans
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.alarms import watched_tiles
from assay.runtime.answers.answering import period_of
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.trust.causes import CauseJudge, Traced
from assay.units import Currencies
from assay.values.answer import Reason
from assay.values.measured import Measured
from assay.values.verdict import Verdict

Dependents = Mapping[str, frozenset[str]]
"""The KPIs whose formulas name a KPI, through any number of steps, by its name."""


@dataclass
class Blockage:
    """What one root cause withholds.

    `now`: of each KPI the periods that people look at, by name, with the boards that show them. `other`: KPIs of which it
    withholds some period, whether anybody looks at it or not.
    """

    now: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    other: set[str] = field(default_factory=set)


class Unread:
    """Numbers that stand in where trust alone is asked: no two are equal, so nothing is divided by nothing."""

    def __init__(self) -> None:
        self._last = 1000

    def measure(self, *_: object, **__: object) -> Measured:
        """Return a number that was never returned before."""
        self._last += 1
        return Measured(Fraction(self._last), self._last)

    def breakdown(self, *_: object, **__: object) -> dict[str | None, Measured]:
        """Return no rows."""
        return {}

    def next_change(self, *_: object) -> datetime | None:
        """Return that the clock changes nothing."""
        return None

    recurring, recurring_by = measure, breakdown


class Tracer:
    """Finds what every root cause withholds."""

    def __init__(
        self,
        catalog: Catalog,
        above: Dependents,
        judge: CauseJudge,
        currencies: Currencies,
        numbers: Partials | None,
        plans: Plans | None = None,
    ) -> None:
        plans = plans or Plans(catalog)
        self._catalog = catalog
        self._above = above
        self._judge = judge
        self._evaluator = Evaluator(catalog, Unread(), judge, currencies=currencies, plans=plans)
        # Which rules hold decides what a count of breaches rests on, so that kind alone needs the numbers themselves.
        counting = Evaluator(catalog, numbers, judge, currencies=currencies, plans=plans) if numbers else self._evaluator
        self._counting = counting
        self.blocked: dict[str, Blockage] = {}
        self.edges: list[datetime] = []
        """The instants at which the clock alone may change what is withheld."""

    def trace(self) -> None:
        """Fill `blocked`: by cause, what is withheld of what people look at, and of what else."""
        for name, period, board in self._asked():
            verdict = self._verdict(name, Window(period.start, period.end))
            self.edges += [verdict.valid_until] if verdict.valid_until and verdict.valid_until > self._judge.now else []
            for cause in self._causes(name, verdict, period):
                boards = self._of(cause).now.setdefault(name, {}).setdefault(period.name, [])
                boards += [board] if board and board not in boards else []
        self._trace_other_days()

    def _of(self, cause: str) -> Blockage:
        return self.blocked.setdefault(cause, Blockage())

    @property
    def _today(self) -> date:
        return self._judge.calendar.day_of(self._judge.now)

    def _asked(self) -> Iterator[tuple[str, Period, str | None]]:
        """Yield what people look at: every tile of a board, and of a KPI on no board its last closed period."""
        shown: set[str] = set()
        for board in self._catalog.boards.values():
            for section in board.board.sections:
                for tile in section.tiles:
                    kpi = self._catalog.kpis[tile.kpi]
                    yield tile.kpi, period_of(tile, kpi, None, self._evaluator)[0], board.board.board
                    shown.add(tile.kpi)
        for name, kpi in self._catalog.kpis.items():
            if name not in shown:
                yield name, self._newest(kpi), None

    def _newest(self, kpi: CompiledKpi) -> Period:
        grain: Grain = kpi.contract.grain.value
        if self._evaluator.is_state(kpi.name):
            return parse_period(grain, self._today)
        return containing(containing(self._today, grain).start - timedelta(days=1), grain)

    def _verdict(self, name: str, window: Window) -> Verdict:
        if self._catalog.kpis[name].contract.kind is Kind.BREACHES:
            try:
                return self._counting.kpi(name, window).verdict
            except NotKeptError:
                pass
        return self._evaluator.kpi(name, window).verdict

    def _causes(self, name: str, verdict: Verdict, period: Period | None = None) -> list[str]:
        found = [cause for reason in verdict.blocking if isinstance(reason, Traced) for cause in reason.causes]
        for reason in verdict.blocking:
            if reason.code == "withheld" and period is not None:
                found += self._unknown(self._catalog.kpis[name], reason, period)
        return list(dict.fromkeys(found))

    def _unknown(self, kpi: CompiledKpi, reason: Reason, period: Period) -> Iterator[str]:
        """Yield why it is not known whether rules hold: what withholds the numbers with which they compare."""
        for one, shown, pack in watched_tiles(kpi, self._catalog, period.end):
            if one.name != reason.input:
                continue
            window = Window(shown.start, shown.end)
            unknown = [rule for rule in one.alerts_for(pack) if self._counting.holds(rule.condition, one, window) is None]
            for part in (part for rule in unknown for part in walk(rule.condition)):
                if not isinstance(part, Compare | Logic):
                    yield from self._causes(one.name, self._evaluator.evaluate(part, one, window).verdict)

    def _trace_other_days(self) -> None:
        """Add what nobody may look at: today, and the days that a cause is about."""
        today = Window(self._today, self._today)
        for name, kpi in self._catalog.kpis.items():
            for cause in self._causes(name, self._evaluator.kpi(name, today).verdict):
                self._of(cause).other.add(name)
            if kpi.contract.model is None:
                continue
            for window in self._odd_windows(kpi.contract.model):
                for cause in self._causes(name, self._judge.judge(kpi.contract, window)):
                    if not cause.startswith("history:"):
                        self._of(cause).other |= {name, *self._above.get(name, ())}

    def _odd_windows(self, model: str) -> Iterator[Window]:
        """Yield the days on which something is wrong with what the model rests on."""
        facts = self._judge.generation.models.get(model)
        if facts is None:
            return
        for stream in facts.streams:
            for first, last in self._judge.faults.runs(stream):
                yield Window(first, last)
        if facts.held and facts.held.days:
            yield Window(min(facts.held.days), max(facts.held.days))
        for check in self._judge.generation.checks:
            if check.days and check.status == "failed" and model in check.models:
                yield Window(min(check.days), max(check.days))


def dependents(catalog: Catalog) -> Dependents:
    """Return the KPIs whose formulas name each KPI, through any number of steps; what only an estimate names is left out."""
    found: dict[str, set[str]] = {}
    for name in catalog.order:
        below: set[str] = set()
        waiting: list[str] = list(inputs_of(catalog.kpis[name].expression))
        while waiting:
            one = waiting.pop()
            if one not in below:
                below.add(one)
                waiting += inputs_of(catalog.kpis[one].expression)
        for one in below:
            found.setdefault(one, set()).add(name)
    return {name: frozenset(names) for name, names in found.items()}


def resting_on(catalog: Catalog, above: Dependents, models: Iterable[str]) -> frozenset[str]:
    """Return the KPIs that rest on one of the models, through any number of steps."""
    wanted = set(models)
    own = {name for name, kpi in catalog.kpis.items() if kpi.contract.model in wanted}
    return frozenset(own.union(*(above.get(name, frozenset()) for name in own)))
