"""The packs' files say everything that their readers need: each column, each KPI, each threshold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from assay.catalog.contract import Alert, Board, Kpi, Refresh, Severity, TargetRow
from assay.catalog.data_sets import RefreshConfig

from .shop import PACKS, STREAMS

COMMERCE_OPS = PACKS / "commerce_ops"
NAMED_BY_THE_REQUIREMENT = [
    "total_revenue",
    "gross_revenue",
    "refunds",
    "total_orders",
    "paid_orders",
    "customers",
    "aov",
    "revenue_growth_wow_pct",
    "fulfillment_rate_pct",
    "fulfilled_share_pct",
    "critical_inventory_alerts",
    "low_stock_items",
    "overstock_items",
    "avg_days_of_cover",
    "fast_moving_sku_count",
    "fast_moving_sku_share_pct",
]


def documents(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def kpis(pack: str = "*") -> dict[str, Kpi]:
    found = [Kpi.model_validate(document) for path in PACKS.glob(f"{pack}/kpis/*.yml") for document in documents(path)]
    assert len({kpi.kpi for kpi in found}) == len(found)
    return {kpi.kpi: kpi for kpi in found}


def settings(name: str) -> dict[str, Any]:
    return documents(COMMERCE_OPS / name)[0]


def columns() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every table of the packs' models and sources with its properties."""
    for path in PACKS.glob("*/models/**/*.yml"):
        for document in documents(path):
            for model in document.get("models", []):
                yield model["name"], model
            for source in document.get("sources", []):
                for table in source["tables"]:
                    yield f"raw.{table['name']}", table


def test_every_column_of_every_model_and_source_is_described() -> None:
    tables = dict(columns())
    assert {path.stem for path in PACKS.glob("*/models/**/*.sql")} <= set(tables)
    assert {f"raw.{stream}" for stream in STREAMS} <= set(tables)
    silent = [
        f"{name}.{column['name']}"
        for name, table in tables.items()
        for column in table["columns"]
        if not column.get("description")
    ]
    assert silent == []
    assert [name for name, table in tables.items() if not table.get("description")] == []


def test_a_stream_that_no_file_brings_says_what_does() -> None:
    kinds = [yaml.safe_load(path.read_text()) for path in PACKS.glob("*/imports/*.yml")]
    by_file = {one["stream"] for kind in kinds for one in kind["streams"]}
    tables = [
        table
        for path in PACKS.glob("*/models/sources.yml")
        for source in yaml.safe_load(path.read_text())["sources"]
        for table in source["tables"]
    ]
    others = [table for table in tables if table["name"] not in by_file]
    assert {"assay_runs", "warehouse_activity"} <= {table["name"] for table in others}
    assert [table["name"] for table in others if not table["config"]["meta"].get("repair")] == []


def test_every_sql_file_has_its_properties_beside_it() -> None:
    models = list(PACKS.glob("*/models/**/*.sql"))
    assert models
    described = {model["name"] for path in PACKS.glob("*/models/**/schema.yml") for model in documents(path)[0]["models"]}
    assert [path.name for path in models if not path.with_suffix(".yml").exists() and path.stem not in described] == []


def test_every_kpi_is_defined_owned_explained_and_shown_by_an_example() -> None:
    found = kpis()
    assert set(NAMED_BY_THE_REQUIREMENT) <= set(found)
    lacking = [name for name, kpi in found.items() if not (kpi.definition and kpi.owner and kpi.examples and kpi.direction)]
    assert lacking == []


def test_shared_kpis_have_neither_targets_nor_alerts() -> None:
    assert [name for name, kpi in kpis("base").items() if kpi.target or kpi.alerts] == []


def test_targets_alerts_refresh_and_board_speak_of_kpis_that_exist() -> None:
    boards = [Board.model_validate(documents(path)[0]) for path in PACKS.glob("*/boards/*.yml")]
    named = {tile.kpi for board in boards for section in board.sections for tile in section.tiles}
    named |= set(settings("targets.yml")) | set(settings("alerts.yml")) | set(settings("refresh.yml"))
    named |= {related for kpi in kpis().values() for related in kpi.related}
    assert named <= set(kpis())


def test_every_kpi_has_its_schedule_in_the_pack() -> None:
    files = [documents(path)[0] for path in PACKS.glob("*/refresh.yml")]
    schedules = {name: Refresh.model_validate(row).schedule for file in files for name, row in file.items()}
    configs = [RefreshConfig.model_validate(documents(path)[0]) for path in PACKS.glob("*/jobs/*.yml")]
    due = {kpi: one.schedule for config in configs for one in config.data_sets.values() for kpi in one.kpis}
    assert set(schedules) | set(due) == set(kpis())
    assert (due["tickets_late"], due["weighted_pipeline"], due["csat_score"]) == ("*/15 * * * *", "0 * * * *", "30 3 * * *")
    assert schedules["total_revenue"] == "30 0 * * *"
    assert schedules["avg_days_of_cover"] == "0 1 * * *"
    assert schedules["overstock_items"] == "0 1 * * 1"


@pytest.mark.parametrize(
    ("kpi", "condition", "severity"),
    [
        ("total_revenue", "value < 0.9 * avg_over(total_revenue, interval 7 days)", Severity.HIGH),
        ("total_orders", "value < 0.8 * avg_over(total_orders, interval 7 days)", Severity.HIGH),
        ("aov", "value < 200", Severity.HIGH),
        ("revenue_growth_wow_pct", "value < -30", Severity.CRITICAL),
        ("revenue_growth_wow_pct", "value < 0", Severity.HIGH),
        ("fulfillment_rate_pct", "value < 90", Severity.HIGH),
        ("critical_inventory_alerts", "value > 5", Severity.CRITICAL),
        ("low_stock_items", "value > 20", Severity.HIGH),
        ("overstock_items", "value > 30", Severity.HIGH),
        ("avg_days_of_cover", "value < 15", Severity.HIGH),
        ("fast_moving_sku_share_pct", "value < 10", Severity.HIGH),
    ],
)
def test_thresholds_and_severities_are_those_of_the_requirement(kpi: str, condition: str, severity: Severity) -> None:
    alerts = TypeAdapter(tuple[Alert, ...]).validate_python(settings("alerts.yml")[kpi])
    assert {alert.when: alert.severity for alert in alerts}[condition] is severity


def test_targets_are_those_of_the_requirement() -> None:
    targets = {name: TargetRow.model_validate(row) for name, row in settings("targets.yml").items()}
    assert (targets["total_revenue"].goal, targets["total_revenue"].over) == (Decimal(10_000_000), "year")
    assert targets["total_orders"].min == "shift(total_orders, interval 7 days)"
    assert (targets["aov"].min, targets["revenue_growth_wow_pct"].min, targets["fulfillment_rate_pct"].min) == (
        "$250",
        "10%",
        "95%",
    )
    assert (targets["critical_inventory_alerts"].max, targets["low_stock_items"].below) == (Decimal(0), Decimal(10))
    assert targets["avg_days_of_cover"].between == (Decimal(30), Decimal(45))
    assert targets["fast_moving_sku_share_pct"].min == "20%"
