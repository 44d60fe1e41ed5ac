"""A migration is whole or not at all: the old shape or the new, never between."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command, op
from alembic.config import Config
from sqlalchemy import Table, create_engine

from assay.errors import AssayError
from assay.state import schema, store
from assay.state.reader import StateReader
from assay.state.store import HEAD, StateStore

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")}


def test_opening_a_store_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    for _ in range(3):
        store = StateStore(path)
        store.add_job("refresh", {}, NOW)
        store.close()

    assert tables(path) == {*schema.metadata.tables, "alembic_version"}
    assert len(StateReader(path).jobs(10)) == 3


@pytest.mark.parametrize("after", range(1, 8))
def test_an_interrupted_migration_leaves_the_old_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    path = tmp_path / "state.sqlite"
    whole = schema.metadata.create_all

    def interrupted(bind: object, tables: list[Table]) -> None:
        whole(bind, tables=tables[:after])  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(schema.metadata, "create_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        StateStore(path)
    assert tables(path) == set()

    monkeypatch.undo()
    StateStore(path).close()
    assert tables(path) == {*schema.metadata.tables, "alembic_version"}


def make_first_shape(path: Path) -> None:
    """Make a store as the first version left it, with a generation in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("insert into generation values (1, '2026-03-10T12:00:00+00:00', 'g', 'sha', 1)")
    engine.dispose()


def test_a_store_of_the_first_shape_keeps_what_it_holds_and_gets_the_view_of_snapshots(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    make_first_shape(path)
    assert "stage_kpi" not in tables(path)
    assert StateReader(path).snapshots(NOW.date(), NOW.date()) == []  # an API that is faster than its worker

    StateStore(path).close()

    assert tables(path) == {*schema.metadata.tables, "alembic_version"}
    assert StateReader(path).newest() == (1, "g", "sha")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select * from kpi_snapshots").fetchall() == []


def test_an_interrupted_second_step_leaves_the_first_shape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite"
    make_first_shape(path)
    before = tables(path)

    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(op, "execute", interrupted)  # the table is made, the view is not
        with pytest.raises(KeyboardInterrupt):
            StateStore(path)
    assert tables(path) == before
    StateStore(path).close()
    assert StateReader(path).newest() == (1, "g", "sha")


def test_a_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    StateStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()

    with pytest.raises(AssayError, match="newer Assay") as refused:
        StateStore(path)

    assert HEAD in refused.value.problem
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("select version_num from alembic_version").fetchone() == ("9999",)
