-- SKUs by severity and status as the mart has them on its newest two days, against the rows of the views.
{{ config(severity='warn') }}
with latest as (
  select sku, location, max(counted_on) as counted_on
  from {{ ref('fct_inventory') }}
  group by sku, location
  having max(counted_on) >= (select max(counted_on) - 1 from {{ ref('fct_inventory') }})
),

expected as (
  select counts.alert_severity, counts.stock_status, count(distinct counts.sku) as skus
  from latest
  join {{ ref('fct_inventory') }} as counts using (sku, location, counted_on)
  where counts.alert_severity <> 'none' or counts.stock_status = 'overstock'
  group by counts.alert_severity, counts.stock_status
),

shown as (
  select alert_severity, stock_status, count(*) as skus
  from {{ ref('v_inventory_alerts') }}
  group by alert_severity, stock_status
)

select 'v_inventory_alerts' as place, coalesce(expected.skus, 0) as expected, coalesce(shown.skus, 0) as shown
from expected
full join shown using (alert_severity, stock_status)
where expected.skus is distinct from shown.skus
union all
select 'inventory_snapshots', of_mart.n, of_view.n
from (select count(distinct (sku, counted_on)) as n from {{ ref('fct_inventory') }}) as of_mart
cross join (select count(*) as n from {{ ref('inventory_snapshots') }}) as of_view
where of_mart.n <> of_view.n
