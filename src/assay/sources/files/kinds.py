"""Import kinds: what a file of orders, products or refunds holds and which streams it becomes.

A kind is data in a pack (`imports/<kind>.yml`); nothing here knows any of them by name.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assay.errors import UsageError, suggest
from assay.values.load import SourceName


class Shape(BaseModel):
    """Frozen, and closed to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ColumnType(StrEnum):
    """How a cell's text is read; each has its own conversion in `columns`."""

    TEXT = "text"
    MONEY = "money"
    INTEGER = "integer"
    INSTANT = "instant"
    BOOLEAN = "boolean"
    CURRENCY = "currency"


class Column(Shape):
    """One column that a file of this kind may have."""

    type: ColumnType = Field(description="How a cell is read.")
    required: bool = Field(default=False, description="Whether a file without this column is refused.")
    empty: bool = Field(default=False, description="Whether a required column may have empty cells.")
    aliases: tuple[str, ...] = Field(default=(), description="Other headings under which the column is found by itself.")
    default: str | None = Field(
        default=None, description="What a row has where the file says nothing; `$currency` is the project's currency."
    )
    values: tuple[str, ...] = Field(default=(), description="The only words that the column may hold.")
    min: int | None = Field(default=None, description="The least amount or number.")
    description: str = ""


class Condition(Shape):
    """Holds when everything that is said holds."""

    missing: SourceName | None = Field(default=None, description="The file has no such column.")
    has: SourceName | None = Field(default=None, description="The file has this column.")
    any_row: dict[SourceName, tuple[str, ...]] = Field(
        default={}, description="Some row has one of these words in the column (of several columns: in one of them)."
    )
    no_row: dict[SourceName, tuple[str, ...]] = Field(default={}, description="No row has any of these words in the column.")

    def columns(self) -> set[str]:
        """Return the columns that it speaks of."""
        return {*self.any_row, *self.no_row, *(name for name in (self.missing, self.has) if name)}


class Constant(Shape):
    """A field that is the same in every record."""

    constant: str | bool


class Stream(Shape):
    """The records that the file's rows become in one stream."""

    stream: SourceName
    key: tuple[str, ...] = Field(min_length=1, description="Columns of the record's identity; `$day` is the shop day.")
    fields: dict[SourceName, str | Constant] = Field(description="The payload: a column of the kind, or a constant.")
    rows: dict[SourceName, tuple[str, ...]] = Field(default={}, description="Only rows with one of these words in the column.")
    when: Condition = Field(default=Condition(), description="Whether the stream is written at all.")


class Completes(Shape):
    """A stream that the file completes for its days, written or not."""

    stream: SourceName
    when: Condition = Condition()


class Note(Shape):
    """A sentence for the summary and the receipt."""

    say: str
    when: Condition = Condition()


class ImportKind(Shape):
    """What a kind of file holds and what it becomes."""

    kind: SourceName = Field(alias="import")
    label: str
    description: str = ""
    id: SourceName | None = Field(
        default=None, description="The column that identifies a row; without it a row is the file's hash and its number."
    )
    time: SourceName | None = Field(
        default=None, description="The column that says when a row happened; a kind without one is a list as it stands now."
    )
    by_hand: bool = Field(
        default=False,
        description="Whether people record rows of it one by one (`assay record`); it needs `id` and `time`.",
    )
    endpoint: SourceName | None = Field(
        default=None, description="Of what is recorded by hand: /api/kpi/<endpoint> records and lists it as well."
    )
    columns: dict[SourceName, Column]
    repeats: Literal["reject", "latest"] = Field(
        default="reject", description="Rows of one identity that differ: all are rejected, or the latest by time is taken."
    )
    streams: tuple[Stream, ...] = Field(min_length=1, description="The first is the stream of the file itself.")
    completes: tuple[Completes, ...] = Field(min_length=1)
    notes: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _names_known_columns(self) -> ImportKind:
        for name, place in self._names():
            if name not in self.columns:
                raise ValueError(f"{place} names {name!r}, which is not in `columns`.{suggest(name, self.columns)}")
        if self.time and self.columns[self.time].type is not ColumnType.INSTANT:
            raise ValueError(f"`time` names {self.time!r}, which is not of type instant")
        if self.endpoint and not self.by_hand:
            raise ValueError("`endpoint` is for what is recorded `by_hand`")
        if self.by_hand and not (self.id and self.time and all(one.key == (self.id,) for one in self.streams)):
            raise ValueError("`by_hand` needs `time`, and an `id` that alone is the `key` of each stream")
        return self

    def _names(self) -> list[tuple[str, str]]:
        found = [(name, place) for name, place in ((self.id, "`id`"), (self.time, "`time`")) if name]
        for stream in self.streams:
            place = f"stream {stream.stream!r}"
            found += [(name, place) for name in stream.key if name != "$day"]
            found += [(field, place) for field in stream.fields.values() if isinstance(field, str)]
            found += [(name, place) for name in (*stream.rows, *stream.when.columns())]
        found += [(name, f"completes {entry.stream!r}") for entry in self.completes for name in entry.when.columns()]
        found += [(name, "a note") for note in self.notes for name in note.when.columns()]
        return found

    @property
    def required(self) -> list[str]:
        """The columns without which a file is refused."""
        return [name for name, column in self.columns.items() if column.required]


def import_kinds(folders: Iterable[Path]) -> dict[str, ImportKind]:
    """Return the kinds that the packs (or projects) in these folders declare, by name.

    Raises one `UsageError` with everything that is wrong in any of their files, each with file and line.
    """
    kinds: dict[str, ImportKind] = {}
    places: dict[str, Path] = {}
    problems: list[str] = []
    for path in (path for folder in folders for path in sorted((folder / "imports").glob("*.yml"))):
        kind, found = _read(path)
        if kind and kind.kind in places:
            found.append(f"{path}:1: the kind {kind.kind!r} is declared in {places[kind.kind]} already")
        problems += found
        if kind and not found:
            kinds[kind.kind] = kind
            places[kind.kind] = path
    if problems:
        raise UsageError("Import kinds are not right:\n  " + "\n  ".join(problems), "Mend these lines.")
    return kinds


def _read(path: Path) -> tuple[ImportKind | None, list[str]]:
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        data = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        return None, [f"{path}:{mark.line + 1 if mark else 1}: {error.problem}"]
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return None, [f"{path}:1: cannot be read: {error}"]
    try:
        kind = ImportKind.model_validate(data)
    except ValidationError as error:
        return None, [_sentence(path, node, problem) for problem in error.errors()]
    if kind.kind != path.stem:
        return kind, [f"{path}:{_line(node, ('import',))}: the file declares {kind.kind!r}: name it {kind.kind}.yml"]
    return kind, []


def _sentence(path: Path, node: yaml.Node | None, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        known = {*ImportKind.model_fields, "import", *Column.model_fields, *Stream.model_fields, *Condition.model_fields}
        message = f"there is no such field.{suggest(str(problem['loc'][-1]), known - {'kind'})}"
    return f"{path}:{_line(node, problem['loc'])}: {where + ': ' if where else ''}{message}"


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Return the line of the innermost part of `location` that the file has."""
    line = node.start_mark.line if node else 0
    for part in location:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, inner = key.start_mark.line, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            inner = node.value[part]
            line = inner.start_mark.line
        if inner is None:
            break
        node = inner
    return int(line) + 1
