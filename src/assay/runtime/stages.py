"""The stages of a company: boards whose numbers are also answered, recorded as snapshots and looked back at by name."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from assay.catalog.contract import Question
from assay.catalog.entry import CompiledBoard
from assay.errors import UsageError, suggest
from assay.ledger.recording import PROVISIONAL, quality_of
from assay.runtime.benchmarks import beside
from assay.runtime.desk import Desk
from assay.runtime.generations import Snapshot
from assay.values.answer import Answer, BenchmarkFacts

SNAPSHOT_DAYS = 30
"""Snapshots are of the days that the documents' endpoints ask for when nothing else is said; the ledger has them for every
publication."""
_SNAPSHOT = f"{SNAPSHOT_DAYS}d"
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
    """One value as it was published: a row of `kpi_snapshots`."""

    day: str
    stage: str
    name: str
    value: str | None
    state: str
    provisional: bool
    start: str
    generation: int
    published_at: str


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
    snapshot = desk.snapshot()
    asked = [(one, question) for one, board in _boards(snapshot) for question in _questions(board)]
    names = list(dict.fromkeys(_name(question) for _, question in asked))
    if name is not None and name not in names:
        raise UsageError(f'"{name[:60]}" is no KPI of a stage.{suggest(name, names)}', f"They are: {', '.join(names)}.")
    today = desk.project.calendar.day_of(desk.clock.now())
    first = today - timedelta(days=days + SNAPSHOT_DAYS - 2)  # the first day of the period that ended `days` - 1 days ago
    found: list[StageSnapshot] = []
    for one, question in asked:
        if stage not in (None, one) or name not in (None, _name(question)):
            continue
        for row in desk.reader.history(question.kpi, _SNAPSHOT, first, today):
            quality = quality_of(row.state).value
            found.append(
                StageSnapshot(
                    day=f"{row.end}",
                    stage=one,
                    name=_name(question),
                    value=row.value,
                    state=quality,
                    provisional=row.state >= PROVISIONAL,
                    start=f"{row.start}",
                    generation=row.generation,
                    published_at=row.published_at.isoformat(),
                )
            )
    return sorted(found, key=lambda one: (one.day, one.stage, one.name))


def take_snapshot(desk: Desk, patience: float) -> int | None:
    """Have everything published anew; return the job's number if that takes longer than `patience` seconds, else None.

    Raises `UsageError` with the problem of a refresh that failed.
    """
    from assay.runtime.jobs import queue_job  # it brings SQLAlchemy with it, and the server's start waits for none of that

    number = queue_job(desk.project, desk.clock, "refresh", {"because": "snapshot"})
    end = time.monotonic() + patience
    while time.monotonic() < end:
        job = desk.reader.job(number)
        if job is not None and job["state"] == "failed":
            raise UsageError(f"The refresh for the snapshot failed: {job['problem']}", "`assay refresh` shows more.")
        if job is not None and job["state"] == "done":
            return None
        time.sleep(_POLL_SECONDS)
    return number


def _answers(desk: Desk, snapshot: Snapshot, stage: str, days: int, allow_estimates: bool) -> StageAnswers:
    board = dict(_boards(snapshot))[stage]
    found: dict[str, tuple[Question, Answer]] = {}
    descriptions: dict[str, str] = {}
    benchmarks: dict[str, tuple[BenchmarkFacts, ...]] = {}
    for question in _questions(board):
        asked = question.model_copy(update={"period": f"{days}d", "compare": None})
        answer = desk.ask(asked, allow_estimates=allow_estimates, pack=board.pack, snapshot=snapshot)
        found[_name(question)] = question, answer
        kpi = snapshot.catalog.kpis[question.kpi]
        descriptions[_name(question)] = kpi.contract.definition
        benchmarks[_name(question)] = beside(kpi, answer)
    return StageAnswers(stage, days, found, descriptions, benchmarks)


def _boards(snapshot: Snapshot) -> list[tuple[str, CompiledBoard]]:
    return [(one.board.stage, one) for one in snapshot.catalog.boards.values() if one.board.stage]


def _questions(board: CompiledBoard) -> list[Question]:
    """Return the numbers of the board, each once; a list is no number."""
    found = {_name(one): one for section in board.board.sections for one in section.tiles if one.by is None}
    return list(found.values())


def _name(question: Question) -> str:
    return question.name or question.kpi
