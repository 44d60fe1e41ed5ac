"""Published projects, made once for all processes of a test run: a scenario gets a fresh copy.

Most scenarios need few numbers: their shop counts by what all packs share, which makes a refresh half as long.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios import data
from tests.scenarios.server import Server, serving
from tests.scenarios.shop import Stage, Template, publish_template, share

PACKS = {"packs": ["commerce_ops"]}
SHARED_ALONE: dict[str, list[str]] = {"packs": []}
DEMO = {"start": "2026-01-20", "seed": 7, "scale": 0.2}
BOARD = """
board: operations
label: Operations
description: What a small shop looks at.
sections:
  - label: Sales
    tiles:
      - {kpi: total_revenue, period: day, at: yesterday, compare: same_day_last_week}
      - {kpi: gross_revenue, period: mtd, at: yesterday, compare: previous}
      - {kpi: refunds, period: 7d, at: yesterday}
      - {kpi: total_orders, period: day}
      - {kpi: customers, period: month, at: yesterday}
      - {kpi: aov, period: day, at: yesterday, compare: same_day_last_week}
      - {kpi: product_revenue, by: sku, period: 30d, at: yesterday, top: 5}
"""
OWN = {"boards/operations.yml": BOARD}


@pytest.fixture(scope="session")
def plain_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {"orders.csv": ("orders", data.plain_orders())}
    return share(tmp_path_factory, "plain", lambda folder: publish_template(folder, SHARED_ALONE, files, OWN))


@pytest.fixture(scope="session")
def mixed_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    files = {
        "orders.csv": ("orders", data.MIXED_ORDERS),
        "refunds.csv": ("refunds", data.MIXED_REFUNDS),
        "fulfillments.csv": ("fulfillments", data.MIXED_FULFILLMENTS),
    }
    return share(tmp_path_factory, "mixed", lambda folder: publish_template(folder, PACKS, files))


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return share(tmp_path_factory, "demo", lambda folder: publish_template(folder, {**PACKS, "demo": DEMO}, {}))


@pytest.fixture(scope="session")
def small_demo_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    settings = {**SHARED_ALONE, "demo": DEMO}
    return share(tmp_path_factory, "small_demo", lambda folder: publish_template(folder, settings, {}, OWN))


@pytest.fixture
def plain(plain_template: Template) -> Stage:
    """February of a shop with two orders a day, without a pack."""
    return plain_template.fresh()


@pytest.fixture
def mixed(mixed_template: Template) -> Stage:
    """The shop with one order of each kind, with every pack."""
    return mixed_template.fresh()


@pytest.fixture
def demo(demo_template: Template) -> Stage:
    """Forty days of the demo company, with every pack."""
    return demo_template.fresh()


@pytest.fixture
def small_demo(small_demo_template: Template) -> Stage:
    """The same forty days without a pack."""
    return small_demo_template.fresh()


@pytest.fixture(scope="module")
def mixed_server(mixed_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The shop with one order of each kind, served; for tests that only read."""
    with serving(mixed_template.copy(tmp_path_factory.mktemp("served") / "shop")) as server:
        yield server
