-- Each scenario's worth is a whole number of minor units for each opportunity, so that every total is the sum of its rows.
with priced as (
  select
    *,
    cast({{ crm.win_probability('stage', 'win_probability') }} as decimal(9, 8)) as probability,
    cast({{ crm.stage_weight('stage') }} as decimal(5, 4)) as stage_weight
  from {{ ref('stg_opportunities') }}
),

opportunities as (
  select
    opportunity_id, lead_id, facility_id, rep_id, channel, stage, amount, opened_on, cohort_month, opened_at, closed_at, updated_at,
    probability as win_probability,
    stage_weight
  from priced
)

select
  opportunity_id,
  lead_id,
  opened_on,
  {{ crm.day_of('closed_at') }} as closed_on,
  {{ crm.day_of("case when stage = 'won' then closed_at end") }} as won_on,
  cohort_month,
  facility_id,
  rep_id,
  channel,
  stage,
  stage = 'opportunity' as is_open,
  stage = 'won' as is_won,
  stage = 'lost' as is_lost,
  amount,
  win_probability,
  stage_weight,
  {{ crm.weighted_amount('base') }} as weighted_base,
  {{ crm.weighted_amount('optimistic') }} as weighted_optimistic,
  {{ crm.weighted_amount('pessimistic') }} as weighted_pessimistic,
  opened_at,
  closed_at,
  updated_at
from opportunities
