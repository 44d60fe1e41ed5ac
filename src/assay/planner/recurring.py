"""What recurs, straight from a model's phases, all movements in one statement: for recomputed numbers, and by dimension."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from assay.catalog.expression import Movement, Recurring
from assay.planner.measures import Measure
from assay.planner.rollup import Rollup
from assay.planner.tables import entity_sql, phases_sql, quoted

_GAINED, _LOST = "{worth} > 0 and {was} <= 0", "{worth} <= 0 and {was} > 0"
_STAYS = f"not ({_GAINED}) and not ({_LOST})"
_HELD = "coalesce(held <= {start}, false)"
_MOVEMENTS: dict[Movement, tuple[str, str]] = {
    "start": ("{was}", "{was} > 0"),
    "end": ("{worth}", "{worth} > 0"),
    "new": ("{worth} - {was}", f"{_GAINED} and not {_HELD}"),
    "reactivation": ("{worth} - {was}", f"{_GAINED} and {_HELD}"),
    "churn": ("{was} - {worth}", _LOST),
    "expansion": ("{worth} - {was}", f"{_STAYS} and {{worth}} > {{was}}"),
    "contraction": ("{was} - {worth}", f"{_STAYS} and {{worth}} < {{was}}"),
}
"""Of each movement its amount, and the entities that it is about."""
Move = tuple[Recurring, datetime, datetime]
"""What recurs, from just after the one instant to the other."""


def recurring_sql(rollup: Rollup, phases: Measure, moves: Sequence[Move], dimension: str | None = None) -> str:
    """Return the query of movements of the same phases: of the first `n0` entities, their `value0`, `nulls0`, and so on.

    With a dimension there is a row for each of its values, as `key`, and an entity has a value of its own in each. `begun0`
    says whether any phase has begun.
    """
    key, of_key = ("key, ", f"{quoted(dimension)}::varchar as key, ") if dimension else ("", "")
    known = f"(select * from {quoted(rollup.model)} where {quoted(rollup.time)} is not null)"
    windows = list(dict.fromkeys((start, end) for _, start, end in moves))
    instants = {instant: f"at{n}" for n, instant in enumerate(sorted({instant for window in windows for instant in window}))}
    worths = ", ".join(
        f"coalesce(sum(case when {_within(at, at)} then amount end), 0) as {name}" for at, name in instants.items()
    )
    blanks = ", ".join(
        f"count_if(amount is null and {_within(start, end)}) as blank{n}, bool_or(since <= {_at(end)}) as begun{n}"
        for n, (start, end) in enumerate(windows)
    )
    moved, told = [], []
    for n, (part, start, end) in enumerate(moves):
        words = {"was": instants[start], "worth": instants[end], "start": _at(start)}
        amount, about = (text.format(**words) for text in _MOVEMENTS[part.movement])
        total = amount if part.movement in ("start", "end") else f"case when {about} then {amount} end"
        moved += [f"count(*) filter (where {about}) as n{n}", f"sum({total}) as value{n}"]
        window = windows.index((start, end))
        told += [f"n{n}, value{n}, blank{window} as nulls{n}, begun{window} as begun{n}"]
    held, held_by = "", ""
    if any(part.movement in ("new", "reactivation") for part, _, _ in moves):  # each entity's history takes a sort
        held = f"union all by name select {key}entity, moment as held from steps where worth > 0"
        held_by = "min(held) as held, "
    return f"""
        with phases as ({phases_sql(phases, entity_sql(rollup), known, of_key)}),
        changes as (
            select {key}entity, since as moment, amount from phases where amount is not null
            union all select {key}entity, until, -amount from phases where amount is not null and until is not null
        ),
        steps as (
            select {key}entity, moment, sum(sum(amount)) over (partition by {key}entity order by moment) as worth
            from changes group by {key}entity, moment
        ),
        living as (select * from phases where amount is not null and {_within(min(instants), max(instants))} {held}),
        entities as (select {key}entity, {held_by}{worths} from living group by {key}entity),
        moved as (select {key}{", ".join(moved)} from entities group by all),
        began as (select {key}{blanks} from phases group by all)
        select {"began.key, " if key else ""}{", ".join(told)}
        from began left join moved on {"moved.key is not distinct from began.key" if key else "true"}
    """


def _at(instant: datetime) -> str:
    return f"timestamptz '{instant.isoformat()}'"


def _within(start: datetime, end: datetime) -> str:
    """Return the SQL condition that a phase holds at some instant from the one to the other."""
    return f"since <= {_at(end)} and (until is null or until > {_at(start)})"
