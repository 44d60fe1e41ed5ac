-- The pipeline of a facility by month: leads by the month in which they came, opportunities by the month in which they were opened.
with leads as (
  select facility_id, cohort_month as month, count(*) as leads, cast(sum(value) as bigint) as lead_value, max(updated_at) as updated_at
  from {{ ref('fct_crm_leads') }}
  group by facility_id, cohort_month
),

opportunities as (
  select
    facility_id,
    cohort_month as month,
    count(*) as opportunities,
    count(*) filter (where is_open) as open_opportunities,
    count(*) filter (where is_won) as won_opportunities,
    count(*) filter (where is_lost) as lost_opportunities,
    cast(sum(amount) as bigint) as amount,
    cast(coalesce(sum(amount) filter (where is_open), 0) as bigint) as open_amount,
    cast(coalesce(sum(amount) filter (where is_won), 0) as bigint) as won_amount,
    cast(sum(weighted_base) as bigint) as weighted_amount,
    cast({{ crm.weighted_forecast('win_probability', 'amount', var('crm_apply_weighting')) }} as decimal(18, 6)) as average_win_probability,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_opportunities') }}
  group by facility_id, cohort_month
)

select
  coalesce(leads.facility_id, opportunities.facility_id) as facility_id,
  coalesce(leads.month, opportunities.month) as month,
  coalesce(leads, 0) as leads,
  coalesce(lead_value, 0) as lead_value,
  coalesce(opportunities, 0) as opportunities,
  coalesce(open_opportunities, 0) as open_opportunities,
  coalesce(won_opportunities, 0) as won_opportunities,
  coalesce(lost_opportunities, 0) as lost_opportunities,
  coalesce(amount, 0) as amount,
  coalesce(open_amount, 0) as open_amount,
  coalesce(won_amount, 0) as won_amount,
  coalesce(weighted_amount, 0) as weighted_amount,
  average_win_probability,
  {{ crm.percent('won_opportunities', 'won_opportunities + lost_opportunities') }} as win_rate_pct,
  {{ crm.divide('won_amount', 'won_opportunities') }} as average_won_amount,
  greatest(leads.updated_at, opportunities.updated_at) as updated_at
from leads
full join opportunities on opportunities.facility_id = leads.facility_id and opportunities.month = leads.month
