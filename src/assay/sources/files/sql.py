"""Small pieces of SQL text that every part of the import writes alike."""

from __future__ import annotations


def literal(text: str) -> str:
    """Return the text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def words(texts: tuple[str, ...]) -> str:
    """Return the texts as the inside of an SQL `in (…)`."""
    return ", ".join(literal(text) for text in texts)
