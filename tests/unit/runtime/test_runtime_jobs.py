"""Work is durable and done by one worker: the lock between processes, jobs that are seen through."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from assay.clock import FixedClock
from assay.errors import AssayError, TransientError, UsageError
from assay.runtime import worker
from assay.runtime.jobs import run_job
from assay.runtime.lock import WorkerLock, worker_lives
from assay.settings import Project, ProjectFile
from assay.state.reader import StateReader
from assay.state.store import StateStore

CLOCK = FixedClock(datetime(2026, 3, 10, 12, tzinfo=UTC))
HOLD = (
    "import sys, time; from pathlib import Path; from assay.runtime.lock import WorkerLock; "
    "lock = WorkerLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, ProjectFile(timezone="UTC", currency="USD"))


@contextmanager
def another_worker(project: Project) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds the project's lock."""
    command = [sys.executable, "-c", HOLD, str(project.generated)]
    environment = {"PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_second_worker_is_refused_while_the_first_lives(project: Project) -> None:
    with another_worker(project):
        assert worker_lives(project.generated)
        assert not WorkerLock(project.generated).take()
        with pytest.raises(TransientError, match="Another process"), WorkerLock(project.generated):
            pass


def test_a_worker_that_was_killed_leaves_no_lock(project: Project) -> None:
    with another_worker(project) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()

        assert not worker_lives(project.generated)
        with WorkerLock(project.generated):
            assert worker_lives(project.generated)


def test_a_lock_is_free_again_when_it_is_let_go(project: Project) -> None:
    first, second = WorkerLock(project.generated), WorkerLock(project.generated)

    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release()


def with_jobs(monkeypatch: pytest.MonkeyPatch, **jobs: Any) -> None:
    monkeypatch.setattr(worker, "JOBS", jobs)


def test_a_command_does_its_job_itself_where_no_worker_lives(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []

    def job(place: Any, progress: Any) -> dict[str, Any]:
        assert worker_lives(project.generated)
        progress("Loading", 0, 2)
        return {"loaded": 2}

    with_jobs(monkeypatch, refresh=job)

    assert run_job(project, CLOCK, "refresh", {}, lambda step, _done, _total: steps.append(step)) == {"loaded": 2}
    assert "Loading" in steps
    assert not worker_lives(project.generated)


@pytest.mark.parametrize(
    ("error", "kind"), [(UsageError("wrong", "right"), UsageError), (AssayError("wrong", "right"), AssayError)]
)
def test_a_job_that_fails_says_why_to_who_waits_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch, error: AssayError, kind: type[AssayError]
) -> None:
    def job(place: Any, progress: Any) -> dict[str, Any]:
        raise error

    with_jobs(monkeypatch, refresh=job)

    with pytest.raises(AssayError) as raised:
        run_job(project, CLOCK, "refresh", {}, lambda *_: None)
    assert type(raised.value) is kind
    assert (raised.value.problem, raised.value.remedy) == ("wrong", "right")


def test_a_fault_in_a_job_ends_the_job_and_not_the_worker(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with_jobs(monkeypatch, refresh=lambda *_: 1 / 0, rebuild=lambda *_: {"fine": True})
    state = StateStore(project.state)
    broken, fine = state.add_job("refresh", {}, CLOCK.now()), state.add_job("rebuild", {}, CLOCK.now())
    hand = worker.Worker(project, CLOCK)

    assert [hand.work(), hand.work(), hand.work()] == [True, True, False]

    reader = StateReader(project.state)
    first, second = reader.job(broken), reader.job(fine)
    assert first is not None
    assert second is not None
    assert (first["state"], second["state"]) == ("failed", "done")
    assert "ZeroDivisionError" in json.loads(first["problem"])["problem"]
    hand.close()
    state.close()


def test_a_job_is_taken_up_again_after_its_worker_died(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []

    def job(place: Any, progress: Any) -> dict[str, Any]:
        done.append(1)
        return {}

    with_jobs(monkeypatch, refresh=job)
    state = StateStore(project.state)
    number = state.add_job("refresh", {}, CLOCK.now())
    state.update_job(number, state="running", step="Loading")
    state.close()

    run_job(project, CLOCK, "refresh", {}, lambda *_: None)

    found = StateReader(project.state).job(number)
    assert found is not None
    assert found["state"] == "done"
    assert len(done) == 2


def test_a_command_becomes_the_worker_when_the_living_one_dies(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    with_jobs(monkeypatch, refresh=lambda *_: {"by": "me"})
    with another_worker(project) as other:
        started = time.monotonic()

        def watch(_step: str, _done: int, _total: int) -> None:
            if time.monotonic() - started > 0.3:
                other.kill()

        assert run_job(project, CLOCK, "refresh", {}, watch) == {"by": "me"}
        assert other.wait() == -signal.SIGKILL


def test_a_new_worker_voids_the_token_of_the_old_one(project: Project) -> None:
    first = worker.Worker(project, CLOCK)
    second = worker.Worker(project, CLOCK)

    assert second.place.token > first.place.token
    first.close()
    second.close()
