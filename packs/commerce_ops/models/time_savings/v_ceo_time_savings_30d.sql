select
  until_day,
  minutes as total_minutes_saved,
  {{ base.divide_exactly('minutes', 60) }} as total_hours_saved,
  {{ base.divide_exactly('value_times_60', 60 * 10 ** (var('assay_currency_exponent') | int)) }} as total_value_saved
from ({{ time_saved('newest.day - 29') }}) as saved
