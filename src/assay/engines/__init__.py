"""Engines: warehouses that Assay can compute in, one folder each."""
