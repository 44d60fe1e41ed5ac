"""The worker's jobs as measurements: when each ran, how it ended, and until when its publication is what was promised.

A run that has begun stands in a file of its own until it ends, so that the next worker finds the one that was killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from assay.catalog.contract import seconds
from assay.clock import Clock
from assay.errors import AssayError
from assay.runtime.own.records import RUNS
from assay.runtime.publishing.generations import read_newest
from assay.runtime.schedule import CONTINUOUS, WITHOUT_SCHEDULE, next_run
from assay.settings import Project
from assay.telemetry import Notebook

RUNNING = "run.json"
WITHOUT_SLA = timedelta(hours=2)


@dataclass
class Run:
    """One job of the worker, from its beginning to its end."""

    kind: str
    clock: Clock
    notebook: Notebook
    started_at: datetime = field(init=False)
    id: str = field(init=False)

    def __post_init__(self) -> None:
        self.started_at = self.clock.now()
        self.id = uuid.uuid4().hex[:16]
        self._note_killed()
        self.begin()

    def begin(self) -> None:
        """Leave word that this run has begun, where notes are taken; it never raises."""
        with contextlib.suppress(OSError):
            if self.notebook.wanted:
                with self._file.open("w", encoding="utf-8") as file:
                    json.dump(self.facts(), file)
                    file.flush()
                    os.fsync(file.fileno())

    def end(self, *, success: bool, promised: Callable[[datetime], datetime]) -> None:
        """Note how it ended, and the instant by which another publication is `promised`; it never raises."""
        with contextlib.suppress(OSError, AssayError):
            ended: dict[str, Any] = {"ended_at": self.clock.now().isoformat(), "success": success}
            if success and self.notebook.wanted:
                ended["due_by"] = promised(self.started_at).isoformat()
            self.notebook.note(RUNS, self.facts() | ended, durable=True)
            self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.notebook.folder / RUNNING

    def facts(self) -> dict[str, Any]:
        """Return what is known from the beginning."""
        return {"run_id": self.id, "kind": self.kind, "started_at": self.started_at.isoformat()}

    def _note_killed(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            killed = json.loads(self._file.read_text("utf-8"))
            self.notebook.note(RUNS, killed | {"success": False}, durable=True)
            self._file.unlink(missing_ok=True)


def promise(project: Project, after: datetime) -> datetime:
    """Return the first instant at which a number would be later than its schedule and SLA, if nothing is published any more."""
    snapshot = read_newest(project)
    kpis = snapshot.catalog.kpis.values() if snapshot else ()
    promised = {(kpi.contract.refresh.schedule, kpi.contract.refresh.sla) for kpi in kpis if kpi.contract.refresh}
    if not promised:
        return after + WITHOUT_SCHEDULE + WITHOUT_SLA
    return min(
        (after + CONTINUOUS if schedule == "continuous" else next_run(schedule, project, after))
        + timedelta(seconds=seconds(sla))
        for schedule, sla in promised
    )
