-- Whether an invoice is overdue changes with the clock, so no column says it: it is from `due_at` up to `paid_at`.
select
  invoice_id,
  opportunity_id,
  {{ crm.day_of('issued_at') }} as issued_on,
  {{ crm.day_of('due_at') }} as due_on,
  {{ crm.day_of('paid_at') }} as paid_on,
  facility_id,
  rep_id,
  amount,
  paid_at is not null as is_paid,
  issued_at,
  due_at,
  paid_at,
  updated_at
from {{ ref('stg_invoices') }}
