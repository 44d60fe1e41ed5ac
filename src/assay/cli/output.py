"""How the command line writes answers: for a person as tables, for programs as JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from assay.cli.cohort_table import cohort_grid, cohort_notes
from assay.cli.pictures import bars, course, joined_notes, joined_table, pictured
from assay.cli.target_words import target_cell, target_lines
from assay.values.answer import Answer, BoardAnswer, DataQuality, Freshness, FunnelStep, ListingAnswer, Row, Tile

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MISSING = "components_missing"
"""The reason with which a row is told without some of its components; it is no reason against a change."""
HELD = ("check_failed", "model_failed")
"""Reasons with which a closed period keeps its value although something behind it is broken."""
_AGAINST = {"previous": "the period before", "same_day_last_week": "the same day last week", "last_year": "last year"}
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def console() -> Console:
    """Return the terminal, as wide as it is; text is never read as markup."""
    from rich.console import Console

    return Console(highlight=False, markup=False)


def print_json(value: Any) -> None:
    """Write a value or model as JSON."""
    text = value.model_dump_json(indent=2) if hasattr(value, "model_dump_json") else json.dumps(value, indent=2, default=str)
    click.echo(text)


def csv_cell(value: object) -> str:
    """Return a cell that a spreadsheet shows and does not run; numbers stay numbers."""
    text = "" if value is None else str(value)
    if text.startswith(_RISKY) and not text.lstrip("+-").replace(".", "", 1).isdigit():
        return "'" + text
    return text


def print_csv(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write rows as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([[csv_cell(cell) for cell in row] for row in rows])
    click.echo(out.getvalue(), nl=False)


def state_words(answer: Answer) -> str:
    """Return the answer's state in one or two words."""
    if not answer.tells:
        return "withheld"
    words = []
    if answer.data_quality is DataQuality.ESTIMATED:
        words.append("estimated")
    held = any(reason.code in HELD for reason in answer.reasons)
    if held or (answer.period.open and answer.freshness in (Freshness.STALE, Freshness.CRITICAL)):
        words.append("stale")
    if answer.provisional:
        words.append("provisional")
    return ", ".join(words) or "actual"


def answer_lines(answer: Answer) -> list[str]:
    """Return an answer as a person reads it."""
    period = answer.period
    days = f"{period.start}" if period.start == period.end else f"{period.start} to {period.end}"
    head = answer.label if answer.cohorts else f"{answer.label}: {answer.display}"
    lines = [head, f"  {period.name} ({days}, {period.timezone}) · {state_words(answer)}"]
    if answer.as_of:
        lines.append(f"  as of {answer.as_of:%Y-%m-%d %H:%M} UTC · freshness {answer.freshness}")
    lines += [f"  {line}" for line in target_lines(answer)]
    if answer.comparison:
        lines.append(f"  {comparison_words(answer)}")
    lines += [f"  BREACH {breach.severity}: {breach.sentence}" for breach in answer.breaches]
    for reason in answer.reasons:
        lines.append(f"  · {reason.sentence}" + (f" (owner: {reason.owner})" if reason.owner else ""))
        if reason.repair:
            lines.append(f"    → {reason.repair}")
    if answer.last_good:
        lines.append(f"  last good value: {answer.last_good.value} for {answer.last_good.period.name}")
    if answer.n is not None:
        lines.append(f"  n = {answer.n:,}" + (f" · {answer.nulls:,} rows left out (null)" if answer.nulls else ""))
    lines.append(
        f"  generation {answer.generation if answer.generation is not None else '–'} · receipt {answer.receipt or '–'}"
    )
    return lines


def comparison_words(answer: Answer) -> str:
    """Return the comparison as a sentence."""
    comparison = answer.comparison
    if comparison is None:
        return ""
    if comparison.change is None:
        return f"not compared with {_AGAINST[comparison.against]}: {comparison.reason.sentence if comparison.reason else ''}"
    until = f" until {comparison.until}" if comparison.until else ""
    return f"{change_words(answer)} on {_AGAINST[comparison.against]} ({comparison.period.name}{until})"


def change_words(answer: Answer) -> str:
    """Return how much the value changed: in percent, in points, or in its unit."""
    comparison = answer.comparison
    if comparison is None or comparison.change is None:
        return ""
    sign = "" if comparison.change.startswith("-") else "+"
    if comparison.change_pct is not None:
        return f"{sign}{float(comparison.change_pct):,.1f} %"
    if answer.unit.kind == "percent":
        return f"{sign}{float(comparison.change):,.1f} points"
    return f"{sign}{comparison.change}"


def print_answer(answer: Answer) -> None:
    """Write an answer for a person; a breakdown as a table."""
    click.echo("\n".join(answer_lines(answer)))
    if answer.cohorts is not None:
        _print_cohorts(answer)
    if answer.rows is None:
        return
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    table.add_column(answer.by or "")
    table.add_column(answer.label, justify="right")
    steps = any(row.tier for row in answer.rows)
    if steps:
        table.add_column("standing")
    table.add_column("change", justify="right")
    for row in answer.rows:
        change = f"{float(row.change_pct):+,.1f} %" if row.change_pct is not None else _unchanged(row)
        standing = (row.tier or "",) if steps else ()
        table.add_row(row.key if row.key is not None else "(none)", row.display, *standing, change)
    console().print(table)
    for sentence in dict.fromkeys(one.sentence for row in answer.rows for one in row.reasons if one.code == MISSING):
        keys = [f"{row.key}" for row in answer.rows if sentence in (one.sentence for one in row.reasons)]
        click.echo(f"· {sentence}" if len(keys) == len(answer.rows) else f"· {', '.join(keys)}: {sentence}")
    if answer.more_rows:
        click.echo(f"… and {answer.more_rows} more; --top N shows more of them.")


def _unchanged(row: Row) -> str:
    """Return why a row has no change: the code of its first reason that is about that."""
    return next((reason.code for reason in row.reasons if reason.code != MISSING), "")


def print_board(board: BoardAnswer) -> None:
    """Write a whole board as tables, one a section."""
    click.echo(f"{board.project} · {board.label}")
    if board.published_at:
        click.echo(f"generation {board.generation}, published {board.published_at:%Y-%m-%d %H:%M} UTC")
    for notice in board.notices:
        click.echo(f"! {notice.sentence}" + (f" → {notice.repair}" if notice.repair else ""))
    for section in board.sections:
        if section.shape in ("table", "scatter"):
            click.echo()
            console().print(joined_table(section))
            for note in joined_notes(section):
                click.echo(note)
            continue
        tables = [tile for tile in section.tiles if tile.answer.cohorts is not None and tile.answer.tells]
        numbers = [tile for tile in section.tiles if tile not in tables]
        click.echo()
        if numbers:
            console().print(_number_table(section.label, numbers))
            for line in filter(None, map(course, numbers)):
                click.echo(line)
        else:
            click.echo(section.label)
        for tile in tables:
            click.echo()
            _print_cohorts(tile.answer, tile.title)
        if section.funnel:
            console().print(_funnel_table(section.funnel))
    for listing in board.listings:
        click.echo()
        console().print(_listing_table(listing))


def _number_table(label: str, tiles: Sequence[Tile]) -> Table:
    from rich.table import Table

    table = Table(title=label, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for name in ("", "value", "target", "change", "state"):
        table.add_column(name, justify="right" if name == "value" else "left", overflow="fold")
    for tile in tiles:
        answer = tile.answer
        state = state_words(answer)
        if answer.value is None and answer.reasons:
            state = f"withheld: {answer.reasons[0].sentence}"
        if answer.breaches:
            state = f"{answer.breaches[0].severity.upper()} · {state}"
        compared = change_words(answer) or ("not compared" if answer.comparison else "")
        table.add_row(tile.title, answer.display, target_cell(answer), compared, state)
        drawn = bars(answer) if tile.shape == "bars" else [""] * len(answer.rows or ())
        for row, picture in zip(() if tile.slices else answer.rows or (), drawn, strict=False):
            change = f"{float(row.change_pct):+,.1f} %" if row.change_pct is not None else ""
            name = row.key if row.key is not None else "(none)"
            table.add_row(f"   {name}", row.display, row.tier or "", change, picture)
        for name, value, picture in pictured(tile):
            table.add_row(name, value, "", "", picture)
    return table


def _print_cohorts(answer: Answer, title: str | None = None) -> None:
    console().print(cohort_grid(answer, title))
    for note in cohort_notes(answer):
        click.echo(note)


def _funnel_table(steps: tuple[FunnelStep, ...]) -> Table:
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    table.add_column("step")
    for name in ("reached", "of the step before", "of the first", "drop-off"):
        table.add_column(name, justify="right")
    table.add_column("")
    for step in steps:
        shares = (step.of_previous_pct, step.of_first_pct, step.lost_pct)
        said = ["" if one is None else f"{float(one):,.1f} %" for one in shares]
        table.add_row(step.title, step.display, *said, "bottleneck" if step.bottleneck else "")
    return table


def _listing_table(listing: ListingAnswer) -> Table:
    from rich.table import Table

    table = Table(title=listing.label, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for column in listing.columns:
        table.add_column(column.label, justify="right" if column.kind in ("money", "count") else "left", overflow="fold")
    for row in listing.rows:
        table.add_row(*(row.values[column.name] or "" for column in listing.columns))
    if not listing.rows and listing.reasons:
        table.caption = listing.reasons[0].sentence
    return table
