-- The day's figures side by side, for people who look into the warehouse. They say nothing of coverage: a day that was loaded
-- in part looks like a weak day here, which is why Assay's own numbers are the KPIs and not these.
with captured as (
  select
    paid_on as metric_on,
    sum(amount) as gross_revenue,
    count(distinct order_id) as paid_orders,
    count(distinct customer_id) as customers
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided
  group by paid_on
),

given_back as (
  select refunded_on as metric_on, sum(amount) as refunds
  from {{ ref('fct_refunds') }}
  where not is_test and not is_voided
  group by refunded_on
),

placed as (
  select created_on as metric_on, count(*) as total_orders
  from {{ ref('fct_orders') }}
  where not is_test
  group by created_on
),

-- An order that has not left is judged by the newest order or parcel, so that equal records give equal rows.
newest as (
  select greatest(max(created_at), max(fulfilled_at)) as judged_at from {{ ref('fct_order_fulfillment') }}
),

fulfilled as (
  select
    orders.created_on as metric_on,
    count(*) filter (where orders.fulfilled_at is not null) as orders_fulfilled,
    count(*) filter (where orders.is_on_time and orders.is_shippable) as on_time_orders,
    count(*) filter (
      where (orders.fulfilled_at is not null or orders.due_at <= newest.judged_at) and orders.is_shippable
    ) as judged_orders
  from {{ ref('fct_order_fulfillment') }} as orders
  cross join newest
  where not orders.is_test
  group by orders.created_on
),

days as (
  select metric_on from captured
  union
  select metric_on from given_back
  union
  select metric_on from placed
),

metrics as (
  select
    days.metric_on,
    coalesce(captured.gross_revenue, 0) as gross_revenue,
    coalesce(given_back.refunds, 0) as refunds,
    coalesce(captured.gross_revenue, 0) - coalesce(given_back.refunds, 0) as total_revenue,
    coalesce(placed.total_orders, 0) as total_orders,
    coalesce(captured.paid_orders, 0) as paid_orders,
    coalesce(captured.customers, 0) as customers,
    coalesce(fulfilled.orders_fulfilled, 0) as orders_fulfilled,
    coalesce(fulfilled.on_time_orders, 0) as on_time_orders,
    coalesce(fulfilled.judged_orders, 0) as judged_orders
  from days
  left join captured on captured.metric_on = days.metric_on
  left join given_back on given_back.metric_on = days.metric_on
  left join placed on placed.metric_on = days.metric_on
  left join fulfilled on fulfilled.metric_on = days.metric_on
)

select
  metrics.metric_on,
  cast(metrics.total_revenue as bigint) as total_revenue,
  cast(metrics.gross_revenue as bigint) as gross_revenue,
  cast(metrics.refunds as bigint) as refunds,
  metrics.total_orders,
  metrics.paid_orders,
  metrics.customers,
  {{ exact_ratio('metrics.gross_revenue', 'metrics.paid_orders') }} as avg_order_value,
  {{ exact_ratio('100 * (metrics.total_revenue - week_before.total_revenue)', 'week_before.total_revenue') }}
    as revenue_vs_last_week_pct,
  metrics.orders_fulfilled,
  metrics.on_time_orders,
  metrics.judged_orders,
  {{ exact_ratio('100 * metrics.on_time_orders', 'metrics.judged_orders') }} as fulfillment_rate_pct,
  {{ exact_ratio('100 * metrics.orders_fulfilled', 'metrics.total_orders') }} as fulfilled_share_pct
from metrics
left join metrics as week_before
  on week_before.metric_on = metrics.metric_on - 7
  and {{ base.shop_currency('week_before.metric_on') }} = {{ base.shop_currency('metrics.metric_on') }}
order by metrics.metric_on
