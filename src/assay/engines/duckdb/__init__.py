"""The embedded warehouse: one DuckDB file, opened by the worker alone."""

from assay.engines.duckdb.engine import open_engine

__all__ = ["open_engine"]
