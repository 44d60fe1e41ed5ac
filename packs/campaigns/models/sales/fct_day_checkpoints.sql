-- Every day, with the instant at which its revenue is judged.
select cast(day as date) as day, {{ day_time('day', var('revenue_checkpoint')) }} as checkpoint_at
from range(timestamp '2015-01-01', timestamp '2050-01-01', interval 1 day) as days (day)
