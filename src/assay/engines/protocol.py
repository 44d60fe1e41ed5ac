"""What Assay asks of a warehouse engine. Each engine is a folder beside this file, found by itself.

An engine's folder exports `open_engine(project) -> Engine`. Results are Arrow tables: whole numbers and decimals arrive
exact, never as floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


class Engine(Protocol):
    """An open warehouse."""

    name: str
    connection: Any
    """The engine's own connection, for loading raw records into it."""

    @property
    def identity(self) -> str:
        """Changes when the warehouse is made anew: partials read from another one are void."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Run a query written in DuckDB's words and return its rows."""

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a statement."""

    def local_minute(self, column: str) -> str:
        """Return the SQL of the minute of the shop's wall clock at an instant column."""

    def reader(self) -> Engine:
        """Return a second reader of the same warehouse, for another thread."""

    def close(self) -> None:
        """Let go of the warehouse, so that another connection can open it."""

    def damaged(self, message: str) -> bool:
        """Return whether an error of the warehouse says that its file is damaged."""

    def set_aside(self) -> None:
        """Close a damaged warehouse and keep it under another name; the next one that is opened is empty."""
