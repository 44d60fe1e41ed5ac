"""The compiled catalogue as bytes and back, so that a cold process reads it without YAML or SQLGlot."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from assay.catalog.contract import Board, Kpi, Listing, Severity, TargetRow
from assay.catalog.data_sets import DataSet
from assay.catalog.entry import Catalog, CompiledAlert, CompiledBoard, CompiledKpi, CompiledTarget
from assay.catalog.expression import Expression
from assay.catalog.expression_json import from_json, to_json
from assay.catalog.models import Column, ModelSchema, StreamSchema
from assay.catalog.stream_rules import NO_RULES, StreamRules
from assay.errors import UsageError
from assay.units import Unit

FORMAT = 1
_DECIMAL = "$decimal"


def dump(catalog: Catalog) -> bytes:
    """Return the catalogue as compact JSON; the same catalogue gives the same bytes."""
    data = {
        "format": FORMAT,
        "kpis": [_kpi_out(kpi) for kpi in catalog.kpis.values()],
        "boards": [[_contract(board.board), board.file, board.line, board.pack] for board in catalog.boards.values()],
        "models": [_model_out(model) for model in catalog.models.values()],
        "streams": [
            [s.name, s.description, s.columns, s.owner, s.package, s.rules.model_dump(mode="json", exclude_defaults=True)]
            for s in catalog.streams.values()
        ],
        "order": catalog.order,
        "imports": catalog.imports,
        "listings": [_contract(one) for one in catalog.listings.values()],
        "data_sets": {name: _contract(one) for name, one in catalog.data_sets.items()},
    }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def load(content: bytes) -> Catalog:
    """Return the catalogue that `dump` wrote. Raises `UsageError` for anything else."""
    try:
        data = json.loads(content, object_hook=_untagged)
        if data["format"] != FORMAT:
            raise ValueError(data["format"])
        return _catalog(data)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UsageError(
            f"The compiled catalogue cannot be read ({type(error).__name__}).",
            "It is generated: run `assay refresh` to make it again.",
        ) from None


def _catalog(data: Mapping[str, Any]) -> Catalog:
    kpis = [_kpi_in(item) for item in data["kpis"]]
    boards = [CompiledBoard(Board.model_validate(board), file, line, pack) for board, file, line, pack in data["boards"]]
    models = [_model_in(item) for item in data["models"]]
    streams = [
        StreamSchema(name, about, tuple(columns), owner, pack, StreamRules.model_validate(rules[0]) if rules else NO_RULES)
        for name, about, columns, owner, pack, *rules in data["streams"]
    ]
    return Catalog(
        kpis={kpi.name: kpi for kpi in kpis},
        boards={board.board.board: board for board in boards},
        models={model.name: model for model in models},
        streams={stream.name: stream for stream in streams},
        order=tuple(data["order"]),
        imports=tuple(data["imports"]),
        listings={one["listing"]: Listing.model_validate(one) for one in data.get("listings", [])},
        data_sets={name: DataSet.model_validate(one) for name, one in data.get("data_sets", {}).items()},
    )


def _contract(value: Kpi | Board | Listing | TargetRow | DataSet) -> dict[str, Any]:
    """Return the fields that differ from their defaults; decimals are tagged, so that an amount does not come back as text."""
    plain: dict[str, Any] = _plain(value.model_dump(by_alias=True, exclude_defaults=True))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    return value.isoformat() if isinstance(value, date) else value


def _untagged(data: dict[str, Any]) -> Any:
    return Decimal(data[_DECIMAL]) if _DECIMAL in data else data


def _out(expression: Expression | None) -> list[Any] | None:
    return to_json(expression) if expression else None


def _in(data: list[Any] | None) -> Expression | None:
    return from_json(data) if data else None


def _kpi_out(kpi: CompiledKpi) -> dict[str, Any]:
    return {
        "contract": _contract(kpi.contract),
        "expression": to_json(kpi.expression),
        "estimate": _out(kpi.estimate),
        "hash": kpi.definition_hash,
        "at": [kpi.file, kpi.line, kpi.pack],
        "dimensions": kpi.dimensions,
        "targets": [_target_out(target) for target in kpi.targets],
        "alerts": [[a.name, a.when, to_json(a.condition), a.severity.value, a.pack, a.message] for a in kpi.alerts],
    }


def _kpi_in(data: Mapping[str, Any]) -> CompiledKpi:
    file, line, pack = data["at"]
    return CompiledKpi(
        contract=Kpi.model_validate(data["contract"]),
        expression=from_json(data["expression"]),
        definition_hash=data["hash"],
        file=file,
        line=line,
        pack=pack,
        estimate=_in(data["estimate"]),
        targets=tuple(_target_in(item) for item in data["targets"]),
        alerts=tuple(_alert_in(item) for item in data["alerts"]),
        dimensions=tuple(data["dimensions"]),
    )


def _target_out(target: CompiledTarget) -> list[Any]:
    bounds = [_out(target.low), target.low_inclusive, _out(target.high), target.high_inclusive, _out(target.goal)]
    return [_contract(target.row), target.pack, *bounds, *([_plain(target.milestones)] if target.milestones else [])]


def _target_in(data: list[Any]) -> CompiledTarget:
    row, pack, low, low_inclusive, high, high_inclusive, goal, *more = data
    milestones = tuple((quarter, amount) for quarter, amount in more[0]) if more else ()
    bounds = (_in(low), low_inclusive, _in(high), high_inclusive, _in(goal))
    return CompiledTarget(TargetRow.model_validate(row), pack, *bounds, milestones)


def _alert_in(data: list[Any]) -> CompiledAlert:
    name, when, condition, severity, pack, message = data
    return CompiledAlert(name, when, from_json(condition), Severity(severity), pack, message)


def _model_out(model: ModelSchema) -> list[Any]:
    columns = {
        name: [c.type, c.unit.value if c.unit else None, c.instant, c.sensitivity, c.description]
        for name, c in model.columns.items()
    }
    rest = [model.key, model.times, model.lookback, model.package, model.description, model.file, model.line]
    more = (model.by_shard, model.optional, model.either)
    rest += more if any(more[1:]) else more[:1] if any(more) else ()
    return [model.name, columns, *rest]


def _model_in(data: list[Any]) -> ModelSchema:
    name, columns, key, times, lookback, package, description, file, line, *more = data
    made = {
        column: Column(type_, Unit(unit) if unit else None, instant, sensitivity, about)
        for column, (type_, unit, instant, sensitivity, about) in columns.items()
    }
    by_shard, optional, either = [*more, (), (), ()][:3]
    groups = tuple(tuple(group) for group in either)
    place = package, description, file, line
    return ModelSchema(name, made, tuple(key), tuple(times), lookback, *place, tuple(by_shard), tuple(optional), groups)
