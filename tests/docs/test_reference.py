"""Every field, setting and lint rule is described, and the examples that describe them are valid."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from assay.catalog import contract, data_sets
from assay.catalog.formula import parse_condition, parse_formula
from assay.catalog.linter import rules
from assay.settings import ProjectFile
from assay.units import Unit
from tests.docs.documents import document, documents, named

REFERENCE = "docs/kpi-reference.md"
SECTIONS = {
    contract.Kpi: "Fields of a KPI",
    contract.TargetRow: "Targets",
    contract.Tier: "Targets",
    contract.Milestones: "Targets",
    contract.Alert: "Alerts",
    contract.Benchmark: "Benchmarks",
    contract.NoValue: "Fields of a KPI",
    contract.Refresh: "Refresh",
    contract.Requires: "Requirements",
    contract.Example: "Examples",
    contract.Question: "Questions",
    contract.Section: "Boards",
    contract.Board: "Boards",
    contract.Listing: "Listings",
    contract.ListingColumn: "Listings",
    data_sets.RefreshConfig: "Data sets",
    data_sets.DataSet: "Data sets",
    data_sets.Retries: "Data sets",
    data_sets.Notify: "Data sets",
    data_sets.SnapshotJob: "Data sets",
    data_sets.RunLogs: "Data sets",
    data_sets.Channel: "Data sets",
    data_sets.Datadog: "Data sets",
}


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the model's field names as a file spells them."""
    yield from (field.alias or name for name, field in model.model_fields.items())


def models_within(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return the model and every model that its fields hold."""
    found, waiting = {model}, [field.annotation for field in model.model_fields.values()]
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= models_within(annotation)
        waiting.extend(typing.get_args(annotation))
    return found


@pytest.mark.parametrize("model", SECTIONS, ids=lambda model: model.__name__)
def test_every_field_of_the_contract_is_described(model: type[BaseModel]) -> None:
    words = named(document(REFERENCE).sections()[SECTIONS[model]])
    assert [field for field in fields_of(model) if field not in words] == []


def test_no_part_of_the_contract_is_forgotten() -> None:
    assert models_within(contract.Kpi) | models_within(contract.Board) | models_within(data_sets.RefreshConfig) <= set(SECTIONS)


def test_every_unit_kind_and_grain_is_described() -> None:
    words = named(document(REFERENCE).text)
    values = [*Unit, *contract.Kind, *contract.Grain, *contract.Direction, *contract.Severity, *contract.Criticality]
    assert [str(value) for value in values if str(value) not in words] == []


def test_every_lint_rule_is_described() -> None:
    names = [rule.name for rule in rules()]
    assert names, "the linter has no rule"
    words = named(document(REFERENCE).sections()["What the linter finds"])
    assert [name for name in names if name not in words] == []


def test_every_setting_is_described() -> None:
    words = named(document("docs/settings.md").text)
    assert sorted(field for model in models_within(ProjectFile) for field in fields_of(model) if field not in words) == []


def examples(key: str) -> list[dict[str, Any]]:
    """Return the YAML documents of the documentation that begin with the key."""
    blocks = (block for doc in documents() for block in doc.blocks("yaml", "yml"))
    found = (one for block in blocks for one in yaml.safe_load_all(block))
    return [one for one in found if isinstance(one, dict) and isinstance(one.get(key), str)]


def test_every_kpi_that_is_shown_is_valid() -> None:
    shown = [contract.Kpi.model_validate(one) for one in examples("kpi")]
    assert len(shown) >= 5, "the reference shows its fields in examples"
    for kpi in shown:
        parse_formula(kpi.formula)
        for alert in kpi.alerts:
            parse_condition(alert.when)


def test_every_board_that_is_shown_is_valid() -> None:
    shown = [contract.Board.model_validate(one) for one in examples("board")]
    assert shown, "the reference shows a board"


@pytest.mark.parametrize(
    ("key", "model"), [("target", contract.TargetRow), ("alerts", contract.Alert), ("examples", contract.Example)]
)
def test_every_part_that_is_shown_is_valid(key: str, model: type[BaseModel]) -> None:
    blocks = (block for doc in documents() for block in doc.blocks("yaml") if block.startswith(f"{key}:"))
    shown = [yaml.safe_load(block)[key] for block in blocks]
    assert shown, f"the reference shows `{key}`"
    for rows in shown:
        for row in rows if isinstance(rows, list) else [rows]:
            model.model_validate(row)
