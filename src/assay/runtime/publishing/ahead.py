"""The generation that is being published, read before it is in force, so that nobody waits for that afterwards.

A publication writes its partials and its facts, then works out the numbers, and then commits. Whoever serves reads what is
written meanwhile. It answers nothing until the state store names it: by its file and its hash.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from assay.errors import AssayError
from assay.runtime.publishing.generations import Snapshot, generation_file, read_generation
from assay.settings import Project


class NextGeneration:
    """What was written after the generation in force, in memory."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._reading = threading.Lock()
        self._seen = 0
        self._read: Snapshot | None = None
        self._file, self._digest = "", ""

    def look(self, current: Snapshot, prepare: Callable[[Snapshot], None]) -> None:
        """Read the newest of the generations that were written since the last look, and `prepare` it."""
        folder: Path = self._project.generations
        if (changed := folder.stat().st_mtime_ns) == self._seen:
            return
        self._seen = changed
        known = {path: named for path in folder.glob("*.json") if (named := generation_file(path)) is not None}
        newer = [path for path, (number, _) in known.items() if number > current.generation.id]
        if not newer:
            return
        path = max(newer, key=lambda one: one.stat().st_mtime_ns)
        with self._reading:
            self._file, self._digest = path.name, known[path][1]
            self._read = read_generation(self._project, self._file, self._digest, current)
            self._read.store.catch_up()
            prepare(self._read)

    def take(self, file: str, sha256: str) -> Snapshot | None:
        """Return the generation if it is this one that was read; whoever comes while it is read waits for it."""
        with self._reading:
            read, self._read = self._read, None
        return read if file == self._file and sha256.startswith(self._digest) else None


def keep_looking(look: Callable[[], None], stop: threading.Event, seconds: float = 0.02) -> None:
    """Look every few milliseconds until `stop`; what cannot be read now is read, or refused, by whoever asks for it."""
    while not stop.wait(seconds):
        try:
            look()
        except (AssayError, OSError):
            continue
