"""The partials of one generation in memory, and the merging of them over windows.

Tables are read when they are first asked for: a question about one KPI opens the few files that it needs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from assay.calendar import Window
from assay.catalog.expression import Aggregate, Recurring
from assay.planner.measures import Measure, parts_of, phases_of
from assay.planner.rollup import SLOT_MINUTES, Rollup
from assay.planner.tables import EXACT_VALUES, Table, tables_of
from assay.rollups.columns import day_number
from assay.rollups.distinct import Distinct
from assay.rollups.quantiles import Quantiles
from assay.rollups.recurring import Recurring as Changes
from assay.rollups.segments import Layer, layers, read_layers, read_segments, read_stack, with_changes
from assay.rollups.tables import ByDay, ByKey, Events, NotKeptError, Slots
from assay.values.generation import SegmentRef
from assay.values.measured import Measured

if TYPE_CHECKING:
    import pyarrow as pa

Read = TypeVar("Read")
Merge = Callable[[int, int], Measured]
"""Tells an aggregate of the days from one to another, both included."""


def microseconds(instant: datetime) -> int:
    """Return the instant's microseconds since 1970."""
    return round(instant.timestamp() * 1_000_000)


def _tables_of(rollup: Rollup, aggregate: Aggregate) -> list[str]:
    """Return the names of the tables that tell the aggregate over whole days, large ones first."""
    if isinstance(aggregate, Recurring):
        return [f"{rollup.name}/recurring/{phases_of(aggregate).id}"]
    value = parts_of(aggregate).value
    assert value is not None
    if value.kind == "active":
        return [f"{rollup.name}/events/{value.id}"]
    own = [f"{rollup.name}/{value.kind}/{value.id}"] if value.kind in ("distinct", "values") else []
    return [*own, f"{rollup.name}/total"]


class RollupStore:
    """The partials of one generation.

    The tables that the store of the generation `before` has read serve again: most of them did not change, and of a large one
    only the changed days are read.
    """

    def __init__(
        self,
        folder: Path,
        segments: Sequence[SegmentRef],
        rollups: dict[str, Rollup],
        before: RollupStore | None = None,
    ) -> None:
        self._folder = folder
        self._segments: dict[str, list[SegmentRef]] = defaultdict(list)
        for segment in segments:
            self._segments[segment.table].append(segment)
        self._tables = {table.name: table for rollup in rollups.values() for table in tables_of(rollup)}
        self._read: dict[str, Any] = {}
        self._known: dict[int, tuple[Aggregate, Rollup, Any]] = {}
        """What tells an aggregate of any days, by the aggregate's identity: to hash one takes longer than to add up."""
        self._merged: dict[str, tuple[int, pa.Table]] = {}
        """The rows of tables, with how many of the table's segments they hold."""
        self._earlier: dict[str, tuple[list[int], Any]] = {}
        """Tables as of an earlier generation that take in what changed, with how many segments they hold."""
        self._waiting: dict[str, tuple[Layer, str]] = {}
        self._laid: dict[str, tuple[Any, list[str]]] = {}
        """Tables with what the segments of the next generation say, and the hashes of these."""
        if before is not None:
            self._take_over(before)

    def _take_over(self, before: RollupStore) -> None:
        for name, table in dict(before._read).items():  # another thread may still answer from it
            sketched = name.replace("/values/", "/sketch/")  # a table of values holds the sketches of its large days as well
            parts = (name, sketched) if sketched != name else (name,)
            known = [self._held(part, before) for part in parts]
            if known == [len(self._segments.get(part, ())) for part in parts]:
                self._read[name] = table
            elif (laid := self._laid_on(before, name, parts)) is not None:
                self._read[name] = laid
            elif all(known) and isinstance(table, ByDay | Distinct | Quantiles | Changes):
                self._earlier[name] = known, table
        for name, (count, rows) in dict(before._merged).items():
            if count == len(before._segments[name]) and (held := self._held(name, before)):
                self._merged[name] = held, rows
        before._laid, before._waiting = {}, {}

    def lay(self, table: Table, layer: Layer, sha256: str) -> None:
        """Lay what a segment will say on the table, if it is in memory, for the store of the next generation to take over.

        A publication has the time for that while the warehouse still reads other tables.
        """
        name = table.name.replace("/sketch/", "/values/")
        known = self._read.get(name)
        if table.kind == "values":  # it takes in its sketches with its values
            self._waiting[name] = layer, sha256
        elif isinstance(known, Quantiles) and name in self._waiting:
            values, other = self._waiting.pop(name)
            with suppress(NotKeptError):  # it is for whoever asks to say so
                self._laid[name] = known.with_changes([values], [layer]), [other, sha256]
        elif isinstance(known, Distinct | Changes):
            self._laid[name] = known.with_changes([layer]), [sha256]
        elif isinstance(known, ByDay) and (total := known.with_changes([layer], table.measures)) is not None:
            self._laid[name] = total, [sha256]

    def _laid_on(self, before: RollupStore, name: str, parts: Sequence[str]) -> Any:
        """Return the table as of the store `before` with what was laid on it, if that is all that was added to it since."""
        table, added = before._laid.get(name, (None, []))
        for part, sha256 in zip(parts, added, strict=False):
            if layers(self._segments.get(part, [])) != [*layers(before._segments.get(part, [])), sha256]:
                return None
        return table

    def _held(self, name: str, before: RollupStore) -> int:
        """Return how many of the table's segments the earlier store knew; 0 where what it knew is not there any more."""
        segments = self._segments.get(name, [])
        now, then = layers(segments), layers(before._segments.get(name, []))
        if now[: len(then)] != then:
            return 0
        return max(n for n in range(len(segments) + 1) if len(layers(segments[:n])) <= len(then))

    @property
    def unread(self) -> bool:
        """Whether no table is in memory."""
        return not (self._read or self._earlier)

    def catch_up(self) -> None:
        """Read what changed of the tables that the generation before had read."""
        for name in list(self._earlier):
            self._table(name)

    def read_ahead(self, wanted: Iterable[tuple[Rollup, Aggregate]]) -> None:
        """Read the tables of many aggregates, two at a time: checksums and numpy leave the interpreter to another thread."""
        from concurrent.futures import ThreadPoolExecutor

        names = dict.fromkeys(name for rollup, aggregate in wanted for name in _tables_of(rollup, aggregate))
        with ThreadPoolExecutor(2, "tables") as pool:
            list(pool.map(self._table, [name for name in names if name in self._segments]))

    def measure(
        self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, *, all_rows: bool = False
    ) -> Measured:
        """Return the aggregate over the window.

        `instant` is the moment at which `active` intervals are judged; with `all_rows` they are counted whatever their
        day. Raises `NotKeptError` where only the warehouse can tell (a cut day without quarter-hour partials).
        """
        if aggregate.function == "active":
            return self._active(rollup, aggregate, window, instant, all_rows)
        if window.cut is not None:
            return self._until(rollup, aggregate, window, window.cut)
        return self._once(self._merging, rollup, aggregate)(day_number(window.start), day_number(window.end))

    def _once(self, read: Callable[[Rollup, Any], Read], rollup: Rollup, aggregate: Aggregate) -> Read:
        """Return what `read` says of the aggregate, read once."""
        known = self._known.get(id(aggregate))
        if known is None or known[0] is not aggregate or known[1] is not rollup:
            known = self._known[id(aggregate)] = aggregate, rollup, read(rollup, aggregate)
        found: Read = known[2]
        return found

    def _merging(self, rollup: Rollup, aggregate: Aggregate) -> Merge:
        """Return what tells the aggregate over whole days; of a stock over the last, which holds what was carried to it."""
        merge = self._merge(rollup, aggregate)
        return (lambda _, last: merge(last, last)) if rollup.stock else merge

    def _merge(self, rollup: Rollup, aggregate: Aggregate) -> Merge:
        parts = parts_of(aggregate)
        total: ByDay = self._table(f"{rollup.name}/total")
        assert parts.value is not None
        value = parts.value
        if value.additive:
            return total.adding(parts, mean=aggregate.function == "avg")
        counted = total.counting(parts)
        if value.kind == "distinct":
            seen: Distinct = self._table(f"{rollup.name}/distinct/{value.id}")
            return lambda first, last: Measured(Fraction(seen.count(first, last)), *counted(first, last))
        if value.kind == "values":
            values: Quantiles = self._table(f"{rollup.name}/values/{value.id}")
            quantile = Fraction(aggregate.quantile or 0)

            def merged(first: int, last: int) -> Measured:
                number, sketched = values.merge(quantile, first, last, EXACT_VALUES)
                return Measured(number, *counted(first, last), sketched)

            return merged
        return lambda first, last: Measured(total.merge(value, first, last), *counted(first, last))

    def _active(self, rollup: Rollup, aggregate: Aggregate, window: Window, instant: datetime, all_rows: bool) -> Measured:
        parts = parts_of(aggregate)
        assert parts.value is not None
        first, last = self._bounds(rollup, window)
        if window.cut is not None and not all_rows:
            self._scalar(rollup, parts.rows, first, last, window.cut)
        events: Events = self._table(f"{rollup.name}/events/{parts.value.id}")
        held = events.holding(microseconds(instant), *((None, None) if all_rows else (first, last)))
        return Measured(Fraction(held), held, 0)

    def _until(self, rollup: Rollup, aggregate: Aggregate, window: Window, cut: int) -> Measured:
        """Return the aggregate over a window whose last day is cut at that minute."""
        parts = parts_of(aggregate)
        assert parts.value is not None
        if not parts.value.additive:
            raise NotKeptError("what does not add up, of a part of a day")
        first, last = self._bounds(rollup, window)
        rows = self._scalar(rollup, parts.rows, first, last, cut)
        nonnull = self._scalar(rollup, parts.nonnull, first, last, cut) if parts.nonnull else rows
        number: Fraction | None = self._scalar(rollup, parts.value, first, last, cut)
        if aggregate.function == "avg":
            number = number / nonnull if number is not None and nonnull else None
        return Measured(number, int(rows), int(rows) - int(nonnull))

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
        """Return the aggregate over the window for each value of the dimension that has rows."""
        del instant, all_rows  # intervals are not kept by dimension
        parts = parts_of(aggregate)
        name = f"{rollup.name}/by/{dimension}"
        if (
            name not in self._segments
            or window.cut is not None
            or parts.value is None
            or parts.value.kind in ("distinct", "values", "active")
        ):
            raise NotKeptError(f"{aggregate.function} by {dimension}")
        first, last = self._bounds(rollup, window)
        table: ByKey = self._table(name)
        rows = table.merge(parts.rows, first, last)
        nonnull = table.merge(parts.nonnull, first, last) if parts.nonnull else rows
        values = table.merge(parts.value, first, last)
        found: dict[str | None, Measured] = {}
        for key, number in values.items():
            count, known = int(rows[key] or 0), nonnull[key] or Fraction(0)
            if aggregate.function == "avg":
                number = number / known if number is not None and known else None  # noqa: PLW2901 - the average replaces the sum
            found[key] = Measured(number, count, count - int(known))
        return found

    def recurring(self, rollup: Rollup, aggregate: Recurring, before: datetime, until: datetime) -> Measured:
        """Return what recurs: its movement from just after the instant `before` to `until`."""
        changes = self._once(self._phases, rollup, aggregate)
        entities = aggregate.function == "recurring_entities"
        return changes.measure(aggregate.movement, entities, microseconds(before), microseconds(until))

    def _phases(self, rollup: Rollup, aggregate: Recurring) -> Changes:
        changes: Changes = self._table(f"{rollup.name}/recurring/{phases_of(aggregate).id}")
        return changes

    def recurring_by(
        self, rollup: Rollup, aggregate: Recurring, dimension: str, before: datetime, until: datetime
    ) -> dict[str | None, Measured]:
        """Raise `NotKeptError`: phases are not kept by dimension."""
        del rollup, before, until
        raise NotKeptError(f"{aggregate.function} by {dimension}")

    def next_change(self, rollup: Rollup, aggregate: Aggregate, instant: datetime) -> datetime | None:
        """Return when an `active` count, or what recurs, changes by the clock alone."""
        value = phases_of(aggregate) if isinstance(aggregate, Recurring) else parts_of(aggregate).value
        if value is None or value.kind not in ("active", "recurring"):
            return None
        table = f"{rollup.name}/{'events' if value.kind == 'active' else 'recurring'}/{value.id}"
        if table not in self._segments:  # its model is held since it was built first
            return None
        change = self._table(table).next_change(microseconds(instant))
        return None if change is None else datetime.fromtimestamp(change / 1_000_000, instant.tzinfo)

    def _bounds(self, rollup: Rollup, window: Window) -> tuple[int, int]:
        """Return the window in days; of a stock its last day, for every day holds what was carried on to it."""
        first, last = day_number(window.start), day_number(window.end)
        return (last, last) if rollup.stock else (first, last)

    def _scalar(self, rollup: Rollup, measure: Measure, first: int, last: int, cut: int) -> Fraction:
        """Return an additive measure over a window whose last day is cut."""
        total: ByDay = self._table(f"{rollup.name}/total")
        name = f"{rollup.name}/slots"
        if cut % SLOT_MINUTES or name not in self._segments:
            raise NotKeptError("a part of a day")
        part: Slots = self._table(name)
        if total.holds(last) and not part.holds(last):  # quarters are kept of recent days alone; no quarters, no zero
            raise NotKeptError("a part of a day")
        whole_days = total.merge(measure, first, last - 1)
        return (whole_days or Fraction(0)) + part.merge(measure, last, cut // SLOT_MINUTES)

    def _table(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._load(self._tables[name])
        return self._read[name]

    def _load(self, table: Table) -> Any:
        sketch = table.name.replace("/values/", "/sketch/")
        if (known := self._earlier.pop(table.name, None)) is not None:
            held, earlier = known
            if isinstance(earlier, Quantiles):
                return earlier.with_changes(self._changes(table.name, held[0]), self._changes(sketch, held[1]))
            if not isinstance(earlier, ByDay):
                return earlier.with_changes(self._changes(table.name, held[0]))
            if (total := earlier.with_changes(self._changes(table.name, held[0]), table.measures)) is not None:
                return total
        match table.kind:
            case "total":
                return ByDay.read(self._rows(table.name), table.measures)
            case "dimension":
                return ByKey.read(self._rows(table.name), table.measures)
            case "slots":
                return Slots.read(self._rows(table.name), table.measures)
            case "events":
                return Events.read(self._rows(table.name))
            case "distinct":  # these take in changes themselves, so that their rows are not kept besides
                return Distinct.read(*read_stack(self._folder, self._stack(table.name)))
            case "recurring":
                return Changes.read(read_segments(self._folder, self._stack(table.name)))
            case _:
                values, sketches = (read_segments(self._folder, self._stack(name)) for name in (table.name, sketch))
                return Quantiles.read(values, sketches)

    def _changes(self, name: str, held: int) -> Iterator[Layer]:
        return read_layers(self._folder, self._segments[name][held:])

    def _stack(self, name: str) -> list[SegmentRef]:
        if name not in self._segments:
            raise NotKeptError(name)
        return self._segments[name]

    def _rows(self, name: str) -> pa.Table:
        segments = self._stack(name)
        held, rows = self._merged.get(name, (0, None))
        if rows is None or held < len(segments):
            rows = read_segments(self._folder, segments) if rows is None else with_changes(rows, self._changes(name, held))
        self._merged[name] = len(segments), rows
        return rows
