"""Several processes on one project: one works, the others wait or ask; whoever is killed is replaced; nothing is torn."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assay.runtime.lock import WorkerLock
from tests.scenarios import data
from tests.scenarios.server import Server, children, end, lives, serving, wait_for
from tests.scenarios.shop import LONG, Stage, Template

LATE = f"{data.HEADINGS}\nL1,c0,2026-02-20T20:00:00+00:00,30.00,paid,false,\n"


@pytest.fixture
def served(plain_template: Template, tmp_path: Path) -> Iterator[Server]:
    with serving(plain_template.copy(tmp_path / "shop")) as server:
        yield server


def test_commands_work_beside_a_running_server(served: Server) -> None:
    stage = served.stage
    file = stage.write("files/late.csv", LATE)
    ran = stage.process("import", str(file), "--as", "orders")
    assert (ran.status, "Published generation 2" in ran.out) == (0, True), ran
    assert served.kpi("gross_revenue", period="2026-02-20").json["value"] == "200.00"
    assert stage.process("get", "gross_revenue", "--period", "2026-02-20", "--format", "json").json["value"] == "200.00"
    recomputed = stage.process("get", "gross_revenue", "--period", "2026-02-20", "--recompute", "--format", "json")
    assert recomputed.json["value"] == "200.00"
    board = served.get("/api/v1/boards/operations").json
    ran = stage.process("rebuild")
    assert (ran.status, "0 restatements" in ran.out) == (0, True), ran
    assert stage.project.warehouse.exists()
    after = served.get("/api/v1/boards/operations").json
    assert after["generation"] == board["generation"] + 1
    values = [[tile["answer"]["value"] for section in one["sections"] for tile in section["tiles"]] for one in (board, after)]
    assert values[0] == values[1]


def test_the_board_is_never_torn_while_refreshes_publish(served: Server) -> None:
    stage, over = served.stage, threading.Event()
    seen: list[tuple[int, set[int]]] = []

    def poll() -> None:
        while not over.is_set():
            board = served.get("/api/v1/boards/operations").json
            answers = [tile["answer"] for section in board["sections"] for tile in section["tiles"]]
            seen.append((board["generation"], {answer["generation"] for answer in answers}))

    poller = threading.Thread(target=poll)
    poller.start()
    for number in range(2):
        stage.take(f"late{number}.csv", LATE.replace("L1", f"L{number}"), "orders")
        assert stage.process("refresh").status == 0
    over.set()
    poller.join(timeout=LONG)
    assert {generation for generation, _ in seen} >= {1, 2}
    assert all(generations == {generation} for generation, generations in seen)


def test_two_refreshes_at_once_both_end_well(plain: Stage) -> None:
    both = [plain.start("refresh") for _ in range(2)]
    for process in both:
        out, err = process.communicate(timeout=LONG)
        assert process.returncode == 0, err
        assert "Published generation" in out
    assert plain.rows("select state from job where state <> 'done'") == []
    numbers = [row[0] for row in plain.rows("select id from generation order by id")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert plain.restatements() == []


def test_a_second_worker_refuses(plain: Stage) -> None:
    with WorkerLock(plain.project.generated):
        worker = plain.start_module("assay.runtime.worker", str(plain.folder))
        _, err = worker.communicate(timeout=LONG)
        assert worker.returncode == 1
        assert "Another process is the worker of this project." in err


def test_a_server_that_starts_on_published_data_answers_before_it_refreshes(plain: Stage) -> None:
    process = plain.start("serve", "--port", "0")
    try:
        assert process.stdout is not None
        assert "The board is at http://127.0.0.1:" in process.stdout.readline()
        assert plain.generation() == 1
    finally:
        end(process)


def test_a_killed_worker_is_started_again_and_goes_on(served: Server) -> None:
    before = served.worker()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: served.worker() not in (None, before))
    assert served.kpi("gross_revenue", period="2026-02-20").json["value"] == "170.00"  # asked while no worker may live
    assert served.stage.process("refresh").status == 0
    assert served.stage.generation() == 2


def test_a_killed_server_takes_its_worker_with_it(plain_template: Template, tmp_path: Path) -> None:
    with serving(plain_template.copy(tmp_path / "shop")) as server:
        workers = children(server.process.pid)
        assert workers
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not any(lives(worker) for worker in workers))
        assert server.stage.process("refresh").status == 0  # the lock is free


def test_a_job_that_its_worker_left_behind_is_done_by_the_next(plain: Stage) -> None:
    from assay.state.store import StateStore

    state = StateStore(plain.project.state)
    left = state.add_job("refresh", {}, plain.clock.now())
    state.update_job(left, state="running")
    state.close()
    plain.run()
    assert [row[0] for row in plain.rows("select state from job")] == ["done"] * 3


def test_what_a_replaced_worker_would_publish_is_refused(plain: Stage) -> None:
    from assay.runtime.worker import Worker

    slow = Worker(plain.project, plain.clock)
    try:
        number = slow.state.add_job("refresh", {}, plain.clock.now())
        slow.state.take_over(plain.clock.now(), os.getpid())  # another one takes over while it works
        slow.work()
        job = slow.state.job(number)
        assert job.state == "failed"
        assert "Another worker has taken over" in job.problem
    finally:
        slow.close()
    assert plain.generation() == 1
