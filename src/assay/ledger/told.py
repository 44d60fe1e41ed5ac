"""What was last published of every KPI, kept in memory from one publication to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from assay.ledger.periods import GRAINS, PeriodSet, Span
from assay.ledger.recording import PROVISIONAL, Key
from assay.values.ledgered import LedgerRow

Row = tuple[str | None, int, str]
"""Value, state, series fact."""


@dataclass
class Told:
    """The newest row of each whole day, week, month, quarter and year of one KPI, and which of them were provisional."""

    whole: dict[Span, Row] = field(default_factory=dict)
    provisional: set[Span] = field(default_factory=set)
    _compared: tuple[PeriodSet, int, set[Span], set[Span]] | None = None

    def beside(self, periods: PeriodSet) -> tuple[set[Span], set[Span]]:
        """Return which of the periods were never told, and which were told and are none of them.

        Nothing that was told is untold: the same periods beside as many told ones are compared once.
        """
        known = self._compared
        if known is None or known[0] is not periods or known[1] != len(self.whole):
            never, others = periods.by_span.keys() - self.whole.keys(), self.whole.keys() - periods.by_span.keys()
            known = self._compared = periods, len(self.whole), never, others
        return known[2], known[3]


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
