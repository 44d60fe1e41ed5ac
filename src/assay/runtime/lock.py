"""The one worker of a project: a lock that dies with its holder, and a token that fences off a holder that was replaced.

The lock is the operating system's (it needs no clock, so a clock that jumps cannot break it). Every publication names
its worker's token; the state store refuses one that is not the newest.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from assay.errors import TransientError


class WorkerLock:
    """Held while this process is the project's worker."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "worker.lock"
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock if nobody holds it; return whether it is held now."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Let go of the lock."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> WorkerLock:
        if self._file is None and not self.take():
            raise TransientError("Another process is the worker of this project.", "Wait for it, or stop it.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def worker_lives(folder: Path) -> bool:
    """Return whether some process is the project's worker."""
    lock = WorkerLock(folder)
    if lock.take():
        lock.release()
        return False
    return True
