"""What a process says about itself: a log for people, and notes of what it measured, which become records like any other.

Notes are names and numbers, never a payload, a secret or the words of a user. They wait in the project's folder
`.assay/telemetry` until a refresh lands them. Where nobody asks for them the folder is not prepared, and nothing is written.
Measuring never breaks what is measured: a note that cannot be kept is given up, and the instant of the loss is kept instead, so
that a gap stands where a number would be wrong.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assay.clock import Clock

NOTED, LOST, BUFFER = "noted.jsonl", "lost.mark", "buffer-*.mark"
FLUSH_SECONDS = 1.0
MOST_WAITING = 20_000
"""Notes that a server keeps in memory while the disk does not take them."""
LARGEST = 32 * 1024 * 1024
"""Bytes of notes that wait for a refresh."""
QUARTER_SECONDS = 900
"""Notes of two quarters of an hour are never counted together: a shop's day ends with one, in every time zone."""
_WIDTH = 32
"""Characters of an instant in a mark, so that a later one overwrites it in place, which a full disk allows as well."""
Facts = Mapping[str, str | int | float | bool | None]


def logger(name: str) -> logging.Logger:
    """Return the log of one room, under `assay`."""
    return logging.getLogger(f"assay.{name}")


def log_to_stderr(verbose: bool = False) -> None:
    """Write Assay's log to standard error: warnings, and with `verbose` everything."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger("assay")
    root.handlers[:] = [handler]
    root.propagate = False  # dbt puts a handler of its own on the root
    root.setLevel(logging.INFO if verbose else logging.WARNING)


_log = logger("telemetry")


class Notebook:
    """Takes the notes of one process down.

    A command writes each note as it comes. A server calls `buffer` first: a note is then an append to a list, and a thread
    writes what has gathered once a second. A server that is killed leaves its mark behind: it says up to when all is written.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._wish = folder / LOST
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[tuple[str, datetime, Facts]] = []
        self._counting: dict[tuple[object, ...], dict[str, Any]] = {}
        """Of the waiting notes those that count, by what they count."""
        self._buffering = self._writing = False
        self._mark: int | None = None
        self._stop = threading.Event()

    def buffer(self) -> None:
        """Gather notes in memory from now on; for processes that live long."""
        self._buffering = True

    @property
    def wanted(self) -> bool:
        """Whether anybody asks for notes."""
        return self._wish.exists()

    def note(self, stream: str, facts: Facts, *, durable: bool = False, took: float | None = None) -> None:
        """Take a note down; it never raises. A `durable` one is on the disk when this returns, and never waits in memory.

        With `took` (milliseconds) it is one of many: those of the same facts that wait in memory together are one note, with
        their number as `asks` and the sum as `milliseconds`.
        """
        at = self._clock.now()
        try:
            if not self.wanted:
                return
            if durable or not self._buffering:
                counted = {} if took is None else {"asks": 1, "milliseconds": took}
                self._append([(stream, None, {**facts, **counted})], durable=durable)
                return
            self._remember(stream, facts, took)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a measurement, the measured thing goes on
            self._lose(at, error)

    def close(self) -> None:
        """Write what is waiting, and take the mark away."""
        self._stop.set()
        if self._buffering:
            self._flush()
        with self._lock:
            self._buffering = False
            left, self._waiting = self._waiting, []
            self._counting = {}
            mark, self._mark = self._mark, None
        if left:
            self._lose(left[0][1], OSError("the process ended"))
        if mark is not None:
            with contextlib.suppress(OSError):
                self._mark_path.unlink()
            os.close(mark)

    @property
    def _mark_path(self) -> Path:
        return self.folder / BUFFER.replace("*", f"{os.getpid()}-{id(self)}")

    def _remember(self, stream: str, facts: Facts, took: float | None) -> None:
        with self._lock:
            at = self._clock.now()
            if self._mark is None:
                self._mark = self._open_mark(at)
                if not self._writing:
                    self._writing = True
                    threading.Thread(target=self._keep_writing, daemon=True).start()
                    atexit.register(self.close)
            key = stream, at.timestamp() // QUARTER_SECONDS, *facts.items()
            if took is not None and (same := self._counting.get(key)) is not None:
                same["asks"] += 1
                same["milliseconds"] += took
                return
            if len(self._waiting) >= MOST_WAITING:
                raise OSError("too many notes are waiting")
            if took is not None:
                facts = self._counting[key] = {**facts, "asks": 1, "milliseconds": took}
            self._waiting.append((stream, at, facts))

    def _open_mark(self, at: datetime) -> int:
        """Make the mark under another name first: whoever sees one that nobody holds takes its process for dead."""
        fresh = self._mark_path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.pwrite(descriptor, _instant(at), 0)
            fresh.rename(self._mark_path)
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def _keep_writing(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            self._flush()

    def _flush(self) -> None:
        with self._lock:
            until = self._clock.now()
            lines, self._waiting = self._waiting, []
            self._counting = {}  # what is written now counts no further
            mark = self._mark
        if mark is None:
            return
        try:
            if lines:
                self._append(lines)
        except Exception as error:  # noqa: BLE001 - the thread lives as long as its process
            _log.info("notes wait: %s", error)
            with self._lock:
                self._waiting = lines + self._waiting
            return
        with contextlib.suppress(OSError):  # an old mark makes the gap longer, never shorter
            os.pwrite(mark, _instant(until), 0)

    def _append(self, notes: Sequence[tuple[str, datetime | None, Facts]], *, durable: bool = False) -> None:
        """Append to the file that all processes share. A note without an instant gets its own while the file is locked, so that
        nothing that happened before the file was taken can come after it."""
        with locked(self.folder / NOTED) as descriptor:
            end = os.lseek(descriptor, 0, os.SEEK_END)
            if end > LARGEST:
                raise OSError("too many notes are waiting for a refresh")
            now = self._clock.now()
            lines = [_line(stream, at or now, facts) for stream, at, facts in notes]
            text = "".join(lines).encode()
            try:
                complete = os.write(descriptor, text) == len(text)
            except OSError:
                complete = False
            if not complete:
                os.ftruncate(descriptor, end)
                raise OSError("the disk took no note")
            if durable:
                os.fsync(descriptor)

    def _lose(self, at: datetime, error: Exception) -> None:
        _log.info("a note is lost: %s", error)
        with contextlib.suppress(OSError, ValueError):
            tell_loss(self.folder, at, self._clock.now())


@contextlib.contextmanager
def locked(path: Path) -> Iterator[int]:
    """Yield a descriptor of the file, made if need be, that no other process has locked; it appends."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if not _is_still(path, descriptor):  # it was taken away while this waited
                continue
            yield descriptor
            return
        finally:
            os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def tell_loss(folder: Path, first: datetime, last: datetime) -> None:
    """Keep the first and the last instant of a loss, in place: the file is made before it is needed. Raises `OSError`."""
    descriptor = os.open(folder / LOST, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        known = _read(descriptor, 0)
        os.pwrite(descriptor, _instant(min(first, known or first)) + _instant(last), 0)
    finally:
        os.close(descriptor)


def loss(folder: Path) -> tuple[datetime | None, bytes]:
    """Return the first instant of a loss, or None, and the bytes that say so, for `forget_loss`."""
    descriptor = os.open(folder / LOST, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        content = os.pread(descriptor, 2 * _WIDTH, 0)
        if len(content) < 2 * _WIDTH:
            content = b" " * (2 * _WIDTH)
            os.pwrite(descriptor, content, 0)
        return _read(descriptor, 0), content
    finally:
        os.close(descriptor)


def forget_loss(folder: Path, told: bytes) -> None:
    """Forget a loss that a gap tells of now, unless another came since."""
    descriptor = os.open(folder / LOST, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.pread(descriptor, 2 * _WIDTH, 0) == told:
            os.pwrite(descriptor, b" " * (2 * _WIDTH), 0)
    finally:
        os.close(descriptor)


def written_until(mark: Path) -> tuple[datetime | None, bool]:
    """Return up to when a buffering process has written its notes (None: unknown), and whether it lives."""
    descriptor = os.open(mark, os.O_RDONLY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            alive = False
        except BlockingIOError:
            alive = True
        return _read(descriptor, 0), alive
    finally:
        os.close(descriptor)


def _line(stream: str, at: datetime, facts: Facts) -> str:
    text = json.dumps({"stream": stream, "id": os.urandom(8).hex(), "at": at.astimezone(UTC).isoformat(), "facts": dict(facts)})
    return f"{text}\n"


def _instant(at: datetime) -> bytes:
    return at.astimezone(UTC).isoformat(timespec="microseconds").ljust(_WIDTH).encode()


def _read(descriptor: int, offset: int) -> datetime | None:
    try:
        return datetime.fromisoformat(os.pread(descriptor, _WIDTH, offset).decode().strip())
    except ValueError:
        return None
