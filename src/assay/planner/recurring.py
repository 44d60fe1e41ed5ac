"""What recurs, straight from a model's phases in one statement: for recomputed numbers, and by dimension."""

from __future__ import annotations

from datetime import datetime

from assay.catalog.expression import Movement, Recurring
from assay.planner.measures import phases_of
from assay.planner.rollup import Rollup
from assay.planner.tables import entity_sql, phases_sql, quoted

_GAINED, _LOST = "worth > 0 and was <= 0", "worth <= 0 and was > 0"
_STAYS = f"not ({_GAINED}) and not ({_LOST})"
_MOVEMENTS: dict[Movement, tuple[str, str]] = {
    "start": ("was", "was > 0"),
    "end": ("worth", "worth > 0"),
    "new": ("worth - was", f"{_GAINED} and not held"),
    "reactivation": ("worth - was", f"{_GAINED} and held"),
    "churn": ("was - worth", _LOST),
    "expansion": ("worth - was", f"{_STAYS} and worth > was"),
    "contraction": ("was - worth", f"{_STAYS} and worth < was"),
}
"""Of each movement its amount, and the entities that it is about."""


def recurring_sql(rollup: Rollup, part: Recurring, before: datetime, until: datetime, dimension: str | None = None) -> str:
    """Return the query of a movement from just after `before` to `until`: `n` entities, their `value`, `nulls`.

    With a dimension there is a row for each of its values, as `key`, and an entity has a value of its own in each.
    """
    key = f"{quoted(dimension)}::varchar" if dimension else "null::varchar"
    known = f"(select * from {quoted(rollup.model)} where {quoted(rollup.time)} is not null)"
    phases = phases_sql(phases_of(part), entity_sql(rollup), known, f"{key} as key, ")
    start, end = (f"timestamptz '{instant.isoformat()}'" for instant in (before, until))
    amount, about = _MOVEMENTS[part.movement]
    total = "true" if part.movement in ("start", "end") else about
    value = f"sum({amount}) filter (where {total})" if part.function == "recurring" else f"count(*) filter (where {about})"
    return f"""
        with phases as ({phases}),
        changes as (
            select key, entity, since as moment, amount from phases where amount is not null
            union all select key, entity, until, -amount from phases where amount is not null and until is not null
        ),
        steps as (
            select key, entity, moment, sum(sum(amount)) over (partition by key, entity order by moment) as worth
            from changes where moment <= {end} group by key, entity, moment
        ),
        ends as (
            select key, entity, arg_max(worth, moment) as worth,
                coalesce(arg_max(worth, moment) filter (where moment <= {start}), 0) as was,
                coalesce(bool_or(worth > 0) filter (where moment <= {start}), false) as held
            from steps group by key, entity
        ),
        moved as (select key, count(*) filter (where {about}) as n, {value} as value from ends group by key),
        blank as (
            select key, count(*) filter (
                where amount is null and since <= {end} and (until is null or until > {start})
            ) as nulls from phases where since <= {end} group by key
        )
        select blank.key, coalesce(moved.n, 0) as n, moved.value, blank.nulls
        from blank left join moved on moved.key is not distinct from blank.key
    """
