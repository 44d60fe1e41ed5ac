"""Listings: the newest rows of a model, read with each publication and answered from it, so that a board is never torn."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from assay.catalog.contract import Listing
from assay.catalog.entry import Catalog
from assay.catalog.models import Column, ModelSchema
from assay.engines.protocol import Engine
from assay.errors import UsageError, suggest
from assay.models.runner import BuildResult
from assay.planner.tables import quoted
from assay.settings import Project
from assay.units import Unit, currency_exponent
from assay.values.answer import ListingAnswer, ListingColumnFacts, ListingRow, Reason
from assay.values.check import checks_sentence
from assay.values.generation import Generation, ListingRows

if TYPE_CHECKING:
    from assay.runtime.publishing.generations import Snapshot

Kind = Literal["text", "money", "count", "instant"]
_NOTHING = ListingRows()


def read_listings(
    engine: Engine, project: Project, catalog: Catalog, build: BuildResult, before: Generation | None, now: datetime
) -> dict[str, ListingRows]:
    """Return the newest rows of every listing; where its model was not built or a check fails, those known before."""
    found: dict[str, ListingRows] = {}
    for name, listing in catalog.listings.items():
        earlier = before.listings.get(name, _NOTHING) if before is not None else _NOTHING
        if listing.model in build.left_out:
            found[name] = earlier
        elif why := _why_held(listing.model, build):
            found[name] = earlier.model_copy(update={"held": why})
        else:
            node = build.lineage.models().get(listing.model)
            streams = build.lineage.streams_of(node) if node else ()
            found[name] = _rows(engine, project, listing, catalog.models[listing.model], streams, now)
    return found


def listing_answer(project: Project, snapshot: Snapshot, name: str, limit: int | None = None) -> ListingAnswer:
    """Return a listing as it was published; raises `UsageError` for a name that there is not."""
    listings, generation = snapshot.catalog.listings, snapshot.generation
    if name not in listings:
        said = f"There are: {', '.join(listings)}." if listings else "No pack of this project has one."
        raise UsageError(f'There is no listing "{name[:60]}".{suggest(name, listings)}', said)
    listing, kept = listings[name], generation.listings.get(name, _NOTHING)
    schema = snapshot.catalog.models.get(listing.model)
    shown = kept.rows[:limit]
    return ListingAnswer(
        listing=name,
        label=listing.label,
        description=listing.description,
        columns=tuple(
            ListingColumnFacts(name=one, label=column.label, kind=_kind(schema, column.column))
            for one, column in listing.columns.items()
        ),
        time=listing.time,
        rows=tuple(
            ListingRow(
                values=row, currency=currency, tone=listing.tones.get(row[listing.state] or "") if listing.state else None
            )
            for row, currency in zip(shown, kept.currencies, strict=False)
        ),
        more_rows=len(kept.rows) - len(shown),
        as_of=_complete_until(generation, kept),
        reasons=_reasons(listing, generation, kept),
        timezone=project.timezone,
        generation=generation.id or None,
    )


def _why_held(model: str, build: BuildResult) -> str | None:
    failing = build.failing(model)
    return build.why_unbuilt(model) or (checks_sentence(failing) if failing else None)


def _rows(
    engine: Engine, project: Project, listing: Listing, schema: ModelSchema, streams: tuple[str, ...], now: datetime
) -> ListingRows:
    columns = {name: one.column for name, one in listing.columns.items()}
    listed = ", ".join(f"{quoted(column)} as {quoted(name)}" for name, column in columns.items())
    order = ", ".join([f"{quoted(listing.time)} desc", *(quoted(column) for column in schema.key)])
    table = engine.query(
        f"select {quoted(listing.time)} as _at, {listed} from {quoted(listing.model)} "  # noqa: S608 - names of the catalogue
        f"where {quoted(listing.time)} is not null order by {order} limit {listing.most}"
    )
    rows: list[dict[str, str | None]] = []
    currencies: list[str] = []
    for row in table.to_pylist():
        currency = project.currencies.on(project.calendar.day_of(row["_at"]))
        currencies.append(currency)
        rows.append({name: _text(row[name], schema.columns[column], currency) for name, column in columns.items()})
    return ListingRows(rows=tuple(rows), currencies=tuple(currencies), read_at=now, streams=streams)


def _text(value: Any, column: Column, currency: str) -> str | None:
    if value is None:
        return None
    if column.unit is Unit.MONEY:
        return f"{Decimal(value).scaleb(-currency_exponent(currency)):f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _kind(schema: ModelSchema | None, column: str) -> Kind:
    known = schema.columns.get(column) if schema is not None else None
    if known is None:
        return "text"
    if known.unit is Unit.MONEY:
        return "money"
    kind = known.type.upper()
    if "TIMESTAMP" in kind:
        return "instant"
    return "count" if "INT" in kind else "text"


def _complete_until(generation: Generation, kept: ListingRows) -> datetime | None:
    known = [generation.streams[one] for one in kept.streams if one in generation.streams]
    ends = [facts.intervals[-1].end if facts.intervals else None for facts in known]
    return None if not ends or None in ends else min(one for one in ends if one is not None)


def _reasons(listing: Listing, generation: Generation, kept: ListingRows) -> tuple[Reason, ...]:
    if kept.held is not None:
        said = f"{kept.held} Shown is what was known before."
        return (Reason(code="model_failed", sentence=said, input=listing.model, since=kept.read_at, repair="assay trust"),)
    if not generation.id or not any(generation.streams[one].newest_load for one in kept.streams if one in generation.streams):
        return (
            Reason(
                code="no_data",
                sentence="Nothing has been loaded for it yet.",
                input=listing.model,
                repair="assay import FILE --as KIND, or assay refresh",
            ),
        )
    return ()
