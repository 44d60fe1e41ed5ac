{#
  The minutes that were saved from `first_day` (SQL over `newest.day`) to the newest day that has an entry, with their value: a
  table cannot know what day it is asked on. `value_times_60` is minutes times the price of an hour, in minor units.
#}
{% macro time_saved(first_day) -%}
  select
    newest.day as until_day,
    cast(sum(savings.minutes) as bigint) as minutes,
    cast(sum(savings.minutes * savings.hourly_rate) as hugeint) as value_times_60
  from {{ ref('fct_time_savings') }} as savings
  cross join (select max(saved_on) as day from {{ ref('fct_time_savings') }}) as newest
  where savings.saved_on between {{ first_day }} and newest.day
  group by newest.day
{%- endmacro %}
