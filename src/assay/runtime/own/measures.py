"""What processes note of themselves: questions, calls of sources. Each is one line where it happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.clock import Clock
from assay.errors import UsageError
from assay.runtime.own.records import CALLS, QUERIES
from assay.settings import Project
from assay.telemetry import Notebook


@dataclass
class Answering:
    """A question that is being answered."""

    subject: str = ""
    """The KPI or board, once it is known to be one of the catalogue."""
    cached: bool | None = True
    """Whether the published partials answer it; None where the asker wanted the warehouse."""


def notebook_of(project: Project, clock: Clock) -> Notebook:
    """Return where this process takes down what it measures."""
    return Notebook(project.generated / "telemetry", clock)


@contextlib.contextmanager
def answered(notebook: Notebook, clock: Clock) -> Iterator[Answering]:
    """Note a question about a KPI or board of the catalogue: how long it took, and whether an answer came.

    A withheld number is an answer. A question that is wrong in itself is the asker's mistake, and is not noted.
    """
    question, started = Answering(), clock.monotonic()
    try:
        yield question
    except UsageError:
        raise
    except Exception:
        _note_question(notebook, question, milliseconds(clock, started), success=False)
        raise
    _note_question(notebook, question, milliseconds(clock, started), success=True)


def answered_again(notebook: Notebook, clock: Clock, subject: str, started: float) -> None:
    """Note a question that was answered, since `started`, by an answer that is kept: the warehouse was not asked."""
    facts: dict[str, str | bool] = {"kind": "question", "subject": subject, "success": True, "cache_hit": True}
    notebook.note(QUERIES, facts, took=(clock.monotonic() - started) * 1000)


@contextlib.contextmanager
def called(notebook: Notebook, sources: Iterable[str], kind: str) -> Iterator[None]:
    """Note a call of sources, or a delivery of theirs, and whether it went well; a mistake of the caller is not noted."""
    try:
        yield
    except UsageError:
        raise
    except Exception:
        _note_calls(notebook, sources, kind, success=False)
        raise
    _note_calls(notebook, sources, kind, success=True)


def _note_question(notebook: Notebook, question: Answering, took: str, *, success: bool) -> None:
    facts: dict[str, str | bool | None] = {"kind": "question", "subject": question.subject or None, "success": success}
    notebook.note(QUERIES, facts | {"cache_hit": question.cached, "milliseconds": took})


def _note_calls(notebook: Notebook, sources: Iterable[str], kind: str, *, success: bool) -> None:
    for source in sources:
        notebook.note(CALLS, {"source_name": source, "kind": kind, "success": success}, durable=True)


def milliseconds(clock: Clock, started: float) -> str:
    """Return how long ago `started` was, to the microsecond."""
    return f"{(clock.monotonic() - started) * 1000:.3f}"
