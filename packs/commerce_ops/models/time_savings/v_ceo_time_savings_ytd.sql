select
  until_day,
  minutes as total_minutes_saved_ytd,
  {{ base.divide_exactly('minutes', 60) }} as total_hours_saved_ytd,
  {{ base.divide_exactly('minutes', 60 * 24) }} as total_days_saved_ytd,
  {{ base.divide_exactly('minutes', 60 * 8) }} as total_workdays_saved_ytd,
  {{ base.divide_exactly('value_times_60', 60 * 10 ** (var('assay_currency_exponent') | int)) }} as total_value_saved_ytd
from ({{ time_saved("date_trunc('year', newest.day)") }}) as saved
