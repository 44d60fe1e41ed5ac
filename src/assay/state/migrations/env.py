"""Alembic's entry: it runs the steps on the connection that `assay.state.store` hands over, in one transaction."""

from alembic import context

from assay.state.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
