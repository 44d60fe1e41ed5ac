"""The project of the demo company."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assay.clock import Clock
from assay.errors import UsageError, suggest
from assay.runtime.setup import init
from assay.settings import PROJECT_FILE, Project, open_project

ZONE = "America/Los_Angeles"
FOLDER = Path("demo-shop")


def demo_packs(names: str | None) -> tuple[str, ...] | None:
    """Return the packs that a person names, separated by commas; None where nobody names any.

    Raises `UsageError` for a pack of which the demo company has nothing to tell.
    """
    from assay.demo import SHOWN_PACKS

    if names is None:
        return None
    wanted = tuple(dict.fromkeys(name.strip() for name in names.split(",") if name.strip()))
    for name in wanted:
        if name not in SHOWN_PACKS:
            raise UsageError(
                f'The demo company has nothing to show in a pack "{name}".{suggest(name, SHOWN_PACKS)}',
                f"It can show: {', '.join(SHOWN_PACKS)}.",
            )
    if not wanted:
        raise UsageError("--packs names no pack.", f"Name some of these, separated by commas: {', '.join(SHOWN_PACKS)}.")
    return wanted


def demo_folder(packs: Sequence[str] | None) -> Path:
    """Return where a demo of these packs lives if nobody says: each choice of packs has a folder of its own."""
    from assay.demo import PACKS

    chosen = sorted(packs or PACKS)
    return FOLDER if chosen == sorted(PACKS) else Path("-".join(["demo", *chosen]))


def demo_project(folder: Path, clock: Clock, scale: float, packs: Sequence[str] | None = None) -> Project:
    """Return the demo's project in the folder, made if it is not there: its first day is fixed then, 24 months back.

    Raises `UsageError` where another demo lives there, with other packs than those that are named.
    """
    from assay.demo import PACKS, first_day, silent_day

    if (folder / PROJECT_FILE).is_file():
        project = open_project(folder.absolute())
        if packs is not None and set(packs) != set(project.file.packs):
            made = ", ".join(project.file.packs) or "no pack"
            raise UsageError(
                f"The demo in {folder} was made with {made}, not with {', '.join(packs)}.",
                "Name another folder for it with --folder, or show this one without --packs.",
            )
        return project
    start = first_day(clock.now())
    settings = {
        "name": "Hot Rod AN",
        "timezone": ZONE,
        "currency": "USD",
        "packs": list(packs or PACKS),
        "demo": {"start": start.isoformat(), "seed": 7, "scale": scale, "silent_day": silent_day(start).isoformat()},
    }
    return init(folder, settings)
