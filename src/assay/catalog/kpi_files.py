"""KPI and board documents, targets, alerts and refresh times: from YAML to drafts with every formula parsed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from assay.catalog.contract import Alert, Benchmark, Board, Kpi, Listing, Refresh, TargetRow
from assay.catalog.data_sets import RefreshConfig
from assay.catalog.draft import Bound, DraftAlert, DraftBoard, DraftKpi, DraftListing, DraftRefreshConfig, DraftTarget, Mention
from assay.catalog.expression import Expression, Number, aggregates
from assay.catalog.formula import FormulaError, parse_condition, parse_formula
from assay.catalog.problem import Problem
from assay.catalog.shape import shaped
from assay.catalog.yaml_files import Document, Key
from assay.errors import suggest
from assay.units import Unit

_PERCENT = re.compile(r"\s*([-+]?[0-9][0-9,]*(?:\.[0-9]+)?)\s*%\s*")
_MONEY = re.compile(r"\s*([-+]?)\s*[$€£¥]\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*")


@dataclass
class Reading:
    """What one root's files gave, and what is wrong in them."""

    pack: str
    project: bool
    kpis: list[DraftKpi] = field(default_factory=list)
    boards: list[DraftBoard] = field(default_factory=list)
    listings: list[DraftListing] = field(default_factory=list)
    targets: dict[str, list[DraftTarget]] = field(default_factory=dict)
    alerts: dict[str, list[DraftAlert]] = field(default_factory=dict)
    refresh: dict[str, Refresh] = field(default_factory=dict)
    benchmarks: dict[str, tuple[Benchmark, ...]] = field(default_factory=dict)
    refresh_configs: list[DraftRefreshConfig] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def document(self, document: Document) -> None:
        """Read a document that declares a KPI, a board or a listing."""
        data = document.data
        if isinstance(data, dict) and "board" in data:
            self._board(document)
        elif isinstance(data, dict) and "kpi" in data:
            self._kpi(document)
        elif isinstance(data, dict) and "listing" in data:
            self._listing(document)
        elif data is not None:
            near = suggest(next(iter(data), ""), ["kpi", "board", "listing"]) if isinstance(data, dict) else ""
            self.problems.append(
                document.problem(
                    document.mark(),
                    "The document declares neither a KPI, a board nor a listing.",
                    "Begin it with `kpi: name`, `board: name` or `listing: name`.",
                    suggestion=near,
                )
            )

    def overlay(self, document: Document, what: str) -> None:
        """Read a `targets`, `alerts`, `refresh` or `benchmarks` file: a mapping from KPI names."""
        if not isinstance(document.data, dict):
            if document.data is not None:
                self.problems.append(
                    document.problem(
                        document.mark(), f"{what}.yml is not a mapping.", f"Write `kpi_name:` and below it its {what}."
                    )
                )
            return
        reader = {
            "targets": self._target_overlay,
            "alerts": self._alert_overlay,
            "refresh": self._refresh_overlay,
            "benchmarks": self._benchmark_overlay,
        }[what]
        for name in document.data:
            self.mentions.append(Mention(name, document, document.key_mark(name), f"{what}.yml"))
            reader(document, name)

    def _benchmark_overlay(self, document: Document, name: str) -> None:
        self.benchmarks[name] = self._rows(Benchmark, document, name)

    def jobs(self, document: Document) -> None:
        """Read a refresh configuration; its KPIs are due when their data set is, unless `refresh.yml` says otherwise."""
        read = shaped(RefreshConfig, document)
        self.problems.extend(read.problems)
        if read.value is None:
            return
        self.refresh_configs.append(DraftRefreshConfig(read.value, document))
        for name, data_set in read.value.data_sets.items():
            for place, kpi in enumerate(data_set.kpis):
                self.mentions.append(Mention(kpi, document, document.mark("data_sets", name, "kpis", place), name))
                self.refresh.setdefault(kpi, Refresh(schedule=data_set.schedule, sla=data_set.sla))

    def _kpi(self, document: Document) -> None:
        read = shaped(Kpi, document, stand_in={"unit": "number", "formula": "0"})
        self.problems.extend(read.problems)
        contract = read.value
        if contract is None:
            self.unreadable.add(str(document.data.get("kpi")))
            return
        draft = DraftKpi(
            contract=contract,
            document=document,
            pack=self.pack,
            project=self.project,
            expression=None if "formula" in read.broken else self._formula(document, ("formula",), contract.formula),
            estimate=self._formula(document, ("estimate",), contract.estimate) if contract.estimate else None,
            broken=read.broken,
        )
        targets = self._targets(document, ("target",), contract.target)
        alerts = self._alerts(document, ("alerts",), contract.kpi, contract.alerts)
        self.kpis.append(replace(draft, targets=tuple(targets), alerts=tuple(alerts)))
        for place, name in enumerate(contract.related):
            self.mentions.append(Mention(name, document, document.mark("related", place), "related"))
        for scenario, name in contract.scenarios.items():
            self.mentions.append(Mention(name, document, document.mark("scenarios", scenario), "scenarios"))

    def _listing(self, document: Document) -> None:
        read = shaped(Listing, document)
        self.problems.extend(read.problems)
        if read.value is not None:
            self.listings.append(DraftListing(read.value, document, self.project))

    def _board(self, document: Document) -> None:
        read = shaped(Board, document)
        self.problems.extend(read.problems)
        if read.value is not None:
            self.boards.append(DraftBoard(read.value, document, self.pack, self.project))

    def _target_overlay(self, document: Document, name: str) -> None:
        rows = self._rows(TargetRow, document, name)
        self.targets.setdefault(name, []).extend(self._targets(document, (name,), rows))

    def _alert_overlay(self, document: Document, name: str) -> None:
        self.alerts.setdefault(name, []).extend(self._alerts(document, (name,), name, self._rows(Alert, document, name)))

    def _refresh_overlay(self, document: Document, name: str) -> None:
        if rows := self._rows(Refresh, document, name):
            self.refresh[name] = rows[0]

    def _rows(self, kind: type[BaseModel], document: Document, name: str) -> tuple[Any, ...]:
        """Return the rows below a KPI's name; one may stand there alone."""
        value = document.data[name]
        places: list[Key] = [(name, place) for place in range(len(value))] if isinstance(value, list) else [(name,)]
        rows = []
        for place in places:
            read = shaped(kind, document, place)
            self.problems.extend(read.problems)
            rows.append(read.value)
        return tuple(row for row in rows if row is not None)

    def _targets(self, document: Document, path: Key, rows: tuple[TargetRow, ...]) -> list[DraftTarget]:
        return [self._target(document, _row_path(document, path, place), row) for place, row in enumerate(rows)]

    def _target(self, document: Document, path: Key, row: TargetRow) -> DraftTarget:
        stated = {
            name: getattr(row, name) for name in ("min", "max", "above", "below", "goal") if getattr(row, name) is not None
        }
        bounds = {name: self._bound(document, (*path, name), amount) for name, amount in stated.items()}
        low, high = bounds.get("min") or bounds.get("above"), bounds.get("max") or bounds.get("below")
        between = [self._bound(document, (*path, "between", place), amount) for place, amount in enumerate(row.between or ())]
        crowded = [pair for pair in (("min", "above", "between"), ("max", "below", "between")) if self._crowded(row, pair)]
        for pair in crowded:
            self.problems.append(
                document.problem(
                    document.mark(*path), "Two of these say the same bound: " + ", ".join(pair) + ".", "Keep one of them."
                )
            )
        if between:
            low, high = between[0], between[1]
        steps = row.milestones.model_dump(exclude_none=True) if row.milestones else {}
        milestones = tuple(
            (quarter, self._bound(document, (*path, "milestones", f"q{quarter}"), steps[f"q{quarter}"]))
            for quarter in range(1, 5)
            if f"q{quarter}" in steps
        )
        return DraftTarget(row, document, path, self.pack, low, high, bounds.get("goal"), milestones)

    @staticmethod
    def _crowded(row: TargetRow, names: tuple[str, ...]) -> bool:
        return sum(getattr(row, name) is not None for name in names) > 1

    def _bound(self, document: Document, path: Key, amount: Decimal | str) -> Bound:
        if isinstance(amount, Decimal):
            return Bound(str(amount), path, Number(amount))
        if found := _PERCENT.fullmatch(amount):
            return Bound(amount, path, Number(Decimal(found[1].replace(",", ""))), Unit.PERCENT)
        if found := _MONEY.fullmatch(amount):
            return Bound(amount, path, Number(Decimal(found[1] + found[2].replace(",", ""))), Unit.MONEY)
        expression = self._formula(document, path, amount)
        if expression is not None and aggregates(expression):
            self.problems.append(
                document.problem(
                    document.mark(*path), "A target holds an aggregate.", "Make it a KPI and name that.", rule="formula"
                )
            )
            expression = None
        return Bound(amount, path, expression)

    def _alerts(self, document: Document, path: Key, kpi: str, rows: tuple[Alert, ...]) -> list[DraftAlert]:
        found = []
        for place, alert in enumerate(rows):
            at = _row_path(document, path, place)
            condition = self._parsed(parse_condition, document, (*at, "when"), alert.when)
            found.append(DraftAlert(alert.name or f"{kpi}_{place + 1}", alert, document, at, self.pack, condition))
        return found

    def _formula(self, document: Document, path: Key, text: str) -> Expression | None:
        return self._parsed(parse_formula, document, path, text)

    def _parsed(self, parse: Callable[[str], Expression], document: Document, path: Key, text: str) -> Expression | None:
        try:
            return parse(text)
        except FormulaError as error:
            mark = document.inside(error.column, *path)
            self.problems.append(document.problem(mark, error.problem, error.remedy, rule="formula"))
            return None


def _row_path(document: Document, path: Key, place: int) -> Key:
    """Return the path of a row, which may stand alone instead of in a list."""
    return (*path, place) if (*path, place) in document.values else path
