"""Charts of a board as the terminal shows them: blocks, bars, and lists of the same keys as one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from assay.values.answer import Answer, SectionFacts, Tile

if TYPE_CHECKING:
    from rich.table import Table

Line = tuple[str, str, str]
"""What stands below a tile: a name, a value, and a picture or sentence."""
_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 12
_JUDGED = ("period_open",)
"""Reasons with which a target is not judged and yet speaks of the asked period."""


def pictured(tile: Tile) -> Iterator[Line]:
    """Yield what stands below the tile: its gauge, its slices, and why it is not drawn as asked."""
    if tile.shape == "gauge" and (drawn := gauge(tile.answer)):
        yield "   on its scale", "", drawn
    for part in tile.slices or ():
        name = "all others" if part.rest else part.key if part.key is not None else "(none)"
        yield f"   {name}", part.display, f"{bar(Decimal(part.share_pct) / 100)} {Decimal(part.share_pct):.1f} %"
    if tile.undrawn:
        yield "", "", tile.undrawn


def course(tile: Tile) -> str:
    """Return the last periods of a line as a line of text; empty for another tile, and where nothing is known."""
    if tile.shape != "line" or tile.course is None:
        return ""
    points = [*tile.spark, *([tile.course.now] if tile.course.now else [])]
    drawn = blocks([point.value for point in points])
    so_far = ", the last one so far" if tile.course.now else ""
    return f"{tile.title}, {len(points)} by {tile.course.grain}{so_far}: {drawn}" if drawn else ""


def blocks(values: Sequence[str | None]) -> str:
    """Return the values as blocks of their heights, a gap where one is withheld."""
    known = [Decimal(value) for value in values if value is not None]
    if not known:
        return ""
    low, high = min(known), max(known)
    heights = [None if value is None else (Decimal(value) - low) / (high - low or 1) for value in values]
    return "".join(" " if height is None else _BLOCKS[round(float(height) * (len(_BLOCKS) - 1))] for height in heights)


def bar(share: Decimal) -> str:
    """Return a bar for a share of the whole; what is more than nothing is seen."""
    return "█" * max(round(float(share) * _WIDTH), int(share > 0))


def bars(answer: Answer) -> list[str]:
    """Return a bar from zero for each row; none for what is withheld, `-` before one that is below zero."""
    values = [Decimal(row.value or 0) for row in answer.rows or ()]
    most = max((abs(value) for value in values), default=Decimal(0)) or Decimal(1)
    return [f"{'-' if value < 0 else ''}{bar(abs(value) / most)}" for value in values]


def gauge(answer: Answer) -> str:
    """Return the value on a scale from zero with the bounds of its target as `|`; empty where they belong to no one scale."""
    target = answer.target
    if answer.value is None or target is None or (target.reason is not None and target.reason.code not in _JUDGED):
        return ""
    bounds = [Decimal(bound) for bound in (target.low, target.high) if bound is not None]
    most = max([Decimal(answer.value), *(bound * Decimal("1.25") for bound in bounds)])
    if not bounds or most <= 0 or min(Decimal(answer.value), *bounds) < 0:
        return ""
    filled = round(float(Decimal(answer.value) / most) * _WIDTH)
    signs = ["█"] * filled + ["░"] * (_WIDTH - filled)
    for bound in sorted(bounds, reverse=True):
        signs.insert(round(float(bound / most) * _WIDTH), "|")
    return "".join(signs)


def joined_table(section: SectionFacts) -> Table:
    """Return the section's lists as one table: a row for each key, a column for each list."""
    from rich.table import Table

    table = Table(title=section.label, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    table.add_column(section.tiles[0].answer.by or "", overflow="fold")
    for tile in section.tiles:
        table.add_column(tile.title, justify="right")
    lists = [tile.answer.rows or () for tile in section.tiles]
    keys = next((rows for rows in lists if rows), ())
    for place, row in enumerate(keys):
        table.add_row(row.key if row.key is not None else "(none)", *(rows[place].display if rows else "–" for rows in lists))
    return table


def joined_notes(section: SectionFacts) -> list[str]:
    """Return why lists or cells of the table have no number, each sentence once, and how many rows were left out."""
    said: dict[str, list[str]] = {}
    for tile in section.tiles:
        if not tile.answer.rows and tile.answer.reasons:
            said.setdefault(tile.answer.reasons[0].sentence, []).append(tile.title)
        for row in tile.answer.rows or ():
            if row.value is None and row.reasons:
                said.setdefault(row.reasons[0].sentence, []).append(row.key if row.key is not None else "(none)")
    notes = [f"– {', '.join(dict.fromkeys(names))}: {sentence}" for sentence, names in said.items()]
    more = section.tiles[0].answer.more_rows
    return [*notes, f"… and {more} more"] if more else notes
