"""The shape of a document: Pydantic's verdict as problems with a place, and as much of the contract as can be kept.

A document with a wrong field is still read without it, so that the linter can report what else is wrong in the same run.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from assay.catalog.problem import Problem
from assay.catalog.yaml_files import Document, Key
from assay.errors import suggest

Shape = TypeVar("Shape", bound=BaseModel)

_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,62}$": "a name: lower-case letters, digits and underscores, beginning with a letter, at most 63",
    r"^[1-9][0-9]*(m|h|d)$": "a length of time such as 15m, 26h or 2d",
}
_UNQUOTED = (
    'Between { and } a comma ends the value: put the whole text in quotes, such as {when: "value < shift(a, interval 7 days)"}.'
)


class Shaped(Generic[Shape]):
    """A document read as a contract: the value (None if nothing can be kept), the problems, the fields that were left out."""

    def __init__(self, value: Shape | None, problems: tuple[Problem, ...], broken: frozenset[str]) -> None:
        self.value, self.problems, self.broken = value, problems, broken


def shaped(kind: type[Shape], document: Document, path: Key = (), stand_in: dict[str, Any] | None = None) -> Shaped[Shape]:
    """Read the data at `path` as a `kind`; `stand_in` gives required fields that are missing or wrong a harmless value."""
    data = copy.deepcopy(_at(document.data, path))
    problems: dict[tuple[int, int], Problem] = {}
    broken: set[str] = set()
    for _ in range(50):
        try:
            return Shaped(kind.model_validate(data), tuple(problems.values()), frozenset(broken))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                problem = _problem(kind, document, path, detail)
                problems.setdefault((problem.line, problem.column), problem)
                broken.update(str(part) for part in detail["loc"][:1])
            if not isinstance(data, dict) or not _mended(data, error, stand_in or {}):
                break
    return Shaped(None, tuple(problems.values()), frozenset(broken))


def _at(data: Any, path: Key) -> Any:
    for part in path:
        data = data[part]
    return data


def _mended(data: dict[str, Any], error: ValidationError, stand_in: dict[str, Any]) -> bool:
    """Take out what is wrong; return whether that changed anything."""
    before = copy.deepcopy(data)
    for detail in error.errors(include_url=False):
        loc = detail["loc"]
        top = str(loc[0]) if loc else ""
        holder, leaf = _holder(data, loc)
        if detail["type"] == "extra_forbidden" and isinstance(holder, dict):
            holder.pop(leaf, None)
        elif top in stand_in:
            data[top] = stand_in[top]
        elif isinstance(holder, dict) and leaf in holder and detail["type"] != "missing":
            del holder[leaf]
        else:
            data.pop(top, None)
    return data != before


def _holder(data: Any, loc: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return the mapping or list that holds the value an error is about, and its key there."""
    holder, leaf, here = data, loc[0] if loc else None, data
    for part in loc:
        if (isinstance(here, dict) and part in here) or (isinstance(here, list) and isinstance(part, int) and part < len(here)):
            holder, leaf, here = here, part, here[part]
    return holder, leaf


def _problem(kind: type[BaseModel], document: Document, path: Key, detail: Any) -> Problem:
    loc = _located(document, path, detail["loc"])
    what, field = detail["type"], str(detail["loc"][-1]) if detail["loc"] else ""
    mark = document.mark(*loc)
    if what == "extra_forbidden":
        known = sorted(_fields(kind, detail["loc"][:-1]))
        return document.problem(
            document.key_mark(*loc),
            f'"{field}" is not a known field.',
            f"Known here: {', '.join(known)}." if field.isidentifier() else _UNQUOTED,
            suggestion=suggest(field, known),
            rule="unknown_field",
        )
    if what == "missing":
        hint = _description(kind, detail["loc"])
        return document.problem(mark, f'The field "{field}" is missing.', f"Add it. {hint}".strip())
    name = next((str(part) for part in reversed(loc) if isinstance(part, str)), kind.__name__.lower())
    return document.problem(mark, *_said(name, detail))


def _said(name: str, detail: Any) -> tuple[str, str]:
    came, context = _shown(detail["input"]), detail.get("ctx") or {}
    if detail["type"] in {"enum", "literal_error"}:
        known = re.findall(r"'([^']+)'", context.get("expected", ""))
        hint = suggest(str(detail["input"]), known)
        return f"{name} is {came}, which is not one of its values.{hint}", f"Use {' or '.join(known)}."
    if detail["type"] == "string_pattern_mismatch":
        return (
            f"{name} is {came}.",
            f"Write {_PATTERNS.get(context.get('pattern', ''), 'it as ' + str(context.get('pattern')))}.",
        )
    if detail["type"] == "string_type" and isinstance(detail["input"], int | float):
        return f"{name} is the number {came}; text is needed.", f'Put it in quotes: {name}: "{detail["input"]}".'
    reason = detail["msg"].removeprefix("Value error, ").rstrip(".")
    if detail["type"] == "value_error" and isinstance(detail["input"], dict):
        return f"{name} does not hold together: {reason}.", "Complete it, or remove a field."
    return f"{name} is {came}.", f"{reason}."


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = "nothing" if value is None else f'"{value}"'
    return text if len(text) <= 62 else text[:60] + '…"'


def _located(document: Document, path: Key, loc: tuple[Any, ...]) -> Key:
    """Return the longest path of the file that Pydantic's location follows; it also names union members and wrapped rows."""
    here = path
    for part in loc:
        if (*here, part) in document.values:
            here = (*here, part)
    return here


@cache
def _schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _nodes(kind: type[BaseModel], loc: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return the JSON Schemas that may hold at the location."""
    schema = _schema(kind)
    nodes = list(_alternatives(schema, schema))
    for part in loc:
        inner: list[dict[str, Any]] = []
        for node in nodes:
            if isinstance(part, int):
                inner += [found for found in [node.get("items"), *node.get("prefixItems", [])] if isinstance(found, dict)]
            elif part in node.get("properties", {}):
                inner.append(node["properties"][part])
        nodes = [found for node in inner for found in _alternatives(node, schema)] or nodes
    return nodes


def _alternatives(node: dict[str, Any], schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "$ref" in node:
        yield from _alternatives(schema["$defs"][node["$ref"].rsplit("/", 1)[-1]] | {}, schema)
        return
    yield node
    for other in (*node.get("anyOf", []), *node.get("oneOf", [])):
        yield from _alternatives(other, schema)


def _fields(kind: type[BaseModel], loc: tuple[Any, ...]) -> set[str]:
    return {name for node in _nodes(kind, loc) for name in node.get("properties", {})}


def _description(kind: type[BaseModel], loc: tuple[Any, ...]) -> str:
    for node in _nodes(kind, loc[:-1]):
        described: str = node.get("properties", {}).get(loc[-1], {}).get("description", "")
        if described:
            return described
    return ""
