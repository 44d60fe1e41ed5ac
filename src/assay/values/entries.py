"""What people record by hand: which kinds of entries there are, the entries, and what a recording says is complete."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from assay.values.answer import Fact


class EntryField(Fact):
    """One field of an entry."""

    name: str
    type: str = Field(description="text, money, integer, instant, boolean, currency")
    required: bool
    values: tuple[str, ...] = Field(default=(), description="The only words that it may hold; any, if empty.")
    description: str = ""


class EntryKind(Fact):
    """One kind of entries: a cost, a balance."""

    kind: str
    label: str
    description: str
    time: str = Field(description="The field that says on which day an entry counts; today, where nothing is said.")
    endpoint: str | None = Field(default=None, description="/api/kpi/<endpoint> records and lists it as well.")
    fields: tuple[EntryField, ...]
    complete_from: date | None = Field(default=None, description="The first day of which everything is recorded; null: none.")
    complete_until: datetime | None = Field(default=None, description="The instant up to which everything is recorded.")
    timezone: str = Field(description="The zone of the shop's days.")


class Entry(Fact):
    """One entry as it stands: a later recording of the same id has replaced an earlier one."""

    id: str
    day: date = Field(description="The shop day on which it counts.")
    recorded_at: datetime
    values: dict[str, str | bool | int | None] = Field(description="Its other fields.")


class Recorded(Fact):
    """What a recording, correction, removal or declaration has done."""

    kind: str
    id: str | None = Field(default=None, description="The entry; null where completeness was declared.")
    entry: Entry | None = Field(default=None, description="The entry as it stands now; null once removed.")
    complete_from: date | None = Field(description="From this day on everything is recorded, as far as anybody said.")
    complete_until: datetime | None = Field(description="Until this instant: that of the recording.")
    job: int | None = Field(default=None, description="The refresh that works the numbers out anew, once it is asked for.")
