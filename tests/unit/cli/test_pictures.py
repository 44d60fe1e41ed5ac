"""Charts in the terminal: blocks, bars, a gauge, and lists of the same keys as one table."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from assay.cli.output import print_board
from assay.cli.pictures import bar, blocks, gauge
from assay.values.answer import BoardAnswer, Reason

GOLDEN = Path(__file__).parents[2] / "golden"


def test_blocks_are_as_high_as_the_values_and_a_withheld_one_is_a_gap() -> None:
    assert blocks(["0", "7", None, "3.5", "-0"]) == "▁█ ▅▁"
    assert blocks(["4", "4"]) == "▁▁"
    assert blocks([None]) == ""


def test_a_bar_of_a_little_is_seen_and_one_of_nothing_is_not() -> None:
    assert [bar(Decimal(share)) for share in ("1", "0.5", "0.001", "0")] == ["█" * 12, "█" * 6, "█", ""]


def test_a_board_of_charts_is_written_with_what_each_of_them_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    board = BoardAnswer.model_validate_json((GOLDEN / "boards" / "charts.json").read_text("utf-8"))
    print_board(board)
    lines = capsys.readouterr().out.splitlines()
    (course,) = [line for line in lines if line.startswith("Total revenue, 31 by day, the last one so far: ")]
    assert len(course.rsplit(": ", 1)[1]) == 31
    assert course.rsplit(": ", 1)[1][10] == " "  # the day that is withheld
    cells = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
    assert ["all others", "$1,587.00", "", "", "█ 1.2 %"] in cells
    assert ["Sticker", "$12.00", "12", "–", "–"] in cells
    assert any(cell[-1].startswith("Not drawn as a pie") for cell in cells)
    assert any(line.startswith("– Sticker: The catalogue does not say") for line in lines)
    assert any(line.startswith("– Stock-outs: No load says") for line in lines)
    assert "… and 66 more" in lines


def test_a_gauge_is_drawn_only_where_its_target_speaks_of_the_period() -> None:
    board = BoardAnswer.model_validate_json((GOLDEN / "boards" / "charts.json").read_text("utf-8"))
    answer = next(tile.answer for section in board.sections for tile in section.tiles if tile.shape == "gauge")
    assert gauge(answer) == "███████░░░|░░"
    assert answer.target is not None
    other = answer.target.model_copy(update={"reason": Reason(code="other_grain", sentence="It holds for a day.")})
    assert gauge(answer.model_copy(update={"target": other})) == ""
    assert gauge(answer.model_copy(update={"value": None})) == ""
