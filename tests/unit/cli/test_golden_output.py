"""The command line says every state of an answer: the value or a dash, the reason, the step that repairs it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from assay.cli.output import answer_lines, csv_cell, print_answer, print_board, print_csv, print_json
from assay.values.answer import Answer, BoardAnswer

GOLDEN = Path(__file__).parents[2] / "golden"
ANSWERS = sorted((GOLDEN / "answers").glob("*.json"))


def read(path: Path) -> Answer:
    return Answer.model_validate_json(path.read_text("utf-8"))


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_an_answer_is_said_with_its_state_and_its_reasons(path: Path) -> None:
    answer = read(path)
    said = "\n".join(answer_lines(answer))
    assert said.startswith(answer.label if answer.cohorts else f"{answer.label}: {answer.display}")
    assert ("withheld" in said) == (not answer.tells)
    for reason in answer.reasons:
        assert reason.sentence in said
        assert reason.repair is None or reason.repair in said
    for breach in answer.breaches:
        assert f"BREACH {breach.severity}" in said
    if answer.provisional and answer.value is not None:
        assert "provisional" in said
    if answer.last_good is not None:
        assert answer.last_good.value in said


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_json_output_is_the_answer_itself(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = read(path)
    print_json(answer)
    assert json.loads(capsys.readouterr().out) == json.loads(answer.model_dump_json())


@pytest.mark.parametrize("path", [path for path in ANSWERS if path.stem.startswith("list")], ids=lambda path: path.stem)
def test_a_list_is_written_as_a_table(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = read(path)
    print_answer(answer)
    said = capsys.readouterr().out
    assert all(row.display in said for row in answer.rows or ())


def test_cohorts_are_written_as_a_table_in_which_a_dash_has_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    answer = read(GOLDEN / "answers" / "cohorts.json")
    print_answer(answer)
    said = capsys.readouterr().out.splitlines()
    head, *lines = [line.strip() for line in said if "┃" in line or "│" in line or line[0] == "–"]
    assert [cell.strip() for cell in head.split("┃")] == ["months since", "came", "0", "1", "2"]
    assert [[cell.strip() for cell in line.split("│")] for line in lines[:3]] == [
        ["2024-01", "8", "87.5 %", "75.0 %", "–"],
        ["2024-02", "", "–", "–", ""],
        ["2024-03", "", "–", "", ""],
    ]
    assert lines[3:] == ["– 2024-03 is not over.", "– No load says that crm leads are complete for 2024-02-29."]


@pytest.mark.parametrize("name", ["operations", "empty"])
def test_a_board_is_written_with_every_tile(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    board = BoardAnswer.model_validate_json((GOLDEN / "boards" / f"{name}.json").read_text("utf-8"))
    print_board(board)
    said = capsys.readouterr().out
    assert all(section.label in said for section in board.sections)
    assert all(notice.sentence[:30] in said for notice in board.notices)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("+cmd", "'+cmd"),
        ("-5.25", "-5.25"),
        ("+3", "+3"),
        ("-cmd", "'-cmd"),
        (None, ""),
        (7, "7"),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(cell: object, written: str) -> None:
    assert csv_cell(cell) == written


def test_csv_quotes_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv(("a", "b"), [('x,"y"', "line\nbreak")])
    assert list(csv.reader(io.StringIO(capsys.readouterr().out, newline=""))) == [["a", "b"], ['x,"y"', "line\nbreak"]]
