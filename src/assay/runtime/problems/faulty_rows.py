"""The rows that failing checks find, where a check tells them: so that an answer names what is wrong with its data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from assay.engines.protocol import Engine
from assay.values.check import Check

MOST = 3
"""So many rows of each check are told."""
TOLD = {"row_id", "reason"}
"""The columns in which a check tells a row: its name, and what is wrong with it."""
LONGEST = 160


def with_rows(checks: Iterable[Check], sql: Mapping[str, str], engine: Engine) -> tuple[Check, ...]:
    """Return the checks, each failing one with the first rows that its SQL finds."""
    return tuple(
        check.model_copy(update={"rows": _rows(sql[check.name], engine)}) if check.name in sql else check for check in checks
    )


def _rows(sql: str, engine: Engine) -> tuple[str, ...]:
    if not all(column in sql for column in TOLD):  # most checks tell none, and need not be run again
        return ()
    found = engine.query(f"select * from (\n{sql}\n) as found order by all limit {MOST}")
    if not set(found.column_names) >= TOLD:
        return ()
    return tuple(_words(f"{row['row_id'] or 'a row without a name'} ({row['reason']})") for row in found.to_pylist())


def _words(text: str) -> str:
    """Return text that came from outside as it may stand in a sentence: on one line, and not too long."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"
