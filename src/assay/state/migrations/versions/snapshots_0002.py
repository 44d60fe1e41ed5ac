"""The ledger as `kpi_snapshots`: what the stages' numbers were on each day, for people with SQL."""

from alembic import op

from assay.state.schema import metadata

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

VIEW = """
create view kpi_snapshots as
select
  s."end" as snapshot_date,
  k.stage as company_stage,
  k.name as kpi_type,
  l.value as kpi_value,
  json_object(
    'data_quality', case l.state % 4 when 0 then 'actual' when 1 then 'estimated' else 'insufficient_data' end,
    'provisional', json(case when l.state >= 4 then 'true' else 'false' end),
    'reasons', json(coalesce(json_extract(f.body, '$.reasons'), '[]')),
    'period_start', s.start,
    'period_end', s."end",
    'generation', l.generation,
    'published_at', g.published_at
  ) as metadata
from stage_kpi k
join series s on s.kpi = k.kpi and s.period = '30d'
join ledger l on l.series = s.id and l.generation = (select max(generation) from ledger where series = s.id)
join generation g on g.id = l.generation
join fact f on f.hash = l.fact
"""


def upgrade() -> None:
    """Make the names of the stages' numbers, which each publication writes, and the view that they give the ledger."""
    metadata.tables["stage_kpi"].create(op.get_bind())
    op.execute(VIEW)
