"""The catalogue as it was read, before it is known to be right: what the linter's rules look at.

Every part keeps the document that it came from, so that a rule can point at the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from assay.catalog.contract import Alert, Board, Kpi, Listing, TargetRow
from assay.catalog.data_sets import RefreshConfig
from assay.catalog.entry import inputs_of, watched_by
from assay.catalog.expression import Aggregate, Breaches, Expression, aggregates
from assay.catalog.models import Column, ModelSchema, StreamSchema
from assay.catalog.problem import Blame, Problem
from assay.catalog.yaml_files import Document, Key, Mark
from assay.units import Unit


@dataclass(frozen=True)
class Bound:
    """One amount of a target: what was written, what it means, and the unit that its sign names."""

    text: str
    path: Key
    expression: Expression | None
    unit: Unit | None = None


@dataclass(frozen=True)
class DraftTarget:
    """One row of a target."""

    row: TargetRow
    document: Document
    path: Key
    pack: str
    low: Bound | None = None
    high: Bound | None = None
    goal: Bound | None = None
    milestones: tuple[tuple[int, Bound], ...] = ()
    """Quarter (1 to 4) and what is to be reached by its end, in order."""

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The amounts that the row states."""
        return tuple(bound for bound in (self.low, self.high, self.goal, *(one for _, one in self.milestones)) if bound)


@dataclass(frozen=True)
class DraftAlert:
    """One alert rule; the condition is None if it could not be parsed."""

    name: str
    alert: Alert
    document: Document
    path: Key
    pack: str
    condition: Expression | None


@dataclass(frozen=True)
class DraftKpi:
    """A KPI document; `broken` names the fields that were wrong and stand empty in the contract."""

    contract: Kpi
    document: Document
    pack: str
    project: bool
    expression: Expression | None
    estimate: Expression | None = None
    targets: tuple[DraftTarget, ...] = ()
    alerts: tuple[DraftAlert, ...] = ()
    broken: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """The KPI's name."""
        return self.contract.kpi

    @property
    def aggregates(self) -> tuple[Aggregate, ...]:
        """The aggregates of the formula; a KPI with any is a base KPI, one without is derived."""
        return aggregates(self.expression) if self.expression else ()

    def place(self, field_name: str, word: str | None = None) -> Mark:
        """Return where the field stands, or where the word stands in its text."""
        if word is None:
            return self.document.mark(field_name)
        return place_of_word(self.document, (field_name,), str(getattr(self.contract, field_name) or ""), word)

    def problem(
        self,
        field_name: str,
        message: str,
        remedy: str,
        *,
        word: str | None = None,
        suggestion: str = "",
        severity: Blame = "error",
    ) -> Problem:
        """Return a problem of this KPI at the field, or at the word in the field's text."""
        mark = self.place(field_name, word)
        return self.document.problem(mark, message, remedy, suggestion=suggestion, severity=severity)


@dataclass(frozen=True)
class DraftBoard:
    """A board document."""

    board: Board
    document: Document
    pack: str
    project: bool


@dataclass(frozen=True)
class DraftListing:
    """A listing document."""

    listing: Listing
    document: Document
    project: bool


@dataclass(frozen=True)
class DraftRefreshConfig:
    """A file of `jobs/`."""

    config: RefreshConfig
    document: Document


@dataclass(frozen=True)
class Mention:
    """A place outside formulas that names a KPI."""

    kpi: str
    document: Document
    mark: Mark
    where: str


@dataclass(frozen=True)
class CatalogDraft:
    """All that was read. `kpis` holds the definition in force for each name, `definitions` also those that it replaced."""

    kpis: Mapping[str, DraftKpi]
    definitions: tuple[DraftKpi, ...]
    boards: tuple[DraftBoard, ...]
    models: Mapping[str, ModelSchema]
    streams: Mapping[str, StreamSchema]
    mentions: tuple[Mention, ...] = ()
    imports: tuple[str, ...] = ()
    refresh_configs: tuple[DraftRefreshConfig, ...] = ()
    listings: tuple[DraftListing, ...] = ()
    checks: frozenset[str] = frozenset()
    """Names of the checks that exist: dbt data tests, and what the caller knows besides."""
    unreadable: frozenset[str] = field(default_factory=frozenset)
    """Names of KPIs whose documents could not be read at all: they are wrong, but not unknown."""

    @cached_property
    def names(self) -> frozenset[str]:
        """Every KPI name that is declared, readable or not."""
        return frozenset(self.kpis) | self.unreadable

    def column(self, model: str | None, name: str) -> Column | None:
        """Return the model's column, if both are known."""
        schema = self.models.get(model or "")
        return schema.columns.get(name) if schema else None

    def inputs(self, kpi: str) -> tuple[str, ...]:
        """Return the known KPIs that the KPI's formula or estimate names."""
        found = self.kpis.get(kpi)
        if found is None:
            return ()
        named = tuple(name for name in inputs_of(found.expression, found.estimate) if name in self.kpis)
        return (*named, *self.watched(found))

    def watched(self, kpi: DraftKpi) -> tuple[str, ...]:
        """Return the KPIs on boards whose alert rules the KPI counts."""
        expression = kpi.expression
        if not isinstance(expression, Breaches):
            return ()
        rules = {
            name: [rule.condition for rule in one.alerts if rule.alert.severity == expression.severity]
            for name, one in self.kpis.items()
            if name != kpi.name
        }
        return watched_by([one.board for one in self.boards], rules)

    def formula_inputs(self, kpi: str) -> tuple[str, ...]:
        """Return the known KPIs that the KPI's formula names, its estimate left out."""
        found = self.kpis.get(kpi)
        return tuple(name for name in inputs_of(found.expression) if name in self.kpis) if found else ()

    def dimensions(self, kpi: str, above: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return by what the KPI can be broken down: declared columns, or those that all inputs of a derived KPI share."""
        found = self.kpis.get(kpi)
        if found is None or kpi in above:
            return ()
        own, inputs = found.contract.dimensions, self.formula_inputs(kpi)
        if not inputs:
            return own
        shared = [set(self.dimensions(name, above | {kpi})) for name in inputs]
        first = own or self.dimensions(inputs[0], above | {kpi})
        return tuple(name for name in first if all(name in part for part in shared))


def place_of_word(document: Document, path: Key, text: str, word: str) -> Mark:
    """Return where the word first stands in the text at the path; where the text begins, if it is folded."""
    found = re.search(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])", text, re.IGNORECASE)
    return document.inside(found.start() + 1 if found else None, *path)


def written_parts(draft: CatalogDraft) -> Iterator[tuple[DraftKpi, Document, Key, str, Expression]]:
    """Yield every parsed text of every KPI in force: formula, estimate, target amounts, alert conditions."""
    for kpi in draft.kpis.values():
        if kpi.expression is not None:
            yield kpi, kpi.document, ("formula",), kpi.contract.formula, kpi.expression
        if kpi.estimate is not None:
            yield kpi, kpi.document, ("estimate",), kpi.contract.estimate or "", kpi.estimate
        for target in kpi.targets:
            for bound in target.bounds:
                if bound.expression is not None:
                    yield kpi, target.document, bound.path, bound.text, bound.expression
        for alert in kpi.alerts:
            if alert.condition is not None:
                yield kpi, alert.document, (*alert.path, "when"), alert.alert.when, alert.condition
