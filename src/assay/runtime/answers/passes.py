"""Aggregates worked out from a model's rows together: as few passes as there are things to sum, to count once, or to order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from assay.calendar import Window
from assay.catalog.expression import Aggregate, Recurring
from assay.engines.protocol import Engine
from assay.planner.direct import BITS, MOST_WINDOWS, Passes
from assay.planner.measures import Measure, parts_of, phases_of
from assay.planner.recurring import recurring_sql
from assay.planner.rollup import Rollup
from assay.planner.tables import quoted
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

ByKey = dict[str | None, Measured]
"""By the values of a dimension; without one under None."""
Counts = npt.NDArray[np.int64]


class OverRows(NamedTuple):
    """An aggregate over the rows of a window; with `all_rows` over those of every day."""

    rollup: Rollup
    aggregate: Aggregate
    window: Window
    instant: datetime
    all_rows: bool
    dimension: str | None = None


class Moved(NamedTuple):
    """What recurs, from just after the instant `before` to `until`."""

    rollup: Rollup
    aggregate: Recurring
    before: datetime
    until: datetime
    dimension: str | None = None


Asked = OverRows | Moved


def measured(engine: Engine, asked: Iterable[Asked]) -> dict[Asked, ByKey]:
    """Return what each of the asked is."""
    over_rows: dict[object, dict[Window, list[OverRows]]] = defaultdict(lambda: defaultdict(list))
    moved: dict[object, list[Moved]] = defaultdict(list)
    for one in dict.fromkeys(asked):
        if isinstance(one, Moved):
            moved[one.rollup.name, phases_of(one.aggregate), one.dimension].append(one)
        else:
            over_rows[one.rollup.name, one.dimension, one.all_rows][one.window].append(one)
    found: dict[Asked, ByKey] = {}
    for movements in moved.values():
        found |= _moved(engine, movements)
    for windows in over_rows.values():
        every = list(windows.values())
        for first in range(0, len(every), MOST_WINDOWS):
            together = [one for own in every[first : first + MOST_WINDOWS] for one in own]
            told = _Told(engine, together)
            found |= {one: told.measure(one) for one in together}
    return found


class _Seen(NamedTuple):
    """How many values (`n`) lie in the parts whose bits are set; a condition's bits begin at `shift`."""

    mask: Counts
    n: Counts
    shift: int

    def different(self, parts: range) -> Fraction:
        """Return how many different values lie in any of the parts."""
        bits = sum(1 << (part + self.shift) for part in parts)
        return Fraction(int(self.n[(self.mask & bits) != 0].sum()))


class _Ordered(NamedTuple):
    """Values in order, each as often as parts have it, with how often that is."""

    values: pa.ChunkedArray
    part: Counts
    n: Counts

    def quantile(self, parts: range, quantile: Fraction) -> Fraction | None:
        """Return the point between two neighbours, as `quantile_cont` means it, but exact."""
        running = np.cumsum(self.n * ((self.part >= parts.start) & (self.part < parts.stop)))
        if not len(running) or not running[-1]:
            return None
        position = quantile * (int(running[-1]) - 1)
        below = position.numerator // position.denominator
        places = np.searchsorted(running, (below, min(below + 1, int(running[-1]) - 1)), side="right")
        low, high = (Fraction(Decimal(self.values[int(place)].as_py())) for place in places)
        return low + (position - below) * (high - low)


class _Told:
    """What the passes over one model's rows tell, part by part."""

    def __init__(self, engine: Engine, asked: Sequence[OverRows]) -> None:
        rollup, *_, all_rows, dimension = asked[0]
        minute = engine.local_minute(quoted(rollup.instant)) if rollup.instant else ""
        self._engine = engine
        self._passes = Passes(rollup, {one.window for one in asked}, minute, dimension, all_rows=all_rows)
        scalars = {_name(measure, one.instant): (measure, one.instant) for one in asked for measure in _scalars(one)}
        self._columns = {name: f"c{n}" for n, name in enumerate(scalars)}
        self._rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in engine.query(self._passes.scalars(list(scalars.values()))).to_pylist():
            self._rows[row["part"]].append(row)
        values = {value for one in asked if (value := parts_of(one.aggregate).value)}
        self._seen = dict(self._count_once([one for one in values if one.kind == "distinct"]))
        self._ordered = dict(self._put_in_order([one for one in values if one.kind == "values"]))

    def measure(self, one: OverRows) -> ByKey:
        """Return the aggregate over its window, for each value of its dimension that has rows in it."""
        parts = self._passes.parts(one.window)
        rows: dict[str | None, list[dict[str, Any]]] = {} if one.dimension else {None: []}
        for part in parts:
            for row in self._rows.get(part, ()):
                rows.setdefault(row.get("key"), []).append(row)
        return {key: self._measure(one, parts, key, own) for key, own in rows.items()}

    def _measure(self, one: OverRows, parts: range, key: str | None, rows: list[dict[str, Any]]) -> Measured:
        def cells(measure: Measure) -> list[Any]:
            column = self._columns[_name(measure, one.instant)]
            return [_exact(row[column]) for row in rows if row[column] is not None]

        aggregate, made_of = one.aggregate, parts_of(one.aggregate)
        value = made_of.value
        assert value is not None
        n = sum(cells(made_of.rows))
        known = sum(cells(made_of.nonnull)) if made_of.nonnull else n
        number: Fraction | None
        match value.kind:
            case "distinct":
                seen = self._seen[value].get(key)
                number = seen.different(parts) if seen else Fraction(0)
            case "values":
                ordered = self._ordered[value].get(key)
                number = ordered.quantile(parts, Fraction(aggregate.quantile or 0)) if ordered else None
            case "min" | "max":
                extreme = (min if value.kind == "min" else max)(cells(value), default=None)
                number = None if extreme is None else Fraction(extreme)
            case "active":
                n = known = sum(cells(value))
                number = Fraction(n)
            case _:
                number = Fraction(sum(cells(value)))
        if aggregate.function == "avg":
            number = number / known if number is not None and known else None
        return Measured(number, n, n - known)

    def _count_once(self, measures: list[Measure]) -> Iterator[tuple[Measure, dict[str | None, _Seen]]]:
        """Read which parts each value lies in: a pass for each argument, and as many conditions as have room in a number."""
        places = self._passes.places
        for argument, own in _by_argument(measures):
            for first in range(0, len(own), BITS // places):
                some = own[first : first + BITS // places]
                rows = self._engine.query(self._passes.distinct(argument, [one.condition for one in some]))
                mask, n = (rows[name].to_numpy() for name in ("mask", "n"))
                for number, measure in enumerate(some):
                    yield measure, {key: _Seen(mask[at], n[at], number * places) for key, at in _keys(rows)}

    def _put_in_order(self, measures: list[Measure]) -> Iterator[tuple[Measure, dict[str | None, _Ordered]]]:
        """Read how often each value lies in which part: a pass for each argument."""
        for argument, own in _by_argument(measures):
            rows = self._engine.query(self._passes.values(argument, [one.condition for one in own]))
            part = rows["part"].to_numpy()
            for number, measure in enumerate(own):
                n = rows[f"n{number}"].to_numpy()
                yield measure, {key: _Ordered(rows["value"][at], part[at], n[at]) for key, at in _keys(rows)}


def _scalars(one: OverRows) -> list[Measure]:
    """Return the measures of the aggregate that are one number."""
    made_of = parts_of(one.aggregate)
    measures = (made_of.rows, made_of.nonnull, made_of.value)
    return [measure for measure in measures if measure and measure.kind not in ("distinct", "values")]


def _name(measure: Measure, instant: datetime) -> str:
    """Return a name that is the same wherever the same is meant; of what is active at the same instant."""
    return f"{measure.id} {instant}" if measure.kind == "active" else measure.id


def _by_argument(measures: list[Measure]) -> list[tuple[str, list[Measure]]]:
    found: dict[str, list[Measure]] = defaultdict(list)
    for measure in measures:
        found[f"({measure.argument})"].append(measure)
    return list(found.items())


def _keys(rows: pa.Table) -> list[tuple[str | None, slice]]:
    """Return where the rows of each key lie, which are in its order."""
    if "key" not in rows.column_names:
        return [(None, slice(0, rows.num_rows))]
    keys = rows["key"].to_pylist()
    runs = [(key, [*run]) for key, run in groupby(range(len(keys)), key=keys.__getitem__)]
    return [(key, slice(run[0], run[-1] + 1)) for key, run in runs]


def _exact(value: Any) -> Any:
    """Return a number that adds up exactly, however many digits it has."""
    return whole if (whole := int(value)) == value else Fraction(value)


def _moved(engine: Engine, asked: Sequence[Moved]) -> dict[Asked, ByKey]:
    rollup, aggregate, *_, dimension = asked[0]
    moves = [(one.aggregate, one.before, one.until) for one in asked]
    rows = engine.query(recurring_sql(rollup, phases_of(aggregate), moves, dimension)).to_pylist()
    found: dict[Asked, ByKey] = {}
    for n, one in enumerate(asked):
        own = {row.get("key"): row for row in rows if row[f"begun{n}"]}
        money = "n" if one.aggregate.function == "recurring_entities" else "value"
        found[one] = {
            key: Measured(Fraction(row[f"{money}{n}"] or 0), row[f"n{n}"] or 0, row[f"nulls{n}"]) for key, row in own.items()
        }
    return found
