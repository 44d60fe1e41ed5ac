"""A store that takes over the tables of the generation before says what one says that reads every file."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assay.calendar import Window
from assay.catalog.expression import Aggregate
from assay.planner.measures import measures_of
from assay.planner.rollup import Rollup
from assay.planner.tables import tables_of
from assay.rollups.segments import merge_segments, write_segment
from assay.rollups.store import RollupStore
from assay.values.generation import SegmentRef

BUYERS = Aggregate("count_distinct", "customer", None, ("customer",))
ROLLUP = Rollup("sales", "day", None, measures_of(BUYERS))
FIRST, DAYS = date(2025, 1, 1), 150
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


class Shop:
    """Which customers bought on which day; each change goes to the segments of the days that it touches alone."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.dice = folder, random.Random(seed)
        self.bought = {FIRST + timedelta(days=n): self._customers() for n in range(DAYS)}
        self.segments = {table.name: [self._written(1, table.name, list(self.bought), None)] for table in tables_of(ROLLUP)}

    def _customers(self) -> set[int]:
        return set(self.dice.sample(range(400), self.dice.randint(0, 30)))

    def change(self, number: int) -> None:
        days = [FIRST + timedelta(days=n) for n in self.dice.sample(range(DAYS + 5), self.dice.randint(1, 3))]
        self.bought |= {day: self._customers() for day in days}
        for name, known in self.segments.items():
            self.segments[name] = [*known, self._written(number, name, days, days)]
            if self.dice.random() < 0.3:
                self.segments[name] = merge_segments(self.folder, number, self.segments[name])

    def _written(self, number: int, table: str, days: list[date], replaced: list[date] | None) -> SegmentRef:
        if "/distinct/" in table:
            pairs = [(day, one) for day in days for one in self.bought[day]]
            rows: dict[str, Any] = {"day": pa.array([day for day, _ in pairs], pa.date32()), "id": [one for _, one in pairs]}
            rows["id"] = pa.array(rows["id"], pa.int64())
        else:
            rows = {"day": pa.array(days, pa.date32())}
            rows |= {one.id: pa.array([len(self.bought[day]) for day in days], pa.int64()) for one in ROLLUP.scalars}
        return write_segment(self.folder, number, table, pa.table(rows), replaced)

    def refs(self) -> list[SegmentRef]:
        return [one for known in self.segments.values() for one in known]


@pytest.mark.parametrize("seed", range(6))
def test_tables_that_are_carried_over_count_what_the_days_hold(tmp_path: Path, seed: int) -> None:
    shop = Shop(tmp_path, seed)
    store = RollupStore(tmp_path, shop.refs(), {ROLLUP.name: ROLLUP})
    for number in range(2, 22):
        for _ in range(12):
            start, length = FIRST + timedelta(days=shop.dice.randint(-5, DAYS)), shop.dice.choice([1, 7, 32, 64, 90, 150])
            window = Window(start, start + timedelta(days=length - 1))
            own = [shop.bought[day] for day in shop.bought if window.start <= day <= window.end]
            measured = store.measure(ROLLUP, BUYERS, window, NOON)
            assert measured.number == len(set().union(*own)), (number, window)
            assert measured.n == sum(map(len, own))
        shop.change(number)
        store = RollupStore(tmp_path, shop.refs(), {ROLLUP.name: ROLLUP}, store)
