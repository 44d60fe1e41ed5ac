"""What a formula should give, by SQL written here and fractions added up here: no planner, no partials, no calendar of ours."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
Days = tuple[date, date]


@dataclass(frozen=True)
class Agg:
    """An aggregate as a person would write it, and what is needed to work it out by hand."""

    function: str  # sum, count, distinct, avg, min, max, quantile, active
    argument: str | None = None
    condition: str | None = None
    quantile: str | None = None
    until: str | None = None
    money: int = 0

    def text(self) -> str:
        inside = {
            "distinct": f"count(distinct {self.argument})",
            "quantile": f"quantile_cont({self.argument}, {self.quantile})",
            "active": f"active({self.argument}, {self.until})",
        }.get(self.function, f"{self.function}({self.argument or '*'})")
        inside = f"median({self.argument})" if self.function == "quantile" and self.quantile == "0.5" else inside
        return f"{inside} filter (where {self.condition})" if self.condition else inside


@dataclass(frozen=True)
class Node:
    """A formula: `op` is an arithmetic sign, a function, `number`, `kpi`, or a look at other times."""

    op: str
    parts: tuple[Any, ...]

    def text(self) -> str:
        words = [part.text() if isinstance(part, Node | Agg) else str(part) for part in self.parts]
        match self.op:
            case "number" | "kpi" | "agg":
                return words[0]
            case "+" | "-" | "*" | "/":
                return f"({words[0]} {self.op} {words[1]})"
            case "shift" | "pct_change" | "avg_over" | "sum_over":
                return f"{self.op}({words[0]}, interval {words[1]} {words[2]})"
            case _:
                return f"{self.op}({', '.join(words)})"


@dataclass(frozen=True)
class PlainKpi:
    """A KPI: its formula, and whether its days add up (`additive`), are ratios of sums (`ratio`), or neither (`other`)."""

    name: str
    formula: Node
    nature: str
    table: str = "sales"
    kind: str = "aggregate"
    carry_days: int = 0
    timed: bool = True
    sketched: bool = False
    window: str | None = None

    def rolled(self, days: Days) -> Days:
        """Return the days that the KPI is taken over when `days` are asked."""
        return days if self.window is None else window_of(self.window, days[1])


@dataclass
class Plain:
    """Works out KPIs over windows of shop days by plain SQL."""

    connection: Any
    zone: str
    minor: int
    at: datetime
    kpis: dict[str, PlainKpi]
    by_instant: bool = True
    known: dict[Any, Any] = field(default_factory=dict)

    def value(self, name: str, days: Days, key: tuple[str, Any] | None = None) -> Fraction | None:
        """Return the KPI over the days; with `key`, over the rows where a column is (or is null, for None) that value."""
        kpi = self.kpis[name]
        return self._node(kpi.formula, kpi, kpi.rolled(days), key)

    def _node(self, node: Node, kpi: PlainKpi, days: Days, key: Any) -> Fraction | None:
        match node.op:
            case "number":
                return Fraction(node.parts[0])
            case "kpi":
                return self.value(node.parts[0], days, key)
            case "agg":
                return self.aggregate(node.parts[0], kpi, days, key)
            case "shift" | "pct_change" | "avg_over" | "sum_over":
                return self._other_times(node, days)
        values = [self._node(part, kpi, days, key) if isinstance(part, Node) else Fraction(part) for part in node.parts]
        return None if None in values else _by_hand(node.op, [one for one in values if one is not None])

    def _other_times(self, node: Node, days: Days) -> Fraction | None:
        name, count, unit = node.parts
        if node.op in ("shift", "pct_change"):
            before = self.value(name, earlier(days, int(count), unit))
            if node.op == "shift":
                return before
            now = self.value(name, days)
            return None if now is None or before is None or before <= 0 else 100 * (now - before) / before
        windows = complete_before(days[0], int(count), unit)
        if self.kpis[name].nature == "ratio":
            return self.value(name, (windows[0][0], windows[-1][1]))
        values = [self.value(name, one) for one in windows]
        if None in values:
            return None
        total = sum((one for one in values if one is not None), Fraction(0))
        return total / len(values) if node.op == "avg_over" else total

    def aggregate(self, agg: Agg, kpi: PlainKpi, days: Days, key: Any = None) -> Fraction | None:
        """Return one aggregate, money in major units."""
        cached = (agg, kpi.table, kpi.kind, kpi.carry_days, kpi.timed, days, key)
        if cached not in self.known:
            number = self._aggregate(agg, kpi, days, key)
            self.known[cached] = None if number is None else number / (10**self.minor) ** agg.money
        return self.known[cached]  # type: ignore[no-any-return]

    def _aggregate(self, agg: Agg, kpi: PlainKpi, days: Days, key: Any) -> Fraction | None:
        rows = self.rows(kpi, days, key)
        if agg.function == "active":
            end = start_of(days[1] + DAY, self.zone) - timedelta(microseconds=1)  # midnight is the next day's
            at = self.at if kpi.timed else min(self.at, end)
            moment = f"timestamptz '{at.isoformat()}'"
            rows += f" and {agg.argument} <= {moment} and coalesce({agg.until} > {moment}, true)"
        rows += f" and ({agg.condition})" if agg.condition else ""
        x = f"({agg.argument})"
        match agg.function:
            case "sum":
                return _exact(self._one(f"select coalesce(sum({x}), 0) {rows}"))
            case "active":
                return _exact(self._one(f"select count(*) {rows}"))
            case "count":
                return _exact(self._one(f"select count(*) {rows}" + (f" and {x} is not null" if agg.argument else "")))
            case "distinct":
                return _exact(self._one(f"select count(*) from (select {x} v {rows} and {x} is not null group by 1)"))
            case "avg":
                total, n = self._row(f"select sum({x}), sum(case when {x} is null then 0 else 1 end) {rows}")
                return Fraction(total) / Fraction(n) if n else None
            case "min" | "max":
                order = "asc" if agg.function == "min" else "desc"
                found = self._all(f"select {x} {rows} and {x} is not null order by 1 {order} limit 1")
                return _exact(found[0]) if found else None
            case _:
                ordered = [Fraction(one) for one in self._all(f"select {x} {rows} and {x} is not null order by 1")]
                return between(ordered, Fraction(agg.quantile or "0.5"))

    def counts(self, kpi: PlainKpi, days: Days) -> tuple[int, int]:
        """Return how many rows the KPI's one aggregate stands on, and in how many of them the column is null."""
        agg: Agg = kpi.formula.parts[0]
        rows = self.rows(kpi, days, None) + (f" and ({agg.condition})" if agg.condition else "")
        empty = f" and ({agg.argument}) is null" if agg.argument else " and false"
        return self._one(f"select count(*) {rows}"), self._one(f"select count(*) {rows}{empty}")

    def ordered(self, agg: Agg, kpi: PlainKpi, days: Days) -> list[Fraction]:
        """Return the values of a quantile, in order, money in major units."""
        rows = self.rows(kpi, days, None) + (f" and ({agg.condition})" if agg.condition else "")
        sql = f"select {agg.argument} {rows} and {agg.argument} is not null order by 1"
        return [Fraction(one) / (10**self.minor) ** agg.money for one in self._all(sql)]

    def rows(self, kpi: PlainKpi, days: Days, key: Any) -> str:
        """Return `from … where …` of the rows that count over the days."""
        if kpi.kind == "stock":
            return f"from ({self._stock(kpi, days[1])}) where true{_at_key(key)}"
        if kpi.kind == "active" and not kpi.timed:
            return f"from {kpi.table} where true{_at_key(key)}"
        day, instant = {"sales": ("sold_on", "sold_at"), "tickets": ("opened_on", "opened_at")}[kpi.table]
        if self.by_instant:
            start, end = start_of(days[0], self.zone), start_of(days[1] + DAY, self.zone)
            inside = f"{instant} >= timestamptz '{start.isoformat()}' and {instant} < timestamptz '{end.isoformat()}'"
            return f"from {kpi.table} where {day} is not null and {inside}{_at_key(key)}"
        return f"from {kpi.table} where {day} >= date '{days[0]}' and {day} <= date '{days[1]}'{_at_key(key)}"

    def _stock(self, kpi: PlainKpi, day: date) -> str:
        """The rows that no later row of the same thing replaces, none older than it may be."""
        oldest = day - timedelta(days=kpi.carry_days - 1)
        known = f"counted_on between date '{oldest}' and date '{day}'"
        return (
            f"select distinct * from levels a where a.{known} and not exists (select 1 from levels b where b.{known} "
            "and b.sku is not distinct from a.sku and b.place is not distinct from a.place "
            "and (b.counted_on > a.counted_on or (b.counted_on = a.counted_on and b.counted_at > a.counted_at)))"
        )

    def _row(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self.connection.execute(sql).fetchone()
        return row

    def _one(self, sql: str) -> Any:
        return self._row(sql)[0]

    def _all(self, sql: str) -> list[Any]:
        return [row[0] for row in self.connection.execute(sql).fetchall()]


def _at_key(key: tuple[str, Any] | None) -> str:
    if key is None:
        return ""
    column, value = key
    return f" and {column} is null" if value is None else f" and {column} = '" + value.replace("'", "''") + "'"


def _exact(value: int | Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _by_hand(op: str, values: list[Fraction]) -> Fraction | None:
    match op:
        case "+":
            return values[0] + values[1]
        case "-":
            return values[0] - values[1]
        case "*":
            return values[0] * values[1]
        case "/":
            return None if values[1] == 0 else values[0] / values[1]
        case "abs":
            return max(values[0], -values[0])
        case "least":
            return sorted(values)[0]
        case "greatest":
            return sorted(values)[-1]
        case "nullif":
            return None if values[0] == values[1] else values[0]
        case _:
            return _rounded(values[0], int(values[1]))


def _rounded(value: Fraction, places: int) -> Fraction:
    """Round half to even, by the schoolbook."""
    scaled = value * 10**places
    down = scaled.numerator // scaled.denominator
    rest = scaled - down
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and down % 2 == 1)
    return Fraction(down + up, 10**places)


def between(ordered: list[Fraction], q: Fraction) -> Fraction | None:
    """Return the continuous quantile: the point q of the way along the ordered values."""
    if not ordered:
        return None
    place = q * (len(ordered) - 1)
    low = int(place)
    high = low if low == len(ordered) - 1 else low + 1
    share = place - low
    return ordered[low] * (1 - share) + ordered[high] * share


def start_of(day: date, zone: str) -> datetime:
    """Return the first instant of the local day, found by looking at the wall clock of every quarter of an hour."""
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=30)
    while instant.astimezone(ZoneInfo(zone)).date() < day:
        instant += timedelta(minutes=15)
    return instant


def _months(day: date, back: int) -> date:
    year, month = day.year, day.month - back
    while month < 1:
        year, month = year - 1, month + 12
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _last_of_month(day: date) -> date:
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


def earlier(days: Days, count: int, unit: str) -> Days:
    """Return the window so much earlier; whole months stay whole months."""
    if unit.startswith(("day", "week")):
        back = timedelta(days=count * (7 if unit.startswith("week") else 1))
        return days[0] - back, days[1] - back
    size = {"month": 1, "quart": 3, "year": 12, "years": 12}[unit[:5]] * count
    end = _months(days[1], size)
    if days[0].day == 1 and days[1] == _last_of_month(days[1]):
        end = _last_of_month(end)
    return _months(days[0], size), end


def complete_before(start: date, count: int, unit: str) -> list[Days]:
    """Return the `count` complete days, weeks or months before the day, oldest first."""
    found: list[Days] = []
    if unit.startswith("day"):
        return [(start - n * DAY, start - n * DAY) for n in range(count, 0, -1)]
    if unit.startswith("week"):
        monday = start - start.weekday() * DAY
        return [(monday - 7 * n * DAY, monday - 7 * n * DAY + 6 * DAY) for n in range(count, 0, -1)]
    first = start.replace(day=1)
    for n in range(count, 0, -1):
        month = _months(first, n)
        found.append((month, _last_of_month(month)))
    return found


def window_of(text: str, today: date) -> Days:
    """Return the days that a period means, by the words of the documentation."""
    if text.endswith("d") and text[:-1].isdigit():
        return today - (int(text[:-1]) - 1) * DAY, today
    if text.endswith("m") and text[:-1].isdigit():
        return _months(today.replace(day=1), int(text[:-1]) - 1), today
    if ".." in text:
        start, end = text.split("..")
        return date.fromisoformat(start), date.fromisoformat(end)
    starts = {
        "day": today,
        "wtd": today - today.weekday() * DAY,
        "mtd": today.replace(day=1),
        "qtd": today.replace(day=1, month=3 * ((today.month - 1) // 3) + 1),
        "ytd": today.replace(day=1, month=1),
    }
    if text in starts:
        return starts[text], today
    if text == "yesterday":
        return today - DAY, today - DAY
    if len(text) == 10:
        return date.fromisoformat(text), date.fromisoformat(text)
    if len(text) == 7:
        first = date.fromisoformat(f"{text}-01")
        return first, _last_of_month(first)
    return date(int(text), 1, 1), date(int(text), 12, 31)
