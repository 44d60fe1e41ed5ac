"""YAML files as plain data with the place of every key and value, for messages that point at a line.

A file is text from a stranger: size, nesting and the expansion of aliases are bounded, tags are refused, and the parser's
events are counted before anything is built from them (libyaml's own recursion would crash the process). Scalars are those of
YAML 1.2's core schema with exact decimals; a date stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from assay.catalog.problem import Problem

MAX_BYTES = 1_000_000
MAX_NESTING = 40
MAX_VALUES = 50_000
"""Values in one file after aliases are expanded."""

Key = tuple[str | int, ...]
Mark = tuple[int, int]

_UNPRINTABLE = re.compile(r"[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,29})")
_DECIMAL = re.compile(r"[-+]?([0-9]{1,30}\.[0-9]{0,30}|\.[0-9]{1,30})|[-+]?[0-9]{1,30}(\.[0-9]{0,30})?[eE][-+]?[0-9]{1,2}")


@dataclass(frozen=True)
class Document:
    """One YAML document: its data, and where each key and value of it stands."""

    file: str
    data: Any
    line: int = 1
    values: dict[Key, Mark] = field(default_factory=dict)
    keys: dict[Key, Mark] = field(default_factory=dict)
    inline: dict[Key, int] = field(default_factory=dict)
    """For text on one line: how many characters of quoting stand before it."""

    def mark(self, *path: str | int) -> Mark:
        """Return line and column of the value at the path, or of the nearest value around it."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.values:
                return self.values[path[:length]]
        return (self.line, 1)

    def key_mark(self, *path: str | int) -> Mark:
        """Return line and column of the key at the path, or of the nearest value around it."""
        return self.keys.get(path) or self.mark(*path)

    def inside(self, offset: int | None, *path: str | int) -> Mark:
        """Return the place of the 1-based `offset` within the text at the path; its start, if the text is folded."""
        line, column = self.mark(*path)
        if offset is None or path not in self.inline:
            return (line, column)
        return (line, column + self.inline[path] + offset - 1)

    def problem(self, mark: Mark, message: str, remedy: str = "", **more: Any) -> Problem:
        """Return a problem of this file at the mark."""
        return Problem(self.file, mark[0], mark[1], message, remedy, **more)


class _RefusedError(Exception):
    """Reading stopped at a mark."""

    def __init__(self, mark: Mark, message: str, remedy: str) -> None:
        super().__init__(message)
        self.mark, self.message, self.remedy = mark, message, remedy


def read_documents(path: Path, shown: str) -> tuple[tuple[Document, ...], tuple[Problem, ...]]:
    """Return the file's documents and what is wrong with it as YAML; `shown` is its name in messages.

    Documents before a syntax error are returned; nothing is raised for what the file holds.
    """
    text, problem = _text(path, shown)
    if problem is not None:
        return (), (problem,)
    documents: list[Document] = []
    problems: list[Problem] = []
    try:
        for document, found in _documents(text, shown):
            problems.extend(found)
            if document is not None:
                documents.append(document)
    except _RefusedError as refused:
        problems.append(Problem(shown, *refused.mark, refused.message, refused.remedy, rule="yaml"))
    return tuple(documents), tuple(problems)


def _text(path: Path, shown: str) -> tuple[str, Problem | None]:
    def refused(line: int, column: int, message: str, remedy: str) -> tuple[str, Problem]:
        return "", Problem(shown, line, column, message, remedy, rule="yaml")

    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return refused(1, 1, f"The file cannot be read: {error.strerror}.", "Make it a readable file, or remove it.")
    if len(content) > MAX_BYTES:
        return refused(1, 1, f"The file is larger than {MAX_BYTES:,} bytes.", "Split it into several files.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - before.rfind(b"\n")
        return refused(
            before.count(b"\n") + 1, column, f"Byte 0x{content[error.start]:02x} is not UTF-8.", "Save the file as UTF-8."
        )
    if found := _UNPRINTABLE.search(text):
        before_text = text[: found.start()]
        column = found.start() - before_text.rfind("\n")
        named = "NUL" if found.group() == "\0" else f"U+{ord(found.group()):04X}"
        return refused(before_text.count("\n") + 1, column, f"The control character {named} stands in the file.", "Remove it.")
    return text, None


def _documents(text: str, shown: str) -> Iterator[tuple[Document | None, list[Problem]]]:
    import yaml

    refused: _RefusedError | None = None
    try:
        _count_events(yaml, text)
    except _RefusedError as error:
        refused = error
        if error.remedy == _BOUNDED:
            raise
    try:
        for node in yaml.compose_all(text, Loader=yaml.CSafeLoader):
            if node is not None:
                yield _Builder(shown).build(node)
    except yaml.YAMLError as error:
        raise refused or _syntax(error, text) from None
    if refused is not None:
        raise refused


_BOUNDED = "A catalogue file is small and flat: write the values out."


def _count_events(yaml: Any, text: str) -> None:
    """Refuse, before anything is built, what would exhaust the stack or the memory."""
    depth = anchors = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            mark = (event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            anchors += isinstance(event, yaml.AliasEvent)
            if depth > MAX_NESTING:
                raise _RefusedError(mark, f"The file is nested more than {MAX_NESTING} levels deep.", _BOUNDED)
            if anchors > 1_000:
                raise _RefusedError(mark, "The file holds more than 1,000 aliases.", _BOUNDED)
    except yaml.YAMLError as error:
        raise _syntax(error, text) from None


def _syntax(error: Any, text: str) -> _RefusedError:
    opened, stopped = getattr(error, "context_mark", None), getattr(error, "problem_mark", None)
    never_closed = "end of stream" in str(getattr(error, "problem", ""))
    mark = opened if opened and (never_closed or not stopped) else stopped
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.split("\n")
    indent = re.match(r"[ ]*\t", lines[line - 1]) if line <= len(lines) else None
    if indent:
        return _RefusedError(
            (line, indent.end()), "A tab stands in the indentation.", "Indent with spaces: YAML does not allow tabs."
        )
    said = getattr(error, "problem", None) or "it does not parse"
    context = getattr(error, "context", None)
    return _RefusedError(
        (line, column),
        f"The file is not YAML: {f'{context}, ' if context else ''}{said}.",
        "Check the indentation, the colons and the quotes of this line and the one before; quote text that holds `: ` or ` #`.",
    )


class _Builder:
    """Turns the nodes of one document into data and marks."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []
        self.values: dict[Key, Mark] = {}
        self.keys: dict[Key, Mark] = {}
        self.inline: dict[Key, int] = {}
        self.open: list[int] = []

    def build(self, node: Any) -> tuple[Document | None, list[Problem]]:
        line = node.start_mark.line + 1
        data = self._value(node, ())
        return Document(self.shown, data, line, self.values, self.keys, self.inline), self.problems

    def _value(self, node: Any, path: Key) -> Any:
        mark = (node.start_mark.line + 1, node.start_mark.column + 1)
        if len(self.values) >= MAX_VALUES:
            raise _RefusedError(
                mark, f"The file holds more than {MAX_VALUES:,} values once its aliases are expanded.", _BOUNDED
            )
        if id(node) in self.open:
            raise _RefusedError(mark, "An alias holds itself.", _BOUNDED)
        self.values[path] = mark
        self.open.append(id(node))
        try:
            return self._content(node, path, mark)
        finally:
            self.open.pop()

    def _content(self, node: Any, path: Key, mark: Mark) -> Any:
        if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.split(":")[-1] not in _TAGS:
            self._add(mark, f"The tag {node.tag[:80]} is not understood.", "Remove the tag: files hold plain values only.")
            return None
        if node.id == "sequence":
            return [self._value(item, (*path, place)) for place, item in enumerate(node.value)]
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.start_mark.line == node.end_mark.line:
            self.inline[path] = 1 if node.style in _QUOTES else 0
        return node.value if node.style in _QUOTES else scalar(node.value)

    def _mapping(self, node: Any, path: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[Any] = []
        for key_node, value_node in node.value:
            mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key_node.id != "scalar":
                self._add(mark, "A list or mapping stands as a key.", "Write a plain word before the colon.")
                continue
            key = str(key_node.value)
            if key_node.tag.endswith(":merge"):
                merged.append(self._value(value_node, path))
            elif key in result:
                first = self.keys[(*path, key)][0]
                self._add(mark, f'"{key}" is written twice; the first stands in line {first}.', "Keep one of them.")
            else:
                self.keys[(*path, key)] = mark
                result[key] = self._value(value_node, (*path, key))
        for inherited in merged:
            for part in inherited if isinstance(inherited, list) else [inherited]:
                result = {**part, **result} if isinstance(part, dict) else result
        return result

    def _add(self, mark: Mark, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.shown, *mark, message, remedy, rule="yaml"))


_QUOTES = {"'", '"', "|", ">"}
_TAGS = {"str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value"}


def scalar(text: str) -> Any:
    """Return what an unquoted word means: null, true or false, a whole number, an exact decimal, else the text itself."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text
