"""Progress of long work: a bar on a terminal, a line per step elsewhere, on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Watch = Callable[[str, int, int], None]


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Watch]:
    """Yield what is called with a step in words and how many of how many parts of it are done."""
    if quiet:
        yield lambda _step, _done, _total: None
    elif sys.stderr.isatty():
        yield from _bar()
    else:
        yield from _lines()


def _lines() -> Iterator[Watch]:
    said: set[str] = set()

    def watch(step: str, _done: int, _total: int) -> None:
        if step and step not in said:
            said.add(step)
            sys.stderr.write(f"{step} …\n")
            sys.stderr.flush()

    yield watch


def _bar() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Starting", total=None)

        def watch(step: str, done: int, total: int) -> None:
            progress.update(
                task, description=step or "Waiting for the worker", completed=done, total=total if total > 1 else None
            )

        yield watch
