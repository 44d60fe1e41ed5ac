"""The demo company with the packs that are not shown at first: no wall of withheld tiles, and it goes on by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assay.clock import FixedClock
from assay.demo import SHOWN_PACKS
from assay.runtime.demo_project import demo_project
from tests.scenarios.shop import Stage

PACKS = tuple(pack for pack in SHOWN_PACKS if pack != "commerce_ops")
EVENING = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)  # 6:30 PM of the shop: its 5 PM is over
SAID_BY_THE_NUMBERS = {"not_burning", "not_growing"}
"""Reasons that are an answer: what a company that earns more than it spends, or sells less in autumn, is told."""


@pytest.mark.slow
def test_no_tile_is_withheld_when_the_demo_is_first_shown_nor_hours_later(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    demo_project(folder, FixedClock(EVENING), 0.5, PACKS)
    for instant in (EVENING, EVENING + timedelta(hours=23)):
        stage = Stage(folder, FixedClock(instant))
        stage.run()
        desk = stage.desk()
        tiles = [
            (name, tile)
            for name in (board["board"] for board in desk.boards())
            for section in desk.board(name).sections
            for tile in section.tiles
        ]
        assert len(tiles) > 100
        withheld = {
            (name, tile.answer.kpi, reason.code)
            for name, tile in tiles
            if not tile.answer.tells
            for reason in tile.answer.reasons
        }
        assert {one for one in withheld if one[2] not in SAID_BY_THE_NUMBERS} == set()
        assert {
            (tile.answer.kpi, tile.answer.freshness) for _, tile in tiles if tile.answer.freshness in ("stale", "critical")
        } == set()
