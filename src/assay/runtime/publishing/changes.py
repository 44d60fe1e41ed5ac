"""What a build changed: the days that the models wrote to the warehouse's change log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

    def since(self, read_until: Mapping[str, int]) -> dict[str, Changes]:
        """Return what changed under each model after the log's entry up to which it was read."""
        found = {model: Changes(last) for model, last in read_until.items()}
        for row in self._rows("distinct model, time_column", "true"):
            if (changes := found.get(row["model"])) is not None:
                changes.logged |= {row["time_column"]}
        oldest = min(read_until.values(), default=0)
        for row in self._rows("seq, model, time_column, day, kind", "seq > ?", [oldest]):
            model = row["model"]
            if model not in found or row["seq"] <= read_until[model]:
                continue
            changes = found[model]
            changes.last = max(changes.last, row["seq"])
            if row["day"] is not None:
                changes.days.setdefault(row["time_column"], set()).add(row["day"])
            changes.corrected |= row["kind"] in ("updated", "deleted")
        return found

    def follows(self, rollup: Rollup, catalog: Catalog, changes: Changes) -> bool:
        """Return whether the log says which days of the rollup changed."""
        if rollup.time in changes.logged:
            return True
        if rollup.time not in catalog.models[rollup.model].times:
            return False
        never = f"select count(*) = 0 as never from {quoted(rollup.model)}"  # noqa: S608 - a fact that never had a row
        return bool(self._engine.query(never)["never"][0].as_py())

    def _rows(self, columns: str, condition: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Return rows of the log; the first build makes it, so before that there are none."""
        try:
            sql = f"select {columns} from assay.changed_days where {condition}"  # noqa: S608 - both are written above
            return list(self._engine.query(sql, parameters).to_pylist())
        except AssayError as error:
            if "does not exist" not in str(error):
                raise
            return []
