"""Random shops: tables of sales, stock counts and tickets as they could lie in a warehouse, ugly on purpose."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from assay.engines.protocol import Engine

# A zone and a day near which something odd happens to its clock.
PLACES = (
    ("America/Los_Angeles", date(2026, 3, 8)),  # 23 hours
    ("America/Los_Angeles", date(2026, 11, 1)),  # 25 hours
    ("America/Sao_Paulo", date(2018, 11, 4)),  # no midnight
    ("Asia/Beirut", date(2022, 3, 27)),  # no midnight
    ("Europe/Berlin", date(2024, 2, 29)),
    ("Pacific/Apia", date(2011, 12, 30)),  # the day does not exist
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
    ("Asia/Kathmandu", date(2021, 1, 3)),  # ISO week 53
)
SPAN = 60
MODELS = """
models:
  - name: sales
    config: {times: [sold_on]}
    columns:
      - {name: sold_on, data_type: date, config: {meta: {instant: sold_at}}}
      - {name: sold_at, data_type: timestamptz}
      - {name: amount, data_type: bigint, config: {meta: {unit: money}}}
      - {name: fee, data_type: bigint, config: {meta: {unit: money}}}
      - {name: qty, data_type: integer}
      - {name: price, data_type: "decimal(18,4)"}
      - {name: customer, data_type: varchar}
      - {name: channel, data_type: varchar}
      - {name: is_test, data_type: boolean}
  - name: levels
    config: {times: [counted_on]}
    columns:
      - {name: counted_on, data_type: date, config: {meta: {instant: counted_at}}}
      - {name: counted_at, data_type: timestamptz}
      - {name: sku, data_type: varchar}
      - {name: place, data_type: varchar}
      - {name: on_hand, data_type: bigint}
      - {name: cover, data_type: "decimal(18,6)"}
      - {name: status, data_type: varchar}
  - name: tickets
    config: {times: [opened_on]}
    columns:
      - {name: opened_on, data_type: date, config: {meta: {instant: opened_at}}}
      - {name: opened_at, data_type: timestamptz}
      - {name: due_at, data_type: timestamptz}
      - {name: closed_at, data_type: timestamptz}
      - {name: is_test, data_type: boolean}
"""
COLUMNS = {
    "sales": "sold_at timestamptz, amount bigint, fee bigint, qty integer, price decimal(18,4), customer varchar, "
    "channel varchar, is_test boolean, sold_on date",
    "levels": "counted_at timestamptz, sku varchar, place varchar, on_hand bigint, cover decimal(18,6), status varchar, "
    "counted_on date",
    "tickets": "opened_at timestamptz, due_at timestamptz, closed_at timestamptz, is_test boolean, opened_on date",
}
DAY_AND_INSTANT = {
    "sales": ("sold_on", "sold_at"),
    "levels": ("counted_on", "counted_at"),
    "tickets": ("opened_on", "opened_at"),
}


@dataclass(frozen=True)
class Shop:
    """A random shop: where it is, around which day, and the dice that made it."""

    zone: str
    odd_day: date
    dice: random.Random
    rows: int

    @property
    def first(self) -> date:
        return self.odd_day - timedelta(days=SPAN // 2)

    @property
    def last(self) -> date:
        return self.odd_day + timedelta(days=SPAN // 2)

    def instant(self) -> datetime:
        """Return an instant of the span, thick around midnights and around the odd hour."""
        dice = self.dice
        day = self.odd_day if dice.random() < 0.2 else self.first + timedelta(days=dice.randrange(SPAN + 1))
        start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)
        if dice.random() < 0.3:
            return start + timedelta(seconds=dice.choice([-1, 0, 1, 3599, 3600, 86399, 82800, 90000]))
        return start + timedelta(seconds=dice.randrange(86400), microseconds=dice.choice([0, 1, 999999]))

    def local_day(self, instant: datetime) -> date:
        return instant.astimezone(ZoneInfo(self.zone)).date()


def amount(dice: random.Random) -> int | None:
    """Return minor units: null, zero, negative, ordinary, or so huge that two of them pass the bounds of int64."""
    return dice.choice(
        [None, 0, -1, 1999, -500, 9_200_000_000_000_000_000, -9_100_000_000_000_000_001, dice.randrange(10**6), 12345]
    )


def sale(shop: Shop) -> list[Any]:
    """Return a row of sales."""
    dice = shop.dice
    at = shop.instant()
    none = dice.random()
    return [
        at,
        amount(dice) if dice.random() < 0.2 else dice.randrange(-5_000, 200_000),
        dice.choice([None, 0, 30, 199]),
        dice.choice([None, -2, 0, 1, 2, 3, 40]),
        dice.choice([None, Decimal("-0.0001"), Decimal("12.5"), Decimal(dice.randrange(10**9)).scaleb(-4)]),
        dice.choice([None, "a", "A", "ä", "", f"c{dice.randrange(60)}"]),
        dice.choice([None, "web", "phone", "it's", "web"]),
        dice.choice([None, True, False, False]),
        None if none < 0.03 else shop.local_day(at),
    ]


def level(shop: Shop, number: int) -> list[Any]:
    """Return a row of levels; `number` sets it apart from all others."""
    dice = shop.dice
    at = shop.instant() + timedelta(microseconds=number)  # no two counts at one instant: which is newer must be certain
    return [
        at,
        dice.choice([None, "s1", "s2", "s3", "s4"]),
        dice.choice([None, "north", "south"]),
        dice.choice([None, 0, 5, 700, -3, 9_200_000_000_000_000_000]),
        dice.choice([None, Decimal("0.5"), Decimal("3.000001"), Decimal("44.25")]),
        dice.choice([None, "low", "fine", "out"]),
        None if dice.random() < 0.03 else shop.local_day(at),
    ]


def ticket(shop: Shop) -> list[Any]:
    """Return a row of tickets."""
    dice = shop.dice
    at = shop.instant()
    due = None if dice.random() < 0.1 else at + timedelta(hours=dice.choice([0, 1, 24, 48, 300]))
    closed = None if dice.random() < 0.4 else at + timedelta(hours=dice.choice([-1, 0, 1, 30, 48, 400]))
    return [at, due, closed, dice.choice([None, True, False, False]), shop.local_day(at)]


def fill(engine: Engine, shop: Shop) -> None:
    """Make the shop's tables; some rows stand twice."""
    rows: dict[str, list[list[Any]]] = {
        "sales": [sale(shop) for _ in range(shop.rows)],
        "levels": [level(shop, number) for number in range(min(shop.rows, 150))],
        "tickets": [ticket(shop) for _ in range(min(shop.rows, 200))],
    }
    for name, columns in COLUMNS.items():
        engine.execute(f"create or replace table {name} ({columns})")
        twice = [row for row in rows[name] if shop.dice.random() < 0.1]
        insert(engine, name, rows[name] + twice)


def insert(engine: Engine, table: str, rows: list[list[Any]]) -> None:
    """Add rows to a table."""
    import pyarrow as pa

    if not rows:
        return
    kinds = {"bigint": pa.int64(), "integer": pa.int32(), "varchar": pa.string(), "boolean": pa.bool_(), "date": pa.date32()}
    kinds |= {"timestamptz": pa.timestamp("us", "UTC"), "decimal(18,4)": pa.decimal128(18, 4)}
    kinds |= {"decimal(18,6)": pa.decimal128(18, 6)}
    shape = [column.rsplit(" ", 1) for column in COLUMNS[table].split(", ")]
    arrays = [pa.array([row[place] for row in rows], kinds[kind]) for place, (_, kind) in enumerate(shape)]
    new_rows = pa.table(arrays, names=[name for name, _ in shape])
    engine.connection.register("new_rows", new_rows)
    engine.execute(f"insert into {table} select * from new_rows")
    engine.connection.unregister("new_rows")


def write_project(folder: Path, kpis: str) -> None:
    """Write the KPI file and the models' file of a project."""
    for name, text in (("kpis/random.yml", kpis), ("models/shop.yml", MODELS)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
