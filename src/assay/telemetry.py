"""Assay's own log: one line an event on standard error, never a secret and never a payload."""

from __future__ import annotations

import logging
import sys


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
