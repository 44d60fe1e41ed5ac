select
  invoice_id,
  opportunity_id,
  facility_id,
  rep_id,
  amount,
  {{ crm.month_of(crm.day_of('issued_at')) }} as cohort_month,
  {{ crm.month_of(crm.day_of('paid_at')) }} as paid_month,
  issued_at,
  due_at,
  paid_at,
  updated_at
from {{ ref('judged_invoices') }}
where fault is null
