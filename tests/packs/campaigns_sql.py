"""What the planted files say: SQL written by hand, on text as the files have it.

`d` holds the first day `f` and the last `l` that are asked.
"""

from __future__ import annotations

TABLES = {
    "old": ["orders", "order_lines", "refunds", "refund_lines", "fulfillments"],
    "made": [
        "create macro t(text) as cast(text as timestamptz)",
        "create macro cents(text) as cast(round(cast(text as decimal(18, 2)) * 100) as bigint)",
        "create macro on_day(moment) as cast(timezone('UTC', moment - interval 8 hours) as date)",
        """create table paid as
           select order_id, customer_id, t(ordered_at) as paid_at, on_day(t(ordered_at)) as day, cents(total) as amount
           from orders where financial_status in ('paid', 'partially_refunded', 'refunded') and is_test = 'false'""",
        """create table back as
           select r.refund_id, r.order_id, o.customer_id, on_day(t(refunded_at)) as day, cents(amount) as amount, reason
           from refunds r join orders o using (order_id) where is_test = 'false' and financial_status <> 'voided'""",
        """create table goods as
           select l.sku, p.tier, paid.day, cents(l.amount) as amount, cast(l.quantity as int) as units,
             cents(p.unit_cost) as one, 1 as sign
           from order_lines l join paid using (order_id) join products p using (sku)
           union all
           select l.sku, p.tier, on_day(t(l.refunded_at)), cents(l.amount), cast(l.quantity as int), cents(p.unit_cost), -1
           from refund_lines l join products p using (sku) join orders o using (order_id)
           where o.is_test = 'false' and o.financial_status <> 'voided'""",
        """create table visit as
           select session_id, min(visitor_id) as visitor, on_day(min(t(occurred_at))) as day,
             count(*) filter (where name = 'page_view') as pages, bool_or(name = 'add_to_cart') as cart,
             bool_or(name = 'begin_checkout') as checkout, bool_or(name = 'purchase') as bought,
             max(order_id) as order_id, coalesce(max(utm_campaign), '') as campaign,
             case when max(utm_medium) in ('cpc', 'paid_social') then 'paid' else coalesce(max(utm_medium), 'direct') end as way
           from events group by session_id""",
        """create table came as select paid.*, coalesce(way, 'unattributed') as way, coalesce(campaign, '') as campaign
           from paid left join visit using (order_id)""",
        """create table bought as
           select order_id, customer_id, paid_at, day, row_number() over w as number,
             epoch(paid_at - lag(paid_at) over w) / 86400 as gap
           from paid where customer_id is not null window w as (partition by customer_id order by paid_at, order_id)""",
        """create table stock as
           select sku, on_day(t(counted_at)) as day, sum(cast(on_hand as int)) as held, cents(any_value(unit_cost)) as one
           from inventory_levels join products using (sku) group by all""",
        """create table verified as
           select *, on_day(t(requested_at)) as day, on_day(t(completed_at)) as done,
             epoch(t(completed_at) - t(requested_at)) / 3600 as hours
           from verifications""",
    ],
}
IN = "day between (select f from d) and (select l from d)"


def _of(what: str, table: str, day: str = "day", where: str = "true") -> str:
    return f"select {what} from {table} where {where} and {day} between (select f from d) and (select l from d)"


def _sessions(condition: str, of: str = "true") -> str:
    return _of(f"100.0 * count(*) filter (where {condition}) / count(*)", "visit", where=of)


WAYS = """
    (with recursive steps as (
        select visitor_id as visitor, t(occurred_at) as moment,
          case name when 'add_to_cart' then 2 when 'begin_checkout' then 3 when 'purchase' then 4 end as step
        from events where name in ('add_to_cart', 'begin_checkout')
          or (name = 'purchase' and order_id in (select order_id from orders where is_test = 'false'))
      ),
      ways as (
        select distinct visitor_id as visitor, on_day(t(occurred_at)) as day, t(occurred_at) as moment, 1 as step from events
        union
        select ways.visitor, ways.day, steps.moment, steps.step
        from ways join steps on steps.visitor = ways.visitor and steps.step = ways.step + 1
          and steps.moment >= ways.moment and steps.moment <= ways.moment + interval 24 hours
      )
      select visitor, day, max(step) as step from ways group by visitor, day)
"""


def _reached(step: int) -> str:
    return f"count(distinct visitor) filter (where step >= {step})"


def _funnel(what: str) -> str:
    return f"select {what} from {WAYS} as ways where {IN}"


def _lost(step: int) -> str:
    return _funnel(f"100.0 - 100.0 * {_reached(step)} / {_reached(step - 1)}")


def _part(step: int, whole: int) -> str:
    return _funnel(f"100.0 * {_reached(step)} / {_reached(whole)}")


def _sum(column: str, table: str, day: str) -> str:
    return _of(f"sum(cast({column} as bigint))", table, day)


SENT, POSTED, SPENT = "cast(sent_on as date)", "on_day(t(posted_at))", "cast(spend_date as date)"
PROFIT = "sum(sign * (amount - units * one))"
COST = "sum(sign * units * one)"
VALUE = f"(select sum(greatest(held, 0) * one) * 1.0 / count(distinct day) from stock where {IN})"
SPEND = """
    select sum(money) / 100.0 / count(*) from (
      select customer_id, sum(amount) as money from (
        select customer_id, day, amount from paid union all select customer_id, day, -amount from back
      ) where customer_id is not null and day <= (select l from d) group by customer_id having sum(amount) > 0)
"""
EXPECTED = {
    # money
    "sourced_revenue": _of("sum(amount) / 100.0", "paid"),
    "tier_revenue": _of("sum(sign * amount) / 100.0", "goods"),
    "revenue_by_5pm": f"""
        select sum(amount) / 100.0 / ((select l - f + 1 from d)) from paid
        where {IN} and cast(timezone('UTC', paid_at - interval 8 hours) as time) < time '17:00'""",
    "shop_days": "select l - f + 1 from d",
    "revenue_vs_7d_avg_pct": """
        , flow as (select day, amount from paid union all select day, -amount from back),
        before as (select sum(amount) / 7.0 as mean from flow
          where day between (select f - 7 from d) and (select f - 1 from d)),
        asked as (select sum(amount) * 1.0 / (select l - f + 1 from d) as mean from flow
          where day between (select f from d) and (select l from d))
        select 100.0 * (asked.mean / before.mean - 1) from asked, before""",
    # visits
    "visits": _of("count(*)", "visit"),
    "sessions": _of("count(*)", "visit"),
    "cart_visits": _of("count(*)", "visit", where="cart"),
    "cart_sessions": _of("count(*)", "visit", where="cart"),
    "checkout_visits": _of("count(*)", "visit", where="checkout"),
    "checkout_sessions": _of("count(*)", "visit", where="checkout"),
    "order_visits": _of("count(*)", "visit", where="bought"),
    "order_sessions": _of("count(*)", "visit", where="bought"),
    "abandoned_cart_visits": _of("count(*)", "visit", where="cart and not bought"),
    "abandoned_cart_sessions": _of("count(*)", "visit", where="cart and not bought"),
    "completed_checkout_visits": _of("count(*)", "visit", where="checkout and bought"),
    "completed_checkout_sessions": _of("count(*)", "visit", where="checkout and bought"),
    "visitors": _of("count(distinct visitor)", "visit"),
    "page_views": _of("sum(pages)", "visit"),
    "conversion_rate_pct": _sessions("bought"),
    "add_to_cart_rate_pct": _sessions("cart"),
    "cart_abandonment_rate_pct": _sessions("not bought", "cart"),
    "checkout_completion_rate_pct": _sessions("bought", "checkout"),
    # the funnel
    "funnel_visitors": _funnel(_reached(1)),
    "funnel_carts": _funnel(_reached(2)),
    "funnel_checkouts": _funnel(_reached(3)),
    "funnel_orders": _funnel(_reached(4)),
    "funnel_cart_pct": _part(2, 1),
    "funnel_checkout_pct": _part(3, 2),
    "funnel_order_pct": _part(4, 3),
    "funnel_checkout_of_visitors_pct": _part(3, 1),
    "funnel_order_of_visitors_pct": _part(4, 1),
    "funnel_cart_drop_off_pct": _lost(2),
    "funnel_checkout_drop_off_pct": _lost(3),
    "funnel_order_drop_off_pct": _lost(4),
    # customers
    "first_time_buyers": _of("count(distinct customer_id)", "bought", where="number = 1"),
    "returning_buyers": _of("count(distinct customer_id)", "bought", where="number > 1"),
    "buyers": _of("count(distinct customer_id)", "bought"),
    "known_buyers": _of(
        "count(distinct customer_id)", "bought", where="customer_id in (select customer_id from bought, d where day < f)"
    ),
    "returning_buyers_share_pct": _of(
        "100.0 * count(distinct customer_id) filter (where number > 1) / count(distinct customer_id)", "bought"
    ),
    "customer_spend_avg": SPEND,
    "customer_spend": f"select ((select sum(amount) from paid where customer_id is not null and {IN})"
    f" - (select coalesce(sum(amount), 0) from back where customer_id is not null and {IN})) / 100.0",
    "customer_orders": _of("count(*)", "bought"),
    "repeat_rate_90d_pct": """
        select 100.0 * count(*) filter (where two.paid_at <= one.paid_at + interval 2160 hours) / count(*)
        from bought one left join bought two on two.customer_id = one.customer_id and two.number = 2
        where one.number = 1 and on_day(one.paid_at + interval 2160 hours) between (select f from d) and (select l from d)""",
    "avg_days_between_purchases": _of("avg(gap)", "bought", where="number > 1"),
    "loyalty_points_earned": _of("sum(cast(points as int))", "loyalty_points", "on_day(t(entered_at))", "kind = 'earned'"),
    "loyalty_points_redeemed": _of("sum(cast(points as int))", "loyalty_points", "on_day(t(entered_at))", "kind = 'redeemed'"),
    # campaigns
    "emails_delivered": _sum("delivered", "email_campaigns", SENT),
    "email_opens": _sum("opens", "email_campaigns", SENT),
    "email_clicks": _sum("clicks", "email_campaigns", SENT),
    "email_conversions": _sum("conversions", "email_campaigns", SENT),
    "email_open_rate_pct": _of("100.0 * sum(cast(opens as int)) / sum(cast(delivered as int))", "email_campaigns", SENT),
    "email_click_rate_pct": _of("100.0 * sum(cast(clicks as int)) / sum(cast(delivered as int))", "email_campaigns", SENT),
    "email_conversion_rate_pct": _of(
        "100.0 * sum(cast(conversions as int)) / sum(cast(delivered as int))", "email_campaigns", SENT
    ),
    "social_impressions": _sum("impressions", "social_posts", POSTED),
    "social_engagements": _sum("engagements", "social_posts", POSTED),
    "social_engagement_rate_pct": _of(
        "100.0 * sum(cast(engagements as int)) / sum(cast(impressions as int))", "social_posts", POSTED
    ),
    "social_visitors": _of("count(distinct visitor)", "visit", where="way = 'social'"),
    "social_orders": _of("count(*)", "came", where="way = 'social'"),
    "ad_spend": _of("sum(cast(spend_cents as int)) / 100.0", "spend", SPENT),
    "ad_impressions": _sum("impressions", "spend", SPENT),
    "ad_clicks": _sum("clicks", "spend", SPENT),
    "ad_conversions": _sum("conversions", "spend", SPENT),
    "paid_revenue": _of("coalesce(sum(amount), 0) / 100.0", "came", where="way = 'paid'"),
    "roas": f"select (select sum(amount) from came where way = 'paid' and {IN})"
    f" / (select sum(cast(spend_cents as int)) from spend where {SPENT} between (select f from d) and (select l from d))",
    "referrals": _of("count(*)", "referrals", "on_day(t(referred_at))"),
    "referral_conversion_rate_pct": _of("100.0 * count(converted_at) / count(*)", "referrals", "on_day(t(referred_at))"),
    # operations; it is noon of 1 March
    "verifications_requested": _of("count(*)", "verified"),
    "pending_verifications": _of("count(*)", "verified", where="completed_at is null and failed_at is null"),
    "verification_completion_rate_pct": _of("100.0 * count(completed_at) / count(*)", "verified"),
    "avg_hours_to_verification": _of("avg(hours)", "verified", "done"),
    "verification_refund_rate_pct": _of(
        "100.0 * count(*) filter (where order_id in (select order_id from refunds where reason = 'not_verified')) / count(*)",
        "verified",
    ),
    "avg_shipping_hours": """
        select avg(epoch(t(fulfilled_at) - t(ordered_at)) / 3600) from fulfillments join orders using (order_id)
        where on_day(t(fulfilled_at)) between (select f from d) and (select l from d)""",
    "avg_support_response_hours": _of(
        "avg(epoch(t(first_response_at) - t(opened_at)) / 3600)", "conversations", "on_day(t(opened_at))"
    ),
    # products
    "product_cost": _of(f"{COST} / 100.0", "goods"),
    "product_gross_profit": _of(f"{PROFIT} / 100.0", "goods"),
    "product_margin_pct": _of(f"100.0 * {PROFIT} / sum(sign * amount)", "goods"),
    "stock_outs": """
        select count(*) from stock now join stock before on before.sku = now.sku and before.day = now.day - 1
        where now.held <= 0 and before.held > 0 and now.day between (select f from d) and (select l from d)""",
    "avg_inventory_value": f"select {VALUE} / 100.0",
    "inventory_turnover": f"select (select {COST} from goods where {IN}) / {VALUE}",
}
BY = {
    ("sourced_revenue", "traffic_source"): _of("way, sum(amount) / 100.0", "came") + " group by 1",
    ("tier_revenue", "tier"): _of("tier, sum(sign * amount) / 100.0", "goods") + " group by 1",
    ("sessions", "traffic_source"): _of("way, count(*)", "visit") + " group by 1",
    ("customer_orders", "customer_id"): _of("customer_id, count(*)", "bought") + " group by 1",
    ("email_open_rate_pct", "campaign"): _of(
        "campaign, 100.0 * sum(cast(opens as int)) / sum(cast(delivered as int))", "email_campaigns", SENT
    )
    + " group by 1",
    ("ad_spend", "platform"): _of(
        "case platform when 'google' then 'google' else 'meta' end, sum(cast(spend_cents as int)) / 100.0", "spend", SPENT
    )
    + " group by 1",
    ("product_margin_pct", "sku"): _of(f"sku, 100.0 * {PROFIT} / sum(sign * amount)", "goods") + " group by 1",
}
