"""One dbt project for all tests of the packs: dbt reads its files once."""

from __future__ import annotations

import pytest

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
