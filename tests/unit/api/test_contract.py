"""The HTTP interface promises the same shapes that the command line writes and the page reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assay.api.app import make_app
from assay.clock import SystemClock
from assay.settings import Project, ProjectFile

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = Project(tmp_path_factory.mktemp("shop"), ProjectFile(timezone="UTC", currency="USD"))
    return make_app(project, SystemClock()).openapi()


def validator(openapi: dict[str, Any], name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": openapi["components"]})


@pytest.mark.parametrize("path", sorted((GOLDEN / "answers").glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_answer_is_what_openapi_promises(openapi: dict[str, Any], path: Path) -> None:
    validator(openapi, "Answer").validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((GOLDEN / "boards").glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_board_is_what_openapi_promises(openapi: dict[str, Any], path: Path) -> None:
    validator(openapi, "BoardAnswer").validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((GOLDEN / "trust").glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_trust_report_is_what_openapi_promises(openapi: dict[str, Any], path: Path) -> None:
    validator(openapi, "TrustReport").validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("path", sorted((GOLDEN / "forecasts").glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_forecast_is_what_openapi_promises(openapi: dict[str, Any], path: Path) -> None:
    validator(openapi, "ForecastAnswer").validate(json.loads(path.read_text("utf-8")))


def test_a_number_instead_of_a_decimal_string_breaks_the_promise(openapi: dict[str, Any]) -> None:
    answer = json.loads((GOLDEN / "answers" / "actual.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        validator(openapi, "Answer").validate({**answer, "value": 12.5})


def test_every_path_has_a_summary(openapi: dict[str, Any]) -> None:
    assert [path for path, methods in openapi["paths"].items() for one in methods.values() if not one.get("summary")] == []
