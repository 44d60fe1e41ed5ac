-- Every five minutes from the first publication on: was the newest one still within its schedule and SLA? The samples end
-- where the newest run began, for nothing is known of the time after it. A day's samples never change once it is covered.
with records as (
  {{ base.latest_records('assay_runs', ['started_at', 'ended_at', 'success', 'due_by']) }}
),

runs as (
  select
    {{ base.instant('started_at') }} as started_at,
    {{ base.instant('ended_at') }} as ended_at,
    {{ base.truth('success') }} as success,
    {{ base.instant('due_by') }} as due_by
  from records
),

published as (
  select ended_at as published_at, max(due_by) as due_by
  from runs
  where success
  group by ended_at
),

bounds as (
  select
    (select time_bucket(interval '5 minutes', min(published_at)) + interval '5 minutes' from published) as first_sample,
    (select max(started_at) from runs) as last_known
),

samples as (
  select unnest(generate_series(first_sample, last_known, interval '5 minutes')) as sampled_at
  from bounds
  where first_sample <= last_known
),

judged as (
  select samples.sampled_at, published.due_by > samples.sampled_at as is_up
  from samples
  asof left join published on samples.sampled_at >= published.published_at
)

select
  {{ base.shop_day('sampled_at') }} as sampled_on,
  count(*) as samples,
  count(*) filter (where is_up) as samples_up
from judged
where sampled_at < (select last_known from bounds)
group by 1
