"""Lineage: from streams through dbt's models to KPIs. Pure."""
