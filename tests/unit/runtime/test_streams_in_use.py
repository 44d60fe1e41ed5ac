"""Which streams a model's numbers rest on where not every shop has all of them, and which models are built at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assay.catalog.entry import Catalog
from assay.catalog.models import ModelSchema
from assay.lineage.graph import Lineage
from assay.runtime.packs import read_catalog
from assay.runtime.publishing.publish import in_use
from assay.runtime.refresh import unasked
from assay.settings import Project, ProjectFile
from assay.values.generation import StreamFacts

LOADED = datetime(2026, 3, 1, tzinfo=UTC)
BOOKS = ModelSchema("fct_revenue", {}, either=(("books",), ("payments", "refunds")), optional=("orders",))
STREAMS = ("books", "orders", "payments", "refunds")


def facts(**rows: int) -> dict[str, StreamFacts]:
    """Return the facts of streams that were loaded with so many rows; the others never were."""
    loaded = {name: StreamFacts(stream=name, rows=count, newest_load=LOADED) for name, count in rows.items()}
    return {name: loaded.get(name, StreamFacts(stream=name)) for name in STREAMS}


@pytest.mark.parametrize(
    ("loaded", "found"),
    [
        ({}, ("books",)),
        ({"orders": 3}, ("books", "orders")),
        ({"books": 1}, ("books",)),
        ({"payments": 5}, ("payments", "refunds")),
        ({"payments": 5, "refunds": 0, "orders": 2}, ("orders", "payments", "refunds")),
        ({"books": 1, "payments": 5}, ("books",)),
        ({"books": 0, "payments": 5}, ("payments", "refunds")),
        ({"books": 0, "payments": 0}, ("books",)),
    ],
    ids=str,
)
def test_the_first_group_that_has_records_is_what_the_numbers_rest_on(loaded: dict[str, int], found: tuple[str, ...]) -> None:
    """A refund that nobody delivered is waited for as soon as payments are in use: what is optional is said one by one."""
    assert in_use(STREAMS, BOOKS, facts(**loaded)) == found


def test_a_stream_that_is_optional_is_waited_for_once_it_was_loaded() -> None:
    costs = ModelSchema("fct_sm_costs", {}, optional=("orders",))
    assert in_use(("books", "orders"), costs, facts(books=1)) == ("books",)
    assert in_use(("books", "orders"), costs, facts(books=1, orders=0)) == ("books", "orders")
    assert in_use(("orders",), costs, facts(books=1)) == ("orders",), "something has to be waited for"
    assert in_use(("books", "orders"), ModelSchema("plain", {}), facts(books=1)) == ("books", "orders")


def test_what_is_built_on_demand_is_left_out_where_nothing_asks_for_it(tmp_path: Path) -> None:
    lineage = Lineage(
        {
            "model.base.fct_cogs": ("source.base.raw.cogs_entries",),
            "model.base.fct_payments": ("source.base.raw.payments",),
            "model.base.fct_shop_days": (),
            "model.shop.own": ("source.base.raw.cash_balances",),
        },
        {
            "model.base.fct_cogs": "fct_cogs",
            "model.base.fct_payments": "fct_payments",
            "model.base.fct_shop_days": "fct_shop_days",
            "model.shop.own": "own",
            "source.base.raw.cogs_entries": "cogs_entries",
            "source.base.raw.payments": "payments",
            "source.base.raw.cash_balances": "cash_balances",
        },
    )
    found = {packs: unasked(catalog_of(tmp_path, packs), lineage) for packs in ((), ("startup",))}
    left_out = {packs: set(streams) for packs, (streams, _) in found.items()}
    assert {packs: models for packs, (_, models) in found.items()} == {(): ("fct_shop_days",), ("startup",): ()}
    assert {"cogs_entries", "users"} <= left_out[()]
    assert not {"payments", "orders", "cash_balances"} & left_out[()]
    assert "cogs_entries" not in left_out[("startup",)]


def catalog_of(folder: Path, packs: tuple[str, ...]) -> Catalog:
    found = read_catalog(Project(folder, ProjectFile(timezone="UTC", currency="USD", packs=packs))).catalog
    assert found is not None
    return found
