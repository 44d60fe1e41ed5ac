"""A store that takes over the tables of the generation before says what one says that reads every file."""

from __future__ import annotations

import math
import random
import statistics
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assay.calendar import Window
from assay.catalog.expression import Aggregate
from assay.planner.measures import measures_of
from assay.planner.rollup import Rollup
from assay.planner.tables import SKETCH_GAMMA, SKETCH_OFFSET, Table, tables_of
from assay.rollups.segments import merge_segments, read_layers, write_segment
from assay.rollups.store import RollupStore
from assay.values.generation import SegmentRef

BUYERS = Aggregate("count_distinct", "customer", None, ("customer",))
MEDIAN = Aggregate("quantile", "customer", None, ("customer",), quantile=Decimal("0.5"))
ROLLUP = Rollup("sales", "day", None, tuple(dict.fromkeys((*measures_of(BUYERS), *measures_of(MEDIAN)))))
LARGE = 20
"""A day of more customers than this is kept as a sketch."""
FIRST, DAYS = date(2025, 1, 1), 150
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


class Shop:
    """Which customers bought on which day; each change goes to the segments of the days that it touches alone."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.dice, self.ordered = folder, random.Random(seed), bool(seed % 3)
        self.laid = (0, 0.7, 1)[seed // 2]
        self.bought = {FIRST + timedelta(days=n): self._customers() for n in range(DAYS)}
        self.segments = {table.name: [self._written(1, table.name, list(self.bought), None)] for table in tables_of(ROLLUP)}

    def _in_order(self, day: date) -> list[int]:
        """Return the day's customers as the warehouse orders them, on some days as nobody does."""
        own = sorted(self.bought[day])
        return own if self.ordered or self.dice.random() < 0.9 else own[::-1]

    def _customers(self) -> set[int]:
        return set(self.dice.sample(range(400), self.dice.randint(0, 30)))

    def change(self, number: int, store: RollupStore) -> None:
        """Change some days, and lay what the segments say on some of the store's tables, as a publication does on all."""
        days = [FIRST + timedelta(days=n) for n in self.dice.sample(range(DAYS + 5), self.dice.randint(1, 3))]
        self.bought |= {day: self._customers() for day in days}
        for table in tables_of(ROLLUP):
            name, known = table.name, self.segments[table.name]
            new = self._written(number, name, days, days)
            self._lay(table, new, store)
            self.segments[name] = [*known, new]
            if self.dice.random() < 0.3:
                self.segments[name] = merge_segments(self.folder, str(number), self.segments[name])

    def give_up(self, number: int, store: RollupStore) -> None:
        """Lay on tables what a publication says that fails."""
        bought, day = self.bought, FIRST + timedelta(days=self.dice.randrange(DAYS))
        self.bought = bought | {day: self._customers()}
        for table in tables_of(ROLLUP):
            self._lay(table, self._written(number, table.name, [day], [day]), store)
        self.bought = bought

    def _lay(self, table: Table, segment: SegmentRef, store: RollupStore) -> None:
        if self.dice.random() < self.laid:
            (layer,) = read_layers(self.folder, [segment])
            store.lay(table, layer, segment.sha256)

    def _written(self, number: int, table: str, days: list[date], replaced: list[date] | None) -> SegmentRef:
        if "/distinct/" in table:
            pairs = [(day, one) for day in days for one in self._in_order(day)]
            rows: dict[str, Any] = {"day": pa.array([day for day, _ in pairs], pa.date32()), "id": [one for _, one in pairs]}
            rows["id"] = pa.array(rows["id"], pa.int64())
        elif "/values/" in table:
            pairs = [(day, one) for day in days if len(self.bought[day]) <= LARGE for one in self.bought[day]]
            rows = {
                "day": pa.array([day for day, _ in pairs], pa.date32()),
                "value": pa.array([v for _, v in pairs], pa.int64()),
            }
        elif "/sketch/" in table:
            large = [(day, _bucket(one)) for day in days if len(self.bought[day]) > LARGE for one in self.bought[day]]
            rows = {
                "day": pa.array([day for day, _ in large], pa.date32()),
                "bucket": pa.array([b for _, b in large], pa.int32()),
            }
            rows["n"] = pa.array([1] * len(large), pa.int64())
        else:
            rows = {"day": pa.array(days, pa.date32())}
            rows |= {one.id: pa.array([len(self.bought[day]) for day in days], pa.int64()) for one in ROLLUP.scalars}
        return write_segment(self.folder, str(number), table, pa.table(rows), replaced)

    def refs(self) -> list[SegmentRef]:
        return [one for known in self.segments.values() for one in known]


def _bucket(value: int) -> int:
    return math.ceil(math.log(value) / math.log(SKETCH_GAMMA)) + SKETCH_OFFSET if value else 0


@pytest.mark.parametrize("seed", range(6))
def test_tables_that_are_carried_over_count_what_the_days_hold(tmp_path: Path, seed: int) -> None:
    shop = Shop(tmp_path, seed)
    store = fresh = RollupStore(tmp_path, shop.refs(), {ROLLUP.name: ROLLUP})
    for number in range(2, 22):
        for _ in range(12):
            start, length = FIRST + timedelta(days=shop.dice.randint(-5, DAYS)), shop.dice.choice([1, 7, 32, 64, 90, 150])
            window = Window(start, start + timedelta(days=length - 1))
            own = [shop.bought[day] for day in shop.bought if window.start <= day <= window.end]
            measured = store.measure(ROLLUP, BUYERS, window, NOON)
            assert measured.number == len(set().union(*own)), (number, window)
            assert measured.n == sum(map(len, own))
            assert store.measure(ROLLUP, MEDIAN, window, NOON) == fresh.measure(ROLLUP, MEDIAN, window, NOON)
            if max(map(len, own), default=0) <= LARGE and own:
                values = [one for day in own for one in day]
                assert store.measure(ROLLUP, MEDIAN, window, NOON).number == (
                    Fraction(statistics.median(values)) if values else None
                )
        if number % 3 == 0:
            shop.give_up(number, store)
        shop.change(number, store)
        store = RollupStore(tmp_path, shop.refs(), {ROLLUP.name: ROLLUP}, store)
        fresh = RollupStore(tmp_path, shop.refs(), {ROLLUP.name: ROLLUP})
