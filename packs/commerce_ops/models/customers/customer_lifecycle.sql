-- A customer's stage follows from their purchases alone, so every change is known beforehand: at a purchase, and 30, 90 and 180
-- days after one. At each of these instants the stage is judged in the order of precedence; between them it stays.
{% set days = {30: 30 * 24, 90: 90 * 24, 180: 180 * 24} %}
with purchases as (
  -- an order is bought when money is first captured for it
  select distinct customer_id, bought_at
  from (
    select order_id, any_value(customer_id order by paid_at) as customer_id, min(paid_at) as bought_at
    from {{ ref('fct_payments') }}
    where not is_test and not is_voided and customer_id is not null
    group by order_id
  ) as orders
),

spans as (
  select
    customer_id,
    bought_at,
    lead(bought_at) over history as next_at,
    min(bought_at) over history as first_at,
    case when bought_at >= lag(bought_at) over history + interval '{{ days[180] }} hours' then bought_at end as back_at
  from purchases
  window history as (partition by customer_id order by bought_at)
),

returned as (
  select *, max(back_at) over (partition by customer_id order by bought_at) as last_back_at
  from spans
),

instants as (
  select distinct spans.*, points.from_at
  from returned as spans,
    lateral (
      values
        (spans.bought_at),
        (spans.first_at + interval '{{ days[30] }} hours'),
        (spans.last_back_at + interval '{{ days[90] }} hours'),
        (spans.bought_at + interval '{{ days[90] }} hours'),
        (spans.bought_at + interval '{{ days[180] }} hours')
    ) as points(from_at)
  where points.from_at >= spans.bought_at and (spans.next_at is null or points.from_at < spans.next_at)
),

staged as (
  select
    customer_id,
    from_at,
    case
      when from_at >= bought_at + interval '{{ days[180] }} hours' then 'churned'
      when from_at >= bought_at + interval '{{ days[90] }} hours' then 'at_risk'
      when from_at < last_back_at + interval '{{ days[90] }} hours' then 'reactivated'
      when from_at < first_at + interval '{{ days[30] }} hours' then 'new'
      else 'active'
    end as stage
  from instants
),

changes as (
  select customer_id, from_at, stage
  from staged
  qualify stage is distinct from lag(stage) over (partition by customer_id order by from_at)
)

select
  customer_id,
  {{ base.shop_day('from_at') }} as from_on,
  from_at,
  lead(from_at) over (partition by customer_id order by from_at) as until_at,
  stage
from changes
