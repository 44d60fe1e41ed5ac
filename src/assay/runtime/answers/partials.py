"""What the evaluation of formulas asks of whoever keeps or computes aggregates."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from assay.calendar import Window
from assay.catalog.expression import Aggregate, Recurring
from assay.planner.rollup import Rollup
from assay.values.measured import Measured


class Partials(Protocol):
    """Where aggregates come from: the published rollups, or the warehouse itself."""

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured: ...

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> dict[str | None, Measured]: ...

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured: ...

    def recurring_by(
        self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime
    ) -> dict[str | None, Measured]: ...

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None: ...
