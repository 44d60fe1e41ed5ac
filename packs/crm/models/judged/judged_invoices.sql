-- An invoice may belong to an opportunity, which then has to exist.
with records as materialized (
  {{ crm.records('invoices', [
    'invoice_id', 'opportunity_id', 'facility_id', 'rep_id', 'amount', 'currency', 'issued_at', 'due_at', 'paid_at', 'updated_at'
  ]) }}
),

repeated as (
  select invoice_id from records where invoice_id is not null group by invoice_id having count(*) > 1
),

typed as (
  select
    source,
    key as record_key,
    invoice_id,
    opportunity_id,
    facility_id,
    rep_id,
    amount as amount_text,
    {{ crm.money('amount', 'currency', crm.instant('issued_at')) }} as amount,
    {{ crm.instant('issued_at') }} as issued_at,
    issued_at as issued_at_text,
    {{ crm.instant('due_at') }} as due_at,
    due_at as due_at_text,
    {{ crm.instant('paid_at') }} as paid_at,
    paid_at as paid_at_text,
    coalesce({{ crm.instant('updated_at') }}, event_at) as updated_at
  from records
)

select
  source,
  record_key,
  invoice_id,
  opportunity_id,
  facility_id,
  rep_id,
  amount,
  issued_at,
  due_at,
  paid_at,
  coalesce(updated_at, greatest(issued_at, due_at, paid_at)) as updated_at,
  {{ crm.fault(
    crm.usual_faults('invoice_id', ['issued_at', 'due_at'], ['paid_at'])
    + [
      ["due_at < issued_at", "'due before it was issued'"],
      ["paid_at < issued_at", "'paid before it was issued'"],
    ]
    + crm.orphan('invoice', 'opportunity_id', ref('judged_opportunities'))
    + crm.bad_amounts('amount')
  ) }} as fault
from typed
