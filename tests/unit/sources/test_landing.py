"""The landing zone keeps what it acknowledged, whole, and knows when it does not."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assay.errors import AssayError, TransientError, UsageError
from assay.sources.durable import DiskError, folder_lock
from assay.sources.landing import DamagedBatchError, Draft, LandingZone
from assay.values.load import LoadEntry
from tests.unit.sources.support import NOW, table

DAY = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))


def put(zone: LandingZone, *rows: tuple[str, str | None], at: datetime = NOW, **facts: Any) -> LoadEntry:
    facts = {"complete_from": DAY[0], "complete_until": DAY[1], **facts}
    return zone.write("shop", "orders", table(*rows, at=at), received_at=at, **facts)


def test_a_written_batch_is_read_back_after_the_zone_is_opened_again(tmp_path: Path) -> None:
    entry = put(LandingZone(tmp_path), ("1", "{}"), gaps=[DAY], completes=["orders", "refunds"], rejected=2, note="why")
    zone = LandingZone(tmp_path)
    assert zone.batches() == [entry]
    zone.verify(entry)
    assert (entry.rows, entry.gaps, entry.completes, entry.rejected, entry.note) == (1, (DAY,), ("orders", "refunds"), 2, "why")
    assert sorted(path.name for path in zone.path(entry).iterdir()) == ["load.json", "records.parquet"]
    assert zone.unknown() == []


def test_batches_sort_by_the_time_of_receipt(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    late = put(zone, ("1", "{}"), at=NOW + timedelta(microseconds=1))
    early = put(zone, ("2", "{}"), at=NOW)
    assert zone.batches() == [early, late]


def test_the_same_content_written_again_is_the_same_batch(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    first = put(zone, ("1", "{}"))
    assert put(zone, ("1", "{}"), at=NOW + timedelta(hours=1)) == first
    assert zone.batches() == [first]


@pytest.mark.parametrize(
    "facts",
    [{"complete_until": None}, {"gaps": [DAY]}, {"completes": ["orders", "refunds"]}],
    ids=["interval", "gaps", "completes"],
)
def test_the_same_records_that_complete_something_else_are_another_batch(tmp_path: Path, facts: dict[str, Any]) -> None:
    zone = LandingZone(tmp_path)
    put(zone, ("1", "{}"))
    put(zone, ("1", "{}"), at=NOW + timedelta(hours=1), **facts)
    assert len(zone.batches()) == 2


def test_content_that_comes_back_after_a_change_is_written_again(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    for hour, price in enumerate(["10", "12", "10"]):
        put(zone, ("sku", f'{{"price":"{price}"}}'), at=NOW + timedelta(hours=hour))
    assert len(zone.batches()) == 3


def test_key_and_payload_boundaries_are_a_part_of_the_content(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    put(zone, ("ab", "c"), ("d", None))
    put(zone, ("a", "bc"), ("d", None), at=NOW + timedelta(hours=1))
    put(zone, ("a", "bc"), ("d", ""), at=NOW + timedelta(hours=2))
    assert len(zone.batches()) == 3


@pytest.mark.parametrize("name", ["..", "../evil", "a/b", "", "Orders", "a\0b", "x" * 64, "1a", 'a"; drop table x'])
def test_a_name_that_is_no_name_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    zone = LandingZone(tmp_path / "landing")
    for source, stream, completes in ((name, "orders", ()), ("shop", name, ()), ("shop", "orders", (name,))):
        draft = Draft(source, stream, table(("1", "{}")), NOW, None, None, completes=completes)
        with pytest.raises(UsageError, match="cannot name"):
            zone.write_all([draft])
    assert list(tmp_path.rglob("*.parquet")) == []


def test_records_without_a_key_are_refused(tmp_path: Path) -> None:
    broken = table(("1", "{}")).set_column(0, "key", [[None]])
    with pytest.raises(AssayError, match="no key"):
        LandingZone(tmp_path).write("shop", "orders", broken, received_at=NOW, complete_from=None, complete_until=None)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_flipped_bit_in_the_records_names_the_batch(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    entry = put(zone, ("1", "{}"))
    flip(zone.records(entry), 100)
    with pytest.raises(DamagedBatchError, match=entry.batch):
        zone.verify(entry)


def test_a_changed_load_entry_is_damaged_and_the_others_go_on(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    kept, changed = put(zone, ("1", "{}")), put(zone, ("2", "{}"), at=NOW + timedelta(hours=1))
    path = zone.path(changed) / "load.json"
    path.write_text(path.read_text().replace("2026-03-02", "2026-03-09"))
    assert zone.batches() == [kept]
    assert [damage.path.name for damage in zone.damaged()] == [changed.batch]
    with pytest.raises(DamagedBatchError):
        zone.verify(changed)


def test_a_batch_without_its_load_entry_is_damaged(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    (zone.path(put(zone, ("1", "{}"))) / "load.json").unlink()
    assert zone.batches() == []
    assert len(zone.damaged()) == 1


def test_leftovers_of_a_crash_are_removed_at_open(tmp_path: Path) -> None:
    torn = tmp_path / ".incoming" / "torn" / "shop" / "orders" / "batch"
    torn.mkdir(parents=True)
    (torn / "records.parquet").write_bytes(b"PAR1")
    assert LandingZone(tmp_path).batches() == []
    assert not (tmp_path / ".incoming" / "torn").exists()


def test_what_a_crash_left_committed_is_moved_into_place_at_open(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    entry = put(zone, ("1", "{}"))
    committed = tmp_path / ".incoming" / "x.committed" / "shop" / "orders"
    committed.mkdir(parents=True)
    zone.path(entry).rename(committed / entry.batch)
    assert LandingZone(tmp_path).batches() == [entry]
    assert not list((tmp_path / ".incoming").glob("*.committed"))


def test_a_zone_that_is_opened_beside_a_writer_leaves_its_work_alone(tmp_path: Path) -> None:
    LandingZone(tmp_path)
    half = tmp_path / ".incoming" / "half"
    half.mkdir()
    with folder_lock(tmp_path / ".incoming", exclusive=False):
        LandingZone(tmp_path)
        assert half.exists()
    LandingZone(tmp_path)
    assert not half.exists()


def test_unknown_files_are_reported(tmp_path: Path) -> None:
    zone = LandingZone(tmp_path)
    entry = put(zone, ("1", "{}"))
    strangers = [tmp_path / "shop" / "notes.txt", zone.path(entry) / "extra", tmp_path / "shop" / "orders" / "not-a-batch"]
    for path in strangers:
        path.write_text("?")
    assert zone.unknown() == sorted(strangers)
    assert zone.batches() == [entry]


def failing(monkeypatch: pytest.MonkeyPatch, code: int, after: int) -> list[int]:
    calls: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > after:
            raise OSError(code, os.strerror(code))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return calls


@pytest.mark.parametrize("after", range(6))
def test_a_full_disk_is_transient_and_leaves_nothing_visible(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    zone = LandingZone(tmp_path)
    with monkeypatch.context() as patch:
        failing(patch, errno.ENOSPC, after)
        with pytest.raises(TransientError, match="no room left"):
            put(zone, ("1", "{}"))
        assert zone.batches() == []
    entry = put(zone, ("1", "{}"))
    assert zone.batches() == [entry]
    assert [path.name for path in (tmp_path / ".incoming").iterdir()] == [".lock"]


def test_a_full_disk_while_the_records_are_written_is_transient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, path: Path) -> None:
        path.write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    zone = LandingZone(tmp_path)
    monkeypatch.setattr("assay.sources.landing.write_parquet", full)
    with pytest.raises(TransientError):
        put(zone, ("1", "{}"))
    assert zone.batches() == []
    assert [path.name for path in (tmp_path / ".incoming").iterdir()] == [".lock"]


@pytest.mark.parametrize("after", range(8))
def test_an_fsync_that_fails_is_never_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    zone = LandingZone(tmp_path)
    with monkeypatch.context() as patch:
        calls = failing(patch, errno.EIO, after)
        with pytest.raises(DiskError, match="did not confirm") as caught:
            put(zone, ("1", "{}"))
        assert not isinstance(caught.value, TransientError)
        assert len(calls) == after + 1
        with pytest.raises(DiskError):
            put(zone, ("2", "{}"))
        assert len(calls) == after + 1
    entry = put(LandingZone(tmp_path), ("1", "{}"))
    assert LandingZone(tmp_path).batches() == [entry]


def test_two_streams_written_together_become_visible_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zone = LandingZone(tmp_path)
    drafts = [Draft("shop", stream, table(("1", "{}")), NOW, *DAY) for stream in ("orders", "payments")]
    with monkeypatch.context() as patch:
        failing(patch, errno.ENOSPC, 7)
        with pytest.raises(TransientError):
            zone.write_all(drafts)
        assert zone.batches() == []
    assert [entry.stream for entry in zone.write_all(drafts)] == ["orders", "payments"]
