"""The first shape: generations, ledger, restatements, jobs."""

from alembic import op

from assay.state.schema import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


TABLES = ("generation", "series", "ledger", "fact", "restatement", "job", "worker")


def upgrade() -> None:
    """Make every table."""
    metadata.create_all(op.get_bind(), tables=[metadata.tables[name] for name in TABLES])
