"""The notes of all processes, taken out of the project's folder by the worker: lines, and the times of which nobody knows.

A file of notes is taken as a whole and stays until what it says has landed, so that a refresh that dies takes it again.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from assay.sources.durable import sync_folder
from assay.telemetry import BUFFER, NOTED, forget_loss, locked, logger, loss, written_until

STATE, TAKEN = "landed.json", "taken-*.jsonl"
BOOT, COMMAND = Path("/proc/sys/kernel/random/boot_id"), ("/usr/sbin/sysctl", "-n", "kern.boottime")
Span = tuple[datetime, datetime]
_log = logger("telemetry")


@dataclass(frozen=True)
class Note:
    """One line: what was measured, and when."""

    id: str
    stream: str
    at: datetime
    facts: dict[str, Any]


@dataclass
class Landed:
    """Up to when the notes and the states have landed, and since which start of the machine."""

    notes: datetime
    states: datetime
    boot: str


class NoteFolder:
    """The folder of notes, from the worker's side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._marks: list[Path] = []
        self._files: list[Path] = []
        self._told = b""

    def prepare(self) -> None:
        """Make the folder: from now on processes take notes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        loss(self.folder)

    def abandon(self) -> None:
        """Stop asking for notes. The marks of living servers stay: they hold them, and are asked for them again some day."""
        for path in self.folder.glob("*"):
            with contextlib.suppress(FileNotFoundError):
                if not (path.match(BUFFER) and written_until(path)[1]):
                    path.unlink()
        with contextlib.suppress(OSError):  # not there, or not empty
            self.folder.rmdir()

    def landed(self) -> Landed | None:
        """Return what has landed; None if nothing has, or if that is not known any more."""
        try:
            found = json.loads((self.folder / STATE).read_text("utf-8"))
            return Landed(datetime.fromisoformat(found["notes"]), datetime.fromisoformat(found["states"]), found["boot"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, landed: Landed) -> None:
        """Write what has landed, before anything that would tell it again is taken away."""
        facts = {"notes": landed.notes.isoformat(), "states": landed.states.isoformat(), "boot": landed.boot}
        fresh = self.folder / f"{STATE}.new"
        fresh.write_text(json.dumps(facts), "utf-8")
        fresh.rename(self.folder / STATE)
        sync_folder(self.folder)

    def take(self, since: datetime, now: datetime, *, same_boot: bool) -> tuple[datetime, list[Span], list[Span]]:
        """Take what has been noted. Return up to when that is everything, the spans in which a note that only waited in
        memory may be lost, and those in which any note may be. `files` has what was taken."""
        until, forgotten, lost = now, [], []
        for mark in sorted(self.folder.glob(BUFFER)):
            with contextlib.suppress(FileNotFoundError):  # it has just been closed, with everything written
                written, alive = written_until(mark)
                if alive:
                    until = min(until, written or since)
                else:
                    forgotten.append((written or since, now))
                    self._marks.append(mark)
        if not same_boot:  # what the machine had not brought to the disk when it went down
            forgotten.append((since, now))
        first, self._told = loss(self.folder)
        if first is not None:
            lost.append((first, now))
        self._files = self._taken()
        return until, [span for span in forgotten if span[0] < span[1]], [span for span in lost if span[0] < span[1]]

    def _taken(self) -> list[Path]:
        noted = self.folder / NOTED
        if noted.exists():
            with locked(noted):
                noted.rename(self.folder / TAKEN.replace("*", uuid.uuid4().hex))
        return sorted(self.folder.glob(TAKEN))

    def files(self) -> Iterator[tuple[str, list[Note], bool]]:
        """Yield each taken file: its name, its notes, and whether all of its lines could be read."""
        for path in self._files:
            notes, whole = [], True
            for line in path.read_text("utf-8", errors="replace").splitlines():
                try:
                    found = json.loads(line)
                    notes.append(Note(found["id"], found["stream"], datetime.fromisoformat(found["at"]), found["facts"]))
                except (ValueError, KeyError, TypeError):
                    whole = False
            yield path.stem, notes, whole

    def forget(self) -> None:
        """Take away what has landed."""
        for path in (*self._files, *self._marks):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            forget_loss(self.folder, self._told)


def boot() -> str:
    """Return what tells this start of the machine from the others: at a crash it loses what was not on the disk."""
    with contextlib.suppress(OSError):
        return BOOT.read_text("utf-8").strip()
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(COMMAND, check=False, capture_output=True, text=True, timeout=5).stdout
    return ""
