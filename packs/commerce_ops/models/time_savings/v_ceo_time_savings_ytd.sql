-- A table cannot know what day it is asked on, so the year is that of the newest day that has an entry.
with newest as (
  select max(saved_on) as day from {{ ref('fct_time_savings') }}
),

summed as (
  select
    newest.day as until_day,
    cast(sum(savings.minutes) as bigint) as total_minutes_saved_ytd,
    cast(sum(savings.minutes * savings.hourly_rate) as hugeint) as value_times_60
  from {{ ref('fct_time_savings') }} as savings
  cross join newest
  where savings.saved_on between date_trunc('year', newest.day) and newest.day
  group by newest.day
)

select
  until_day,
  total_minutes_saved_ytd,
  {{ base.divide_exactly('total_minutes_saved_ytd', 60) }} as total_hours_saved_ytd,
  {{ base.divide_exactly('total_minutes_saved_ytd', 60 * 24) }} as total_days_saved_ytd,
  {{ base.divide_exactly('total_minutes_saved_ytd', 60 * 8) }} as total_workdays_saved_ytd,
  {{ base.divide_exactly('value_times_60', 60 * 10 ** (var('assay_currency_exponent') | int)) }} as total_value_saved_ytd
from summed
