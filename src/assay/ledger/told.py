"""What was last published of every KPI, kept in memory from one publication to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assay.ledger.periods import GRAINS
from assay.ledger.recording import PROVISIONAL, Key
from assay.values.ledgered import LedgerRow

Span = tuple[str, str, str]
"""A period as the ledger names it: grain or name, first day, last day."""
Row = tuple[str | None, int, str]
"""Value, state, series fact."""


@dataclass
class Told:
    """The newest row of each whole day, week, month, quarter and year of one KPI, and which of them were provisional."""

    whole: dict[Span, Row] = field(default_factory=dict)
    provisional: set[Span] = field(default_factory=set)


class Ledgered:
    """The newest ledger row of every series."""

    def __init__(self, rows: Mapping[Key, Row]) -> None:
        self._rows = dict(rows)
        self._by_kpi: dict[str, Told] = {}
        for key, row in rows.items():
            self._tell(key, row)

    def get(self, key: Key) -> Row | None:
        """Return the newest row of a series."""
        return self._rows.get(key)

    def of(self, kpi: str) -> Told:
        """Return what was told of the KPI."""
        return self._by_kpi.get(kpi) or Told()

    def add(self, rows: Iterable[LedgerRow]) -> None:
        """Take in the rows of a publication."""
        for row in rows:
            key = (row.kpi, row.period, row.start, row.end)
            self._rows[key] = (row.value, row.state, row.fact)
            self._tell(key, self._rows[key])

    def _tell(self, key: Key, row: Row) -> None:
        kpi, *span = key
        if span[0] in GRAINS:
            told, period = self._by_kpi.setdefault(kpi, Told()), (span[0], span[1], span[2])
            told.whole[period] = row
            (told.provisional.add if row[1] >= PROVISIONAL else told.provisional.discard)(period)
