"""The compiled catalogue: KPIs with their formulas parsed, boards, models and streams, as frozen values.

A `Catalog` is only ever made of files without errors (`assay.catalog.loader`) or read back (`assay.catalog.compiled`); reading
it needs neither YAML nor SQLGlot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assay.catalog.contract import Board, Kpi, Listing, Severity, TargetRow
from assay.catalog.data_sets import DataSet
from assay.catalog.expression import Breaches, Expression, references
from assay.catalog.models import ModelSchema, StreamSchema

PROJECT = "project"
"""The pack name of what the user's own project declares."""


@dataclass(frozen=True, slots=True)
class CompiledTarget:
    """One dated row of a target, its bounds parsed. Amounts are as published: money in major units, percent 0–100."""

    row: TargetRow
    pack: str
    low: Expression | None = None
    low_inclusive: bool = True
    high: Expression | None = None
    high_inclusive: bool = True
    goal: Expression | None = None
    milestones: tuple[tuple[int, Decimal], ...] = ()
    """Quarter (1 to 4) and what is to be reached by its end, in order; the fourth is always there if any is."""


@dataclass(frozen=True, slots=True)
class CompiledAlert:
    """An alert rule, its condition parsed; `value` in it is the KPI's own, `when` is the condition as it was written."""

    name: str
    when: str
    condition: Expression
    severity: Severity
    pack: str
    message: str | None = None


@dataclass(frozen=True, slots=True)
class CompiledKpi:
    """A KPI's contract with its formulas parsed and the hash of everything that makes its number."""

    contract: Kpi
    expression: Expression
    definition_hash: str
    file: str
    line: int
    pack: str
    estimate: Expression | None = None
    targets: tuple[CompiledTarget, ...] = ()
    alerts: tuple[CompiledAlert, ...] = ()
    dimensions: tuple[str, ...] = ()
    """Of a base KPI as declared; of a derived one those that all its inputs have."""

    @property
    def name(self) -> str:
        """The KPI's name."""
        return self.contract.kpi

    def targets_for(self, pack: str | None = None) -> tuple[CompiledTarget, ...]:
        """Return the rows that hold: the project's, else the asked pack's, else the KPI's own pack's, else the first pack's."""
        by_pack: dict[str, list[CompiledTarget]] = {}
        for target in self.targets:
            by_pack.setdefault(target.pack, []).append(target)
        for name in (PROJECT, pack, self.pack, *by_pack):
            if name in by_pack:
                return tuple(by_pack[name])
        return ()

    def alerts_for(self, pack: str | None = None) -> tuple[CompiledAlert, ...]:
        """Return the rules that hold: all of them, or those of the asked pack, of the KPI's own pack and of the project."""
        if pack is None:
            return self.alerts
        return tuple(alert for alert in self.alerts if alert.pack in {pack, self.pack, PROJECT})


@dataclass(frozen=True, slots=True)
class CompiledBoard:
    """A board and where it was declared."""

    board: Board
    file: str
    line: int
    pack: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything a project declares, checked."""

    kpis: Mapping[str, CompiledKpi]
    boards: Mapping[str, CompiledBoard]
    models: Mapping[str, ModelSchema]
    streams: Mapping[str, StreamSchema]
    order: tuple[str, ...]
    """The KPIs in an order in which every KPI comes after those it is computed from."""
    imports: tuple[str, ...] = ()
    """Files that declare import kinds, by path."""
    data_sets: Mapping[str, DataSet] = field(default_factory=dict)
    """What can be refreshed by itself, by name; of two with one name the later root's, the project's last."""
    listings: Mapping[str, Listing] = field(default_factory=dict)
    _inputs: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _depends_on: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    _watched: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    """The graph of KPIs, as far as it was asked for: every evaluation walks it."""

    def inputs(self, kpi: str) -> tuple[str, ...]:
        """Return the KPIs that this one's formula or estimate names, or whose alert rules it counts."""
        if kpi not in self._inputs:
            self._inputs[kpi] = (*inputs_of(self.kpis[kpi].expression, self.kpis[kpi].estimate), *self.watched(kpi))
        return self._inputs[kpi]

    def watched(self, kpi: str) -> tuple[str, ...]:
        """Return the KPIs on boards whose alert rules this one counts."""
        if kpi not in self._watched:
            self._watched[kpi] = self._watches(kpi)
        return self._watched[kpi]

    def _watches(self, kpi: str) -> tuple[str, ...]:
        expression = self.kpis[kpi].expression
        if not isinstance(expression, Breaches):
            return ()
        rules = {
            name: [alert.condition for alert in one.alerts if alert.severity == expression.severity]
            for name, one in self.kpis.items()
            if name != kpi
        }
        return watched_by([one.board for one in self.boards.values()], rules)

    def depends_on(self, kpi: str) -> tuple[str, ...]:
        """Return every KPI that this one is computed from, through any number of steps, in `order`."""
        if kpi not in self._depends_on:
            found: set[str] = set()
            waiting = list(self.inputs(kpi))
            while waiting:
                name = waiting.pop()
                if name not in found:
                    found.add(name)
                    waiting.extend(self.inputs(name))
            self._depends_on[kpi] = tuple(name for name in self.order if name in found)
        return self._depends_on[kpi]

    def dependents(self, kpi: str) -> tuple[str, ...]:
        """Return every KPI that is computed from this one, through any number of steps, in `order`."""
        return tuple(name for name in self.order if kpi in self.depends_on(name))


def watched_by(boards: Iterable[Board], rules: Mapping[str, Sequence[Expression | None]]) -> tuple[str, ...]:
    """Return the KPIs that boards show as a number and that have a rule, and the KPIs that the rules name; each once."""
    tiles = (tile for board in boards for section in board.sections for tile in section.tiles)
    shown = dict.fromkeys(tile.kpi for tile in tiles if tile.by is None and rules.get(tile.kpi))
    named = (name for kpi in shown for rule in rules[kpi] if rule is not None for name in references(rule))
    return tuple(dict.fromkeys(name for name in (*shown, *named) if name in rules))


def inputs_of(expression: Expression | None, estimate: Expression | None = None) -> tuple[str, ...]:
    """Return the KPIs that a formula and its estimate name, each once."""
    names = [*(references(expression) if expression else ()), *(references(estimate) if estimate else ())]
    return tuple(dict.fromkeys(names))
