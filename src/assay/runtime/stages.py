"""The stages of a company: boards whose numbers are also answered, recorded as snapshots and looked back at by name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from assay.catalog.contract import Question
from assay.catalog.entry import CompiledBoard
from assay.errors import UsageError, suggest
from assay.runtime.benchmarks import beside
from assay.runtime.desk import Desk
from assay.runtime.publishing.generations import Snapshot
from assay.runtime.publishing.stage_kpis import name_of, questions_of, stage_kpis
from assay.values.answer import Answer, BenchmarkFacts

_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class StageAnswers:
    """The answers of one stage, by the name that its endpoint gives them, all from one generation."""

    stage: str
    days: int
    answers: Mapping[str, tuple[Question, Answer]]
    descriptions: Mapping[str, str]
    benchmarks: Mapping[str, tuple[BenchmarkFacts, ...]]


@dataclass(frozen=True)
class StageSnapshot:
    """One value as it was published: a row of the state store's view `kpi_snapshots`."""

    day: str
    stage: str
    name: str
    value: str | None
    metadata: Mapping[str, Any]


def stages(desk: Desk) -> tuple[str, ...]:
    """Return the names of the stages, in the order of their boards."""
    return tuple(stage for stage, _ in _boards(desk.snapshot()))


def stage_answers(desk: Desk, wanted: tuple[str, ...], days: int, *, allow_estimates: bool) -> list[StageAnswers]:
    """Answer all numbers of some stages over the days that end today, from one generation."""
    snapshot = desk.snapshot()
    return [_answers(desk, snapshot, stage, days, allow_estimates) for stage in wanted]


def find_stage(desk: Desk, stage: str) -> str:
    """Return the stage; a `UsageError` names those that there are."""
    known = stages(desk)
    if stage not in known:
        said = ", ".join(known) if known else "none: no pack of this project has a board with a `stage`"
        raise UsageError(f'"{stage[:60]}" is no stage.{suggest(stage, known)}', f"The stages are: {said}.")
    return stage


def snapshots(desk: Desk, days: int, stage: str | None = None, name: str | None = None) -> list[StageSnapshot]:
    """Return what was published of the last days, oldest first: of each day and number, what was published last."""
    names = list(dict.fromkeys(named for _, named, _ in stage_kpis(desk.snapshot().catalog)))
    if name is not None and name not in names:
        raise UsageError(f'"{name[:60]}" is no KPI of a stage.{suggest(name, names)}', f"They are: {', '.join(names)}.")
    today = desk.project.calendar.day_of(desk.clock.now())
    return [
        StageSnapshot(day, of, named, value, metadata)
        for day, of, named, value, metadata in desk.reader.snapshots(today - timedelta(days=days - 1), today)
        if stage in (None, of) and name in (None, named)
    ]


def take_snapshot(desk: Desk, patience: float) -> int | None:
    """Have everything published anew; return the job's number if that takes longer than `patience` seconds, else None.

    Raises `AssayError` with the problem of a refresh that failed: `UsageError` where the project has to be mended first.
    """
    from assay.runtime.jobs import queue_job, result_of  # they bring SQLAlchemy, and the server's start waits for none of that

    number = queue_job(desk.project, desk.clock, "refresh", {"because": "snapshot"})
    end = time.monotonic() + patience
    while time.monotonic() < end:
        job = desk.reader.job(number)
        if job is not None and job["state"] in ("done", "failed"):
            result_of(job)
            return None
        time.sleep(_POLL_SECONDS)
    return number


def _answers(desk: Desk, snapshot: Snapshot, stage: str, days: int, allow_estimates: bool) -> StageAnswers:
    board = dict(_boards(snapshot))[stage]
    found: dict[str, tuple[Question, Answer]] = {}
    descriptions: dict[str, str] = {}
    benchmarks: dict[str, tuple[BenchmarkFacts, ...]] = {}
    for question in questions_of(board):
        asked = question.model_copy(update={"period": f"{days}d", "compare": None})
        answer = desk.ask(asked, allow_estimates=allow_estimates, pack=board.pack, snapshot=snapshot)
        found[name_of(question)] = question, answer
        kpi = snapshot.catalog.kpis[question.kpi]
        descriptions[name_of(question)] = kpi.contract.definition
        benchmarks[name_of(question)] = beside(kpi, answer)
    return StageAnswers(stage, days, found, descriptions, benchmarks)


def _boards(snapshot: Snapshot) -> list[tuple[str, CompiledBoard]]:
    return [(one.board.stage, one) for one in snapshot.catalog.boards.values() if one.board.stage]
