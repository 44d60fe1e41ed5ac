"""The same published shop as the scenarios have: each test adds one thing of its own to it."""

from __future__ import annotations

from tests.scenarios.conftest import plain, plain_template

__all__ = ["plain", "plain_template"]
