"""The raw tables hold every batch once, and nothing that is not what was written."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from assay.errors import AssayError, UsageError
from assay.sources.landing import DamagedBatchError, LandingZone
from assay.sources.raw import ensure_tables, load_raw
from assay.values.load import LoadEntry
from tests.unit.sources.support import NOW, table


def put(zone: LandingZone, key: str, stream: str = "orders", hour: int = 0) -> LoadEntry:
    at = NOW + timedelta(hours=hour)
    rows = table((key, '{"a":1}'), (f"{key}-gone", None), at=at)
    return zone.write("shop", stream, rows, received_at=at, complete_from=None, complete_until=None)


def count(connection: duckdb.DuckDBPyConnection, what: str) -> int:
    row = connection.execute(f"select count(*) from raw.{what}").fetchone()
    assert row
    return int(row[0])


def test_batches_are_loaded_once(tmp_path: Path) -> None:
    zone, connection = LandingZone(tmp_path), duckdb.connect()
    entries = [put(zone, "1"), put(zone, "2", hour=1), put(zone, "3", stream="order")]
    assert load_raw(connection, zone, entries[:1]) == entries[:1]
    assert load_raw(connection, zone, [*entries, entries[1]]) == entries[1:]
    assert load_raw(connection, zone, zone.batches()) == []
    assert (count(connection, "orders"), count(connection, '"order"'), count(connection, "_loads")) == (4, 2, 3)


def test_a_loaded_row_is_the_record_as_it_landed(tmp_path: Path) -> None:
    zone, connection = LandingZone(tmp_path), duckdb.connect()
    entry = put(zone, "1")
    load_raw(connection, zone, [entry])
    rows = connection.execute(
        "select source, key, epoch(event_at), received_at = ?, batch, length(sha256), payload from raw.orders order by key",
        [NOW],
    ).fetchall()
    march = 1772323200.0
    assert rows == [
        ("shop", "1", march, True, entry.batch, 64, '{"a":1}'),
        ("shop", "1-gone", march, True, entry.batch, 64, None),
    ]


def test_tables_exist_before_anything_is_loaded() -> None:
    connection = duckdb.connect()
    ensure_tables(connection, ["orders", "refunds"])
    ensure_tables(connection, ["orders"])
    assert (count(connection, "orders"), count(connection, "refunds")) == (0, 0)


def test_a_stream_name_cannot_carry_sql() -> None:
    with pytest.raises(UsageError):
        ensure_tables(duckdb.connect(), ['orders" (x int); drop schema raw; --'])


def test_a_damaged_batch_is_named_and_nothing_is_loaded(tmp_path: Path) -> None:
    zone, connection = LandingZone(tmp_path), duckdb.connect()
    good, bad = put(zone, "1"), put(zone, "2", hour=1)
    data = bytearray(zone.records(bad).read_bytes())
    data[40] ^= 4
    zone.records(bad).write_bytes(data)
    with pytest.raises(DamagedBatchError, match=bad.batch):
        load_raw(connection, zone, [good, bad])
    assert count(connection, "orders") == 0
    assert load_raw(connection, zone, [good]) == [good]


def test_a_warehouse_of_other_records_has_to_be_rebuilt(tmp_path: Path) -> None:
    zone, connection = LandingZone(tmp_path), duckdb.connect()
    entry = put(zone, "1")
    load_raw(connection, zone, [entry])
    connection.execute("update raw._loads set sha256 = 'other'")
    with pytest.raises(AssayError, match="assay rebuild"):
        load_raw(connection, zone, [entry])


def test_a_folder_whose_name_is_a_pattern_is_a_folder(tmp_path: Path) -> None:
    zone, connection = LandingZone(tmp_path / "shop [old]* ?'"), duckdb.connect()
    assert len(load_raw(connection, zone, [put(zone, "1")])) == 1
    assert count(connection, "orders") == 2


def test_an_error_in_the_middle_of_a_load_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone, connection = LandingZone(tmp_path), duckdb.connect()
    entries = [put(zone, "1"), put(zone, "2", hour=1)]
    lying = entries[1].model_copy(update={"rows": 7})
    monkeypatch.setattr(zone, "verify", lambda entry: None)
    with pytest.raises(DamagedBatchError, match="load entry says 7"):
        load_raw(connection, zone, [entries[0], lying])
    assert (count(connection, "orders"), count(connection, "_loads")) == (0, 0)
