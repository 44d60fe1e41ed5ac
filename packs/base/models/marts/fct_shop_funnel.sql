-- Visitors, add to cart, checkout, order placed. The last step is an order that the shop has and that is no test, at the time at which
-- the visitor placed it.
{% set website = ref('fct_events') %}
{% set orders %}
(
  select events.visitor_id, events.occurred_at
  from {{ ref('fct_events') }} as events
  join {{ ref('stg_orders') }} as orders on orders.order_id = events.order_id
  where events.name = 'purchase' and not orders.is_test
)
{% endset %}
with ways as (
  {{ base.funnel(
    [
      {'name': 'visit', 'relation': website, 'at': 'occurred_at', 'where': "name <> 'api_call'"},
      {'name': 'cart', 'relation': website, 'at': 'occurred_at', 'where': "name = 'add_to_cart'"},
      {'name': 'checkout', 'relation': website, 'at': 'occurred_at', 'where': "name = 'begin_checkout'"},
      {'name': 'order', 'relation': orders, 'at': 'occurred_at'},
    ],
    entity='visitor_id',
    window="interval '" ~ var('funnel_window_hours') | int ~ " hours'",
  ) }}
)

select visitor_id, first_on, visit_at, cart_at, checkout_at, order_at, steps_reached
from ways
