"""One dbt project for all tests of the packs: dbt reads its files once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from assay.clock import FixedClock
from assay.runtime.importing import take_file
from assay.runtime.setup import init
from tests.scenarios.shop import Stage, Template, keep, share

from . import planted, planted_sales
from .shop import Shop

ITEMS_SQL = "{{ config(materialized='fact') }} select id, created_on, done_on, amount, note from raw.items"
ITEMS_YML = """
version: 2
models:
  - name: items
    config: {key: [id], times: [created_on, done_on], contract: {enforced: true}}
    columns:
      - {name: id, data_type: VARCHAR}
      - {name: created_on, data_type: DATE}
      - {name: done_on, data_type: DATE}
      - {name: amount, data_type: BIGINT}
      - {name: note, data_type: VARCHAR}
"""


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Return the project, with a model `items` of its own that tests of the materialization fill."""
    shop = Shop(tmp_path_factory.mktemp("packs") / "shop", models={"items.sql": ITEMS_SQL, "items.yml": ITEMS_YML})
    shop.execute("create table raw.items (id VARCHAR, created_on DATE, done_on DATE, amount BIGINT, note VARCHAR)")
    return shop


@pytest.fixture(scope="session")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a published shop with the planted rows of care and operations, at noon of 1 March; for tests that only read."""

    def publish(folder: Path) -> Template:
        stage = started(folder / "shop", planted.NOW)
        for kind, text in planted.files().items():
            stage.take(f"{kind}.csv", text, kind)
        stage.run()
        return keep(stage)

    return Stage(share(tmp_path_factory, "operations", publish).fresh().folder, FixedClock(planted.NOW))


@pytest.fixture(scope="session")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a published shop with the planted orders, parcels and customers, at noon of 1 March; for tests that only read."""

    def publish(folder: Path) -> Template:
        stage = started(folder / "shop", planted_sales.NOW)
        covers = f"{planted_sales.FIRST}..{planted_sales.TODAY}"
        for kind, text in planted_sales.files(planted_sales.plan()).items():
            file = stage.write(f"files/{kind}.csv", text)
            span = None if kind == "customers" else covers
            take_file(stage.project, stage.clock, file, kind, (), None, span, replace=False, append=False)
        stage.run()
        return keep(stage)

    return Stage(share(tmp_path_factory, "sold", publish).fresh().folder, FixedClock(planted_sales.NOW))


def started(folder: Path, now: datetime) -> Stage:
    """Return a new project with every pack."""
    init(folder, {"name": "Shop", "timezone": "America/Los_Angeles", "currency": "USD", "packs": ["commerce_ops"]})
    return Stage(folder, FixedClock(now))
