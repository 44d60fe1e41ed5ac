"""MetricFlow on the same marts: run by the Python of its own environment, it reads questions as JSON and writes seconds.

    python metricflow_numbers.py PROJECT WAREHOUSE < questions.json

It makes a dbt project whose models are views on the marts, and asks MetricFlow's own engine in process, so that only planning
and running are timed, not the start of its command.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

SIMPLE = {
    "order_lines": {
        "units_sold": ("sum", "units"),
        "line_revenue": ("sum", "amount / 100"),
        "line_cost": ("sum", "cost / 100"),
        "returned_units": ("sum", "case when is_returned then units else 0 end"),
        "lines_sold": ("sum", "1"),
        "products_sold": ("count_distinct", "sku"),
        "median_line_amount": ("median", "amount / 100"),
    },
    "orders": {
        "total_orders": ("sum", "1"),
        "paid_orders": ("sum", "case when is_paid then 1 else 0 end"),
        "gross_revenue": ("sum", "case when is_paid then amount / 100 end"),
        "refunds": ("sum", "refunded / 100"),
        "cancelled_orders": ("sum", "case when is_cancelled then 1 else 0 end"),
        "web_orders": ("sum", "case when channel = 'web' then 1 else 0 end"),
        "average_discount": ("average", "discount / 100"),
        "paying_customers": ("count_distinct", "case when is_paid then customer_id end"),
        "median_minutes_to_ship": ("median", "minutes_to_ship"),
        "p90_minutes_to_ship": ("percentile", "minutes_to_ship"),
        "shipped_orders": ("sum", "case when minutes_to_ship is not null then 1 else 0 end"),
        "shipped_in_2_days": ("sum", "case when minutes_to_ship <= 2880 then 1 else 0 end"),
    },
    "customers": {
        "new_customers": ("sum", "1"),
        "first_order_value": ("average", "first_amount / 100"),
        "repeated_90d": ("sum", "case when second_on <= first_on + 90 then 1 else 0 end"),
        "came_back_1": ("sum", "month_1::integer"),
        "came_back_3": ("sum", "month_3::integer"),
        "came_back_6": ("sum", "month_6::integer"),
    },
    "events": {"page_views": ("sum", "case when kind = 'view' then 1 else 0 end"), "p90_load_ms": ("percentile", "load_ms")},
    "visits": {
        "visitors": ("count_distinct", "visitor_id"),
        "cart_visitors": ("count_distinct", "case when depth >= 3 then visitor_id end"),
        "checkout_visitors": ("count_distinct", "case when depth >= 4 then visitor_id end"),
        "buying_visitors": ("count_distinct", "case when depth >= 5 then visitor_id end"),
    },
    "tickets": {
        "tickets_opened": ("sum", "1"),
        "urgent_tickets": ("sum", "case when is_urgent then 1 else 0 end"),
        "p90_minutes_to_resolve": ("percentile", "minutes_to_resolve"),
    },
}
"""By mart: how MetricFlow aggregates what."""
DAYS = {
    "order_lines": "sold_on",
    "orders": "created_on",
    "customers": "first_on",
    "events": "happened_on",
    "visits": "visited_on",
    "tickets": "opened_on",
}
DERIVED = {
    "gross_profit": "line_revenue - line_cost",
    "gross_margin_pct": "100 * (line_revenue - line_cost) / line_revenue",
    "return_rate_pct": "100 * returned_units / units_sold",
    "units_per_line": "units_sold / lines_sold",
    "net_revenue": "gross_revenue - refunds",
    "aov": "gross_revenue / paid_orders",
    "cancel_rate_pct": "100 * cancelled_orders / total_orders",
    "web_share_pct": "100 * web_orders / total_orders",
    "orders_per_customer": "paid_orders / paying_customers",
    "shipped_in_2_days_pct": "100 * shipped_in_2_days / nullif(shipped_orders, 0)",
    "returning_customers": "paying_customers - new_customers",
    "returning_share_pct": "100 * (paying_customers - new_customers) / paying_customers",
    "repeat_90d_pct": "100 * repeated_90d / new_customers",
    "cohort_month_1_pct": "100 * came_back_1 / new_customers",
    "cohort_month_3_pct": "100 * came_back_3 / new_customers",
    "cohort_month_6_pct": "100 * came_back_6 / new_customers",
    "conversion_pct": "100 * buying_visitors / visitors",
    "urgent_share_pct": "100 * urgent_tickets / tickets_opened",
}
"""What is worked out of others. Churn and NRR need a row for each customer before and after the period: not expressible."""


def measure(name: str, how: tuple[str, str], day: str) -> dict[str, Any]:
    """Return a measure, under a name that differs from its metric's."""
    made: dict[str, Any] = {"name": f"m_{name}", "agg": how[0], "expr": how[1], "agg_time_dimension": day}
    return made | ({"agg_params": {"percentile": 0.9, "use_discrete_percentile": False}} if how[0] == "percentile" else {})


def semantics() -> dict[str, Any]:
    """Return the semantic models and metrics as MetricFlow's YAML has them (JSON is YAML)."""
    models, metrics = [], []
    for mart, measures in SIMPLE.items():
        day = DAYS[mart]
        time_dimension = {"name": day, "type": "time", "type_params": {"time_granularity": "day"}}
        models.append(
            {
                "name": f"s_{mart}",
                "model": f"ref('{mart}')",
                "defaults": {"agg_time_dimension": day},
                "entities": [{"name": f"{mart}_row", "type": "primary", "expr": day}],
                "dimensions": [time_dimension],
                "measures": [measure(name, how, day) for name, how in measures.items()],
            }
        )
        metrics += [
            {"name": name, "label": name, "type": "simple", "type_params": {"measure": f"m_{name}"}} for name in measures
        ]
    known = {name for measures in SIMPLE.values() for name in measures}
    for name, expression in DERIVED.items():
        words = sorted(one for one in known if one in expression.replace("(", " ").replace(")", " ").replace(",", " ").split())
        parameters = {"expr": expression, "metrics": [{"name": one} for one in words]}
        metrics.append({"name": name, "label": name, "type": "derived", "type_params": parameters})
    spine = {
        "name": "every_day",
        "time_spine": {"standard_granularity_column": "day"},
        "columns": [{"name": "day", "granularity": "day"}],
    }
    return {"version": 2, "models": [spine], "semantic_models": models, "metrics": metrics}


def make_project(folder: Path, warehouse: Path) -> None:
    """Write the dbt project and build its views."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    project = {"name": "scale", "version": "1.0", "profile": "scale", "flags": {"send_anonymous_usage_stats": False}}
    (folder / "dbt_project.yml").write_text(json.dumps(project))
    target = {
        "type": "duckdb",
        "path": str(folder / "views.duckdb"),
        "threads": 1,
        "attach": [{"path": str(warehouse), "alias": "marts", "read_only": True}],
        "settings": {"memory_limit": "4GB", "threads": 2},
    }
    (folder / "profiles.yml").write_text(json.dumps({"scale": {"target": "it", "outputs": {"it": target}}}))
    for mart in SIMPLE:
        (folder / "models" / f"{mart}.sql").write_text(f"select * from marts.main.{mart}")
    days = "select unnest(generate_series(date '2023-01-01', date '2027-01-01', interval 1 day))::date as day"
    (folder / "models" / "every_day.sql").write_text("{{ config(materialized='table') }} " + days)
    (folder / "models" / "semantics.yml").write_text(json.dumps(semantics(), indent=1))
    from dbt.cli.main import dbtRunner

    os.chdir(folder)
    with contextlib.redirect_stdout(sys.stderr):
        result = dbtRunner().invoke(["build", "--quiet", "--profiles-dir", "."])
    if not result.success:
        sys.exit(f"dbt could not build the views: {result.exception or result.result}")


def main() -> None:
    """Ask each question, then all metrics of each period at once; write what came and how long it took."""
    make_project(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
    configuration: Any = importlib.import_module("dbt_metricflow.cli.cli_configuration")
    metricflow: Any = importlib.import_module("metricflow.engine.metricflow_engine")
    asked = json.load(sys.stdin)
    known = {name for measures in SIMPLE.values() for name in measures} | set(DERIVED)
    settings = configuration.CLIConfiguration()
    settings.setup(configure_file_logging=False)
    engine = settings.mf

    def ask(metrics: list[str], start: str, end: str) -> tuple[list[Any], float]:
        began = time.perf_counter()
        request = metricflow.MetricFlowQueryRequest.create(
            metric_names=metrics,
            time_constraint_start=datetime.fromisoformat(start),
            time_constraint_end=datetime.fromisoformat(end),
        )
        rows = engine.query(request).result_df.rows
        return list(rows[0]) if rows else [], time.perf_counter() - began

    answers = []
    limit = time.perf_counter() + float(os.environ.get("MOST_SECONDS", "900"))
    for one in asked:
        if one["kpi"] not in known or time.perf_counter() > limit:
            continue
        values, took = ask([one["kpi"]], one["start"], one["end"])
        answers.append({**one, "value": None if not values or values[0] is None else float(values[0]), "seconds": took})
    whole: list[dict[str, Any]] = []
    for period in dict.fromkeys((one["period"], one["start"], one["end"]) for one in asked):
        metrics = [one["kpi"] for one in asked if one["period"] == period[0] and one["kpi"] in known]
        try:
            values, took = ask(metrics, *period[1:])
            whole.append({"period": period[0], "metrics": len(metrics), "seconds": took, "values": len(values)})
        except Exception as error:  # noqa: BLE001 - what it says is the result
            whole.append({"period": period[0], "metrics": len(metrics), "error": str(error)[:300]})
            break
    json.dump({"answers": answers, "at_once": whole}, sys.stdout)


if __name__ == "__main__":
    main()
