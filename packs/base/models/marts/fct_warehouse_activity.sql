with records as (
  {{ base.latest_records('warehouse_activity', ['reading_id', 'read_at', 'subject', 'used', 'available']) }}
),

readings as (
  select *, {{ base.instant('read_at') }} as read_instant from records
)

select
  reading_id,
  {{ base.shop_day('read_instant') }} as read_on,
  read_instant as read_at,
  subject,
  {{ base.whole_number('used') }} as used,
  {{ base.whole_number('available') }} as available
from readings
