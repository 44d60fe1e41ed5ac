"""Snapshots outlive the warehouse: what was believed once is not worked out anew."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from assay.calendar import ShopCalendar, zone
from assay.engines.duckdb.engine import DuckDBEngine
from assay.runtime.publishing.snapshots import keep, restore

RELATIONS = {"beliefs": ("history", "beliefs"), "never_built": ("main", "never_built")}


def warehouse() -> DuckDBEngine:
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    return DuckDBEngine(connection, ShopCalendar((zone("UTC"),), ()))


@pytest.fixture
def before() -> DuckDBEngine:
    """A warehouse with a snapshot of two versions."""
    engine = warehouse()
    engine.execute("create schema history")
    engine.execute(
        "create table history.beliefs as select * from (values "
        "('F1', 1.50::decimal(18, 2), timestamptz '2024-02-01 00:00:00+00', timestamp '2024-02-01', timestamp '2024-02-05'), "
        "('F1', 2.25::decimal(18, 2), timestamptz '2024-02-05 00:00:00+00', timestamp '2024-02-05', null)) "
        "t(facility, amount, seen, dbt_valid_from, dbt_valid_to)"
    )
    return engine


def rows(engine: DuckDBEngine) -> list[tuple[object, ...]]:
    return engine.connection.execute("select * from history.beliefs order by seen").fetchall()


def types(engine: DuckDBEngine) -> list[tuple[object, ...]]:
    return engine.connection.execute("select column_name, column_type from (describe history.beliefs)").fetchall()


def test_a_new_warehouse_gets_every_version_back_as_it_was(before: DuckDBEngine, tmp_path: Path) -> None:
    assert keep(before, RELATIONS, tmp_path / "snapshots") == ["beliefs"]
    after = warehouse()
    assert restore(after, RELATIONS, tmp_path / "snapshots") == ["beliefs"]
    assert (rows(after), types(after)) == (rows(before), types(before))
    assert restore(after, RELATIONS, tmp_path / "snapshots") == [], "what the warehouse has is not touched"


def test_only_what_has_changed_is_written(before: DuckDBEngine, tmp_path: Path) -> None:
    keep(before, RELATIONS, tmp_path)
    assert keep(before, RELATIONS, tmp_path) == []
    before.execute("update history.beliefs set amount = 3 where dbt_valid_to is null")
    assert keep(before, RELATIONS, tmp_path) == ["beliefs"]
    after = warehouse()
    restore(after, RELATIONS, tmp_path)
    assert rows(after) == rows(before)


def test_without_snapshots_nothing_is_made(tmp_path: Path) -> None:
    assert (keep(warehouse(), {}, tmp_path / "none"), restore(warehouse(), RELATIONS, tmp_path / "none")) == ([], [])
    assert not (tmp_path / "none").exists()
