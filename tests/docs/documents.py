"""Reads the project's Markdown: its headings, code blocks and links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(`{3,})(\w*)[^\n]*\n(.*?)^\1\s*$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^(#{1,6}) +(.+?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """One Markdown file."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return FENCE.sub("", self.text)

    def blocks(self, *languages: str) -> Iterator[str]:
        """Yield the code blocks of the languages."""
        yield from (body for _, language, body in FENCE.findall(self.text) if language in languages)

    def links(self) -> Iterator[str]:
        """Yield the targets of the links that lead into the project."""
        yield from (target for target in LINK.findall(self.prose) if not re.match(r"[a-z]+:", target))

    def anchors(self) -> set[str]:
        """Return the anchors that the headings make."""
        return {_anchor(title) for _, title in HEADING.findall(self.prose)}

    def sections(self) -> dict[str, str]:
        """Return the text under each heading, deeper headings included, by the heading's title."""
        found = {}
        headings = list(HEADING.finditer(self.text))
        for place, heading in enumerate(headings):
            level = len(heading[1])
            later = (one.start() for one in headings[place + 1 :] if len(one[1]) <= level)
            found[heading[2]] = self.text[heading.end() : next(later, len(self.text))]
        return found


def _anchor(title: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", title.lower())
    return kept.replace(" ", "-")


def documents() -> list[Document]:
    """Return every document of the project."""
    places = ["*.md", "docs/**/*.md", "packs/*/README.md", "web/*.md", "benchmarks/*.md"]
    return [Document(path) for place in places for path in sorted(ROOT.glob(place))]


def document(name: str) -> Document:
    """Return one document by its path in the project; it must exist."""
    path = ROOT / name
    assert path.is_file(), f"{name} is missing"
    return Document(path)


def named(text: str) -> set[str]:
    """Return everything that stands in backticks."""
    return {one.strip() for one in re.findall(r"`([^`\n]+)`", text)}
