"""One changed day: from the rows that dbt committed, with their entry in the change log, to the published generation."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass, field
from datetime import date

from assay.calendar import Window
from assay.runtime.worker import OBJECTS_BETWEEN_COLLECTIONS
from benchmarks.scale import data
from benchmarks.scale.board import ask_over, same
from benchmarks.scale.figures import Report
from benchmarks.scale.questions import KIND_OF
from benchmarks.scale.shop import Shop, day_before

GOALS = {"10M": 60.0, "100M": 150.0}
WHOLE = "one changed day: from committed rows to a published generation"
AGES = (40, 1, 40, 41, 400)
"""How long ago the changed days are: the newest, two in a closed month of this quarter, one in another year.

The first one finds a worker that has just started; it is told apart.
"""
CHANGES = {
    "order_lines": "update order_lines set amount = amount + 100 where sold_on = ? and line_id % 7 = 0",
    "orders": "update orders set amount = amount + 100, is_paid = not is_paid where created_on = ? and order_id % 7 = 0",
    "events": "delete from events where happened_on = ? and event_id % 50 = 0",
    "visits": "update visits set depth = 5 where visited_on = ? and visitor_id % 11 = 0",
    "tickets": "delete from tickets where opened_on = ? and ticket_id % 5 = 0",
    "customers": "update customers set first_amount = first_amount + 100 where first_on = ? and customer_id % 7 = 0",
    "subscriptions": "update subscriptions set monthly = monthly + 100 where begins_on = ? and customer_id % 7 = 0",
}
"""What happens to the day's rows."""


@dataclass
class Marks:
    """When each step of a publication began and ended."""

    at: dict[str, float] = field(default_factory=dict)

    def __call__(self, step: str, done: int, of: int) -> None:
        self.at.setdefault(step, time.perf_counter())
        if done == of:
            self.at[f"{step} done"] = time.perf_counter()

    def between(self, first: str, last: str) -> float:
        """Return the milliseconds between two marks."""
        return (self.at[last] - self.at[first]) * 1000


def measure(shop: Shop, report: Report, scale: str) -> None:
    """Change one day of every mart, several times, and publish in a process like a worker's."""
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    taken: dict[str, list[float]] = {}
    start = shop.snapshot().generation.id * 10
    for number, age in enumerate(AGES):
        day = day_before(age)
        for table in data.KEYS:
            change(shop, table, day)
        marks, processor = Marks(), time.process_time()
        marks.at["begin"] = time.perf_counter()
        published = shop.publish(marks, later=start + number)
        marks.at["end"] = time.perf_counter()
        processor = (time.process_time() - processor) * 1000
        for what, first, last in (
            (WHOLE, "begin", "end"),
            ("of it before the segments: the generation before, the change log", "begin", "Rolling up"),
            ("of it the segments of that day", "Rolling up", "Rolling up done"),
            ("of it working out what the day touches", "Rolling up done", "Proving"),
            ("of it evaluating what the day touches", "Proving", "Proving done"),
            ("of it the ledger, the files and the transaction", "Proving done", "end"),
        ):
            if number:
                taken.setdefault(what, []).append(marks.between(first, last))
        note = f"{processor:,.0f} ms of processor, {published.rows:,} ledger rows, {published.restated:,} restated"
        state = "" if number else ", by a worker that has just started"
        report.add(f"one changed day, {age} days ago{state}", marks.between("begin", "end"), note=note)
        wrong = compare(shop, day)
        report.add("numbers of it that differ from naive SQL", len(wrong), "", goal=0, note="; ".join(wrong[:3]))
    for what, figures in taken.items():
        goal = GOALS.get(scale) if what == WHOLE else None
        report.add(what, statistics.median(figures), goal=goal)


def change(shop: Shop, table: str, day: date) -> None:
    """Change the day's rows of one mart and write down that it changed."""
    shop.engine.execute("begin transaction")
    shop.engine.execute(CHANGES[table], [day])
    shop.log(table, f"select date '{day}'", "updated")
    shop.engine.execute("commit")


def compare(shop: Shop, day: date) -> list[str]:
    """Return which KPIs of the day, and of the week that ends with it, differ from naive SQL."""
    snapshot = shop.snapshot()
    evaluator = shop.evaluator(snapshot, snapshot.store)
    wrong = []
    for window in (Window(day, day), Window(date.fromordinal(day.toordinal() - 6), day)):
        for kpi in snapshot.catalog.kpis:
            ours, theirs = evaluator.kpi(kpi, window).shown(), ask_over(shop, kpi, window)
            if not same(ours, theirs, sketched=KIND_OF[kpi] == "quantile"):
                wrong.append(f"{kpi} {window.start}..{window.end}: {ours and float(ours)} and {theirs}")
    return wrong
