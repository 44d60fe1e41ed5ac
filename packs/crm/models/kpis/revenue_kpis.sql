-- Invoices of a facility: invoiced, outstanding and overdue by the month of issue, collected by the month of payment.
with issued as (
  select
    facility_id,
    cohort_month as month,
    count(*) as invoices,
    cast(sum(amount) as bigint) as invoiced,
    cast(coalesce(sum(amount) filter (where paid_at is null), 0) as bigint) as outstanding,
    cast(coalesce(sum(amount) filter (where paid_at is null and due_at < {{ crm.as_of() }}), 0) as bigint) as overdue,
    greatest(max(updated_at), max(case when paid_at is null and due_at < {{ crm.as_of() }} then due_at end)) as updated_at
  from {{ ref('stg_invoices') }}
  group by facility_id, cohort_month
),

collected as (
  select facility_id, paid_month as month, cast(sum(amount) as bigint) as collected, max(updated_at) as updated_at
  from {{ ref('stg_invoices') }}
  where paid_month is not null
  group by facility_id, paid_month
)

select
  coalesce(issued.facility_id, collected.facility_id) as facility_id,
  coalesce(issued.month, collected.month) as month,
  coalesce(invoices, 0) as invoices,
  coalesce(invoiced, 0) as invoiced,
  coalesce(collected, 0) as collected,
  coalesce(outstanding, 0) as outstanding,
  coalesce(overdue, 0) as overdue,
  greatest(issued.updated_at, collected.updated_at) as updated_at
from issued
full join collected on collected.facility_id = issued.facility_id and collected.month = issued.month
