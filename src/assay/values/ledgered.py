"""Rows of the ledger: what a publication says of a period, and what it takes back."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One published value: of a KPI, over a closed period (by grain) or a current one (by name)."""

    kpi: str
    period: str
    start: str
    end: str
    value: str | None
    state: int
    fact: str


@dataclass(frozen=True, slots=True)
class Restated:
    """A closed period whose published value changed."""

    kpi: str
    period: str
    start: str
    end: str
    old: str | None
    new: str | None
    cause: str
