"""The project of the demo company."""

from __future__ import annotations

from pathlib import Path

from assay.clock import Clock
from assay.runtime.setup import init
from assay.settings import PROJECT_FILE, Project, open_project

ZONE = "America/Los_Angeles"


def demo_project(folder: Path, clock: Clock, scale: float) -> Project:
    """Return the demo's project in the folder, made if it is not there: its first day is fixed then, 24 months back."""
    if (folder / PROJECT_FILE).is_file():
        return open_project(folder.absolute())
    from assay.demo import PACKS, first_day, silent_day

    start = first_day(clock.now())
    settings = {
        "name": "Hot Rod AN",
        "timezone": ZONE,
        "currency": "USD",
        "packs": list(PACKS),
        "demo": {"start": start.isoformat(), "seed": 7, "scale": scale, "silent_day": silent_day(start).isoformat()},
    }
    return init(folder, settings)
