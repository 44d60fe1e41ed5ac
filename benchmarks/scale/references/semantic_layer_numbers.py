"""boring-semantic-layer on the same marts: run by the Python of its own environment, questions as JSON in, seconds out.

python semantic_layer_numbers.py PROJECT WAREHOUSE < questions.json
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

ibis: Any = importlib.import_module("ibis")
to_semantic_table: Any = importlib.import_module("boring_semantic_layer").to_semantic_table
Measures = dict[str, Callable[[Any], Any]]


MARTS: dict[str, tuple[str, Measures]] = {
    "order_lines": (
        "sold_on",
        {
            "units_sold": lambda t: t.units.sum(),
            "line_revenue": lambda t: t.amount.sum() / 100,
            "line_cost": lambda t: t.cost.sum() / 100,
            "gross_profit": lambda t: (t.amount.sum() - t.cost.sum()) / 100,
            "gross_margin_pct": lambda t: 100 * (t.amount.sum() - t.cost.sum()) / t.amount.sum(),
            "returned_units": lambda t: t.units.sum(where=t.is_returned),
            "return_rate_pct": lambda t: 100 * t.units.sum(where=t.is_returned) / t.units.sum(),
            "lines_sold": lambda t: t.count(),
            "units_per_line": lambda t: t.units.sum() / t.count(),
            "products_sold": lambda t: t.sku.nunique(),
            "median_line_amount": lambda t: t.amount.median() / 100,
        },
    ),
    "orders": (
        "created_on",
        {
            "total_orders": lambda t: t.count(),
            "paid_orders": lambda t: t.count(where=t.is_paid),
            "gross_revenue": lambda t: t.amount.sum(where=t.is_paid) / 100,
            "refunds": lambda t: t.refunded.sum() / 100,
            "net_revenue": lambda t: (t.amount.sum(where=t.is_paid) - t.refunded.sum()) / 100,
            "aov": lambda t: t.amount.mean(where=t.is_paid) / 100,
            "cancelled_orders": lambda t: t.count(where=t.is_cancelled),
            "cancel_rate_pct": lambda t: 100 * t.count(where=t.is_cancelled) / t.count(),
            "web_share_pct": lambda t: 100 * t.count(where=t.channel == "web") / t.count(),
            "average_discount": lambda t: t.discount.mean() / 100,
            "paying_customers": lambda t: t.customer_id.nunique(where=t.is_paid),
            "orders_per_customer": lambda t: t.count(where=t.is_paid) / t.customer_id.nunique(where=t.is_paid),
            "median_minutes_to_ship": lambda t: t.minutes_to_ship.median(),
            "p90_minutes_to_ship": lambda t: t.minutes_to_ship.quantile(0.9),
            "shipped_in_2_days_pct": lambda t: 100 * t.count(where=t.minutes_to_ship <= 2880) / t.minutes_to_ship.count(),
        },
    ),
    "customers": (
        "first_on",
        {
            "new_customers": lambda t: t.count(),
            "first_order_value": lambda t: t.first_amount.mean() / 100,
            "repeat_90d_pct": lambda t: 100 * t.count(where=t.second_on <= t.first_on + ibis.interval(days=90)) / t.count(),
            "cohort_month_1_pct": lambda t: 100 * t.count(where=t.month_1) / t.count(),
            "cohort_month_3_pct": lambda t: 100 * t.count(where=t.month_3) / t.count(),
            "cohort_month_6_pct": lambda t: 100 * t.count(where=t.month_6) / t.count(),
        },
    ),
    "events": (
        "happened_on",
        {"page_views": lambda t: t.count(where=t.kind == "view"), "p90_load_ms": lambda t: t.load_ms.quantile(0.9)},
    ),
    "visits": (
        "visited_on",
        {
            "visitors": lambda t: t.visitor_id.nunique(),
            "cart_visitors": lambda t: t.visitor_id.nunique(where=t.depth >= 3),
            "checkout_visitors": lambda t: t.visitor_id.nunique(where=t.depth >= 4),
            "buying_visitors": lambda t: t.visitor_id.nunique(where=t.depth >= 5),
            "conversion_pct": lambda t: 100 * t.visitor_id.nunique(where=t.depth >= 5) / t.visitor_id.nunique(),
        },
    ),
    "tickets": (
        "opened_on",
        {
            "tickets_opened": lambda t: t.count(),
            "urgent_share_pct": lambda t: 100 * t.count(where=t.is_urgent) / t.count(),
            "p90_minutes_to_resolve": lambda t: t.minutes_to_resolve.quantile(0.9),
        },
    ),
}
"""Each mart's day and measures. What spans two marts, or looks at customers before and after, is left out."""


def main() -> None:
    """Ask each question, then all measures of a mart and period at once; write what came and how long it took."""
    connection = ibis.duckdb.connect(sys.argv[2], read_only=True, threads=2, memory_limit="4GB")
    models: dict[str, Any] = {}
    where: dict[str, str] = {}
    for mart, (day, measures) in MARTS.items():
        models[mart] = to_semantic_table(connection.table(mart)).with_dimensions(day=lambda t, day=day: t[day])
        models[mart] = models[mart].with_measures(**measures)
        where |= dict.fromkeys(measures, mart)
    asked = json.load(sys.stdin)

    def ask(mart: str, kpis: list[str], one: dict[str, Any]) -> tuple[list[Any], float]:
        began = time.perf_counter()
        first, last = date.fromisoformat(one["start"]), date.fromisoformat(one["end"])
        rows = models[mart].filter(lambda t: t.day.between(first, last)).group_by().aggregate(*kpis).execute()
        return list(rows.iloc[0]), time.perf_counter() - began

    answers = []
    limit = time.perf_counter() + float(os.environ.get("MOST_SECONDS", "900"))
    for one in asked:
        if one["kpi"] in where and time.perf_counter() < limit:
            values, took = ask(where[one["kpi"]], [one["kpi"]], one)
            answers.append({**one, "value": None if values[0] is None else float(values[0]), "seconds": took})
    whole = []
    for period in dict.fromkeys((one["period"], one["start"], one["end"]) for one in asked):
        kpis = [one["kpi"] for one in asked if one["period"] == period[0] and one["kpi"] in where]
        took = 0.0
        for mart in models:
            own = [kpi for kpi in kpis if where[kpi] == mart]
            took += ask(mart, own, {"start": period[1], "end": period[2]})[1] if own else 0
        whole.append({"period": period[0], "metrics": len(kpis), "seconds": took, "values": len(kpis)})
    json.dump({"answers": answers, "at_once": whole}, sys.stdout)


if __name__ == "__main__":
    main()
