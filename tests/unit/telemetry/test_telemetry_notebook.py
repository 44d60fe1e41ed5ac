"""Notes: what is on the disk when, what a killed process leaves behind, and that measuring breaks nothing."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from assay import telemetry
from assay.clock import FixedClock
from assay.runtime.own.measures import answered, answered_again
from assay.runtime.own.notes import NoteFolder
from assay.runtime.own.records import QUERIES, records_of
from assay.telemetry import BUFFER, NOTED, Notebook

START = datetime(2026, 3, 2, 18, tzinfo=UTC)
SINCE = START - timedelta(hours=1)
LATER = START + timedelta(minutes=5)


@pytest.fixture
def folder(tmp_path: Path) -> NoteFolder:
    prepared = NoteFolder(tmp_path / "telemetry")
    prepared.prepare()
    return prepared


def book(folder: NoteFolder, at: datetime = START) -> Notebook:
    return Notebook(folder.folder, FixedClock(at))


def taken(folder: NoteFolder) -> list[str]:
    return [note.facts["name"] for _, notes, _ in folder.files() for note in notes]


def full_disk(*_: Any) -> int:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_nothing_is_written_where_nobody_asks_for_notes(tmp_path: Path) -> None:
    Notebook(tmp_path / "telemetry", FixedClock(START)).note("s", {"name": "a"})
    assert list(tmp_path.iterdir()) == []


def test_a_command_writes_a_note_before_it_goes_on(folder: NoteFolder) -> None:
    book(folder).note("s", {"name": "a", "good": True})
    (line,) = (folder.folder / NOTED).read_text().splitlines()
    note = json.loads(line)
    assert (note["stream"], note["at"], note["facts"]) == ("s", START.isoformat(), {"name": "a", "good": True})


def test_notes_are_taken_once_they_have_landed_and_again_until_then(folder: NoteFolder) -> None:
    book(folder).note("s", {"name": "a"})
    assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [], [])
    assert taken(folder) == ["a"]
    again = NoteFolder(folder.folder)  # the refresh died
    book(folder).note("s", {"name": "b"})
    again.take(SINCE, LATER, same_boot=True)
    assert sorted(taken(again)) == ["a", "b"]
    again.forget()
    again.take(SINCE, LATER, same_boot=True)
    assert taken(again) == []


def test_a_server_answers_first_and_writes_later(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "FLUSH_SECONDS", 3600)
    server = book(folder)
    server.buffer()
    server.note("s", {"name": "a"})
    assert not (folder.folder / NOTED).exists()
    until, forgotten, lost = folder.take(SINCE, LATER, same_boot=True)
    assert (until, forgotten, lost) == (START, [], [])  # complete only up to what the living server has written
    server.close()
    until, forgotten, lost = folder.take(SINCE, LATER, same_boot=True)
    assert (until, forgotten, lost) == (LATER, [], [])
    assert taken(folder) == ["a"]
    assert list(folder.folder.glob(BUFFER)) == []


def killed_server(folder: Path) -> None:
    telemetry.FLUSH_SECONDS = 3600
    server = Notebook(folder, FixedClock(START))
    server.buffer()
    server.note("s", {"name": "lost"})
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_server_leaves_a_gap_from_what_it_had_written(folder: NoteFolder) -> None:
    process = multiprocessing.get_context("fork").Process(target=killed_server, args=(folder.folder,))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    for _ in range(2):  # it is told until it has landed
        assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [(START, LATER)], [])
    assert taken(folder) == []
    folder.forget()
    assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [], [])


def test_a_machine_that_went_down_may_have_lost_everything_since_the_last_landing(folder: NoteFolder) -> None:
    assert folder.take(SINCE, LATER, same_boot=False) == (LATER, [(SINCE, LATER)], [])


def test_a_full_disk_breaks_nothing_and_the_loss_is_known(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full_disk)
        book(folder).note("s", {"name": "lost"})
        book(folder, START + timedelta(minutes=1)).note("s", {"name": "lost"}, durable=True)
    book(folder, START + timedelta(minutes=2)).note("s", {"name": "kept"})
    assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [], [(START, LATER)])
    assert taken(folder) == ["kept"]
    folder.forget()
    assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [], [])


def test_a_loss_while_another_one_is_told_is_not_forgotten(folder: NoteFolder) -> None:
    telemetry.tell_loss(folder.folder, START, START)
    folder.take(SINCE, LATER, same_boot=True)
    telemetry.tell_loss(folder.folder, LATER, LATER)
    folder.forget()
    after = LATER + timedelta(minutes=1)
    assert folder.take(LATER, after, same_boot=True) == (after, [], [(START, after)])


def test_a_disk_that_takes_nothing_at_all_breaks_nothing(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", full_disk)
    book(folder).note("s", {"name": "lost"})
    server = book(folder)
    server.buffer()
    server.note("s", {"name": "lost"})
    server.close()


def test_a_server_keeps_its_notes_while_the_disk_is_full(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "FLUSH_SECONDS", 0.01)
    server = book(folder)
    server.buffer()
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full_disk)
        server.note("s", {"name": "a"})
        time.sleep(0.1)
    server.close()
    folder.take(SINCE, LATER, same_boot=True)
    assert taken(folder) == ["a"]


def test_more_notes_than_a_server_can_keep_are_a_loss(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "FLUSH_SECONDS", 3600)
    monkeypatch.setattr(telemetry, "MOST_WAITING", 2)
    server = book(folder)
    server.buffer()
    for name in "abc":
        server.note("s", {"name": name})
    server.close()
    assert folder.take(SINCE, LATER, same_boot=True) == (LATER, [], [(START, LATER)])
    assert taken(folder) == ["a", "b"]


def test_notes_that_wait_for_a_refresh_are_bounded(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "LARGEST", 100)
    for name in "abc":
        book(folder).note("s", {"name": name})
    assert (folder.folder / NOTED).stat().st_size < 400
    assert folder.take(SINCE, LATER, same_boot=True)[2] == [(START, LATER)]


def test_a_torn_line_is_not_whole(folder: NoteFolder) -> None:
    book(folder).note("s", {"name": "a"})
    with (folder.folder / NOTED).open("a") as file:
        file.write('{"stream": "s", "id"')
    folder.take(SINCE, LATER, same_boot=True)
    ((_, notes, whole),) = folder.files()
    assert ([note.facts["name"] for note in notes], whole) == (["a"], False)


def test_processes_that_write_while_a_refresh_takes_lose_nothing(folder: NoteFolder) -> None:
    def write(name: str) -> None:
        for number in range(50):
            book(folder).note("s", {"name": f"{name}{number}"})

    writers = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        folder.take(SINCE, LATER, same_boot=True)
    folder.take(SINCE, LATER, same_boot=True)
    assert sorted(taken(folder)) == sorted(f"{name}{number}" for name in "abcd" for number in range(50))


def test_a_living_server_is_found_again_when_notes_are_asked_for_again(folder: NoteFolder) -> None:
    server = book(folder)
    server.buffer()
    server.note("s", {"name": "a"})
    folder.abandon()
    server.note("s", {"name": "nobody asks"})
    folder.prepare()
    assert folder.take(SINCE, LATER, same_boot=True)[0] == START
    server.close()


def test_a_buffered_note_does_not_wait_for_the_disk(folder: NoteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    server = book(folder)
    server.buffer()
    written: list[str] = []
    write = os.write

    def watched(descriptor: int, content: bytes) -> int:
        written.append(threading.current_thread().name)
        return write(descriptor, content)

    monkeypatch.setattr(os, "write", watched)
    for _ in range(1000):
        server.note("s", {"name": "a"})
    assert threading.current_thread().name not in written
    server.close()
    assert threading.current_thread().name in written, "who closes the book writes what is left"


def test_questions_that_wait_together_are_one_note_that_counts(folder: NoteFolder) -> None:
    server = book(folder)
    server.buffer()
    for took in (0.5, 0.25):
        server.note("s", {"name": "a"}, took=took)
    server.note("s", {"name": "b"}, took=2.0)
    server._clock.instant = START + timedelta(minutes=15)  # type: ignore[attr-defined] # the next quarter counts by itself
    server.note("s", {"name": "a"}, took=1.0)
    server.close()
    book(folder).note("s", {"name": "a"}, took=4.0)  # a command writes at once
    folder.take(SINCE, LATER + timedelta(minutes=15), same_boot=True)
    ((_, notes, _),) = folder.files()
    found = [(note.facts["name"], note.facts["asks"], note.facts["milliseconds"]) for note in notes]
    assert found == [("a", 2, 0.75), ("b", 1, 2.0), ("a", 1, 1.0), ("a", 1, 4.0)]


def test_what_has_been_written_counts_no_further(folder: NoteFolder) -> None:
    server = book(folder)
    server.buffer()
    for _ in range(2):
        server.note("s", {"name": "a"}, took=1.0)
        server._flush()
    server.close()
    folder.take(SINCE, LATER, same_boot=True)
    assert taken(folder) == ["a", "a"]


def test_a_question_that_a_kept_answer_served_lands_as_a_cache_hit(folder: NoteFolder) -> None:
    clock = FixedClock(START)
    server = Notebook(folder.folder, clock)
    server.buffer()
    with answered(server, clock) as question:
        question.subject = "revenue"
    for _ in range(3):
        answered_again(server, clock, "revenue", clock.monotonic())
    server.close()
    folder.take(SINCE, LATER, same_boot=True)
    ((name, notes, _),) = folder.files()
    (record,) = records_of(name, notes)[QUERIES]
    facts = record.facts
    assert (facts["kind"], facts["subject"], facts["success"], facts["cache_hit"]) == ("question", "revenue", True, True)
    assert facts["asks"] == 4
