"""Options that several commands take, and what they turn into."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from assay.clock import Clock, clock_from_environment
from assay.errors import UsageError
from assay.settings import Project, find_project, open_project

Function = TypeVar("Function", bound=Callable[..., Any])
EXIT_WITHHELD = 3


def project_option(function: Function) -> Function:
    """Add `--project DIR`."""
    return click.option(
        "--project",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="The project's folder; the current folder or one above it otherwise.",
    )(function)


def format_option(*formats: str) -> Callable[[Function], Function]:
    """Add `--format`."""
    return click.option(
        "--format",
        "output",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the result is written.",
    )


def the_project(folder: Path | None) -> Project:
    """Return the project of the folder, or of the current one."""
    if folder is None:
        return find_project(Path.cwd())
    if not (folder / "assay.yml").is_file():
        raise UsageError(f"{folder} is no Assay project: it has no assay.yml.", f"Make one with `assay init {folder}`.")
    return open_project(folder.resolve())


def the_clock() -> Clock:
    """Return the clock."""
    return clock_from_environment()


def parse_at(text: str | None) -> date | datetime | None:
    """Return the day or instant of `--at` and `--as-of`."""
    from assay.runtime.warehouse_answers import parse_at as parse

    return parse(text)
