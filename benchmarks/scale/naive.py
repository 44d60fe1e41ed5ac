"""The same numbers as a person would write them in SQL: one query for each KPI, without anything of the planner.

`{days}` is the condition of the period on the day column that stands before it, `{first}` and `{last}` are its ends.
Money is in minor units in the tables.
"""

from __future__ import annotations

from assay.calendar import Window

NAIVE: dict[str, str] = {
    "units_sold": "select sum(units) from order_lines where sold_on {days}",
    "line_revenue": "select sum(amount) / 100 from order_lines where sold_on {days}",
    "line_cost": "select sum(cost) / 100 from order_lines where sold_on {days}",
    "gross_profit": "select (sum(amount) - sum(cost)) / 100 from order_lines where sold_on {days}",
    "gross_margin_pct": "select 100 * (sum(amount) - sum(cost)) / sum(amount) from order_lines where sold_on {days}",
    "returned_units": "select coalesce(sum(units), 0) from order_lines where is_returned and sold_on {days}",
    "return_rate_pct": """
        select 100 * coalesce(sum(units) filter (where is_returned), 0) / sum(units) from order_lines where sold_on {days}""",
    "lines_sold": "select count(*) from order_lines where sold_on {days}",
    "units_per_line": "select sum(units) / count(*) from order_lines where sold_on {days}",
    "products_sold": "select count(distinct sku) from order_lines where sold_on {days}",
    "median_line_amount": "select median(amount) / 100 from order_lines where sold_on {days}",
    "total_orders": "select count(*) from orders where created_on {days}",
    "paid_orders": "select count(*) from orders where is_paid and created_on {days}",
    "gross_revenue": "select sum(amount) / 100 from orders where is_paid and created_on {days}",
    "refunds": "select sum(refunded) / 100 from orders where created_on {days}",
    "net_revenue": """
        select (sum(amount) filter (where is_paid) - sum(refunded)) / 100 from orders where created_on {days}""",
    "aov": "select avg(amount) / 100 from orders where is_paid and created_on {days}",
    "cancelled_orders": "select count(*) from orders where is_cancelled and created_on {days}",
    "cancel_rate_pct": "select 100 * avg(is_cancelled::integer) from orders where created_on {days}",
    "web_share_pct": "select 100 * count(*) filter (where channel = 'web') / count(*) from orders where created_on {days}",
    "average_discount": "select avg(discount) / 100 from orders where created_on {days}",
    "paying_customers": "select count(distinct customer_id) from orders where is_paid and created_on {days}",
    "orders_per_customer": """
        select count(*) / count(distinct customer_id) from orders where is_paid and created_on {days}""",
    "median_minutes_to_ship": "select median(minutes_to_ship) from orders where created_on {days}",
    "p90_minutes_to_ship": "select quantile_cont(minutes_to_ship, 0.9) from orders where created_on {days}",
    "shipped_in_2_days_pct": """
        select 100 * count(*) filter (where minutes_to_ship <= 2880) / nullif(count(minutes_to_ship), 0) from orders
        where created_on {days}""",
    "new_customers": "select count(*) from customers where first_on {days}",
    "returning_customers": """
        select (select count(distinct customer_id) from orders where is_paid and created_on {days})
          - (select count(*) from customers where first_on {days})""",
    "returning_share_pct": """
        with paying as (select count(distinct customer_id) as n from orders where is_paid and created_on {days}),
          fresh as (select count(*) as n from customers where first_on {days})
        select 100 * (paying.n - fresh.n) / paying.n from paying, fresh""",
    "first_order_value": "select avg(first_amount) / 100 from customers where first_on {days}",
    "repeat_90d_pct": """
        select 100 * count(*) filter (where second_on <= first_on + 90) / count(*) from customers where first_on {days}""",
    "cohort_month_1_pct": "select 100 * avg(month_1::integer) from customers where first_on {days}",
    "cohort_month_3_pct": "select 100 * avg(month_3::integer) from customers where first_on {days}",
    "cohort_month_6_pct": "select 100 * avg(month_6::integer) from customers where first_on {days}",
    "page_views": "select count(*) from events where kind = 'view' and happened_on {days}",
    "p90_load_ms": "select quantile_cont(load_ms, 0.9) from events where happened_on {days}",
    "visitors": "select count(distinct visitor_id) from visits where visited_on {days}",
    "cart_visitors": "select count(distinct visitor_id) from visits where depth >= 3 and visited_on {days}",
    "checkout_visitors": "select count(distinct visitor_id) from visits where depth >= 4 and visited_on {days}",
    "buying_visitors": "select count(distinct visitor_id) from visits where depth >= 5 and visited_on {days}",
    "conversion_pct": """
        select 100 * count(distinct visitor_id) filter (where depth >= 5) / count(distinct visitor_id) from visits
        where visited_on {days}""",
    "tickets_opened": "select count(*) from tickets where opened_on {days}",
    "urgent_share_pct": "select 100 * avg(is_urgent::integer) from tickets where opened_on {days}",
    "p90_minutes_to_resolve": "select quantile_cont(minutes_to_resolve, 0.9) from tickets where opened_on {days}",
    "revenue_churn_pct": """
        with worth as (
          select customer_id,
            sum(monthly) filter (where begins_on < {first} and (ends_on is null or ends_on >= {first})) as before,
            sum(monthly) filter (where begins_on <= {last} and (ends_on is null or ends_on > {last})) as after
          from subscriptions group by 1
        )
        select 100 * sum(before) filter (where after is null) / sum(before) from worth where before > 0""",
    "net_revenue_retention_pct": """
        with worth as (
          select customer_id,
            sum(monthly) filter (where begins_on < {first} and (ends_on is null or ends_on >= {first})) as before,
            sum(monthly) filter (where begins_on <= {last} and (ends_on is null or ends_on > {last})) as after
          from subscriptions group by 1
        )
        select 100 * sum(after) / sum(before) from worth where before > 0""",
}

SCAN: dict[str, str] = {
    "order_lines": """
        select sum(sold_on - date '2020-01-01'), sum(units), sum(amount), sum(cost), count_if(is_returned), count_if(sku > 'M')
        from order_lines""",
    "orders": """
        select sum(created_on - date '2020-01-01'), sum(customer_id), sum(amount), sum(discount), sum(refunded),
          sum(minutes_to_ship), count_if(is_paid), count_if(is_cancelled), count_if(channel > 'm') from orders""",
    "events": "select sum(happened_on - date '2020-01-01'), sum(load_ms), count_if(kind > 'm') from events",
    "visits": "select sum(visited_on - date '2020-01-01'), sum(visitor_id), sum(depth) from visits",
    "tickets": """
        select sum(opened_on - date '2020-01-01'), sum(minutes_to_resolve), count_if(is_urgent) from tickets""",
    "customers": """
        select sum(first_on - date '2020-01-01'), sum(second_on - date '2020-01-01'), sum(first_amount), count_if(month_1),
          count_if(month_3), count_if(month_6) from customers""",
    "subscriptions": """
        select sum(begins_on - date '2020-01-01'), sum(ends_on - date '2020-01-01'), sum(customer_id), sum(monthly)
        from subscriptions""",
}
"""The scan limit: every column that a KPI of the table reads, once, with an aggregate that costs nearly nothing."""

ADDITIVE_SCAN: dict[str, str] = {
    "order_lines": """
        select sum(sold_on - date '2020-01-01'), sum(units), sum(amount), sum(cost), count_if(is_returned) from order_lines""",
    "orders": """
        select sum(created_on - date '2020-01-01'), sum(amount), sum(discount), sum(refunded), sum(minutes_to_ship),
          count_if(is_paid), count_if(is_cancelled), count_if(channel > 'm') from orders""",
    "events": "select sum(happened_on - date '2020-01-01'), count_if(kind > 'm') from events",
    "visits": "select sum(visited_on - date '2020-01-01'), sum(depth) from visits",
    "tickets": "select sum(opened_on - date '2020-01-01'), count_if(is_urgent) from tickets",
    "customers": SCAN["customers"],
}
"""The same for what the daily sums and counts alone read."""


def naive_sql(kpi: str, window: Window) -> str:
    """Return the KPI's query over the days."""
    first, last = f"date '{window.start}'", f"date '{window.end}'"
    return NAIVE[kpi].format(days=f"between {first} and {last}", first=first, last=last)
