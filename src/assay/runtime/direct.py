"""Aggregates straight from the warehouse's models: for `--recompute`, and for questions that no partial answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assay.calendar import Window
from assay.catalog.expression import Aggregate, Recurring
from assay.engines.protocol import Engine
from assay.planner.measures import Measure, parts_of
from assay.planner.recurring import recurring_sql
from assay.planner.rollup import Rollup
from assay.planner.tables import measure_sql, quoted, source_sql
from assay.rollups.store import RollupStore
from assay.rollups.tables import NotKeptError
from assay.values.measured import Measured


class DirectPartials:
    """Asks the warehouse for every aggregate; shares nothing with the rollups but the formula."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        """Return the aggregate over the window."""
        source = self._every_row(rollup) if all_rows else self._source(rollup, window)
        columns = self._columns(aggregate, instant)
        row = self._engine.query(f"select {columns} from {source} s").to_pylist()[0]
        return _measured(aggregate, row)

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> dict[str | None, Measured]:
        """Return the aggregate over the window for each value of the dimension."""
        source = self._every_row(rollup) if all_rows else self._source(rollup, window)
        columns = self._columns(aggregate, instant)
        sql = f"select {quoted(dimension)}::varchar as key, {columns} from {source} s group by 1"
        return {row["key"]: _measured(aggregate, row) for row in self._engine.query(sql).to_pylist()}

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        """Return what recurs: its movement from just after the instant `before` to `until`."""
        rows = self._engine.query(recurring_sql(rollup, aggregate, before, until)).to_pylist()
        return _moved(rows[0]) if rows else Measured(Fraction(0))

    def recurring_by(
        self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime
    ) -> dict[str | None, Measured]:
        """Return what recurs for each value of the dimension."""
        rows = self._engine.query(recurring_sql(rollup, aggregate, before, until, dimension)).to_pylist()
        return {row["key"]: _moved(row) for row in rows}

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        """A recomputed value says nothing about when it changes."""
        del rollup, aggregate, instant
        return None

    def _every_row(self, rollup: Rollup) -> str:
        return f"(select * from {quoted(rollup.model)})"

    def _source(self, rollup: Rollup, window: Window) -> str:
        if rollup.stock:
            return source_sql(rollup, [window.end])
        time = quoted(rollup.time)
        within = f"{time} between date '{window.start}' and date '{window.end}'"
        if window.cut is not None and rollup.instant:
            minute = self._engine.local_minute(quoted(rollup.instant))
            within += f" and ({time} < date '{window.end}' or ({minute}) < {window.cut})"
        return f"(select * from {quoted(rollup.model)} where {within})"

    def _columns(self, aggregate: Aggregate, instant: datetime | None) -> str:
        parts = parts_of(aggregate)
        nonnull = measure_sql(parts.nonnull or parts.rows)
        return f"{measure_sql(parts.rows)} as n, {nonnull} as known, {self._value(aggregate, parts.value, instant)} as value"

    def _value(self, aggregate: Aggregate, measure: Measure | None, instant: datetime | None) -> str:
        assert measure is not None
        only = f" filter (where {measure.condition})" if measure.condition else ""
        argument = f"({measure.argument})"
        known = f"{argument} is not null{f' and ({measure.condition})' if measure.condition else ''}"
        match measure.kind:
            case "distinct":
                return f"count(distinct {argument}){only}"
            case "values":
                # quantile_cont interpolates in floats; the two neighbours are taken exactly and interpolated as fractions.
                part = Fraction(aggregate.quantile or 0)
                below = f"({part.numerator} * (count({argument}){only} - 1)) // {part.denominator}"
                return f"list_slice(list_sort(list({argument}) filter (where {known})), {below} + 1, {below} + 2)"
            case "active":
                assert instant is not None
                at = f"timestamptz '{instant.isoformat()}'"
                holds = f"{argument} <= {at} and (({measure.until}) is null or ({measure.until}) > {at})"
                return f"count(*) filter (where {holds}{f' and ({measure.condition})' if measure.condition else ''})"
            case _:
                return measure_sql(measure)


class KeptOrDirect:
    """The published partials, and the warehouse for what they do not keep."""

    def __init__(self, store: RollupStore, engine: Engine, held: frozenset[str] = frozenset()) -> None:
        """`held` are the models whose rows are not to be read: the partials come from an earlier build of theirs."""
        self._store = store
        self._held = held
        self._direct = DirectPartials(engine)

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        """Return the aggregate over the window."""
        try:
            return self._store.measure(rollup, aggregate, window, instant, all_rows=all_rows)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.measure(rollup, aggregate, window, instant, all_rows=all_rows)

    def breakdown(
        self,
        rollup: Rollup,
        aggregate: Aggregate,
        window: Window,
        dimension: str,
        instant: datetime,
        *,
        all_rows: bool = False,
    ) -> dict[str | None, Measured]:
        """Return the aggregate over the window for each value of the dimension."""
        try:
            return self._store.breakdown(rollup, aggregate, window, dimension, instant, all_rows=all_rows)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.breakdown(rollup, aggregate, window, dimension, instant, all_rows=all_rows)

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        """Return what recurs: its movement from just after the instant `before` to `until`."""
        try:
            return self._store.recurring(rollup, aggregate, before, until)
        except NotKeptError:
            if rollup.model in self._held:
                raise
            return self._direct.recurring(rollup, aggregate, before, until)

    def recurring_by(
        self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime
    ) -> dict[str | None, Measured]:
        """Return what recurs for each value of the dimension, which the warehouse alone can tell."""
        if rollup.model in self._held:
            return self._store.recurring_by(rollup, aggregate, dimension, before, until)
        return self._direct.recurring_by(rollup, aggregate, dimension, before, until)

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        """Return when an `active` count changes by the clock alone."""
        return self._store.next_change(rollup, aggregate, instant)


def _measured(aggregate: Aggregate, row: dict[str, Any]) -> Measured:
    n, known, value = int(row["n"]), int(row["known"]), row["value"]
    if aggregate.function == "active":
        n = known = int(value)
    elif aggregate.argument is None:
        known = n
    if aggregate.function == "quantile":
        return Measured(_between(value or [], Fraction(aggregate.quantile or 0) * (known - 1)), n, n - known)
    number = None if value is None else Fraction(Decimal(value))
    if number is None and aggregate.function == "sum":
        number = Fraction(0)
    if aggregate.function == "avg":
        number = number / known if number is not None and known else None
    return Measured(number, n, n - known)


def _moved(row: dict[str, Any]) -> Measured:
    return Measured(Fraction(Decimal(row["value"] or 0)), int(row["n"]), int(row["nulls"]))


def _between(neighbours: list[Any], position: Fraction) -> Fraction | None:
    """Return the point between the values at and after the position, as `quantile_cont` means it."""
    values = [Fraction(Decimal(value)) for value in neighbours]
    return values[0] + (position - position.numerator // position.denominator) * (values[-1] - values[0]) if values else None
