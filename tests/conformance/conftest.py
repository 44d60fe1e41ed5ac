"""The same published shop as the scenarios have: each test adds one thing of its own to it."""

from __future__ import annotations

import pytest

from tests.scenarios import data
from tests.scenarios.shop import Stage, Template, publish_template


@pytest.fixture(scope="session")
def plain_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {"orders.csv": ("orders", data.plain_orders())}
    return publish_template(tmp_path_factory.mktemp("conformance"), {"packs": ["commerce_ops"]}, files)


@pytest.fixture
def plain(plain_template: Template) -> Stage:
    """February of a shop with two orders a day."""
    return plain_template.fresh()
