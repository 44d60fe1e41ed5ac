-- Every day, with its part of its month. A month has 377,580 parts, which 28, 29, 30 and 31 days share evenly: so a sum over any days says
-- exactly how many months they are.
select
  cast(day as date) as day,
  cast(377580 // day(last_day(day)) as bigint) as month_parts
from range(timestamp '2000-01-01', timestamp '2100-01-01', interval 1 day) as days (day)
