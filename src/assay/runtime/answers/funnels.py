"""Sections of a board whose tiles are the steps of a funnel: shares of the step before and of the first, and the bottleneck."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from assay.units import Unit, published
from assay.values.answer import FunnelStep, Tile


def funnel(tiles: tuple[Tile, ...]) -> tuple[FunnelStep, ...]:
    """Return the steps, each beside the one before and the first.

    Percentages are exact, rounded once to six places. The bottleneck is the step that loses the largest part of the one before,
    the earlier one of equals; there is none while a step is withheld, where the largest might be.
    """
    counts = [None if tile.answer.value is None else Decimal(tile.answer.value) for tile in tiles]
    kept = [_share(counts[place], counts[place - 1]) if place else None for place in range(len(counts))]
    narrowest = _narrowest(counts, kept)
    steps: list[FunnelStep] = []
    for place, (tile, count) in enumerate(zip(tiles, counts, strict=True)):
        share, first = kept[place], _share(count, counts[0]) if place else None
        before = counts[place - 1] if place else None
        steps.append(
            FunnelStep(
                title=tile.title,
                kpi=tile.answer.kpi,
                value=tile.answer.value,
                display=tile.answer.display,
                of_previous_pct=_percent(share),
                of_first_pct=_percent(first),
                lost=None if before is None or count is None else str(before - count),
                lost_pct=None if share is None else _percent(1 - share),
                bottleneck=place == narrowest,
            )
        )
    return tuple(steps)


def _share(part: Decimal | None, whole: Decimal | None) -> Fraction | None:
    return None if part is None or not whole else Fraction(part) / Fraction(whole)


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else f"{published(100 * share, Unit.PERCENT, ''):f}"


def _narrowest(counts: list[Decimal | None], kept: list[Fraction | None]) -> int | None:
    known = [(share, place) for place, share in enumerate(kept) if share is not None]
    if None in counts or not known or min(known)[0] >= 1:
        return None
    return min(known)[1]
