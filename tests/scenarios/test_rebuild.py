"""The landing zone and the state store are the truth: everything else can be lost, and comes back with the same numbers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from tests.scenarios.shop import Stage


def lose_everything(stage: Stage) -> None:
    stage.project.warehouse.unlink()
    for path in stage.project.segments.iterdir():
        path.unlink()
    shutil.rmtree(stage.folder / ".assay" / "dbt")


def test_without_warehouse_and_rollups_a_rebuild_gives_the_same_numbers(demo: Stage) -> None:
    rows, board = demo.ledger(), demo.board()
    lose_everything(demo)
    ran = demo.cli("rebuild")
    assert (ran.status, "0 restatements" in ran.out) == (0, True), ran
    assert demo.ledger() == rows
    assert demo.board() == board
    assert demo.restatements() == []


def test_lost_rollups_alone_are_noticed_and_a_rebuild_brings_them_back(small_demo: Stage) -> None:
    board = small_demo.board()
    for path in small_demo.project.segments.iterdir():
        path.unlink()
    lost = small_demo.cli("get", "total_revenue", "--period", "2026-02")
    assert lost.status == 1
    assert "assay rebuild" in lost.err
    assert small_demo.cli("rebuild").status == 0
    assert small_demo.board() == board


def test_a_damaged_rollup_is_refused_and_not_read(small_demo: Stage) -> None:
    for path in small_demo.project.segments.iterdir():
        content = bytearray(path.read_bytes())
        for place in range(40, len(content), 40):  # in each segment of the file
            content[place] ^= 0xFF
        path.write_bytes(content)
    assert small_demo.cli("get", "total_revenue", "--period", "2026-02").status == 1


def scribble_into_the_file(stage: Stage) -> None:
    stage.project.warehouse.write_bytes(os.urandom(200_000))


def cut_the_file(stage: Stage) -> None:
    content = stage.project.warehouse.read_bytes()
    stage.project.warehouse.write_bytes(content[: len(content) // 3])


def empty_the_file(stage: Stage) -> None:
    stage.project.warehouse.write_bytes(b"\0" * 4096)


def scribble_into_the_log(stage: Stage) -> None:
    stage.project.warehouse.with_name("warehouse.duckdb.wal").write_bytes(os.urandom(20_000))


def flip_bytes_in_the_middle(stage: Stage) -> None:
    content = bytearray(stage.project.warehouse.read_bytes())
    for place in range(12_288, len(content), 4_096):
        content[place] ^= 0xFF
    stage.project.warehouse.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(scribble_into_the_file, marks=pytest.mark.slow),
        cut_the_file,
        pytest.param(empty_the_file, marks=pytest.mark.slow),
        scribble_into_the_log,
        pytest.param(flip_bytes_in_the_middle, marks=pytest.mark.slow),
    ],
    ids=lambda damage: damage.__name__,
)
def test_a_warehouse_that_does_not_open_is_set_aside_and_built_again(
    small_demo: Stage, damage: Callable[[Stage], None]
) -> None:
    rows, board = small_demo.ledger(), small_demo.board()
    damage(small_demo)
    assert small_demo.board() == board  # answers do not need the warehouse
    ran = small_demo.cli("refresh")
    assert (ran.status, "0 restatements" in ran.out) == (0, True), ran
    aside = list(small_demo.project.warehouse.parent.glob("warehouse.duckdb*.broken-*"))
    assert aside or damage is scribble_into_the_log  # DuckDB passes over a log that is none
    assert small_demo.ledger() == rows
    assert small_demo.board() == board


def test_a_worker_that_lives_on_rebuilds_into_a_file_that_is_there(small_demo: Stage) -> None:
    # dbt once kept the deleted file open, and everything after the rebuild was written into nothing.
    from assay.runtime.worker import Worker

    board = small_demo.board()
    worker = Worker(small_demo.project, small_demo.clock)
    try:
        for job in ("refresh", "rebuild", "refresh"):
            identity = worker.place.engine.identity
            number = worker.state.add_job(job, {}, small_demo.clock.now())
            worker.work()
            assert worker.state.job(number).state == "done"
            assert small_demo.project.warehouse.exists()
            assert (worker.place.engine.identity == identity) == (job == "refresh")
    finally:
        worker.close()
    assert small_demo.board() == board
    assert small_demo.process("refresh").status == 0  # nobody holds the file any more
