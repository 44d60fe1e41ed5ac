"""What an import found and did, for a person and for a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from assay.values.load import LoadEntry

EXAMPLES = 5
"""How many rejected rows are shown for each reason."""


@dataclass(frozen=True)
class Rejection:
    """Rows that were left out for one reason, and the first of them."""

    reason: str
    count: int
    examples: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return it as lines for a terminal."""
        return [f"  {self.count:,} × {self.reason}", *(f"      {example}" for example in self.examples)]


@dataclass(frozen=True)
class ImportPreview:
    """What a file would become; nothing is written."""

    file: str
    kind: str
    form: str
    header: bool
    columns: tuple[tuple[str, str], ...]
    """Column of the kind, and the file's column it comes from."""
    unused: tuple[str, ...]
    rows_read: int
    taken: int
    rejected: tuple[Rejection, ...]
    first_day: date | None
    last_day: date | None
    samples: tuple[dict[str, str | None], ...]
    """The first rows, as they would be taken."""
    sums: dict[str, Decimal] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return the preview as lines for a terminal."""
        lines = [
            f"{self.file}: {self.form}, {'with' if self.header else 'without'} headings, {self.rows_read:,} rows as {self.kind}"
        ]
        lines += [f"  {name:<18} ← {column}" for name, column in self.columns]
        if self.unused:
            lines.append(f"  not used: {', '.join(self.unused)}")
        lines += _facts(self.taken, self.rejected, self.first_day, self.last_day, self.sums)
        return [*lines, *(f"Note: {note}" for note in self.notes)]


@dataclass(frozen=True)
class ImportSummary:
    """What was taken from a file, what was rejected and why, and what its load completes."""

    file: str
    kind: str
    source: str
    rows_read: int
    taken: int
    rejected: tuple[Rejection, ...]
    first_day: date | None
    last_day: date | None
    written: dict[str, int]
    """Records by stream."""
    completed: tuple[str, ...]
    """Streams that are complete for the file's days, days with rejected rows excepted."""
    gaps: tuple[date, ...]
    """The shop days with rejected rows."""
    sums: dict[str, Decimal]
    """Sum of each money column over the rows taken, in major units."""
    repeated: int
    """Rows that are identical to another row of the file."""
    replaced: int
    """Earlier records that were taken back."""
    notes: tuple[str, ...]
    entries: tuple[LoadEntry, ...]
    already_imported: bool = False

    def lines(self) -> list[str]:
        """Return the summary as lines for a terminal."""
        if self.already_imported:
            return [f"{self.file} is already imported: nothing was added.", *(f"Note: {note}" for note in self.notes)]
        lines = [f"{self.file}: {self.rows_read:,} rows read as {self.kind}"]
        lines += _facts(self.taken, self.rejected, self.first_day, self.last_day, self.sums)
        lines += [f"Written: {', '.join(f'{count:,} {stream}' for stream, count in self.written.items())}"]
        lines += [f"Complete for these days: {', '.join(self.completed) or 'nothing'}"]
        if self.gaps and self.completed:
            shown = ", ".join(f"{day}" for day in self.gaps[:10]) + (
                f" and {len(self.gaps) - 10} more" if len(self.gaps) > 10 else ""
            )
            lines.append(f"Not complete, because rows were rejected: {shown}")
        return [*lines, *(f"Note: {note}" for note in self.notes)]


def _facts(
    taken: int, rejected: tuple[Rejection, ...], first: date | None, last: date | None, sums: dict[str, Decimal]
) -> list[str]:
    lines = [f"Taken: {taken:,} rows" + (f", {first} to {last}" if first else "")]
    lines += [f"Sum of {name}: {amount:,}" for name, amount in sums.items()]
    if rejected:
        lines.append(f"Rejected: {sum(rejection.count for rejection in rejected):,} rows")
        lines += [line for rejection in rejected for line in rejection.lines()]
    return lines
