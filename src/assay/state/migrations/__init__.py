"""Steps from one shape of the state store to the next (Alembic)."""
