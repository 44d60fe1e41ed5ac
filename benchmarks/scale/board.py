"""The board of 300 numbers from the rollups, in process: cold, warm, by kind; naive SQL beside it, with the same numbers."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from assay.calendar import Window
from assay.planner.rollup import plan_rollups
from assay.rollups.store import RollupStore
from benchmarks.scale.figures import Report, best_ms, least_processor_ms, peak_gb, seconds
from benchmarks.scale.naive import naive_sql
from benchmarks.scale.questions import KIND_OF, KINDS, Question
from benchmarks.scale.shop import Shop

GOALS = {"10M": 5.0, "100M": 25.0}
LOOSE = 0.01
"""A sketched quantile is within 1 %."""


def measure(shop: Shop, report: Report, scale: str, naive_repeats: int = 1) -> None:
    """Time the board and what it is compared with."""
    snapshot, questions = shop.snapshot(), shop.questions
    store = snapshot.store
    first = seconds(lambda: shop.numbers(snapshot, store, questions)) * 1000
    report.add(f"board of {len(questions)} numbers, first time: segments are read", first)
    board = best_ms(lambda: shop.numbers(snapshot, store, questions))
    processor = least_processor_ms(lambda: shop.numbers(snapshot, store, questions))
    note = f"{processor:,.1f} ms of processor"
    report.add(f"board of {len(questions)} numbers from rollups", board, goal=GOALS.get(scale), note=note)
    for kind in KINDS:
        own = [one for one in questions if KIND_OF[one.kpi] == kind]
        if own:
            taken = best_ms(partial(shop.numbers, snapshot, store, own))
            goal = 2.0 if kind == "additive" and scale in GOALS else None
            processor = least_processor_ms(partial(shop.numbers, snapshot, store, own))
            note = f"{processor:,.1f} ms of processor"
            report.add(f"of it {kind}: {len(own)} numbers", taken, goal=goal, note=note)
    fresh = RollupStore(shop.project.segments, snapshot.generation.segments, plan_rollups(snapshot.catalog))
    again = seconds(lambda: shop.numbers(snapshot, fresh, questions)) * 1000
    report.add("board with segments read anew (the disk's cache is warm)", again)
    report.add("peak memory of a process with the board", peak_gb(), "GB")
    naive(shop, report, scale, shop.numbers(snapshot, store, questions), board, naive_repeats)


def naive(shop: Shop, report: Report, scale: str, numbers: Sequence[Any], board: float, repeats: int) -> None:
    """Time one hand-written query for each number, and compare the numbers."""
    questions = shop.questions
    taken: dict[str, float] = {}
    found: list[Any] = []
    for number in range(repeats + 1):  # the first round warms the cache
        found, taken = [], {}
        for one in questions:
            began = time.perf_counter()
            found.append(ask(shop, one))
            kind = KIND_OF[one.kpi]
            taken[kind] = taken.get(kind, 0.0) + (time.perf_counter() - began) * 1000
        if number == 0 and sum(taken.values()) > 60_000:
            break
    whole = sum(taken.values())
    report.add("naive SQL: one hand-written query for each number", whole)
    for kind, milliseconds in taken.items():
        report.add(f"naive SQL: of it {kind}", milliseconds)
    report.add("naive SQL against rollups", whole / board, "×", goal=200 if scale == "100M" else None, more=True)
    wrong = different(questions, numbers, found)
    report.add("numbers that differ from naive SQL", len(wrong), "", goal=0, note="; ".join(wrong[:5]))


def ask(shop: Shop, question: Question) -> Any:
    """Return what the hand-written query says."""
    return ask_over(shop, question.kpi, question.window)


def ask_over(shop: Shop, kpi: str, window: Window) -> Any:
    """Return what the KPI's hand-written query says over the days."""
    return shop.engine.query(naive_sql(kpi, window)).column(0)[0].as_py()


def different(questions: Sequence[Question], numbers: Sequence[Any], naive_numbers: Sequence[Any]) -> list[str]:
    """Return the questions to which the two have different answers, in words."""
    wrong = []
    for question, ours, theirs in zip(questions, numbers, naive_numbers, strict=True):
        if not same(ours, theirs, sketched=KIND_OF[question.kpi] == "quantile"):
            wrong.append(f"{question.kpi} {question.period}: {ours and float(ours)} and {theirs}")
    return wrong


def same(ours: Fraction | None, theirs: Any, *, sketched: bool) -> bool:
    """Return whether two numbers agree: exactly where SQL counts exactly, to 12 digits where it divides in floats."""
    if isinstance(theirs, float) and math.isnan(theirs):
        theirs = None  # nothing divided by nothing
    if ours is None or theirs is None:
        return ours is None and theirs is None
    if isinstance(theirs, int | Decimal) and not sketched:
        return ours == Fraction(theirs)
    return abs(float(ours) - float(theirs)) <= (LOOSE if sketched else 1e-12) * abs(float(theirs))
