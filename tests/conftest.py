"""What all tests share: the `--slow` flag, and property tests that repeat exactly where nobody watches them."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Reproducible by default: a red run is red again. `HYPOTHESIS_PROFILE=explore` looks for new cases.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests that take minutes as well")


COSTLY_FIRST = ("scenarios", "soundness", "packs", "conformance", "property", "e2e")
"""Folders whose files take longest: what starts last should be short, so that no process waits long for the other."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in COSTLY_FIRST)
    if config.getoption("--slow"):
        return
    waiting = [item for item in items if item.get_closest_marker("slow")]
    config.hook.pytest_deselected(items=waiting)  # counted as deselected, never as passed or skipped
    items[:] = [item for item in items if not item.get_closest_marker("slow")]
