-- Orders that are overdue now, and orders that left late, by the mart of the base pack against the rows of the views.
{{ config(severity='warn') }}
with expected as (
  select
    count(*) filter (
      where fulfilled_at is null and due_at <= now() and created_at > now() - interval '2160 hours'
    ) as overdue,
    count(*) filter (where not is_on_time) as late
  from {{ ref('fct_order_fulfillment') }}
  where is_shippable
    and created_at > (select max(created_at) - interval '2160 hours' from {{ ref('fct_order_fulfillment') }})
),

shown as (
  select
    count(*) filter (where is_sla_breach and fulfilled_at is null) as overdue,
    count(*) filter (where issue_severity = 'medium') as late
  from {{ ref('v_fulfillment_issues') }}
)

select expected.overdue, shown.overdue as shown_overdue, expected.late, shown.late as shown_late
from expected
cross join shown
where expected.overdue <> shown.overdue or expected.late <> shown.late
union all
select of_mart.n, of_table.n, null, null
from (select count(*) as n from {{ ref('fct_order_fulfillment') }}) as of_mart
cross join (select count(*) as n from {{ ref('fulfillment_tracking') }}) as of_table
where of_mart.n <> of_table.n
