"""A published value beside the one that the warehouse's rows give now."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from assay.catalog.contract import Question
from assay.runtime.desk import Desk
from assay.values.answer import Answer


def difference(desk: Desk, question: Question, at: date | datetime | None, known: date | datetime | None) -> Answer:
    """Return the answer as published (at `known`, or newest), with what is recomputed now and the difference in its note."""
    published = desk.as_of(question, at, known) if known is not None else desk.ask(question, at)
    now = desk.ask(question, at, recompute=True)
    change = Decimal(now.value) - Decimal(published.value) if now.value is not None and published.value is not None else None
    note = {
        "published": published.value,
        "published_in_generation": published.generation,
        "recomputed_now": now.value,
        "difference": None if change is None else str(change),
        "same": published.value == now.value,
    }
    if now.value is None and now.reasons:
        note["recomputed_now_withheld"] = now.reasons[0].sentence
    return published.model_copy(update={"note": note})
