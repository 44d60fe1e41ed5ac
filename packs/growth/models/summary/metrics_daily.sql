-- The day's figures side by side, for people who ask the warehouse themselves. Nothing is worked out from it: the KPIs of the same names
-- are. It knows nothing of coverage: a day that was loaded in part looks like a weak day. What no record of the day tells is null, not 0.
{{ config(materialized='view') }}
with captured as (
  select paid_on as day, sum(amount) as gross_revenue, count(distinct order_id) as paid_orders
  from {{ ref('fct_payments') }}
  where not is_test and not is_voided
  group by day
),

given_back as (
  select refunded_on as day, sum(amount) as refunds
  from {{ ref('fct_refunds') }}
  where not is_test and not is_voided
  group by day
),

placed as (
  select created_on as day, count(*) as total_orders
  from {{ ref('fct_orders') }}
  where not is_test
  group by day
),

visits as (
  select
    began_on as day,
    -- without their numbers sessions are not told from one another
    case when count(session_id) = count(*) then count(*) end as sessions,
    count(distinct visitor_id) as visitors
  from {{ ref('fct_sessions') }}
  group by day
),

advertising as (
  select spent_on as day, sum(amount) as ad_spend, sum(clicks) as ad_clicks, sum(conversions) as ad_conversions
  from {{ ref('fct_spend') }}
  group by day
),

used as (
  select occurred_on as day, count(*) filter (where name = 'api_call') as api_calls, count(distinct user_id) as active_users
  from {{ ref('fct_events') }}
  group by day
),

earned as (
  select revenue_on as day, sum(amount) as revenue
  from {{ ref('fct_revenue') }}
  group by day
),

cost as (
  select cost_on as day, sum(amount) as cogs
  from {{ ref('fct_cogs') }}
  group by day
)

select
  day as metric_on,
  total_orders,
  paid_orders,
  cast(gross_revenue as bigint) as gross_revenue,
  cast(refunds as bigint) as refunds,
  cast(coalesce(gross_revenue, 0) - coalesce(refunds, 0) as bigint) as total_revenue,
  sessions,
  visitors,
  cast(ad_spend as bigint) as ad_spend,
  cast(ad_clicks as bigint) as ad_clicks,
  cast(ad_conversions as bigint) as ad_conversions,
  api_calls,
  active_users,
  cast(revenue as bigint) as revenue,
  cast(cogs as bigint) as cogs,
  cast(coalesce(revenue, 0) - cogs as bigint) as gross_profit
from captured
full join given_back using (day)
full join placed using (day)
full join visits using (day)
full join advertising using (day)
full join used using (day)
full join earned using (day)
full join cost using (day)
