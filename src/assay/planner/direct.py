"""The SQL of aggregates straight from a model's rows, over any number of windows in one pass.

Windows overlap. Their edges cut the rows into parts that do not: a row lies in one part, and a window is made of whole parts.
Scalars are taken by part; of a value that is counted once, the bits of a number say in which parts it is; values that are put
in order are counted by part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from assay.calendar import Window
from assay.planner.measures import Measure
from assay.planner.rollup import Rollup
from assay.planner.tables import measure_sql, quoted, source_sql

BITS = 62
"""How many parts a number tells apart."""
MOST_WINDOWS = BITS // 2
"""So many windows, of two edges each, go into one pass."""
Edge = tuple[date, int]
"""A day and a minute of its wall clock."""


class Passes:
    """The queries that read a model's rows for all of the windows; with a dimension for each of its values, as `key`."""

    def __init__(
        self, rollup: Rollup, windows: Collection[Window], minute: str, dimension: str | None = None, *, all_rows: bool = False
    ) -> None:
        """`minute` is the SQL of the wall clock's minute; with `all_rows` the windows do not matter, all rows are one part."""
        self._rollup = rollup
        self._all_rows = all_rows
        self._edges = [] if all_rows else sorted({edge for window in windows for edge in self._span(window)})
        self._key, self._of_key = (f"{quoted(dimension)}::varchar as key, ", "key, ") if dimension else ("", "")
        self._part = self._part_sql()
        if all_rows:
            rows = f"(select *, null::date as _day from {quoted(rollup.model)})"
        else:
            rows = source_sql(rollup, sorted({day for window in windows for day in self._days(window)}))
        self._rows = f"(select *, {self._edge_sql(minute)} as _minute from {rows})"

    def parts(self, window: Window) -> range:
        """Return the numbers of the parts that the window consists of."""
        if self._all_rows:
            return range(1)
        start, end = self._span(window)
        return range(self._edges.index(start), self._edges.index(end))

    def scalars(self, measures: Sequence[tuple[Measure, datetime]]) -> str:
        """Return the query of scalar measures: `part`, and a column for each, called `c0`, `c1` and so on.

        They are taken by day and then merged: to work out the part of each row would take longer than to read it.
        """
        taken = ", ".join(f"{scalar_sql(*one)} as c{number}" for number, one in enumerate(measures))
        ways = [measure.kind if measure.kind in ("min", "max") else "sum" for measure, _ in measures]
        merged = ", ".join(f"{way}(c{number}) as c{number}" for number, way in enumerate(ways))
        by_day = f"select {self._key}_day, _minute, {taken} from {self._rows} group by all"
        return f"select {self._of_key}{self._part} as part, {merged} from ({by_day}) group by all"

    def distinct(self, argument: str, conditions: Sequence[str | None]) -> str:
        """Return the query of how many different values (`n`) are in just those parts whose bits are set in `mask`.

        Each condition has bits of its own, `places` apart.
        """
        bits = [f"1::bigint << (_part + {number * self.places})" for number in range(len(conditions))]
        own = [
            f"case when {one} then {bit} else 0 end" if one else f"({bit})" for one, bit in zip(conditions, bits, strict=True)
        ]
        rows = self._known(argument, conditions)
        seen = f"select {self._key}{argument} as value, bit_or({' | '.join(own)}) as mask from {rows} group by all"
        return f"select {self._of_key}mask, count(*) as n from ({seen}) group by all order by all"

    def values(self, argument: str, conditions: Sequence[str | None]) -> str:
        """Return the query of the values in order, and how often each is in a `part`: `n0` where the first condition holds."""
        counts = ", ".join(f"count(*){only(condition)} as n{number}" for number, condition in enumerate(conditions))
        rows = self._known(argument, conditions)
        return f"select {self._key}{argument} as value, _part as part, {counts} from {rows} group by all order by all"

    @property
    def places(self) -> int:
        """How many parts there are, the one behind the last edge included."""
        return max(1, len(self._edges))

    def _known(self, argument: str, conditions: Sequence[str | None]) -> str:
        """Return the rows that have a value and meet one of the conditions at least, each with its part."""
        wanted = "" if None in conditions else f" and ({' or '.join(f'({condition})' for condition in conditions)})"
        return f"(select *, {self._part} as _part from {self._rows}) where {argument} is not null{wanted}"

    def _span(self, window: Window) -> tuple[Edge, Edge]:
        """Return the edges of the window; of a stock those of its last day, for every day holds what was carried on to it."""
        start = (window.end if self._rollup.stock else window.start), 0
        if window.cut is not None and self._rollup.instant and not self._rollup.stock:
            return start, (window.end, window.cut)
        return start, (window.end + timedelta(days=1), 0)

    def _days(self, window: Window) -> list[date]:
        first = window.end if self._rollup.stock else window.start
        return [first + timedelta(days=number) for number in range((window.end - first).days + 1)]

    def _edge_sql(self, minute: str) -> str:
        """Return the SQL of the last edge before a row on its day; a row without an instant is behind them all."""
        cuts: dict[date, list[int]] = {}
        for day, cut in self._edges:
            if cut:
                cuts.setdefault(day, []).append(cut)
        days = []
        for day, own in cuts.items():
            before = " ".join(f"when ({minute}) < {cut} then {edge}" for edge, cut in zip([0, *own], own, strict=False))
            days.append(f"when _day = date '{day}' then case {before} else {own[-1]} end")
        return f"case {' '.join(days)} else 0 end" if days else "0"

    def _part_sql(self) -> str:
        """Return the SQL of the part in which a row lies; behind the last edge is one that belongs to no window."""
        before = [
            f"when _day < date '{day}'" + (f" or (_day = date '{day}' and _minute < {cut})" if cut else "") + f" then {part}"
            for part, (day, cut) in enumerate(self._edges[1:])
        ]
        return f"case {' '.join(before)} else {len(before)} end" if before else "0"


def only(condition: str | None) -> str:
    """Return the SQL that restricts an aggregate to the rows where the condition holds."""
    return f" filter (where {condition})" if condition else ""


def scalar_sql(measure: Measure, instant: datetime) -> str:
    """Return the SQL of a measure that is one number; intervals are counted that hold at the instant."""
    if measure.kind != "active":
        return measure_sql(measure)
    at, since, until = f"timestamptz '{instant.isoformat()}'", f"({measure.argument})", f"({measure.until})"
    holds = f"{since} <= {at} and ({until} is null or {until} > {at})"
    return f"count(*){only(f'{holds} and ({measure.condition})' if measure.condition else holds)}"
