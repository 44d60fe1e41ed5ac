"""What a build changed: the days that the models wrote to the warehouse's change log."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assay.catalog.entry import Catalog
from assay.engines.protocol import Engine
from assay.errors import AssayError
from assay.planner.rollup import Rollup
from assay.planner.tables import quoted


@dataclass
class Changes:
    """The days that changed under one model, by its day column, and whether rows of it were changed or removed."""

    last: int = 0
    """The newest entry of the change log that was read."""
    logged: frozenset[str] = frozenset()
    """The model's day columns that the change log follows; of any other every day may have changed at any time."""
    days: dict[str, set[date]] = field(default_factory=dict)
    corrected: bool = False

    def all_days(self) -> set[date]:
        """Return the changed days of every day column."""
        return {day for changed in self.days.values() for day in changed}


class ChangeLog:
    """Reads `assay.changed_days`, which dbt models made as `fact` write."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, last: int, model: str) -> Changes:
        """Return what changed under the model after the log's entry `last`."""
        changes = Changes(last)
        for row in self._rows("seq, time_column, day, kind", "model = ? and seq > ?", [model, last]):
            changes.last = max(changes.last, row["seq"])
            if row["day"] is not None:
                changes.days.setdefault(row["time_column"], set()).add(row["day"])
            changes.corrected |= row["kind"] in ("updated", "deleted")
        changes.logged = frozenset(row["time_column"] for row in self._rows("distinct time_column", "model = ?", [model]))
        return changes

    def follows(self, rollup: Rollup, catalog: Catalog, changes: Changes) -> bool:
        """Return whether the log says which days of the rollup changed."""
        if rollup.time in changes.logged:
            return True
        if rollup.time not in catalog.models[rollup.model].times:
            return False
        never = f"select count(*) = 0 as never from {quoted(rollup.model)}"  # noqa: S608 - a fact that never had a row
        return bool(self._engine.query(never)["never"][0].as_py())

    def _rows(self, columns: str, condition: str, parameters: list[object]) -> list[dict[str, Any]]:
        """Return rows of the log; the first build makes it, so before that there are none."""
        try:
            sql = f"select {columns} from assay.changed_days where {condition}"  # noqa: S608 - both are written above
            return list(self._engine.query(sql, parameters).to_pylist())
        except AssayError as error:
            if "does not exist" not in str(error):
                raise
            return []
