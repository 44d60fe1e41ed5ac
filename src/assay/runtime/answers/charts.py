"""What boards draw beside the numbers: pies, lines with the period that goes on, lists joined by key, sections.

A picture says no more than its numbers do: a pie whose slices are not the whole is not drawn, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.calendar import Grain
from assay.catalog.contract import Question, Section
from assay.catalog.entry import CompiledKpi
from assay.runtime.answers.alarms import OTHER_GRAIN
from assay.runtime.answers.funnels import funnel
from assay.units import Unit, display, published
from assay.values.answer import Answer, Course, LinkFacts, Point, SectionFacts, Slice, Tile

Keys = tuple[str | None, ...]
Part = tuple[str | None, str]
"""What a part of a whole is called, and its value."""
MOST_SLICES = 5
_ROUNDED = Fraction(1, 2_000_000)
"""By how much a published value may differ from the exact one."""


def section_of(section: Section, tiles: tuple[Tile, ...], addresses: Mapping[str, str]) -> SectionFacts:
    """Return the section with its tiles, of a funnel its steps, and of its links those whose address the project has set."""
    return SectionFacts(
        label=section.label,
        shape=section.shape,
        links=tuple(LinkFacts(label=label, url=addresses[name]) for name, label in section.links.items() if name in addresses),
        funnel=funnel(tiles) if section.shape == "funnel" else None,
        tiles=tiles,
    )


def joined(questions: Iterable[Question], ask: Callable[[Question, Keys | None], Tile]) -> tuple[Tile, ...]:
    """Return lists with the same keys in the same order: those of the first list that is not withheld."""
    tiles: list[Tile] = []
    keys: Keys | None = None
    top: int | None = None
    for question in questions:
        top = top or question.top
        tile = ask(question.model_copy(update={"top": top}), keys)
        if keys is None and (tile.answer.rows or tile.answer.value is not None):
            keys = tuple(row.key for row in tile.answer.rows or ())
        tiles.append(tile)
    return tuple(tiles)


def wholly(question: Question) -> Question:
    """Return the question as it has to be asked: a pie needs every part, also those that are not slices of their own."""
    return question.model_copy(update={"top": None}) if question.shape == "pie" else question


def drawn_by(question: Question, answer: Answer, kpi: CompiledKpi) -> Grain:
    """Return of which periods a number's points are: a line of a month is drawn by month, all else by the KPI's own grain."""
    asked = answer.period.grain
    return asked if question.shape == "line" and asked != "range" else kpi.contract.grain.value


def charted(tile: Tile, question: Question, grain: Grain, ask: Callable[[Question], Answer]) -> Tile:
    """Return the tile with what its shape needs; its points are of periods of the grain."""
    if question.shape == "line":
        now = ask(Question(kpi=question.kpi, period=grain))
        return _held(tile, [now], shape="line", course=_course(now, grain))
    if question.shape == "pie" and question.parts:
        answers = [ask(Question(kpi=name, period=question.period, at=question.at)) for name in question.parts]
        missing = next((one.label for one in answers if one.value is None), None)
        parts = [(one.label, one.value) for one in answers if one.value is not None]
        drawn = _pie(tile.answer, parts, MOST_SLICES, missing is not None)
        return _held(tile, answers, **drawn)
    if question.shape == "pie":
        return _of_rows(tile, question)
    return tile if question.shape is None else tile.model_copy(update={"shape": question.shape})


def _of_rows(tile: Tile, question: Question) -> Tile:
    rows = tile.answer.rows or ()
    parts = [(row.key, row.value) for row in rows if row.value is not None]
    drawn = _pie(tile.answer, parts, min(question.top or MOST_SLICES, MOST_SLICES), len(parts) < len(rows)) if rows else {}
    top = question.top or len(rows)
    answer = tile.answer.model_copy(update={"rows": rows[:top], "more_rows": max(0, len(rows) - top)})
    return tile.model_copy(update={"answer": answer, "shape": "bars", **drawn})


def _held(tile: Tile, answers: Iterable[Answer], **fields: Any) -> Tile:
    """Return the tile with the fields; it holds no longer than the answers that it was made of."""
    ends = [one.valid_until for one in (tile.answer, *answers) if one.valid_until is not None]
    answer = tile.answer.model_copy(update={"valid_until": min(ends, default=None)})
    return tile.model_copy(update={"answer": answer, **fields})


def _course(now: Answer, grain: Grain) -> Course:
    """Return the period that goes on, and the target where it speaks of such periods."""
    target = None if now.target and now.target.reason and now.target.reason.code == OTHER_GRAIN else now.target
    point = Point(
        start=now.period.start,
        end=now.period.end,
        value=now.value,
        state=now.data_quality.value,
        provisional=True,
        generation=now.generation,
    )
    return Course(
        grain=grain,
        now=point if now.value is not None and now.period.open else None,
        low=target.low if target else None,
        high=target.high if target else None,
    )


def _pie(answer: Answer, parts: Sequence[Part], most: int, withheld: bool) -> dict[str, Any]:
    """Return the slices, or why there are none."""
    if (why := _no_pie(answer, parts, withheld)) is not None:
        return {"undrawn": why}
    whole = Fraction(answer.value or 0)
    ordered = sorted(((key, Fraction(value)) for key, value in parts if Fraction(value)), key=lambda part: -part[1])
    kept = len(ordered) if len(ordered) <= most else min(most, MOST_SLICES - 1)
    slices = [_slice(answer, key, value, whole) for key, value in ordered[:kept]]
    if rest := ordered[kept:]:
        slices.append(_slice(answer, None, sum((value for _, value in rest), Fraction(0)), whole, rest=True))
    return {"shape": "pie", "slices": tuple(slices)}


def _no_pie(answer: Answer, parts: Sequence[Part], withheld: bool) -> str | None:
    """Return why the parts are no pie: one is not known, one is below zero, or they are not the whole."""
    if answer.value is None or withheld:
        return "Not drawn as a pie: a part of the whole is not known."
    if any(Fraction(value) < 0 for _, value in parts):
        return "Not drawn as a pie: a part is below zero."
    whole = Fraction(answer.value)
    if whole == 0:
        return "Not drawn as a pie: there is nothing to divide."
    if abs(sum((Fraction(value) for _, value in parts), Fraction(0)) - whole) > _ROUNDED * (len(parts) + 1):
        return "Not drawn as a pie: its parts do not add up to the whole: some belong to several of them, or one is missing."
    return None


def _slice(answer: Answer, key: str | None, value: Fraction, whole: Fraction, rest: bool = False) -> Slice:
    unit, currency = Unit(answer.unit.kind), answer.unit.currency or ""
    exact = Decimal(published(value, unit, currency or "USD"))
    share = published(100 * value / whole, Unit.PERCENT, "USD")
    return Slice(key=key, value=f"{exact:f}", display=display(exact, unit, currency), share_pct=f"{share:f}", rest=rest)
