"""The JSON Schemas that editors use."""

from __future__ import annotations

import json
from typing import Any

from assay.catalog.contract import Kpi
from assay.catalog.schema import board_schema, kpi_schema, overlay_schema


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if "$ref" in node else set()
        return own.union(*map(_references, node.values()))
    return set().union(*map(_references, node)) if isinstance(node, list) else set()


def test_every_reference_of_every_schema_leads_somewhere() -> None:
    for schema in (kpi_schema(), board_schema(), *map(overlay_schema, ("targets", "alerts", "refresh"))):
        known = {f"#/$defs/{name}" for name in schema["$defs"]}
        assert _references(schema) <= known


def test_the_kpi_schema_knows_every_field_of_the_contract_with_a_description() -> None:
    kpi = kpi_schema()["$defs"]["Kpi"]

    assert set(kpi["properties"]) == set(Kpi.model_fields)
    assert all("description" in field or "$ref" in field for field in kpi["properties"].values())
    assert kpi["additionalProperties"] is False


def test_a_target_may_be_one_row_or_several() -> None:
    target = kpi_schema()["$defs"]["Kpi"]["properties"]["target"]

    assert [option.get("type", "one") for option in target["oneOf"]] == ["one", "array"]


def test_a_schema_is_the_same_every_time() -> None:
    assert json.dumps(kpi_schema()) == json.dumps(kpi_schema())
