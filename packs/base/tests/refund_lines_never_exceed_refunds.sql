-- The lines of a refund are part of it: what is left of it is tax and shipping.
select refunds.refund_id, refunds.amount, sum(refund_lines.amount) as of_lines
from {{ ref('stg_refund_lines') }} as refund_lines
join {{ ref('stg_refunds') }} as refunds on refunds.refund_id = refund_lines.refund_id
group by refunds.refund_id, refunds.amount
having sum(refund_lines.amount) > refunds.amount
