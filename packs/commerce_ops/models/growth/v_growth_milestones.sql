with months as (
  select
    cast(date_trunc('month', metric_on) as date) as month,
    cast(sum(total_revenue) as bigint) as monthly_revenue
  from {{ ref('sales_metrics_daily') }}
  group by 1
),

-- A month in which nothing moved is a month of zero between the first and the last.
calendar as (
  select cast(unnest(generate_series(min(month), max(month), interval '1 month')) as date) as month from months
),

summed as (
  select
    calendar.month,
    coalesce(months.monthly_revenue, 0) as monthly_revenue,
    sum(coalesce(months.monthly_revenue, 0)) over (
      partition by date_trunc('year', calendar.month) order by calendar.month
    ) as ytd_revenue,
    sum(coalesce(months.monthly_revenue, 0)) over three_months as last_three,
    count(*) over three_months as months_known
  from calendar
  left join months on months.month = calendar.month
  window three_months as (order by calendar.month rows between 2 preceding and current row)
)

select
  month,
  monthly_revenue,
  cast(ytd_revenue as bigint) as ytd_revenue,
  {{ exact_ratio('100 * ytd_revenue', 10000000 * 10 ** (var('assay_currency_exponent') | int)) }} as progress_to_10mm_pct,
  case when months_known = 3 then {{ exact_ratio('last_three', 3) }} end as trailing_3mo_avg,
  case
    when ytd_revenue >= {{ 10000000 * 10 ** (var('assay_currency_exponent') | int) }} then 'Target achieved'
    when ytd_revenue >= {{ 5000000 * 10 ** (var('assay_currency_exponent') | int) }} then 'Scale'
    when ytd_revenue >= {{ 1000000 * 10 ** (var('assay_currency_exponent') | int) }} then 'Growth'
    else 'Foundation'
  end as milestone_tier
from summed
