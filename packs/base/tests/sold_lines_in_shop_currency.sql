-- A line is counted on the day of the order's first capture, so it has to be in that day's currency. Only a shop that has
-- changed its currency can fail this: before, `order_lines_in_shop_currency` says the same.
{{ config(enabled=var('assay_currencies', none) is not none) }}
select line_id, order_id, sold_on, currency
from {{ ref('int_sold_lines') }}
where not ({{ base.is_shop_currency('currency', 'sold_on') }})
