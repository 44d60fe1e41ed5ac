"""The golden answers are what the models say, whole: command line, HTTP and page tests all read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from assay.values.answer import Answer, BoardAnswer, Definition, History
from assay.values.forecast import ForecastAnswer
from assay.values.trust import TrustReport

GOLDEN = Path(__file__).parents[2] / "golden"
MODELS: dict[str, type[BaseModel]] = {
    "answers": Answer,
    "boards": BoardAnswer,
    "definitions": Definition,
    "forecasts": ForecastAnswer,
    "histories": History,
    "trust": TrustReport,
}
STATES = {
    "actual",
    "cohorts",
    "estimated",
    "list",
    "list_empty",
    "null_division_by_zero",
    "other_grain",
    "paced",
    "provisional",
    "stale",
    "target_missed_with_breaches",
    "withheld_check_failed",
    "withheld_no_data",
    "withheld_not_covered",
}
FILES = [(folder, path) for folder in MODELS for path in sorted((GOLDEN / folder).glob("*.json"))]


def answers() -> dict[str, Answer]:
    return {path.stem: Answer.model_validate_json(path.read_text("utf-8")) for path in (GOLDEN / "answers").glob("*.json")}


@pytest.mark.parametrize(("folder", "path"), FILES, ids=[f"{folder}/{path.stem}" for folder, path in FILES])
def test_a_golden_file_is_exactly_what_its_model_writes(folder: str, path: Path) -> None:
    text = path.read_text("utf-8")
    model = MODELS[folder].model_validate_json(text)
    assert json.loads(text) == model.model_dump(mode="json")


def test_every_state_has_one_golden_answer() -> None:
    assert set(answers()) == STATES


def test_an_answer_without_value_says_why_and_shows_a_dash() -> None:
    for name, answer in answers().items():
        if not answer.tells:
            assert answer.reasons, name
            assert answer.display == "–", name
            assert answer.data_quality == "insufficient_data", name


def test_a_withheld_answer_names_owner_and_repair() -> None:
    withheld = {name: answer for name, answer in answers().items() if name.startswith("withheld_")}
    assert len(withheld) == 3
    for name, answer in withheld.items():
        assert answer.reasons[0].owner, name
        assert answer.reasons[0].repair, name


def test_a_board_is_of_one_generation() -> None:
    for path in (GOLDEN / "boards").glob("*.json"):
        board = BoardAnswer.model_validate_json(path.read_text("utf-8"))
        assert {tile.answer.generation for section in board.sections for tile in section.tiles} == {board.generation}
