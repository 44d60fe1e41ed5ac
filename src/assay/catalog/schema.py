"""JSON Schemas of KPI and board files, for editors that complete and check while somebody types."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from assay.catalog.contract import Alert, Board, Kpi, Refresh, TargetRow

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def kpi_schema() -> dict[str, Any]:
    """Return the schema of one document of a KPI file: a KPI or a board."""
    kpi, board = _plain(Kpi), _plain(Board)
    target = kpi["properties"]["target"]
    kpi["properties"]["target"] = {
        **target,
        "oneOf": [{"$ref": "#/$defs/TargetRow"}, {"type": "array", "items": target.pop("items")}],
    }
    kpi["properties"]["target"].pop("type", None)
    definitions = kpi.pop("$defs", {}) | board.pop("$defs", {}) | {"Kpi": kpi, "Board": board}
    return {
        "$schema": _DIALECT,
        "title": "Assay KPI file",
        "description": "A YAML file of one or more documents, each a KPI (`kpi:`) or a board (`board:`).",
        "oneOf": [{"$ref": "#/$defs/Kpi"}, {"$ref": "#/$defs/Board"}],
        "$defs": dict(sorted(definitions.items())),
    }


def board_schema() -> dict[str, Any]:
    """Return the schema of a board document."""
    return {"$schema": _DIALECT, **_plain(Board), "title": "Assay board file"}


def overlay_schema(what: str) -> dict[str, Any]:
    """Return the schema of `targets.yml`, `alerts.yml` or `refresh.yml`: a mapping from KPI names."""
    kinds: dict[str, type[BaseModel]] = {"targets": TargetRow, "alerts": Alert, "refresh": Refresh}
    kind = kinds[what]
    row = _plain(kind)
    definitions = row.pop("$defs", {}) | {kind.__name__: row}
    one: dict[str, Any] = {"$ref": f"#/$defs/{kind.__name__}"}
    return {
        "$schema": _DIALECT,
        "title": f"Assay {what} file",
        "type": "object",
        "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,62}$"},
        "additionalProperties": one if what == "refresh" else {"oneOf": [one, {"type": "array", "items": one}]},
        "$defs": dict(sorted(definitions.items())),
    }


def _plain(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema(by_alias=True, mode="validation")
