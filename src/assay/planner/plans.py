"""What the formulas of a catalogue mean for every question: worked out once, and shared by all evaluations of a generation."""

from __future__ import annotations

from functools import cached_property

from assay.catalog.entry import Catalog
from assay.catalog.expression import Aggregate
from assay.planner.rollup import Rollup, plan_rollups, rollup_of
from assay.planner.semantics import Additivity, additivity, minor_power


class Plans:
    """Where the KPIs of one catalogue are kept, how they add up, and the power of money in which they measure."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._rollups: dict[str, Rollup | None] = {}
        self._additivities: dict[str, Additivity] = {}
        self._powers: dict[tuple[int, str], tuple[int, Aggregate]] = {}
        """By the aggregate's identity, for to hash one takes longer than all else; it is kept, so that its id stays its own."""

    @cached_property
    def rollups(self) -> dict[str, Rollup]:
        """Every rollup that the catalogue needs, by name."""
        return plan_rollups(self.catalog)

    def rollup(self, name: str) -> Rollup | None:
        """Return where the KPI's own aggregates are kept; None for a KPI made of others."""
        if name not in self._rollups:
            self._rollups[name] = rollup_of(self.catalog.kpis[name], self.catalog)
        return self._rollups[name]

    def additivity(self, name: str) -> Additivity:
        """Return whether the KPI's days sum up to its weeks, are ratios of sums, or neither."""
        if name not in self._additivities:
            self._additivities[name] = additivity(name, self.catalog)
        return self._additivities[name]

    def minor_power(self, aggregate: Aggregate, model: str) -> int:
        """Return the power of the currency's minor unit in which the aggregate measures."""
        key = id(aggregate), model
        known = self._powers.get(key)
        if known is None:
            known = self._powers[key] = minor_power(aggregate, model, self.catalog), aggregate
        return known[0]
