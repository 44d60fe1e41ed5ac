"""Writing that has reached the disk before it returns, and what its failures mean.

A full disk passes: the caller may try again. A failed fsync does not: the kernel may have dropped the data and report
success the next time, so it is never asked twice.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assay.errors import AssayError, TransientError

_FULL = (errno.ENOSPC, errno.EDQUOT)


class DiskError(AssayError):
    """The disk did not confirm a write. Nothing more may be written by this process."""


def sync_file(path: Path) -> None:
    """Bring a file's bytes to the disk; raises `DiskError` where the disk does not confirm it."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Bring a folder's names to the disk; raises `DiskError` where the disk does not confirm it."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise DiskError(
            f"The disk did not confirm the write of {path} ({error.strerror or error}).",
            "Stop, check the disk and the kernel's log, then start again: what was acknowledged before is kept.",
        ) from error
    finally:
        os.close(descriptor)


def make_folders(path: Path, root: Path) -> None:
    """Create `path` under `root`, each new name durable in its parent."""
    if path == root or path.is_dir():
        return
    make_folders(path.parent, root)
    with suppress(FileExistsError):
        path.mkdir()
    sync_folder(path.parent)


@contextmanager
def full_disk_is_transient(folder: Path) -> Iterator[None]:
    """Turn "no space left" into a `TransientError` that says where."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise TransientError(
            f"There is no room left on the disk that holds {folder}: nothing was taken.",
            "Free some space and repeat the same command; it goes on where it stopped.",
        ) from error


@contextmanager
def folder_lock(folder: Path, *, exclusive: bool) -> Iterator[bool]:
    """Hold the folder's lock until the process ends at the latest; exclusive yields False at once where somebody holds it."""
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        held = True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB if exclusive else fcntl.LOCK_SH)
        except BlockingIOError:
            held = False
        yield held
    finally:
        os.close(descriptor)


def remove_folder(path: Path) -> None:
    """Remove a folder and everything in it; one that is gone is fine."""
    shutil.rmtree(path, ignore_errors=True)
