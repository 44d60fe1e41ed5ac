"""Published projects, made once: a scenario gets a fresh copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios import data
from tests.scenarios.server import Server, serving
from tests.scenarios.shop import Stage, Template, publish_template

PACKS = {"packs": ["commerce_ops"]}


@pytest.fixture(scope="session")
def plain_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {"orders.csv": ("orders", data.plain_orders())}
    return publish_template(tmp_path_factory.mktemp("plain"), PACKS, files)


@pytest.fixture(scope="session")
def mixed_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {
        "orders.csv": ("orders", data.MIXED_ORDERS),
        "refunds.csv": ("refunds", data.MIXED_REFUNDS),
        "fulfillments.csv": ("fulfillments", data.MIXED_FULFILLMENTS),
    }
    return publish_template(tmp_path_factory.mktemp("mixed"), PACKS, files)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    demo = {"start": "2026-01-20", "seed": 7, "scale": 0.2}
    return publish_template(tmp_path_factory.mktemp("demo"), {**PACKS, "demo": demo}, {})


@pytest.fixture
def plain(plain_template: Template) -> Stage:
    """February of a shop with two orders a day."""
    return plain_template.fresh()


@pytest.fixture
def demo(demo_template: Template) -> Stage:
    """Forty days of the demo company."""
    return demo_template.fresh()


@pytest.fixture(scope="module")
def mixed_server(mixed_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shop with one order of each kind, served; for tests that only read."""
    with serving(mixed_template.copy(tmp_path_factory.mktemp("served") / "shop")) as server:
        yield server
