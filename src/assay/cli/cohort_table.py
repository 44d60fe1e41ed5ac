"""The table of a cohort KPI in the terminal: a row for each cohort, a column for each period since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assay.values.answer import Answer, Cohort, CohortTable

if TYPE_CHECKING:
    from rich.table import Table

DASH = "–"


def cohort_rows(table: CohortTable) -> tuple[list[str], list[list[str]]]:
    """Return the head and the cells as text; a cell that is not there is empty, one without a number a dash."""
    ages = sorted({cell.since for row in table.rows for cell in row.cells})
    return [f"{table.grain}s since", "came", *map(str, ages)], [_row(row, ages) for row in table.rows]


def _row(row: Cohort, ages: list[int]) -> list[str]:
    cells = {cell.since: cell.display for cell in row.cells}
    return [row.name, "" if row.size is None else f"{row.size:,}", *(cells.get(age, "") for age in ages)]


def cohort_grid(answer: Answer, title: str | None = None) -> Table:
    """Return the table as the terminal draws it."""
    from rich.table import Table

    assert answer.cohorts is not None
    grid = Table(title=title, title_justify="left", title_style="", show_edge=False, pad_edge=False)
    head, rows = cohort_rows(answer.cohorts)
    for place, name in enumerate(head):
        grid.add_column(name, justify="right" if place else "left", no_wrap=True)
    for row in rows:
        grid.add_row(*row)
    return grid


def cohort_notes(answer: Answer) -> list[str]:
    """Return why cells have no number, each reason once."""
    cells = [cell for row in (answer.cohorts.rows if answer.cohorts else ()) for cell in row.cells if cell.value is None]
    return list(dict.fromkeys(f"{DASH} {reason.sentence}" for cell in cells for reason in cell.reasons[:1]))
