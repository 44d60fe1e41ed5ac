"""`assay serve`: the board in a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from assay.cli.options import project_option, the_project
from assay.settings import Project


@click.command(short_help="Serve the board and HTTP on this machine.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port on the loopback address; 0 takes a free one.")
@project_option
def command(port: int | None, folder: Path | None) -> None:
    """Serve the board and the HTTP interface on this machine, and keep the numbers up to date.

    It listens on the loopback address alone: there is no access control yet. Other commands work beside it.
    """
    become_server(the_project(folder), port)


def become_server(project: Project, port: int | None) -> None:
    """Turn this process into the server of the project."""
    number = project.file.serve.port if port is None else port
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "assay.api", str(project.folder), str(number)])  # noqa: S606 - no shell, fixed words
