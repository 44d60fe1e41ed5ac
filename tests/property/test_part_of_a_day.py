"""A day that is not over is compared with the same part of other days: the quarters of an hour add up to plain arithmetic."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from assay.calendar import Window
from assay.catalog.expression import Aggregate
from assay.engines.protocol import Engine
from assay.planner.measures import measures_of
from assay.planner.rollup import Rollup
from assay.rollups.build import build_tables
from assay.rollups.segments import write_segment
from assay.rollups.store import RollupStore
from assay.runtime.answers.direct import DirectPartials
from assay.runtime.answers.partials import Partials
from assay.runtime.answers.passes import OverRows
from assay.runtime.wiring import open_warehouse
from assay.settings import Project, ProjectFile

ZONE = "America/Los_Angeles"
TODAY = date(2026, 3, 20)
SUM = Aggregate("sum", "amount", "not is_test", ("amount", "is_test"))
COUNT = Aggregate("count", None, None, ())
ROLLUP = Rollup("sales", "sold_on", "sold_at", tuple(dict.fromkeys(measures_of(SUM) + measures_of(COUNT))))
Sale = tuple[datetime, int | None, bool]


def sales() -> list[Sale]:
    """Sales of 40 days around the spring clock change, thick around midnight and the hour that is skipped."""
    dice = random.Random(11)
    start = datetime(2026, 2, 9, 8, tzinfo=UTC)
    found: list[Sale] = []
    for _ in range(6000):
        at = start + timedelta(minutes=dice.randrange(40 * 24 * 60), seconds=dice.choice([0, 1, 59]))
        found.append((at, dice.choice([None, 0, 1999, -500, 10**12, dice.randrange(10**6)]), dice.random() < 0.1))
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    project = Project(tmp_path_factory.mktemp("cut"), ProjectFile(timezone=ZONE, currency="USD"))
    opened = open_warehouse(project)
    opened.execute("create table sales (sold_on date, sold_at timestamptz, amount bigint, is_test boolean)")
    zone = ZoneInfo(ZONE)
    rows = [
        {"sold_on": at.astimezone(zone).date(), "sold_at": at, "amount": amount, "is_test": test}
        for at, amount, test in sales()
    ]
    opened.connection.register("rows", pa.Table.from_pylist(rows))
    opened.execute("insert into sales by name select * from rows")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def store(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> RollupStore:
    folder = Path(tmp_path_factory.mktemp("segments"))
    segments = [
        write_segment(folder, "1", table.name, rows, days) for table, rows, days, _ in build_tables(engine, ROLLUP, None, TODAY)
    ]
    return RollupStore(folder, segments, {ROLLUP.name: ROLLUP})


def by_hand(window: Window) -> tuple[int, int]:
    """Sum and count in plain Python, by the wall clock."""
    zone = ZoneInfo(ZONE)
    total = count = 0
    for at, amount, test in sales():
        local = at.astimezone(zone)
        inside = window.start <= local.date() <= window.end
        if local.date() == window.end and window.cut is not None:
            inside = inside and local.hour * 60 + local.minute < window.cut
        if inside:
            count += 1
            total += 0 if test or amount is None else amount
    return total, count


CUTS = [15, 60, 2 * 60, 2 * 60 + 30, 3 * 60, 12 * 60 + 45, 20 * 60 + 15, 23 * 60 + 45]
DAYS = [
    (date(2026, 3, 8), date(2026, 3, 8)),  # the day of 23 hours
    (date(2026, 3, 2), date(2026, 3, 8)),
    (date(2026, 3, 20), date(2026, 3, 20)),
    (date(2026, 2, 15), date(2026, 3, 19)),
]


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize(("start", "end"), DAYS)
def test_a_cut_window_is_what_plain_arithmetic_says(
    store: RollupStore, engine: Engine, start: date, end: date, cut: int
) -> None:
    window = Window(start, end, cut)
    total, count = by_hand(window)
    ways: tuple[Partials, ...] = (store, DirectPartials(engine))
    for partials in ways:
        assert partials.measure(ROLLUP, SUM, window, datetime(2026, 3, 21, tzinfo=UTC)).number == Fraction(total)
        assert partials.measure(ROLLUP, COUNT, window, datetime(2026, 3, 21, tzinfo=UTC)).number == Fraction(count)


def test_cut_windows_that_are_read_together_are_what_plain_arithmetic_says(engine: Engine) -> None:
    windows = [Window(start, end, cut) for start, end in DAYS for cut in (*CUTS, 0, None)]
    instant = datetime(2026, 3, 21, tzinfo=UTC)
    asked = [OverRows(ROLLUP, aggregate, window, instant, all_rows=False) for window in windows for aggregate in (SUM, COUNT)]

    direct = DirectPartials(engine, asked)
    engine.execute("alter table sales rename to sold")  # nothing is read later on
    found = [
        (direct.measure(ROLLUP, SUM, one, instant).number, direct.measure(ROLLUP, COUNT, one, instant).n) for one in windows
    ]
    engine.execute("alter table sold rename to sales")

    assert found == [(Fraction(total), count) for total, count in map(by_hand, windows)]


def test_a_row_without_an_instant_is_in_its_whole_day_and_in_no_part_of_it(engine: Engine) -> None:
    engine.execute("create or replace table undated as from sales limit 0")
    engine.execute(
        "insert into undated values ('2026-03-10', null, 5, false), ('2026-03-10', '2026-03-10 20:00:00+00', 7, false)"
    )
    rollup = Rollup("undated", "sold_on", "sold_at", ROLLUP.measures)
    day, instant = date(2026, 3, 10), datetime(2026, 3, 21, tzinfo=UTC)  # 20:00 is 13:00 in Los Angeles
    windows = {Window(day, day): 12, Window(day, day, 12 * 60): 0, Window(day, day, 14 * 60): 7, Window(day, day, 18 * 60): 7}

    together = DirectPartials(engine, [OverRows(rollup, SUM, one, instant, all_rows=False) for one in windows])

    for direct in (together, DirectPartials(engine)):
        assert {one: direct.measure(rollup, SUM, one, instant).number for one in windows} == windows
