"""The worker: the one process that writes. It carries out durable jobs and answers questions that need the warehouse."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from assay.clock import Clock, clock_from_environment
from assay.errors import AssayError
from assay.runtime.data_set import refresh_data_set
from assay.runtime.lean import reveal_pandas
from assay.runtime.lock import WorkerLock
from assay.runtime.own.runs import Run, promise
from assay.runtime.publishing.publish import Progress
from assay.runtime.refresh import Workplace, rebuild, refresh
from assay.runtime.schedule import Schedule
from assay.runtime.socket import AnswerSocket
from assay.settings import Project, open_project
from assay.state.store import StateStore
from assay.telemetry import log_to_stderr, logger

_log = logger("worker")
JOBS: dict[str, Callable[..., dict[str, Any]]] = {"refresh": refresh, "rebuild": rebuild, "data_set": refresh_data_set}
IDLE_SECONDS = 0.2
OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""A publication makes many objects and hardly a cycle: Python's own 700 cost it a third of its evaluation."""


class Worker:
    """Carries out the jobs of one project; the lock is held by whoever makes one."""

    def __init__(self, project: Project, clock: Clock) -> None:
        reveal_pandas()
        self.clock = clock
        self.state = StateStore(project.state)
        self.place = Workplace(project, clock, self.state, self.state.take_over(clock.now(), os.getpid()))

    def close(self) -> None:
        """Let go of the warehouse and the state store."""
        self.place.close()
        self.state.close()

    def work(self, watch: Progress | None = None) -> bool:
        """Carry out the oldest waiting job; return whether there was one. A job's failure is written into the job."""
        job = self.state.next_job()
        if job is None:
            return False
        self.state.update_job(job.id, state="running")
        self.place.run = Run(job.kind, self.clock, self.place.notebook)

        def progress(step: str, done: int, total: int) -> None:
            if done in (0, total):
                self.state.update_job(job.id, step=step, done=done, total=total)
            if watch:
                watch(step, done, total)

        try:
            name = json.loads(job.arguments).get("name")
            result = JOBS[job.kind](self.place, progress, *([name] if name is not None else []))
        except AssayError as error:
            problem = {"problem": error.problem, "remedy": error.remedy, "status": str(error.exit_status)}
            self.state.finish_job(job.id, self.clock.now(), problem=problem)
        except Exception as error:  # noqa: BLE001 - the worker must outlive any job, and the job must say what happened
            _log.info("job %s failed", job.id, exc_info=error)
            problem = {
                "problem": f"{type(error).__name__}: {error}",
                "remedy": "This is a fault of Assay; `assay doctor` shows more.",
                "trace": "".join(traceback.format_exception(error)[-6:]),
            }
            self.state.finish_job(job.id, self.clock.now(), problem=problem)
        else:
            self.state.finish_job(job.id, self.clock.now(), result=result)
        self.place.run.end(success=self.state.job(job.id).state == "done", promised=partial(promise, self.place.project))
        return True


def serve(project: Project, clock: Clock, stop: threading.Event) -> None:
    """Be the project's worker until `stop`: jobs one after the other, scheduled refreshes, questions over the socket."""
    with WorkerLock(project.generated):
        worker = Worker(project, clock)
        schedule = Schedule(project, clock)
        answers = AnswerSocket(project, clock, worker.place)
        answers.start()
        try:
            while not stop.is_set():
                if schedule.due():
                    worker.state.add_job("refresh", {"because": "schedule"}, clock.now())
                if not worker.work():
                    stop.wait(IDLE_SECONDS)
        finally:
            answers.stop()
            worker.close()


def main() -> None:
    """Run as `python -m assay.runtime.worker FOLDER`: the process that `assay serve` starts."""
    log_to_stderr(verbose=False)
    os.nice(10)
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    threading.Thread(target=_stop_with_parent, args=(parent, stop), daemon=True).start()
    try:
        serve(open_project(Path(sys.argv[1])), clock_from_environment(), stop)
    except AssayError as error:
        sys.stderr.write(json.dumps({"problem": error.problem, "remedy": error.remedy}) + "\n")
        raise SystemExit(error.exit_status) from error


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    """A server that was killed leaves no worker behind."""
    while os.getppid() == parent and not stop.wait(1):
        pass
    stop.set()


if __name__ == "__main__":
    main()
