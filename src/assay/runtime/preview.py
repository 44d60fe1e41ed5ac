"""What a refresh would change: edited definitions, new records, pending work. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from assay.runtime.packs import read_catalog
from assay.runtime.publishing.generations import Snapshot, read_newest
from assay.settings import Project
from assay.sources.landing import LandingZone


@dataclass
class RefreshPlan:
    """The changes that a refresh would publish."""

    problems: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    redefined: dict[str, tuple[str, str]] = field(default_factory=dict)
    """KPI: the formula in force and the one in the file; its dependents are redefined with it."""
    reworded: list[str] = field(default_factory=list)
    """KPIs whose target, alerts, owner or text change, but not their number."""
    removed: list[str] = field(default_factory=list)
    batches: dict[str, int] = field(default_factory=dict)
    """Stream: records that have landed since the last publication."""

    @property
    def empty(self) -> bool:
        return not (self.problems or self.new or self.redefined or self.reworded or self.removed or self.batches)


def plan_refresh(project: Project) -> RefreshPlan:
    """Return what a refresh would change."""
    plan = RefreshPlan()
    published = read_newest(project)
    result = read_catalog(project)
    plan.problems = [str(problem) for problem in result.errors]
    if result.catalog is not None:
        before = published.catalog.kpis if published else {}
        after = result.catalog.kpis
        plan.new = [name for name in after if name not in before]
        plan.removed = [name for name in before if name not in after]
        for name in after:
            if name in before and before[name].definition_hash != after[name].definition_hash:
                plan.redefined[name] = (before[name].contract.formula, after[name].contract.formula)
            elif name in before and (before[name].contract, before[name].targets, before[name].alerts) != (
                after[name].contract,
                after[name].targets,
                after[name].alerts,
            ):
                plan.reworded.append(name)
    if project.landing.is_dir():
        _new_batches(project, published, plan)
    return plan


def _new_batches(project: Project, published: Snapshot | None, plan: RefreshPlan) -> None:
    for entry in LandingZone(project.landing).batches():
        facts = published.generation.streams.get(entry.stream) if published else None
        if facts is None or facts.newest_load is None or entry.received_at > facts.newest_load:
            plan.batches[entry.stream] = plan.batches.get(entry.stream, 0) + entry.rows
