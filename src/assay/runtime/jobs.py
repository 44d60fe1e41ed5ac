"""Having work done: a durable job, carried out by the living worker, or by this process where none lives."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from assay.clock import Clock
from assay.errors import AssayError, UsageError
from assay.runtime.lock import WorkerLock
from assay.settings import Project
from assay.state.reader import StateReader
from assay.state.store import StateStore

POLL_SECONDS = 0.1
Watch = Callable[[str, int, int], None]


def queue_job(project: Project, clock: Clock, kind: str, arguments: dict[str, Any]) -> int:
    """Write a job for the worker and return its number."""
    state = StateStore(project.state)
    try:
        return state.add_job(kind, arguments, clock.now())
    finally:
        state.close()


def run_job(project: Project, clock: Clock, kind: str, arguments: dict[str, Any], watch: Watch) -> dict[str, Any]:
    """Write a job, see it through, return its result; raises `AssayError` with the job's own problem if it fails."""
    number = queue_job(project, clock, kind, arguments)
    reader = StateReader(project.state)
    lock = WorkerLock(project.generated)
    while True:
        job = reader.job(number)
        assert job is not None
        if job["state"] in ("done", "failed"):
            return result_of(job)
        watch(job["step"], job["done"], job["total"])
        if lock.take():
            with lock:
                _become_worker(project, clock, number, watch)
        else:
            time.sleep(POLL_SECONDS)


def _become_worker(project: Project, clock: Clock, number: int, watch: Watch) -> None:
    from assay.runtime.worker import Worker

    worker = Worker(project, clock)
    try:
        while worker.state.job(number).state not in ("done", "failed"):
            worker.work(watch)
    finally:
        worker.close()


def result_of(job: dict[str, Any]) -> dict[str, Any]:
    """Return what a job that has ended came to; raises `AssayError` with the job's own problem if it failed."""
    if job["state"] == "failed":
        problem = json.loads(job["problem"])
        kind = UsageError if problem.get("status") == "2" else AssayError
        raise kind(problem["problem"], problem["remedy"])
    result: dict[str, Any] = json.loads(job["result"])
    return result
