with records as (
  {{ base.latest_records('assay_missing_fields', [
    'field', 'model_name', 'column_name', 'measured_at', 'row_count', 'null_count'
  ]) }}
),

counts as (
  select
    key as count_id,
    {{ base.instant('measured_at') }} as measured_at,
    field,
    model_name,
    column_name,
    {{ base.whole_number('row_count') }} as row_count,
    {{ base.whole_number('null_count') }} as null_count
  from records
)

select
  count_id,
  {{ base.shop_day('measured_at') }} as measured_on,
  measured_at,
  field,
  model_name,
  column_name,
  row_count,
  null_count,
  {{ base.divide_exactly('100 * null_count', 'row_count') }} as missing_pct
from counts
