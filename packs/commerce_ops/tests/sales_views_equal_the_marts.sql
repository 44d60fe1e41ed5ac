-- The tables that carry the names of the requirement say what the marts say: nobody finds two revenues of one day.
{{ config(severity='warn') }}
with expected as (
  select day, cast(sum(captured - refunded) as bigint) as revenue, cast(sum(orders) as bigint) as orders
  from (
    select paid_on as day, amount as captured, 0 as refunded, 0 as orders
    from {{ ref('fct_payments') }} where not is_test and not is_voided
    union all
    select refunded_on, 0, amount, 0 from {{ ref('fct_refunds') }} where not is_test and not is_voided
    union all
    select created_on, 0, 0, 1 from {{ ref('fct_orders') }} where not is_test
  ) as entries
  group by day
)

select 'sales_metrics_daily' as place, coalesce(expected.day, metrics.metric_on) as day, expected.revenue, metrics.total_revenue
from expected
full join {{ ref('sales_metrics_daily') }} as metrics on metrics.metric_on = expected.day
where metrics.total_revenue is distinct from expected.revenue
  or metrics.total_orders is distinct from expected.orders
  or metrics.gross_revenue - metrics.refunds <> metrics.total_revenue
union all
select 'v_growth_milestones', months.month, cast(sum(expected.revenue) as bigint), months.ytd_revenue
from {{ ref('v_growth_milestones') }} as months
left join expected
  on date_trunc('year', expected.day) = date_trunc('year', months.month)
  and expected.day < months.month + interval '1 month'
group by months.month, months.ytd_revenue
having sum(expected.revenue) is distinct from months.ytd_revenue
union all
select 'v_sales_pulse_current', max(expected.day), null, null
from expected
having count(*) > 0 and max(expected.day) is distinct from (select max(metric_on) from {{ ref('v_sales_pulse_current') }})
