"""KPIs that several packs share: they are in force only where something uses them.

A shop that sells parts has no subscriptions; the definition of recurring revenue beside its own would only be withheld there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.catalog.draft import DraftBoard, DraftKpi, Mention
from assay.catalog.entry import inputs_of


def names_in_use(kpis: Mapping[str, DraftKpi], boards: Iterable[DraftBoard], mentions: Iterable[Mention]) -> frozenset[str]:
    """Return the KPIs that are in force: all that are not `shared`, and what these, boards or other files name."""
    own_documents = {id(kpi.document) for kpi in kpis.values()}
    waiting = [name for name, kpi in kpis.items() if not kpi.contract.shared]
    tiles = [tile for board in boards for section in board.board.sections for tile in section.tiles]
    waiting += [name for tile in tiles for name in (tile.kpi, *tile.parts)]
    waiting += [mention.kpi for mention in mentions if id(mention.document) not in own_documents]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and name in kpis:
            found.add(name)
            waiting += _named_by(kpis[name])
    return frozenset(found)


def _named_by(kpi: DraftKpi) -> list[str]:
    """Return every KPI that the KPI's formula, estimate, target, alerts, scenarios or list of related ones names."""
    texts = [kpi.expression, kpi.estimate]
    texts += [bound.expression for target in kpi.targets for bound in target.bounds]
    texts += [alert.condition for alert in kpi.alerts]
    named = [name for text in texts for name in inputs_of(text)]
    return [*named, *kpi.contract.related, *kpi.contract.scenarios.values()]
