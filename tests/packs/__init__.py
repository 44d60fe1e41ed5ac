"""The packs on a small shop: dbt runs on hand-made records, the expected numbers are worked out by hand."""
