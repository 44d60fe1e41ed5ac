"""Answers that need the open warehouse: recomputed ones, and questions that the published partials do not keep."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from assay.catalog.contract import Question
from assay.clock import Clock
from assay.engines.protocol import Engine
from assay.errors import TransientError, UsageError
from assay.rollups.tables import NotKeptError
from assay.runtime.answers.answering import Answerer, check_dimension, effective, find_kpi, period_of
from assay.runtime.answers.direct import KeptOrDirect, together
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.publishing.generations import Snapshot, read_newest, require_same_calendar
from assay.settings import Project
from assay.trust.verdict import Judge
from assay.values.answer import Answer


def answer_from_warehouse(project: Project, clock: Clock, engine: Engine, request: dict[str, Any]) -> Answer:
    """Answer a request of `assay.runtime.socket` with the warehouse at hand."""
    snapshot = read_newest(project)
    if snapshot is None:
        raise UsageError("Nothing has been published yet.", "Run `assay refresh` first.")
    require_same_calendar(project, snapshot.generation)
    question = Question.model_validate(request["question"])
    kpi = find_kpi(question.kpi, snapshot.catalog)
    if question.by:
        check_dimension(kpi, question.by, snapshot.catalog)
    engine.execute("begin transaction")  # every query of the answer reads the same state, whatever a refresh commits meanwhile
    held = frozenset(model for model, facts in snapshot.generation.models.items() if facts.held)
    if not request["recompute"]:
        same_cut(snapshot, engine)
    judge = Judge(snapshot.generation, project.calendar, clock.now())
    at = parse_at(request["at"])

    def answer(direct: Partials) -> Answer:
        evaluator = Evaluator(
            snapshot.catalog,
            direct if request["recompute"] else KeptOrDirect(snapshot.store, direct, held),
            judge,
            currencies=project.currencies,
            at=effective(at, project.calendar),
            allow_estimates=request["allow_estimates"],
            plans=snapshot.plans,
        )
        period, cut = period_of(question, kpi, at, evaluator)
        keys = None if request["keys"] is None else tuple(request["keys"])
        return Answerer(evaluator, lambda _kpi, _period: None).answer(question, period, cut, request["pack"], keys)

    try:
        return together(engine, answer)
    except NotKeptError as error:
        raise TransientError(
            "This question needs rows of a model whose newest build is held back.", "Ask again when its checks pass."
        ) from error


def same_cut(snapshot: Snapshot, engine: Engine) -> None:
    """Refuse to mix the published partials with models that a refresh has already moved on, or made anew."""
    read = {model: facts.changes_read for model, facts in snapshot.generation.models.items() if facts.held is None}
    identity = engine.query("select identity from assay.warehouse").to_pylist()
    if identity != [{"identity": snapshot.generation.warehouse}]:
        raise TransientError("The warehouse is being made anew.", "Ask again when it has been published.")
    newest = engine.query("select model, max(seq) as seq from assay.changed_days group by model").to_pylist()
    moved = [row["model"] for row in newest if row["model"] in read and row["seq"] > read[row["model"]]]
    if moved:
        raise TransientError("A refresh is under way.", "Ask again when it has been published, in a moment.")


def parse_at(text: str | None) -> date | datetime | None:
    """Return a date or an instant; raises `UsageError` for anything else."""
    if not text:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is neither a date nor an instant.", "Write 2026-01-31, or 2026-01-31T17:00:00+00:00."
        ) from None
    if instant.tzinfo is None:
        raise UsageError(f"{text!r} does not say in which zone it is meant.", "Add an offset: 2026-01-31T17:00:00+00:00.")
    return instant
