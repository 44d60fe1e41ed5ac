"""The board straight from DuckDB, without rollups, beside the scan limit and naive SQL, for each table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from assay.runtime.answers.direct import together
from assay.runtime.publishing.invalidation import models_under
from benchmarks.scale.board import ask
from benchmarks.scale.figures import Report, seconds
from benchmarks.scale.naive import SCAN
from benchmarks.scale.questions import Question
from benchmarks.scale.shop import Shop

MOST_SECONDS = 600
SHORT_SECONDS = 0.2


def measure(shop: Shop, report: Report, order: str) -> None:
    """Time the board from the warehouse, table by table."""
    snapshot = shop.unpublished()
    by_tables: dict[tuple[str, ...], list[Question]] = defaultdict(list)
    for one in shop.questions:
        by_tables[tuple(sorted(models_under(one.kpi, snapshot.catalog)))].append(one)
    by_table = whole_naive = whole_scan = 0.0
    worst = 0.0
    for tables, questions in by_tables.items():
        scan = sum(scanned(shop, table) for table in tables)
        naive = least_seconds(partial(asked, shop, questions))
        taken = least_seconds(partial(direct, shop, questions))
        by_table, whole_naive = by_table + taken, whole_naive + naive
        whole_scan += scan if len(tables) == 1 else 0
        worst = max(worst, taken / naive)
        name = " and ".join(tables)
        report.add(
            f"without rollups: {len(questions)} numbers of {name}",
            taken * 1000,
            reference="naive SQL",
            reference_value=naive * 1000,
            note=f"scan limit {scan * 1000:,.1f} ms",
        )
        if by_table + whole_naive > MOST_SECONDS:
            report.add("stopped: the tables after this one were not asked", by_table + whole_naive, "s")
            return
    whole = least_seconds(partial(direct, shop, shop.questions))
    limit = 10 if order == "day" else 5
    report.add("board without rollups against the scan limit", whole / whole_scan, "×", goal=limit)
    report.add("board without rollups", whole * 1000, reference="naive SQL", reference_value=whole_naive * 1000)
    report.add("the scan limit", whole_scan * 1000)
    report.add("board without rollups against naive SQL, the worst table", worst, "×", goal=1)


def scanned(shop: Shop, table: str) -> float:
    """Return the seconds of one pass over the table's columns, once they are warm."""
    shop.engine.query(SCAN[table])
    return min(seconds(lambda: shop.engine.query(SCAN[table])) for _ in range(3))


def least_seconds(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes, the least of several times if it is short."""
    first = seconds(work)
    return first if first > SHORT_SECONDS else min(first, *(seconds(work) for _ in range(4)))


def asked(shop: Shop, questions: Sequence[Question]) -> list[object]:
    """Return the numbers of the questions by naive SQL."""
    return [ask(shop, one) for one in questions]


def direct(shop: Shop, questions: Sequence[Question]) -> list[object]:
    """Return the numbers of the questions from the warehouse itself, read together."""
    snapshot = shop.unpublished()
    return together(shop.engine, lambda partials: shop.numbers(snapshot, partials, questions))
