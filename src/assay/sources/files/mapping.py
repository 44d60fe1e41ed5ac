"""Which column of the file is which column of the kind: by `--map`, by name, or by a declared alias."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assay.errors import UsageError, suggest
from assay.sources.files.kinds import ImportKind
from assay.sources.files.reading import FileTable


def parse_mapping(texts: Iterable[str]) -> dict[str, str]:
    """Return `customer_id=1,ordered_at=2` (given once or several times) as a mapping; `x=` says that the file has no x."""
    mapping: dict[str, str] = {}
    for part in (part.strip() for text in texts for part in text.split(",")):
        name, equals, column = part.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                f"{part!r} maps nothing.", "Write --map NAME=COLUMN, for example --map customer_id=1,total=Amount."
            )
        if name.strip() in mapping:
            raise UsageError(f"{name.strip()!r} is mapped twice.", "Map each name once.")
        mapping[name.strip()] = column.strip()
    return mapping


@dataclass(frozen=True)
class Mapped:
    """The file's column (counted from 1) for each column of the kind that the file has."""

    places: dict[str, int]
    by_itself: tuple[str, ...]
    """Columns of the kind that were found without `--map`."""


def resolve(file: Path, kind: ImportKind, mapping: Mapping[str, str], table: FileTable) -> Mapped:
    """Find each column of the kind in the file; a `UsageError` lists what is missing and the command that would do."""
    unknown = [name for name in mapping if name not in kind.columns]
    if unknown:
        raise UsageError(
            f"{kind.label} have no {unknown[0]!r}.{suggest(unknown[0], kind.columns)}",
            f"A file of {kind.kind} may have: {', '.join(kind.columns)}.",
        )
    places = {name: _named(column, table.columns) for name, column in mapping.items() if column}
    wrong = [f"{name}={mapping[name]}" for name, place in places.items() if place is None]
    if wrong:
        raise _missing(file, kind, mapping, table, f"{file} has no column for {', '.join(wrong)}.")
    found = {name: place for name, place in places.items() if place is not None}
    taken = set(found.values())
    itself: list[str] = []
    for name in kind.columns:
        place = None if name in mapping else _by_itself(name, kind.columns[name].aliases, table, taken)
        if place:
            found[name] = place
            taken.add(place)
            itself.append(name)
    missing = [name for name in kind.required if name not in found]
    if missing:
        raise _missing(file, kind, mapping, table, f"{file} has no column that is known as {', '.join(missing)}.")
    return Mapped(found, tuple(itself))


def _by_itself(name: str, aliases: tuple[str, ...], table: FileTable, taken: set[int]) -> int | None:
    if not table.header:
        return None
    plain = [_plain(column) for column in table.columns]
    for wanted in (name, *aliases):
        if plain.count(wanted) == 1 and (place := plain.index(wanted) + 1) not in taken:
            return place
    return None


def _named(column: str, columns: tuple[str, ...]) -> int | None:
    for form in (str, _plain):
        same = [place for place, name in enumerate(columns, start=1) if form(name) == form(column)]
        if len(same) > 1:
            raise UsageError(
                f"The file has {len(same)} columns with the heading {column!r}.",
                f"Name one by its place: {same[0]} or {same[-1]}.",
            )
        if same:
            return same[0]
    match = re.fullmatch(r"(?:column)?([1-9]\d{0,4})", column)
    return int(match[1]) if match and int(match[1]) <= len(columns) else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def _missing(file: Path, kind: ImportKind, mapping: Mapping[str, str], table: FileTable, problem: str) -> UsageError:
    shown = [safe(column, 40) for column in table.columns[:40]]
    there = (
        ", ".join(f"{place} {name!r}" for place, name in enumerate(shown, start=1))
        if table.header
        else (f"1 to {len(table.columns)}, without headings")
    )
    meant = ""
    parts: list[str] = []
    for name in dict.fromkeys([*kind.required, *mapping]):
        column = mapping.get(name, "")
        if column and _named(column, table.columns):
            parts.append(f"{name}={column}")
            continue
        plain = [_plain(heading) for heading in table.columns]
        close = suggest(_plain(column or name), plain) if table.header else ""
        heading = table.columns[plain.index(close.split('"')[1])] if close else ""
        meant += f' Did you mean "{safe(heading, 40)}" for {name}?' if heading else ""
        if name in kind.required or heading:
            parts.append(f"{name}={heading or 'COLUMN'}")
    command = f"assay import {shlex.quote(str(file))} --as {kind.kind} --map {shlex.quote(','.join(parts))}"
    return UsageError(f"{problem}{meant}", f"Its columns are: {there}.\nSay which column is which:\n  {command}")


def safe(text: str, limit: int = 80) -> str:
    """Return text from a file so that a terminal shows it and does not obey it."""
    shown = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text[:limit])
    return shown + ("…" if len(text) > limit else "")
