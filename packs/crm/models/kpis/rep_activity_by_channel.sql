-- What a rep sent through each channel, and what came of it. The best channel of a rep and month has rank 1: by conversions, then by
-- responses, then by how much was sent; equal ones share a rank.
with counted as (
  select
    rep_id,
    facility_id,
    channel,
    cohort_month as month,
    count(*) as sent,
    count(*) filter (where is_responded) as responded,
    count(*) filter (where is_converted) as converted,
    max(updated_at) as updated_at
  from {{ ref('fct_crm_outreach') }}
  group by rep_id, facility_id, channel, cohort_month
),

rated as (
  select
    *,
    {{ crm.percent('responded', 'sent') }} as response_rate_pct,
    {{ crm.percent('converted', 'sent') }} as conversion_rate_pct
  from counted
)

select
  rep_id,
  facility_id,
  channel,
  month,
  sent,
  responded,
  converted,
  response_rate_pct,
  conversion_rate_pct,
  rank() over (
    partition by rep_id, facility_id, month order by conversion_rate_pct desc, response_rate_pct desc, sent desc
  ) as channel_rank,
  updated_at
from rated
