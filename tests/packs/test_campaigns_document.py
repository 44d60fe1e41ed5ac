"""The pack `campaigns` against its requirement document: its targets and alerts, in its own words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from assay.catalog.contract import Severity
from assay.catalog.entry import Catalog
from tests.packs.test_examples import catalog
from tests.packs.test_operations_document import bounds

PACK = "campaigns"


class Line(NamedTuple):
    """What the document says of one metric, the KPI that it is, and the bounds of its target."""

    words: str
    kpi: str
    target: dict[str, str]


def line(words: str, kpi: str, **target: str) -> Line:
    return Line(words, kpi, target)


REVENUE = [
    line("Daily revenue (target: $3,333 for $100K/month)", "total_revenue", min="3333"),
    line("Average order value (AOV) - target: $75+", "aov", min="75"),
    line("Orders per day", "total_orders"),
    line("Revenue by product tier (Brick | Value | Premium | Top Shelf)", "tier_revenue"),
    line("Revenue by traffic source (email, social, paid, organic, referral)", "sourced_revenue"),
]
CONVERSION = [
    line("Website traffic (visitors", "sessions"),
    line("unique visitors)", "visitors"),
    line("Conversion rate (target: 2-4%)", "conversion_rate_pct", between="2..4"),
    line("Add-to-cart rate", "add_to_cart_rate_pct"),
    line("Cart abandonment rate (target: <70%)", "cart_abandonment_rate_pct", below="70"),
    line("Checkout completion rate", "checkout_completion_rate_pct"),
]
CUSTOMERS = [
    line("New vs returning customers: new", "first_time_buyers"),
    line("New vs returning customers: returning", "returning_buyers"),
    line("Customer lifetime value (CLV) - target: $200+", "customer_spend_avg", min="200"),
    line("Repeat purchase rate (target: 30% within 90 days)", "repeat_rate_90d_pct", min="30"),
    line("Average days between purchases", "avg_days_between_purchases"),
    line("Top customers by spend", "customer_spend"),
]
CAMPAIGNS = [
    line("Email open rates (target: 25-35%)", "email_open_rate_pct", between="25..35"),
    line("Email click rates (target: 3-5%)", "email_click_rate_pct", between="3..5"),
    line("Social media engagement rate (target: 5-8%)", "social_engagement_rate_pct", between="5..8"),
    line("Ad spend vs revenue (ROAS target: >2)", "roas", above="2"),
    line("Referral conversion rate (target: 10-15%)", "referral_conversion_rate_pct", between="10..15"),
]
OPERATIONS = [
    line("Verification completion rate (target: 80%+)", "verification_completion_rate_pct", min="80"),
    line("Average time to verification (target: <24 hours)", "avg_hours_to_verification", below="24"),
    line("Refund rate due to non-verification (target: <10%)", "verification_refund_rate_pct", below="10"),
    line("Average shipping time (target: <48 hours)", "avg_shipping_hours", below="48"),
    line("Customer support response time (target: <2 hours)", "avg_support_response_hours", below="2"),
]
PRODUCTS = [
    line("Best-selling SKUs by revenue", "product_revenue"),
    line("Best-selling SKUs by units", "units_sold"),
    line("Highest-margin products", "product_margin_pct"),
    line("Out-of-stock incidents", "stock_outs"),
    line("Inventory turnover rate", "inventory_turnover"),
]
LINES = [*REVENUE, *CONVERSION, *CUSTOMERS, *CAMPAIGNS, *OPERATIONS, *PRODUCTS]
BOARDS = {
    "revenue_overview": {"total_revenue", "revenue_vs_7d_avg_pct", "tier_revenue"},
    "conversion_funnel": {"funnel_visitors", "funnel_carts", "funnel_checkouts", "funnel_orders"},
    "top_products": {"product_revenue", "units_sold", "product_margin_pct", "stock_outs", "inventory_turnover"},
    "customer_insights": {"first_time_buyers", "returning_buyers", "customer_spend", "customer_orders"},
    "campaign_performance": {
        *("email_open_rate_pct", "email_click_rate_pct", "email_conversion_rate_pct"),
        *("social_engagement_rate_pct", "social_visitors", "social_orders"),
        *("ad_impressions", "ad_clicks", "ad_spend", "ad_conversions", "roas"),
    },
    "live_activity": {"total_orders", "refunds", "pending_verifications"},
}


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return catalog(Path())


@pytest.mark.parametrize("said", LINES, ids=[one.words for one in LINES])
def test_a_metric_of_the_document_is_there_with_its_target(said: Line, shipped: Catalog) -> None:
    kpi = shipped.kpis[said.kpi]
    rows = [target for target in kpi.targets_for(PACK) if target.pack == PACK]
    assert (bounds(rows[0].row) if rows else {}) == said.target
    assert kpi.contract.definition
    assert kpi.contract.owner
    assert kpi.contract.direction


def test_the_pack_holds_nothing_to_a_target_that_the_document_does_not_name(shipped: Catalog) -> None:
    held = {name for name, kpi in shipped.kpis.items() if any(target.pack == PACK for target in kpi.targets)}
    assert held == {one.kpi for one in LINES if one.target}


def test_daily_revenue_below_half_of_its_target_by_five_is_an_alert(shipped: Catalog) -> None:
    (rule,) = shipped.kpis["revenue_by_5pm"].alerts_for(PACK)
    assert (rule.when, rule.severity) == ("value < 1666.50", Severity.HIGH)


def test_every_daily_metric_of_the_document_warns_when_it_deviates_from_the_week_before(shipped: Catalog) -> None:
    """Lists, slow numbers and states have no week before that they could deviate from."""
    apart = {
        *("sourced_revenue", "customer_spend", "customer_spend_avg", "repeat_rate_90d_pct", "avg_days_between_purchases"),
        *("verification_completion_rate_pct", "product_revenue", "units_sold", "product_margin_pct", "stock_outs"),
        "inventory_turnover",
    }
    for said in LINES:
        rules = [rule for rule in shipped.kpis[said.kpi].alerts_for(PACK) if rule.pack == PACK]
        when = "value < 0.8 * avg_over(value, interval 7 days) or value > 1.2 * avg_over(value, interval 7 days)"
        assert [(rule.when, rule.severity) for rule in rules] == ([] if said.kpi in apart else [(when, Severity.HIGH)]), said


@pytest.mark.parametrize("board", BOARDS)
def test_each_visualization_of_the_document_is_a_board(board: str, shipped: Catalog) -> None:
    tiles = {tile.kpi for section in shipped.boards[board].board.sections for tile in section.tiles}
    assert tiles >= BOARDS[board]


SHAPES = {
    ("revenue_overview", "total_revenue"): "line",
    ("revenue_overview", "tier_revenue"): "bars",
    ("conversion_funnel", "funnel_orders"): "funnel",
    ("top_products", "product_margin_pct"): "table",
    ("customer_insights", "buyers"): "pie",
    ("customer_insights", "first_time_buyers"): "line",
    ("customer_insights", "customer_orders"): "scatter",
}
"""What the document wants drawn, and how."""


@pytest.mark.parametrize(("board", "kpi"), SHAPES)
def test_each_chart_of_the_document_is_drawn(board: str, kpi: str, shipped: Catalog) -> None:
    shown = [(section, tile) for section in shipped.boards[board].board.sections for tile in section.tiles if tile.kpi == kpi]
    assert SHAPES[board, kpi] in {tile.shape or section.shape for section, tile in shown}


def test_the_funnel_is_shown_as_one(shipped: Catalog) -> None:
    (funnel,) = [section for section in shipped.boards["conversion_funnel"].board.sections if section.shape == "funnel"]
    labels = [shipped.kpis[tile.kpi].contract.title for tile in funnel.tiles]
    assert labels == ["Visitors", "Add to cart", "Checkout", "Order placed"]


def test_the_readme_of_the_pack_names_every_kpi(shipped: Catalog) -> None:
    readme = (Path(__file__).parents[2] / "packs" / PACK / "README.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_]+)`", readme))
    assert {name for name, kpi in shipped.kpis.items() if kpi.pack == PACK} <= named
