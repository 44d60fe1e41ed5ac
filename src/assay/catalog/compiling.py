"""From a draft without errors to the catalogue: order, hashes of definitions, effective dimensions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from assay.catalog.contract import Kind, Severity
from assay.catalog.draft import Bound, CatalogDraft, DraftAlert, DraftKpi, DraftTarget
from assay.catalog.entry import Catalog, CompiledAlert, CompiledBoard, CompiledKpi, CompiledTarget, inputs_of
from assay.catalog.expression import Breaches, Expression, Number
from assay.catalog.expression_json import to_json


def compile_draft(draft: CatalogDraft) -> Catalog:
    """Return the catalogue of a draft that the linter found no error in."""
    order = topological_order(draft)
    hashes: dict[str, str] = {}
    for name in order:
        hashes[name] = _definition_hash(draft, draft.kpis[name], hashes)
    boards = {}
    for board in draft.boards:
        compiled = CompiledBoard(board.board, board.document.file, board.document.line, board.pack)
        if board.board.board not in boards or board.project:
            boards[board.board.board] = compiled
    return Catalog(
        kpis={name: _compiled(draft, draft.kpis[name], hashes[name]) for name in sorted(draft.kpis)},
        boards=dict(sorted(boards.items(), key=lambda named: (named[1].board.rank, named[0]))),
        models=dict(sorted(draft.models.items())),
        streams=dict(sorted(draft.streams.items())),
        order=order,
        imports=draft.imports,
        listings={one.listing.listing: one.listing for one in draft.listings},
        data_sets={name: one for file in draft.refresh_configs for name, one in file.config.data_sets.items()},
    )


def topological_order(draft: CatalogDraft) -> tuple[str, ...]:
    """Return the KPIs so that each comes after its inputs; what lies on a cycle is left out."""
    waiting = {name: set(draft.inputs(name)) for name in sorted(draft.kpis)}
    order: list[str] = []
    done: set[str] = set()
    while ready := [name for name, inputs in waiting.items() if inputs <= done]:
        order += ready
        done.update(ready)
        for name in ready:
            del waiting[name]
    return tuple(order)


def _definition_hash(draft: CatalogDraft, kpi: DraftKpi, hashes: Mapping[str, str]) -> str:
    """Hash what makes the number: the meaning of the formula, not its spelling, and the hashes of what it names."""
    contract = kpi.contract
    modelled = contract.kind is Kind.MODELLED
    facts = {
        "formula": to_json(_known(kpi.expression)),
        "estimate": to_json(kpi.estimate) if kpi.estimate else None,
        "model": contract.model,
        "time": contract.time,
        "kind": contract.kind.value,
        "entity": list(contract.entity),
        "carry": contract.carry if contract.entity else None,
        "unit": contract.unit.value,
        **({"window": contract.window} if contract.window else {}),
        "settle": contract.settle,
        **({"grain": contract.grain.value, "total": contract.total, "components": contract.components} if modelled else {}),
        **({"grain": contract.grain.value, "since": contract.since} if contract.since else {}),
        "inputs": {name: hashes[name] for name in sorted(inputs_of(kpi.expression, kpi.estimate))},
        **({"rules": _rules(draft, kpi, hashes)} if isinstance(kpi.expression, Breaches) else {}),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _rules(draft: CatalogDraft, kpi: DraftKpi, hashes: Mapping[str, str]) -> dict[str, list[object]]:
    """Return what a count of breaches rests on: the watched KPIs, their rules, the tiles that show them."""
    watched = draft.watched(kpi)
    tiles = [tile for one in draft.boards for section in one.board.sections for tile in section.tiles if tile.by is None]
    return {
        name: [
            hashes[name],
            sorted((rule.alert.when, rule.alert.severity or "") for rule in draft.kpis[name].alerts),
            sorted({(tile.period or "", tile.at) for tile in tiles if tile.kpi == name}),
        ]
        for name in watched
    }


def _compiled(draft: CatalogDraft, kpi: DraftKpi, definition_hash: str) -> CompiledKpi:
    return CompiledKpi(
        contract=kpi.contract,
        expression=_known(kpi.expression),
        definition_hash=definition_hash,
        file=kpi.document.file,
        line=kpi.document.line,
        pack=kpi.pack,
        estimate=kpi.estimate,
        targets=tuple(map(_target, kpi.targets)),
        alerts=tuple(map(_alert, kpi.alerts)),
        dimensions=draft.dimensions(kpi.name),
    )


def _target(target: DraftTarget) -> CompiledTarget:
    return CompiledTarget(
        row=target.row,
        pack=target.pack,
        low=_amount(target.low),
        low_inclusive=target.row.above is None,
        high=_amount(target.high),
        high_inclusive=target.row.below is None,
        goal=_amount(target.goal),
        milestones=tuple(
            (quarter, bound.expression.value) for quarter, bound in target.milestones if isinstance(bound.expression, Number)
        ),
    )


def _amount(bound: Bound | None) -> Expression | None:
    return bound.expression if bound else None


def _alert(alert: DraftAlert) -> CompiledAlert:
    return CompiledAlert(
        name=alert.name,
        when=alert.alert.when,
        condition=_known(alert.condition),
        severity=alert.alert.severity or Severity.HIGH,
        pack=alert.pack,
        message=alert.alert.message,
    )


def _known(expression: Expression | None) -> Expression:
    assert expression is not None  # a text that does not parse is an error, and a draft with errors is not compiled
    return expression
