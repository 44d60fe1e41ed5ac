"""The pack `commerce_ops` against its requirement document: every KPI, target, threshold and schedule of it, written down here.

The table is made from the document and the rulings (docs/rulings.md), not from the pack's files.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from assay.catalog.contract import TargetRow
from assay.catalog.entry import Catalog, CompiledKpi
from tests.packs.test_examples import catalog

PACK = "commerce_ops"
SALES, STOCK, SHOPS, MONTHLY, CEO = "30 0 * * *", "0 1 * * *", "0 2 * * *", "0 3 1 * *", "55 23 * * *"
NOW = "continuous"


class Line(NamedTuple):
    """What the document says of one KPI: bounds of its target, alert conditions (the critical ones marked !), schedule."""

    kpi: str
    target: dict[str, str]
    alerts: tuple[str, ...]
    schedule: str | None


def line(kpi: str, schedule: str | None, *alerts: str, **target: str) -> Line:
    return Line(kpi, target, alerts, schedule)


TILES = [
    # Tile 1: Sales Pulse
    line("total_revenue", SALES, "value < 0.9 * avg_over(total_revenue, interval 7 days)", goal="10000000", over="year"),
    line(
        "total_orders",
        SALES,
        "value < 0.8 * avg_over(total_orders, interval 7 days)",
        min="shift(total_orders, interval 7 days)",
    ),
    line("aov", SALES, "value < 200", min="250"),
    line("revenue_growth_wow_pct", SALES, "value < 0", "! value < -30", min="10"),
    line("fulfillment_rate_pct", SALES, "value < 90", min="95"),
    # Tile 2: Inventory Heatmap
    line("critical_inventory_alerts", STOCK, "! value > 5", max="0"),
    line("low_stock_items", STOCK, "value > 20", below="10"),
    line("overstock_items", "0 1 * * 1", "value > 30"),
    line("avg_days_of_cover", STOCK, "value < 15", between="30..45"),
    line("fast_moving_sku_share_pct", STOCK, "value < 10", min="20"),
    line("fast_moving_sku_count", STOCK),
    # Tile 3: Fulfillment Health
    line("sla_breach_count", NOW, "! value > 3", max="0"),
    line("avg_days_to_fulfill", "*", "value > 2", below="1.5"),
    line("critical_fulfillment_issues", NOW, "value > 2", max="0"),
    line("priority_orders_at_risk", NOW, "value > 1", max="0"),
    line("fulfillment_success_rate_pct", "*", "value < 95", min="98"),
    # Tile 4: CX Escalations
    line("active_escalations", NOW, "value > 3", max="0"),
    line("urgent_escalations", NOW, "! value > 5"),
    line("cx_sla_breach_rate_pct", "0 * * * *", "value > 5", below="2"),
    line("avg_first_response_minutes", "*", "value > 60", below="30"),
    line("avg_resolution_hours", "*", "value > 8", below="4"),
    line("negative_sentiment_share_pct", NOW, "value > 15", below="10"),
    line("negative_sentiment_count", NOW),
    # Tile 5: Ops Metrics
    line("shop_activation_rate_pct", SHOPS, "value < 75", "! value < 50", min="85"),
    line("operator_sla_resolution_rate_pct", "*", "value < 90", min="100"),
    line("median_operator_response_minutes", "*", "value > 30", below="15"),
    line("p90_operator_response_minutes", "*", "value > 60", below="45"),
    line("active_operators", "*", "value < 2", min="2"),
]
GROWTH = [
    line("ytd_revenue", MONTHLY),
    line("progress_to_10mm_pct", MONTHLY),
    line(
        "trailing_3mo_avg_revenue",
        MONTHLY,
        "value < shift(trailing_3mo_avg_revenue, interval 1 month) and shift(trailing_3mo_avg_revenue, interval 1 month)"
        " < shift(trailing_3mo_avg_revenue, interval 2 months)",
    ),
    line("ceo_hours_saved", CEO, min="2"),
    line("ytd_days_saved", CEO, goal="30", over="year"),
    line("ytd_workdays_saved", CEO),
    line("ytd_value_saved", CEO, goal="100000", over="year"),
]
DATA = [
    line("data_freshness_score_pct", None, "value < 100", min="100"),
    line("data_quality_issues", None, "! value > 0", max="0"),
    line("missing_data_pct", None, below="1"),
    line("worst_field_missing_pct", None, "value > 5", max="5"),
    line("query_success_rate_pct", None, above="99.5"),
    line("cache_hit_ratio_pct", None, above="95"),
    line("active_connections_pct", None, below="80"),
    line("index_usage_pct", None, min="100"),
    line("pipeline_uptime_pct", None, min="99.9"),
    line("etl_success_rate_pct", None, above="99"),
    line("api_success_rate_pct", None, above="99.5"),
    line("manual_actions_avoided", None, min="100"),
    line("automation_success_rate_pct", None, above="95"),
    line("operator_hours_saved", None),
    *(
        line(f"{view}_latency_ms", None, f"value > {alert}", below=target)
        for view, target, alert in [
            ("sales_pulse", "200", 500),
            ("inventory_alerts", "200", 500),
            ("fulfillment_issues", "200", 500),
            ("cx_escalations", "200", 500),
            ("activation_rate", "200", 500),
            ("kpi_summary", "300", 800),
            ("growth_milestones", "300", 800),
        ]
    ),
]
CUSTOMERS = [
    *(
        part
        for segment, share, aov in [
            ("diy_builder", "35..45", {"between": "150..250"}),
            ("professional_shop", "15..25", {"min": "500"}),
            ("enthusiast_collector", "20..30", {"between": "300..600"}),
            ("first_time_builder", "10..15", {"between": "100..200"}),
            ("racing_enthusiast", "10..15", {"between": "250..500"}),
        ]
        for part in (line(f"{segment}_share_pct", None, between=share), line(f"{segment}_aov", None, **aov))
    ),
    line("new_customers_share_pct", None, between="15..20"),
    line("active_customers_share_pct", None, between="50..60"),
    line("at_risk_customers_share_pct", None, below="20"),
    line("churned_customers_share_pct", None, below="10"),
    line("reactivated_customers", None),
    line("active_critical_alerts", None, max="0"),
]
LINES = [*TILES, *GROWTH, *DATA, *CUSTOMERS]
TIERS = [("Foundation", "0"), ("Growth", "1000000"), ("Scale", "5000000"), ("Target achieved", "10000000")]
BOARDS = {
    "executive": {"ytd_revenue", "progress_to_10mm_pct", "ytd_days_saved", "active_critical_alerts"},
    "daily": {
        "total_revenue",
        "total_orders",
        "aov",
        "revenue_growth_wow_pct",
        "critical_inventory_alerts",
        "sla_breach_count",
        "critical_fulfillment_issues",
        "active_escalations",
        "avg_first_response_minutes",
        "shop_activation_rate_pct",
        "operator_sla_resolution_rate_pct",
    },
}
CRITICAL_TRIGGERS = {
    "revenue_growth_wow_pct": "value < -30",
    "critical_inventory_alerts": "value > 5",
    "sla_breach_count": "value > 3",
    "urgent_escalations": "value > 5",
    "shop_activation_rate_pct": "value < 50",
    "data_quality_issues": "value > 0",
}
MODELS = [
    "sales_metrics_daily",
    "inventory_snapshots",
    "v_inventory_alerts",
    "fulfillment_tracking",
    "v_fulfillment_issues",
    "cx_conversations",
    "v_cx_escalations",
    "shop_activation_metrics",
    "operator_sla_resolution",
    "v_sla_performance_7d",
    "v_growth_milestones",
    "v_ceo_time_savings_30d",
    "v_ceo_time_savings_ytd",
    "v_data_freshness",
    "v_data_quality_checks",
    "v_sales_pulse_current",
    "v_activation_rate_7d",
    "v_kpi_summary",
]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return catalog(Path(), PACK)


def bounds(row: TargetRow) -> dict[str, str]:
    """Return the row's bounds as plain numbers."""
    found = {name: getattr(row, name) for name in ("min", "max", "above", "below", "goal", "over")}
    if row.between:
        found["between"] = "..".join(_plain(one) for one in row.between)
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> str:
    return str(value).strip("%$")


def rules(kpi: CompiledKpi) -> set[str]:
    return {("! " if rule.severity == "critical" else "") + " ".join(rule.when.split()) for rule in kpi.alerts_for(PACK)}


@pytest.mark.parametrize("said", LINES, ids=[one.kpi for one in LINES])
def test_a_kpi_of_the_document_is_there_as_it_is_written(said: Line, shipped: Catalog) -> None:
    kpi = shipped.kpis[said.kpi]
    contract = kpi.contract
    rows = kpi.targets_for(PACK)
    assert (bounds(rows[0].row) if rows else {}) == said.target
    assert rules(kpi) == set(said.alerts)
    assert contract.definition
    assert contract.owner
    assert contract.direction
    assert contract.source
    assert contract.refresh is not None
    if said.schedule == "*":  # "daily", at no stated hour
        assert contract.refresh.schedule.endswith(" * * *")
    elif said.schedule is not None:
        assert contract.refresh.schedule == said.schedule


def test_exactly_the_six_triggers_of_the_document_are_critical(shipped: Catalog) -> None:
    found = {
        name: rule.when
        for name, kpi in shipped.kpis.items()
        for rule in kpi.alerts
        if rule.severity == "critical" and rule.pack == PACK
    }
    assert found == CRITICAL_TRIGGERS


def test_every_critical_trigger_is_on_a_board_so_that_it_is_counted(shipped: Catalog) -> None:
    assert set(CRITICAL_TRIGGERS) <= set(shipped.watched("active_critical_alerts"))


def test_the_year_has_its_milestone_tiers(shipped: Catalog) -> None:
    (target,) = shipped.kpis["ytd_revenue"].targets_for(PACK)
    assert [(tier.name, str(tier.at_least)) for tier in target.row.tiers] == TIERS


@pytest.mark.parametrize("board", BOARDS)
def test_the_hierarchy_of_the_document_is_a_board_a_level(board: str, shipped: Catalog) -> None:
    tiles = {tile.kpi for section in shipped.boards[board].board.sections for tile in section.tiles}
    assert tiles >= BOARDS[board]


def test_the_third_level_shows_trends(shipped: Catalog) -> None:
    tiles = [tile for section in shipped.boards["analysis"].board.sections for tile in section.tiles]
    assert {tile.kpi for tile in tiles if tile.period == "30d"}, "30-day revenue trends"
    assert {tile.by for tile in tiles} >= {"category"}, "category performance and inventory velocity"
    assert any("share_pct" in tile.kpi for tile in tiles), "customer segments"


@pytest.mark.parametrize("tile", ["Sales Pulse", "Inventory Heatmap", "Fulfillment Health", "CX Escalations", "Ops Metrics"])
def test_the_five_tiles_are_sections_of_the_operations_board(tile: str, shipped: Catalog) -> None:
    assert tile in {section.label for section in shipped.boards["operations"].board.sections}


@pytest.mark.parametrize("model", MODELS)
def test_a_model_of_the_document_stands_with_its_description_beside_it(model: str) -> None:
    found = list((Path(__file__).parents[2] / "packs" / PACK / "models").rglob(f"{model}.sql"))
    assert len(found) == 1
    described = found[0].with_suffix(".yml").read_text("utf-8")
    assert f"name: {model}" in described
    assert described.count("description:") > 3
    tested = [path for path in found[0].parent.glob("*.yml") if "unit_tests:" in path.read_text("utf-8")]
    assert any(f"model: {model}" in path.read_text("utf-8") for path in tested), "a unit test with inline rows"
