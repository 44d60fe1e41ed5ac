"""Forecasts: the proved history out of the ledger, fitted in a process of its own, and told in words."""
