"""What is asked: 46 KPIs over eight periods, 300 of the combinations, and why the others are left out."""

from __future__ import annotations

from dataclasses import dataclass

from assay.calendar import Window, parse_period
from benchmarks.scale.data import LAST

PERIODS = ("yesterday", "7d", "30d", "90d", "365d", "mtd", "qtd", "ytd")
KINDS = {
    "additive": "units_sold line_revenue line_cost gross_profit returned_units lines_sold total_orders paid_orders "
    "gross_revenue refunds net_revenue cancelled_orders page_views tickets_opened",
    "ratio": "gross_margin_pct return_rate_pct units_per_line aov cancel_rate_pct web_share_pct average_discount "
    "shipped_in_2_days_pct urgent_share_pct first_order_value",
    "distinct": "products_sold paying_customers orders_per_customer",
    "quantile": "median_line_amount median_minutes_to_ship p90_minutes_to_ship p90_load_ms p90_minutes_to_resolve",
    "new and returning": "new_customers returning_customers returning_share_pct",
    "repeat in 90 days": "repeat_90d_pct",
    "funnel": "visitors cart_visitors checkout_visitors buying_visitors conversion_pct",
    "monthly cohort": "cohort_month_1_pct cohort_month_3_pct cohort_month_6_pct",
    "churn and NRR": "revenue_churn_pct net_revenue_retention_pct",
}
KIND_OF = {kpi: kind for kind, kpis in KINDS.items() for kpi in kpis.split()}


@dataclass(frozen=True)
class Question:
    """One number that is asked."""

    kpi: str
    period: str

    @property
    def window(self) -> Window:
        """The days that it is about; every period ends with the last whole day."""
        found = parse_period("day" if self.period == "yesterday" else self.period, LAST)
        return Window(found.start, found.end)


@dataclass(frozen=True)
class Excluded:
    """Combinations that are not asked, and why."""

    kpis: str
    periods: str
    because: str

    def holds(self, kpi: str, period: str) -> bool:
        return kpi in self.kpis.split() and period in self.periods.split()


EXCLUDED = (
    Excluded(
        "repeat_90d_pct cohort_month_1_pct cohort_month_3_pct cohort_month_6_pct",
        "yesterday 7d 30d mtd",
        "the customers of these days are too young to have come back",
    ),
    Excluded("revenue_churn_pct net_revenue_retention_pct", "yesterday 7d", "subscriptions recur by the month"),
    Excluded(
        "returned_units lines_sold cancelled_orders units_per_line average_discount first_order_value tickets_opened "
        "cancel_rate_pct return_rate_pct line_cost",
        "qtd ytd 365d",
        "they are watched by the day and the month",
    ),
    Excluded(
        "p90_minutes_to_resolve urgent_share_pct median_minutes_to_ship p90_minutes_to_ship p90_load_ms shipped_in_2_days_pct",
        "365d qtd",
        "a service level has its place in the year so far, not in two more long periods",
    ),
    Excluded(
        "cart_visitors checkout_visitors buying_visitors",
        "yesterday",
        "the steps of a funnel are read by the week and longer",
    ),
    Excluded("products_sold", "365d ytd qtd", "nearly every product is sold within a quarter"),
)


def asked(kpis: list[str]) -> list[Question]:
    """Return the questions about those of the KPIs that there are."""
    return [Question(kpi, period) for kpi in kpis for period in PERIODS if why_not(kpi, period) is None]


def why_not(kpi: str, period: str) -> str | None:
    """Return why the combination is left out; None if it is asked."""
    return next((one.because for one in EXCLUDED if one.holds(kpi, period)), None)
