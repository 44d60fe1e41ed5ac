"""Random KPIs: formulas as people write them, each with what is needed to work it out by hand."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from tests.property.plain_sql import Agg, Node, PlainKpi

MONEY = (
    ("amount", 1),
    ("coalesce(amount, 0)", 1),
    ("abs(amount)", 1),
    ("case when is_test then 0 else amount end", 1),
    ("cast(amount as decimal(38, 0)) - fee", 1),
    ("cast(amount as decimal(38, 0)) * qty", 1),
)
PLAIN = (
    ("qty", 0),
    ("price", 0),
    ("price * qty", 0),
    ("-qty", 0),
    ("nullif(qty, 0)", 0),
    ("case when amount > 100 then 1 else 0 end", 0),
    ("cast(fee / nullif(amount, 0) as decimal(18, 6))", 0),
    ("cast(amount > fee as integer)", 0),
    ("case channel when 'web' then qty else 0 end", 0),
)
KEYS = ("customer", "channel", "amount", "price", "sold_on", "lower(customer)", "is_test")
CONDITIONS = (
    None,
    None,
    "not is_test",
    "channel = 'web'",
    "channel = 'it''s' or qty > 1",
    "amount > 0",
    "qty between 1 and 3",
    "channel in ('web', 'phone')",
    "customer is not null and not is_test",
    "coalesce(is_test, false) = false",
    "price >= 1.5",
    "amount < -100000000000000000000",
)
FILTERS_OF_STOCK = (None, "status = 'low'", "on_hand > 0", "status in ('low', 'out')")
QUANTILES = ("0.5", "0.9", "0.25", "0", "1", "0.333")


def _aggregate(dice: random.Random, function: str) -> Agg:
    condition = dice.choice(CONDITIONS)
    if function == "count(*)":
        return Agg("count", None, condition)
    if function == "distinct":
        return Agg("distinct", dice.choice(KEYS), condition)
    argument, money = dice.choice(MONEY + PLAIN)
    if function == "count":
        return Agg("count", argument, condition)
    quantile = dice.choice(QUANTILES) if function == "quantile" else None
    return Agg(function, argument, condition, quantile, money=money)


NATURE = {"sum": "additive", "count": "additive", "avg": "ratio", "quantile": "ratio", "active": "other"}
WINDOWS = ("2d", "7d", "30d", "1m", "3m", "wtd", "mtd", "qtd", "ytd")
FUNCTIONS = ("sum", "sum", "count", "count(*)", "distinct", "avg", "min", "max", "quantile")


def bases(dice: random.Random) -> list[PlainKpi]:
    """Return KPIs over rows: every function, and a ratio within one formula."""
    found = []
    for place, function in enumerate(FUNCTIONS):
        agg = _aggregate(dice, function)
        nature = NATURE.get(agg.function, "other")
        found.append(PlainKpi(f"base{place}", Node("agg", (agg,)), nature, sketched=agg.function == "quantile"))
    top, bottom = _aggregate(dice, "sum"), _aggregate(dice, dice.choice(["count(*)", "count", "sum"]))
    ratio = Node("/", (Node("agg", (top,)), Node("agg", (bottom,))))
    rolling = replace(dice.choice([one for one in found if not one.sketched]), name="rolling", nature="other")
    rolling = replace(rolling, window=dice.choice(WINDOWS))
    return [*found, PlainKpi("within", ratio, "ratio"), rolling]


def stocks_and_actives(dice: random.Random) -> list[PlainKpi]:
    """Return KPIs of states: what lies in stock at the end of a period, what is open at an instant."""
    carry = dice.choice([1, 2, 3])
    found = []
    for place, (function, argument) in enumerate(
        [("sum", "on_hand"), ("count", None), ("avg", "cover"), ("min", "cover"), ("distinct", "sku"), ("quantile", "cover")]
    ):
        agg = Agg(function, argument, dice.choice(FILTERS_OF_STOCK), "0.5" if function == "quantile" else None)
        found.append(PlainKpi(f"stock{place}", Node("agg", (agg,)), "other", "levels", "stock", carry))
    for timed in (True, False):
        agg = Agg("active", "due_at", dice.choice([None, "not is_test"]), until="closed_at")
        name = "late_of_period" if timed else "late_of_all"
        found.append(PlainKpi(name, Node("agg", (agg,)), "other", "tickets", "active", timed=timed))
    return found


def _number(dice: random.Random) -> Node:
    return Node("number", (dice.choice(["100", "0.5", "3", "0", "7.25"]),))


def derived(dice: random.Random, known: list[PlainKpi]) -> list[PlainKpi]:
    """Return KPIs over KPIs, three layers deep: arithmetic, functions, ratios, other times."""
    exact = [one for one in known if not one.sketched]
    adding = [one.name for one in exact if one.nature == "additive"]

    def kpi(names: list[str]) -> Node:
        return Node("kpi", (dice.choice(names),))

    sums = Node(dice.choice(["+", "-"]), (kpi(adding), kpi(adding)))
    ratio = Node("/", (kpi(adding), kpi(adding)))
    made = [
        PlainKpi("sums", sums, "additive"),
        PlainKpi("ratio", ratio, "ratio"),
        PlainKpi("percent", Node("*", (Node("number", ("100",)), Node("kpi", ("ratio",)))), "ratio"),
        PlainKpi("rest", Node("-", (Node("number", ("1",)), Node("kpi", ("ratio",)))), "ratio"),
        PlainKpi("product", Node("*", (Node("kpi", ("ratio",)), Node("kpi", ("within",)))), "ratio"),
        PlainKpi("scaled", Node("/", (Node("kpi", ("sums",)), Node("number", ("4",)))), "additive"),
        PlainKpi("rounded", Node("round", (Node("kpi", ("ratio",)), dice.choice(["0", "2", "6"]))), "ratio"),
    ]
    names = [one.name for one in [*exact, *made]]
    for place in range(4):
        op = dice.choice(["+", "-", "*", "/", "least", "greatest", "nullif"])
        right = _number(dice) if dice.random() < 0.3 else kpi(names)
        made.append(PlainKpi(f"mixed{place}", Node(op, (kpi(names), right)), "unclear"))
        names.append(f"mixed{place}")
    made.append(PlainKpi("rolled", kpi(adding), "other", window=dice.choice(WINDOWS)))
    made.append(PlainKpi("rolled_ratio", Node("kpi", ("ratio",)), "other", window=dice.choice(WINDOWS)))
    made.append(PlainKpi("absolute", Node("abs", (kpi(names),)), "unclear"))
    clear = [one.name for one in [*exact, *made] if one.nature != "unclear"]
    return [*made, *_other_times(dice, clear)]


def _other_times(dice: random.Random, names: list[str]) -> list[PlainKpi]:
    made = []
    for place, op in enumerate(["shift", "pct_change", "avg_over", "avg_over", "sum_over"]):
        looks_back = op in ("avg_over", "sum_over")
        count, unit = dice.choice([(1, "day"), (7, "days"), (2, "weeks"), (1, "month")] if looks_back else _SHIFTS)
        made.append(PlainKpi(f"times{place}", Node(op, (dice.choice(names), str(count), unit)), "unclear"))
    over = Node("/", (Node("kpi", ("sums",)), Node("avg_over", ("sums", "7", "days"))))
    return [*made, PlainKpi("against_mean", over, "unclear")]


_SHIFTS = [(1, "day"), (7, "days"), (2, "weeks"), (1, "month"), (1, "quarter"), (1, "year")]


def periods(dice: random.Random, first: date, last: date, count: int) -> list[tuple[str, date]]:
    """Return periods and the days on which they are asked."""
    found: list[tuple[str, date]] = []
    for _ in range(count):
        today = first + timedelta(days=dice.randrange((last - first).days + 1))
        start = first + timedelta(days=dice.randrange((last - first).days + 1))
        end = start + timedelta(days=dice.randrange(40))
        named = ["day", "yesterday", "wtd", "mtd", "qtd", "ytd", "7d", "30d", "1d", "1m", "3m", "12m"]
        named += [today.isoformat(), f"{today:%Y-%m}", f"{today:%Y}", f"{start}..{end}", f"{start}..{end}"]
        found.append((dice.choice(named), today))
    return found


def as_yaml(kpis: list[PlainKpi]) -> str:
    """Return the KPIs as the documents of a KPI file."""
    documents = []
    for one in kpis:
        lines = [f"kpi: {one.name}", f"unit: {_unit(one)}", f'formula: "{one.formula.text()}"', f"kind: {one.kind}"]
        if "agg" in _ops(one.formula):
            lines.append(f"model: {one.table}")
            day = {"sales": "sold_on", "levels": "counted_on", "tickets": "opened_on"}[one.table]
            lines += [f"time: {day}"] if one.timed else []
            lines += ["dimensions: [channel, is_test]"] if one.table == "sales" else []
        lines += [f"window: {one.window}"] if one.window else []
        if one.kind == "stock":
            lines += ["entity: [sku, place]", f"carry: {24 * one.carry_days}h", "dimensions: [status]"]
        documents.append("\n".join(lines))
    return "\n---\n".join(documents)


def _unit(kpi: PlainKpi) -> str:
    return "money" if any(agg.money for agg in aggregates_of(kpi.formula)) else "number"


def _ops(node: Node) -> set[str]:
    return {node.op}.union(*(_ops(part) for part in node.parts if isinstance(part, Node)))


def aggregates_of(node: Node) -> list[Agg]:
    """Return the aggregates in a formula."""
    own = [part for part in node.parts if isinstance(part, Agg)]
    return own + [agg for part in node.parts if isinstance(part, Node) for agg in aggregates_of(part)]
