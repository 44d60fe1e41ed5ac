"""The state store: a publication is whole or not at all, and only the newest worker publishes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from assay.errors import UsageError
from assay.state.reader import StateReader
from assay.state.store import Fenced, StateStore
from assay.values.ledgered import LedgerRow, Restated

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = date(2026, 3, 9)


def row(value: str | None, kpi: str = "revenue", fact: str = "f1") -> LedgerRow:
    return LedgerRow(kpi, "day", "2026-03-09", "2026-03-09", value, 0 if value else 2, fact)


def publish(store: StateStore, number: int, token: int, *rows: LedgerRow, restated: tuple[Restated, ...] = ()) -> None:
    at = NOW + timedelta(hours=number)
    store.publish(
        number, at, f"{number}.json", "sha", token, rows, {one.fact: {"definition": one.fact} for one in rows}, restated
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[StateStore]:
    opened = StateStore(path)
    yield opened
    opened.close()


def test_what_was_published_is_read_back_as_of_each_instant(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    publish(store, 1, token, row("9.00"))
    publish(
        store,
        2,
        token,
        row("10.00"),
        restated=(Restated("revenue", "day", "2026-03-09", "2026-03-09", "9.00", "10.00", "late data"),),
    )
    reader = StateReader(path)

    as_of = [reader.as_of("revenue", "day", DAY, DAY, NOW + timedelta(minutes=minutes)) for minutes in (59, 60, 119, 120)]

    assert [one.value if one else None for one in as_of] == [None, "9.00", "9.00", "10.00"]
    assert reader.newest() == (2, "2.json", "sha")
    assert reader.generation_at(NOW + timedelta(minutes=61)) == (1, "1.json", "sha")
    assert reader.generation_at(NOW) is None
    assert [(one["old"], one["new"], one["cause"]) for one in reader.restatements("revenue", 5)] == [
        ("9.00", "10.00", "late data")
    ]
    assert store.newest_rows() == {("revenue", "day", "2026-03-09", "2026-03-09"): ("10.00", 0, "f1")}


def test_a_restatement_tells_what_was_shown_until_then(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    for number, value in enumerate(("8.00", "9.00", None, "10.00"), 1):
        restated = Restated("revenue", "day", "2026-03-09", "2026-03-09", "9.00", "10.00", "late data")
        publish(store, number, token, row(value), restated=(restated,) if value == "10.00" else ())

    hours = [(NOW + timedelta(hours=number)).isoformat() for number in range(5)]
    assert StateReader(path).restatements("revenue", 5)[0]["shown"] == [
        {"value": "9.00", "from": hours[2], "until": hours[3]},
        {"value": None, "from": hours[3], "until": hours[4]},
    ]


def test_the_last_good_value_is_the_newest_that_was_not_withheld(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    publish(store, 1, token, row("9.00"))
    publish(store, 2, token, row(None))

    good = StateReader(path).last_good("revenue", "day", DAY, "f1")

    assert good is not None
    assert (good.value, good.generation) == ("9.00", 1)
    assert StateReader(path).last_good("revenue", "day", DAY - timedelta(days=1), "f1") is None
    assert StateReader(path).last_good("revenue", "day", DAY, "f2") is None  # by another definition


def test_a_publication_that_fails_half_way_leaves_nothing(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    publish(store, 1, token, row("9.00"))
    twice = (row("10.00"), row("11.00"))  # one series twice breaks a key after the generation was inserted

    with pytest.raises(IntegrityError):
        publish(store, 2, token, *twice)

    assert StateReader(path).newest() == (1, "1.json", "sha")
    assert store.newest_rows()["revenue", "day", "2026-03-09", "2026-03-09"][0] == "9.00"
    publish(store, 2, token, row("12.00"))
    assert StateReader(path).newest() == (2, "2.json", "sha")


def test_a_restatement_of_an_unknown_series_leaves_nothing(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)

    with pytest.raises(IntegrityError):
        publish(store, 1, token, row("9.00"), restated=(Restated("other", "day", "a", "b", None, None, "correction"),))

    assert StateReader(path).newest() is None
    assert store.fact("f1") is None


def test_a_worker_that_was_replaced_publishes_nothing(store: StateStore, path: Path) -> None:
    old = store.take_over(NOW, 1)
    new = store.take_over(NOW, 2)

    with pytest.raises(Fenced):
        publish(store, 1, old, row("9.00"))

    assert StateReader(path).newest() is None
    publish(store, 1, new, row("9.00"))
    assert StateReader(path).newest() is not None


def test_two_workers_cannot_both_believe_that_they_are_the_newest(store: StateStore, path: Path) -> None:
    store.take_over(NOW, 1)
    impatient = sqlite3.connect(path, timeout=0)

    with store.begin() as connection:
        connection.exec_driver_sql("select max(token) from worker")
        with pytest.raises(sqlite3.OperationalError, match="locked"):  # nobody takes over between the look and the commit
            impatient.execute("insert into worker (taken_at, pid) values ('now', 2)")
    impatient.close()


def test_a_generation_is_published_once(store: StateStore) -> None:
    token = store.take_over(NOW, 1)
    publish(store, 1, token, row("9.00"))

    with pytest.raises(IntegrityError):
        publish(store, 1, token, row("10.00"))

    assert store.newest_rows()["revenue", "day", "2026-03-09", "2026-03-09"][0] == "9.00"


def test_a_reader_sees_a_publication_whole_while_it_is_written(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    publish(store, 1, token, row("9.00"))
    with store.begin() as connection:
        connection.exec_driver_sql("insert into generation values (2, '2026-03-10T15:00:00+00:00', 'x', 'y', 1)")

        assert StateReader(path).newest() == (1, "1.json", "sha")


def test_every_commit_is_on_the_disk_before_it_returns(store: StateStore) -> None:
    with store.begin() as connection:
        settings = [
            connection.exec_driver_sql(f"pragma {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert settings == ["wal", 2, 1]


def test_jobs_come_in_order_and_an_interrupted_one_is_taken_up_again(store: StateStore, path: Path) -> None:
    first, second = store.add_job("refresh", {"a": 1}, NOW), store.add_job("rebuild", {}, NOW)
    store.update_job(first, state="running", step="Loading", done=1, total=3)

    taken = store.next_job()
    assert taken is not None
    assert taken.id == first
    store.finish_job(first, NOW, result={"ok": True})
    following = store.next_job()
    assert following is not None
    assert following.id == second
    store.finish_job(second, NOW, problem={"problem": "p", "remedy": "r"})

    assert store.next_job() is None
    assert [store.job(one).state for one in (first, second)] == ["done", "failed"]
    seen = StateReader(path).job(first)
    assert seen is not None
    assert (seen["step"], seen["done"], seen["total"]) == ("Loading", 1, 3)
    assert [one["id"] for one in StateReader(path).jobs(5)] == [second, first]


def snapshot(end: date, value: str | None, state: int, kpi: str = "revenue", fact: str = "f1") -> LedgerRow:
    return LedgerRow(kpi, "30d", f"{end - timedelta(days=29)}", f"{end}", value, state, fact)


def test_snapshots_are_a_view_of_the_ledger_under_the_names_of_the_stages(store: StateStore, path: Path) -> None:
    token, named = (
        store.take_over(NOW, 1),
        [("early", "income", "revenue"), ("mid", "revenue", "revenue"), ("mid", "costs", "costs")],
    )
    withheld = {"f2": {"definition": "d", "reasons": [{"code": "no_data", "input": "costs"}]}, "f1": {"definition": "d"}}
    rows = [
        snapshot(DAY, "9.10", 4),
        snapshot(DAY, None, 2, "costs", "f2"),
        snapshot(DAY, "1.00", 0, "on no stage"),
        row("3.00"),
    ]
    store.publish(1, NOW, "1", "sha", token, rows, withheld, (), named)
    store.publish(2, NOW + timedelta(hours=1), "2", "sha", token, [snapshot(DAY, "9.00", 0)], {}, (), named)

    found = StateReader(path).snapshots(DAY, DAY)

    assert [one[:4] for one in found] == [
        ("2026-03-09", "early", "income", "9.00"),
        ("2026-03-09", "mid", "costs", None),
        ("2026-03-09", "mid", "revenue", "9.00"),
    ]
    assert [(one[4]["data_quality"], one[4]["reasons"], one[4]["generation"]) for one in found] == [
        ("actual", [], 2),
        ("insufficient_data", [{"code": "no_data", "input": "costs"}], 1),
        ("actual", [], 2),
    ]
    assert found[0][4] == {
        "data_quality": "actual",
        "provisional": False,
        "reasons": [],
        "period_start": "2026-02-08",
        "period_end": "2026-03-09",
        "generation": 2,
        "published_at": (NOW + timedelta(hours=1)).isoformat(),
    }
    assert StateReader(path).snapshots(DAY + timedelta(days=1), DAY + timedelta(days=9)) == []


def test_a_stage_that_is_renamed_shows_its_past_under_the_new_name(store: StateStore, path: Path) -> None:
    token = store.take_over(NOW, 1)
    store.publish(1, NOW, "1", "sha", token, [snapshot(DAY, "9.00", 6)], {"f1": {}}, (), [("early", "income", "revenue")])
    assert StateReader(path).snapshots(DAY, DAY)[0][4]["provisional"]
    store.publish(2, NOW, "2", "sha", token, [], {}, (), [("seed", "revenue", "revenue")])
    assert [one[1:4] for one in StateReader(path).snapshots(DAY, DAY)] == [("seed", "revenue", "9.00")]
    store.publish(3, NOW, "3", "sha", token, [], {}, ())
    assert StateReader(path).snapshots(DAY, DAY) == []


def test_a_job_that_is_none_is_refused(store: StateStore) -> None:
    with pytest.raises(UsageError, match="no job 99"):
        store.job(99)


def test_a_store_that_does_not_exist_has_published_nothing(tmp_path: Path) -> None:
    reader = StateReader(tmp_path / "none.sqlite")

    assert (reader.newest(), reader.history("revenue", "day", DAY, DAY), reader.job(1)) == (None, [], None)
    assert not (tmp_path / "none.sqlite").exists()


def test_a_store_that_is_being_made_has_published_nothing(path: Path) -> None:
    sqlite3.connect(path).close()

    assert StateReader(path).newest() is None
