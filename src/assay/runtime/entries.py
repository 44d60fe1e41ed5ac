"""Recording by hand: an entry is durable when it is acknowledged, and the numbers that rest on it follow with a refresh."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime

from assay.clock import Clock
from assay.errors import UsageError, suggest
from assay.runtime.desk import Desk
from assay.runtime.importing import after_all, import_settings, kinds_of
from assay.runtime.publishing.generations import Snapshot
from assay.settings import Project
from assay.sources.entries import Books
from assay.sources.files import ImportKind
from assay.sources.files.kinds import ColumnType
from assay.sources.landing import LandingZone
from assay.values.entries import Entry, EntryField, EntryKind, Recorded

NO_KINDS = "No pack of this project has entries that are recorded by hand."


def entry_kinds(desk: Desk) -> list[EntryKind]:
    """Return what can be recorded by hand, and how far the books of each go.

    Packs share kinds: one on which no published number can rest is left out, until something is published all are there.
    """
    project, used = desk.project, _streams_in_use(desk.snapshot())
    kinds = [kind for kind in kinds_of(project).values() if kind.by_hand]
    if used is not None:
        kinds = [kind for kind in kinds if any(stream.stream in used for stream in kind.streams)]
    return [_facts(_books(project, desk.clock, kind), project.timezone) for kind in kinds]


def entries(project: Project, clock: Clock, kind: str, since: date | None = None) -> list[Entry]:
    """Return the entries in force, newest day first; with `since` those of that shop day and later."""
    found = books_of(project, clock, kind).entries()
    return [one for one in found if since is None or one.day >= since]


def record(project: Project, clock: Clock, kind: str, values: Mapping[str, str], number: str | None = None) -> Recorded:
    """Take one entry, or another one in place of `number`; it is durable when this returns."""
    return _write(project, clock, kind, lambda books, now: books.record(number or uuid.uuid4().hex[:12], values, now))


def remove(project: Project, clock: Clock, kind: str, number: str) -> Recorded:
    """Take an entry back."""
    return _write(project, clock, kind, lambda books, now: books.remove(number, now))


def complete(project: Project, clock: Clock, kind: str, since: date | None = None) -> Recorded:
    """Declare that everything until now is recorded."""
    return _write(project, clock, kind, lambda books, now: books.complete(since, now))


def refresh_after(project: Project, clock: Clock, done: Recorded) -> Recorded:
    """Ask the worker for the numbers that follow from a recording; one refresh that has not begun serves several."""
    from assay.state.store import StateStore

    state = StateStore(project.state)
    try:
        oldest = state.next_job()
        begins_later = oldest is not None and (oldest.kind, oldest.state) == ("refresh", "queued")
        job = (
            oldest.id
            if oldest is not None and begins_later
            else state.add_job("refresh", {"because": f"recording of {done.kind}"}, clock.now())
        )
    finally:
        state.close()
    return done.model_copy(update={"job": job})


def books_of(project: Project, clock: Clock, name: str) -> Books:
    """Return the books of one kind; a `UsageError` names those that there are."""
    known = {kind.kind: kind for kind in kinds_of(project).values() if kind.by_hand}
    if name not in known:
        listed = "\n  ".join(f"{kind.kind}: {kind.description}" for kind in known.values())
        raise UsageError(
            f'There is no kind of entries "{name[:60]}".{suggest(name, known)}',
            f"What is recorded by hand:\n  {listed}" if known else NO_KINDS,
        )
    return _books(project, clock, known[name])


def _streams_in_use(snapshot: Snapshot) -> set[str] | None:
    """Return the streams under the published models, those too that are waited for; None before anything is published."""
    if not snapshot.generation.id:
        return None
    found = {stream for facts in snapshot.generation.models.values() for stream in facts.streams}
    for name in snapshot.generation.models:
        model = snapshot.catalog.models.get(name)
        found.update(() if model is None else (*model.optional, *(one for group in model.either for one in group)))
    return found


def _write(project: Project, clock: Clock, kind: str, work: Callable[[Books, datetime], Recorded]) -> Recorded:
    books = books_of(project, clock, kind)
    return work(books, after_all(books.zone, clock.now()))


def _books(project: Project, clock: Clock, kind: ImportKind) -> Books:
    return Books(kind, LandingZone(project.landing), import_settings(project, clock))


def _facts(books: Books, timezone: str) -> EntryKind:
    kind, (since, until) = books.kind, books.books_complete()
    assert kind.time is not None  # a kind that is recorded by hand has one
    return EntryKind(
        kind=kind.kind,
        label=kind.label,
        description=kind.description,
        time=kind.time,
        endpoint=kind.endpoint,
        fields=tuple(
            EntryField(
                name=name,
                type=column.type.value,
                required=column.required and name != kind.time,
                values=column.values,
                description=column.description,
            )
            for name, column in kind.columns.items()
            if name != kind.id and (column.type is not ColumnType.CURRENCY or column.default is None)  # else the shop's own
        ),
        complete_from=since,
        complete_until=until,
        timezone=timezone,
    )
