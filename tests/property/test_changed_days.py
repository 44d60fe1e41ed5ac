"""Rows come, change and go: partials of the changed days alone, laid on the old ones, are those of a full build."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.catalog.entry import Catalog
from assay.engines.protocol import Engine
from assay.planner.rollup import Rollup, plan_rollups
from assay.rollups.build import build_tables, dirty_days
from assay.rollups.segments import read_segments, write_segment
from assay.runtime.wiring import open_warehouse
from assay.settings import Project, ProjectFile
from assay.values.generation import SegmentRef
from tests.property import kpi_dice, shop_tables
from tests.property.plain_sql import Agg, Node, PlainKpi
from tests.property.test_against_plain_sql import PHASES, catalogue

ZONE = "America/Los_Angeles"
MIDDLE = date(2026, 3, 8)
TODAY = MIDDLE + timedelta(days=50)  # after every day of the tables: no quarters are kept of days to come
KINDS = {"total", "dimension", "slots", "distinct", "values", "sketch", "events"}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """KPIs that need every kind of table."""
    dice = random.Random(3)
    median = PlainKpi("typical", Node("agg", (Agg("quantile", "amount", None, "0.5", money=1),)), "ratio")
    return catalogue(tmp_path_factory.mktemp("kpis"), [*kpi_dice.bases(dice), *kpi_dice.stocks_and_actives(dice), median])


def sale_of(shop: shop_tables.Shop) -> list[Any]:
    """A sale of one of a few days, so that changes meet each other; its day is never unknown."""
    row = shop_tables.sale(shop)
    row[8] = MIDDLE + timedelta(days=shop.dice.choice([-2, 0, 0, 1]))
    row[0] = datetime(row[8].year, row[8].month, row[8].day, 18, 20, tzinfo=UTC)
    row[1] = None if row[1] is None else row[1] % 10**9
    return row


def change(engine: Engine, shop: shop_tables.Shop, table: str) -> set[date]:
    """Delete some rows, change some, add some; return the days of the rows before and after."""
    day, instant = shop_tables.DAY_AND_INSTANT[table]
    dice = shop.dice
    touched: set[date] = set()
    for _ in range(dice.randrange(3)):
        at = shop.instant()
        some = f"{instant} between timestamptz '{at.isoformat()}' and timestamptz '{(at + timedelta(hours=9)).isoformat()}'"
        what = dice.choice(["delete", "move", "edit"])
        touched |= _days(engine, table, day, some)
        if what == "delete":
            engine.execute(f"delete from {table} where {some}")
        elif what == "move":
            later = _days(engine, table, f"{day} + 3", some)
            engine.execute(f"update {table} set {day} = {day} + 3 where {some}")
            touched |= later
        else:
            edits = {"sales": "amount = 7, customer = 'new'", "levels": "on_hand = 1", "tickets": "closed_at = null"}
            engine.execute(f"update {table} set {edits[table]} where {some}")
    number = dice.randrange(10**6)
    makers = {"sales": sale_of, "levels": lambda one: shop_tables.level(one, number), "tickets": shop_tables.ticket}
    rows = [makers[table](shop) for _ in range(dice.choice([0, 1, 20, 4000 if table == "sales" else 1]))]
    if table == "levels":
        rows = rows[:1]
    shop_tables.insert(engine, table, rows)
    return touched | {row[-1] for row in rows if row[-1] is not None}


def _days(engine: Engine, table: str, column: str, condition: str) -> set[date]:
    found = engine.connection.execute(f"select distinct {column} from {table} where {condition}").fetchall()
    return {row[0] for row in found if row[0] is not None}


def rows_of(partials: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in partials.to_pylist()), key=repr)


def build(engine: Engine, rollup: Rollup, days: list[date] | None, folder: Path, stacks: dict[str, list[SegmentRef]]) -> None:
    """Lay the partials of the days on the stacks; those of every day stand alone."""
    for table, rows, spoken, numbers in build_tables(engine, rollup, days, TODAY, stacks):
        segment = write_segment(folder, "segments", table.name, rows, spoken, numbers)
        stacks[table.name] = [segment] if spoken is None else [*stacks[table.name], segment]


def test_changed_days_laid_on_old_partials_are_a_full_build(catalog: Catalog, tmp_path: Path) -> None:
    project = Project(tmp_path, ProjectFile(timezone=ZONE, currency="USD"))
    engine = open_warehouse(project)
    seen: set[str] = set()

    @settings(max_examples=6, phases=PHASES, suppress_health_check=[HealthCheck.too_slow])
    @given(st.integers(0, 2**32), st.sampled_from([0, 30, 400, 1200]))
    def one_history(seed: int, rows: int) -> None:
        shop = shop_tables.Shop(ZONE, MIDDLE, random.Random(seed), rows)
        shop_tables.fill(engine, shop)
        folder = tmp_path / "segments"
        stacks: dict[str, list[SegmentRef]] = {}
        for rollup in plan_rollups(catalog).values():
            build(engine, rollup, None, folder, stacks)
        for _ in range(4):
            for rollup in plan_rollups(catalog).values():
                changed = sorted(change(engine, shop, rollup.model))
                for other in plan_rollups(catalog).values():  # rollups of one model hear of each other's changes
                    if other.model == rollup.model:
                        build(engine, other, dirty_days(other, changed), folder, stacks)
        for rollup in plan_rollups(catalog).values():
            for table, rows_now, _, _ in build_tables(engine, rollup, None, TODAY):
                assert rows_of(read_segments(folder, stacks[table.name])) == rows_of(rows_now), table.name
                if rows_now.num_rows:
                    seen.add(table.kind)

    one_history()
    engine.close()

    assert seen == KINDS
