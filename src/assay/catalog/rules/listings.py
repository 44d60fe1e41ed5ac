"""A listing shows columns that its model has, newest rows first by an instant, and a board shows listings that there are.

One that names something else would show nothing, or rows in no order.
"""

from __future__ import annotations

from collections.abc import Iterator

from assay.catalog.draft import CatalogDraft, DraftListing
from assay.catalog.problem import Problem
from assay.errors import suggest

RULE = "listings"


def check(draft: CatalogDraft) -> Iterator[Problem]:
    """Yield each name of a listing that is no model or column, and each listing of a board that there is not."""
    for listing in draft.listings:
        yield from _listing(draft, listing)
    known = {one.listing.listing for one in draft.listings}
    for board in draft.boards:
        for place, name in enumerate(board.board.listings):
            if name not in known:
                said = f"There are: {', '.join(sorted(known))}." if known else "There is none: declare it first."
                mark = board.document.mark("listings", place)
                yield board.document.problem(mark, f'"{name}" is no listing.', said, suggestion=suggest(name, known))


def _listing(draft: CatalogDraft, draft_listing: DraftListing) -> Iterator[Problem]:
    listing, document = draft_listing.listing, draft_listing.document
    model = draft.models.get(listing.model)
    if model is None:
        near = suggest(listing.model, draft.models)
        yield document.problem(
            document.mark("model"), f'"{listing.model}" is no dbt model.', "Name a model that has a .yml.", suggestion=near
        )
        return
    named = {("columns", name, "column"): one.column for name, one in listing.columns.items()} | {("time",): listing.time}
    for path, column in named.items():
        if column not in model.columns:
            yield document.problem(
                document.mark(*path),
                f'{listing.model} has no column "{column}".',
                f"It has: {', '.join(model.columns)}.",
                suggestion=suggest(column, model.columns),
            )
    if listing.time in model.columns and "TIMESTAMP" not in model.columns[listing.time].type.upper():
        yield document.problem(
            document.mark("time"),
            f"{listing.time} is no instant, so nobody knows which rows are the newest.",
            "Name a column of the type TIMESTAMPTZ.",
        )
