"""Assay: a KPI platform that never shows a wrong number."""

__version__ = "0.1.0"
