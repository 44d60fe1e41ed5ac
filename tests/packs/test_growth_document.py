"""The pack `growth` against its requirement document: its metrics, views and thresholds, in its own words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from assay.catalog.contract import Severity
from assay.catalog.entry import Catalog
from tests.packs.test_examples import SHIPPED

PACK = "growth"


class Line(NamedTuple):
    """What the document says of one metric, and the KPIs that it is."""

    words: str
    kpis: tuple[str, ...]


def line(words: str, *kpis: str) -> Line:
    return Line(words, kpis)


LINES = [
    line("MRR (Monthly Recurring Revenue)", "mrr", "one_time_revenue"),
    line("ARR (Annual Recurring Revenue) - MRR x 12", "arr"),
    line("Revenue Trend - 30/90/365 day views", "revenue_30d", "revenue_90d", "revenue_365d"),
    line("Revenue by Source - Shopify, API, Marketplace, Partnerships", "gross_revenue"),
    line("New Customers - Count of new orders/users", "new_customers", "signups"),
    line("Churn Rate - Monthly churn percentage", "churn_rate_pct"),
    line("LTV (Lifetime Value)", "clv", "customer_spend_avg"),
    line("CAC (Customer Acquisition Cost)", "cac", "paid_cac"),
    line("Conversion Rate - Orders / Sessions", "conversion_rate_pct"),
    line("AOV (Average Order Value)", "aov"),
    line("Add-to-Cart Rate", "add_to_cart_rate_pct"),
    line("Cart Abandonment Rate", "cart_abandonment_rate_pct"),
    line("Ad Spend - Total spend from Meta + TikTok", "ad_spend"),
    line("ROAS (Return on Ad Spend)", "roas"),
    line("CPC (Cost Per Click) - Spend / Clicks", "cpc"),
    line("CPA (Cost Per Acquisition) - Spend / Conversions", "cpa"),
    line("Traffic - Sessions from events table", "sessions", "visitors"),
    line("API Usage - API calls from events table", "api_calls"),
    line("Active Users - DAU/MAU from events table", "active_users", "mau"),
    line("Gross Margin - Revenue - COGS", "gross_profit", "gross_margin_pct"),
]
VIEWS = {
    "executive_summary": {
        "mrr",
        "arr",
        "mrr_growth_rate_pct",
        "total_revenue",
        "new_customers",
        "churn_rate_pct",
        "clv",
        "cac",
    },
    "revenue_deep_dive": {
        "gross_revenue",
        "total_revenue",
        "revenue_30d",
        "revenue_90d",
        "revenue_365d",
        "aov",
        "refunds",
        "chargebacks",
    },
    "marketing_performance": {
        "ad_spend",
        "roas",
        "cac",
        "funnel_visitors",
        "funnel_carts",
        "funnel_checkouts",
        "funnel_orders",
    },
    "product_metrics": {
        "api_calls",
        "api_error_rate_pct",
        "feature_adoption_pct",
        "engagement_pct",
        "user_retention_by_month_pct",
    },
    "financial_health": {
        *("gross_margin_pct", "gross_profit", "operating_expenses", "cash", "runway_months"),
        *("break_even_revenue", "months_to_break_even"),
    },
}
"""The five dashboard views, in the document's order, with what each has to hold."""
THRESHOLDS = [
    ("MRR Drop: >5% month-over-month", "mrr", "value < 0.95 * mrr_start"),
    ("Churn Rate: >8% monthly", "churn_rate_pct", "value > 8"),
    ("CAC Spike: >50% increase week-over-week", "cac_vs_last_week_pct", "value > 50"),
    ("API Errors: >1% error rate", "api_error_rate_pct", "value > 1"),
    ("Ad Spend: >$10K/day without corresponding revenue", "unearned_spend", "ad_spend > 10000 and paid_revenue < ad_spend"),
]
SHAPES = [
    ("Revenue by source (pie chart)", "revenue_deep_dive", "gross_revenue", "pie"),
    ("Revenue trend (line chart)", "revenue_deep_dive", "total_revenue", "line"),
    ("AOV trend", "revenue_deep_dive", "aov", "line"),
    ("30-day trend chart", "executive_summary", "total_revenue", "line"),
    ("Gauge Charts: KPI targets (MRR)", "executive_summary", "mrr", "gauge"),
    ("Gauge Charts: KPI targets (churn rate)", "executive_summary", "churn_rate_pct", "gauge"),
    ("Ad spend by platform", "marketing_performance", "ad_spend", "bars"),
    ("ROAS by campaign", "marketing_performance", "roas", "bars"),
    ("CAC trend", "marketing_performance", "cac", "line"),
    ("API usage trends", "product_metrics", "api_calls", "line"),
    ("Feature adoption", "product_metrics", "feature_adoption_pct", "bars"),
]


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return SHIPPED


@pytest.mark.parametrize("said", LINES, ids=[one.words for one in LINES])
def test_a_metric_of_the_document_is_there_and_due_every_hour(said: Line, shipped: Catalog) -> None:
    for name in said.kpis:
        contract = shipped.kpis[name].contract
        assert contract.definition
        assert contract.owner
        assert contract.direction
        assert contract.examples
    refresh = (_folder() / "refresh.yml").read_text("utf-8")
    hourly = set(re.findall(r"^(\w+): (?:&hourly|\*hourly)", refresh, re.MULTILINE))
    assert set(said.kpis) <= hourly


@pytest.mark.parametrize(("words", "kpi", "when"), THRESHOLDS, ids=[one[0] for one in THRESHOLDS])
def test_a_threshold_of_the_document_is_an_alert(words: str, kpi: str, when: str, shipped: Catalog) -> None:
    (rule,) = [rule for rule in shipped.kpis[kpi].alerts_for(PACK) if rule.pack == PACK]
    assert (rule.when, rule.severity) == (when, Severity.HIGH)


def test_the_pack_has_no_other_alerts_and_holds_nothing_to_a_target_but_these_thresholds(shipped: Catalog) -> None:
    alerts = {name for name, kpi in shipped.kpis.items() if any(rule.pack == PACK for rule in kpi.alerts)}
    targets = {name for name, kpi in shipped.kpis.items() if any(target.pack == PACK for target in kpi.targets)}
    assert alerts == {kpi for _, kpi, _ in THRESHOLDS}
    assert targets == {"mrr", "churn_rate_pct", "api_error_rate_pct"}


def test_each_view_of_the_document_is_a_board_in_its_order(shipped: Catalog) -> None:
    boards = {name: shipped.boards[name].board for name in VIEWS}
    for name, kpis in VIEWS.items():
        assert {tile.kpi for section in boards[name].sections for tile in section.tiles} >= kpis
    assert sorted(VIEWS, key=lambda name: boards[name].rank) == list(VIEWS)
    assert {name for name, board in shipped.boards.items() if board.pack == PACK} == set(VIEWS)


@pytest.mark.parametrize(("words", "board", "kpi", "shape"), SHAPES, ids=[one[0] for one in SHAPES])
def test_a_visualization_of_the_document_is_drawn_as_it_says(
    words: str, board: str, kpi: str, shape: str, shipped: Catalog
) -> None:
    tiles = [tile for section in shipped.boards[board].board.sections for tile in section.tiles]
    assert shape in {tile.shape for tile in tiles if tile.kpi == kpi}


def test_the_conversion_funnel_is_shown_as_one(shipped: Catalog) -> None:
    sections = shipped.boards["marketing_performance"].board.sections
    (funnel,) = [section for section in sections if section.shape == "funnel"]
    assert [shipped.kpis[tile.kpi].contract.title for tile in funnel.tiles] == [
        "Visitors",
        "Add to cart",
        "Checkout",
        "Order placed",
    ]


def test_the_readme_of_the_pack_names_every_kpi_of_its_own_and_of_its_boards(shipped: Catalog) -> None:
    named = set(re.findall(r"`([a-z0-9_]+)`", (_folder() / "README.md").read_text("utf-8")))
    shown = {tile.kpi for name in VIEWS for section in shipped.boards[name].board.sections for tile in section.tiles}
    assert {name for name, kpi in shipped.kpis.items() if kpi.pack == PACK} | shown <= named


def _folder() -> Path:
    return Path(__file__).parents[2] / "packs" / PACK
