-- The headline of each tile from the tables of the requirement's names, one row a KPI. Money is in major units, as Assay shows it.
with pulse as (
  select * from {{ ref('v_sales_pulse_current') }}
),

stock as (
  select
    count(distinct sku) filter (where alert_severity = 'critical') as critical_inventory_alerts,
    count(distinct sku) filter (where alert_severity = 'high') as low_stock_items,
    count(distinct sku) filter (where stock_status = 'overstock') as overstock_items
  from {{ ref('v_inventory_alerts') }}
),

issues as (
  select
    count(*) filter (where is_sla_breach) as sla_breach_count,
    count(*) filter (where issue_severity in ('critical', 'high')) as critical_fulfillment_issues,
    count(*) filter (where issue_severity in ('critical', 'high') and is_priority_customer) as priority_orders_at_risk
  from {{ ref('v_fulfillment_issues') }}
),

escalations as (
  select count(*) as active_escalations, count(*) filter (where is_urgent) as urgent_escalations
  from {{ ref('v_cx_escalations') }}
),

growth as (
  select * from {{ ref('v_growth_milestones') }}
  qualify month = max(month) over ()
)

{% set money = 10 ** (var('assay_currency_exponent') | int) %}
select 'Sales Pulse' as tile, 'total_revenue' as kpi, cast({{ exact_ratio('total_revenue', money) }} as decimal(24, 6)) as value
from pulse
union all
select 'Sales Pulse', 'total_orders', total_orders from pulse
union all
select 'Sales Pulse', 'aov', {{ exact_ratio('gross_revenue', '(' ~ money ~ ' * paid_orders)') }} from pulse
union all
select 'Sales Pulse', 'revenue_growth_wow_pct', revenue_vs_last_week_pct from pulse
union all
select 'Sales Pulse', 'fulfillment_rate_pct', fulfillment_rate_pct from pulse
union all
select 'Inventory Heatmap', 'critical_inventory_alerts', critical_inventory_alerts from stock
union all
select 'Inventory Heatmap', 'low_stock_items', low_stock_items from stock
union all
select 'Inventory Heatmap', 'overstock_items', overstock_items from stock
union all
select 'Fulfillment Health', 'sla_breach_count', sla_breach_count from issues
union all
select 'Fulfillment Health', 'critical_fulfillment_issues', critical_fulfillment_issues from issues
union all
select 'Fulfillment Health', 'priority_orders_at_risk', priority_orders_at_risk from issues
union all
select 'CX Escalations', 'active_escalations', active_escalations from escalations
union all
select 'CX Escalations', 'urgent_escalations', urgent_escalations from escalations
union all
select 'Ops Metrics', 'shop_activation_rate_pct', activation_rate_7d_avg from {{ ref('v_activation_rate_7d') }}
union all
select 'Growth', 'ytd_revenue', {{ exact_ratio('ytd_revenue', money) }} from growth
union all
select 'Growth', 'progress_to_10mm_pct', progress_to_10mm_pct from growth
