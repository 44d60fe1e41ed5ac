"""Random phases of what recurs: rollups, the warehouse and a plain loop over the phases say the same over any window."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.calendar import ShopCalendar, Window
from assay.catalog.compiling import compile_draft
from assay.catalog.entry import Catalog
from assay.catalog.expression import MOVEMENTS
from assay.catalog.loader import CatalogRoot, read_draft
from assay.engines.protocol import Engine
from assay.planner.rollup import plan_rollups
from assay.rollups.build import build_tables
from assay.rollups.segments import write_segment
from assay.rollups.store import RollupStore
from assay.runtime.answers.breakdown import breakdown
from assay.runtime.answers.direct import together
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.wiring import open_warehouse
from assay.settings import Project, ProjectFile
from assay.trust.verdict import Judge
from assay.units import Currencies
from assay.values.generation import SegmentRef
from tests.property.plain_sql import DAY, start_of
from tests.property.shop_tables import PLACES, Shop
from tests.property.test_against_plain_sql import PHASES, everything_known

MODEL = """
models:
  - name: phases
    config: {times: [begins_on]}
    columns:
      - {name: id, data_type: integer}
      - {name: customer, data_type: varchar}
      - {name: brand, data_type: varchar}
      - {name: plan, data_type: varchar}
      - {name: begins_on, data_type: date, config: {meta: {instant: begins_at}}}
      - {name: begins_at, data_type: timestamptz}
      - {name: ends_at, data_type: timestamptz}
      - {name: monthly, data_type: bigint, config: {meta: {unit: money}}}
      - {name: is_test, data_type: boolean}
"""
SETS = {"one": ("[customer]", ""), "sold": ("[customer]", " filter (where not is_test)"), "both": ("[customer, brand]", "")}
"""Ways to look at the phases: by which entity, and which of them."""


@dataclass(frozen=True)
class Phase:
    id: int
    customer: str | None
    brand: str | None
    plan: str | None
    begins_on: date
    begins_at: datetime
    ends_at: datetime | None
    monthly: int | None
    is_test: bool | None

    def holds(self, instant: datetime) -> bool:
        return self.begins_at <= instant and (self.ends_at is None or self.ends_at > instant)

    def belongs(self, way: str) -> bool:
        return way != "sold" or self.is_test is False

    def entity(self, way: str) -> tuple[str | None, ...]:
        return (self.customer, self.brand) if way == "both" else (self.customer,)


def catalog(folder: Path) -> Catalog:
    """Every movement of money and of entities, in every way, and the sums that they make."""
    documents = []
    for way, (entity, condition) in SETS.items():
        for unit, word in (("money", "recurring"), ("count", "recurring_entities")):
            for movement in MOVEMENTS:
                formula = f"{word}(monthly, begins_at, ends_at, '{movement}'){condition}"
                documents.append(
                    f"kpi: {way}_{unit}_{movement}\nunit: {unit}\nkind: recurring\nmodel: phases\ntime: begins_on\n"
                    f'entity: {entity}\ndimensions: [plan]\nformula: "{formula}"'
                )
            add = " + ".join(f"{way}_{unit}_{one}" for one in ("start", "new", "reactivation"))
            grown = f" + {way}_{unit}_expansion - {way}_{unit}_contraction" if unit == "money" else ""
            rest = f"{add}{grown} - {way}_{unit}_churn - {way}_{unit}_end"
            documents.append(f"kpi: {way}_{unit}_rest\nunit: {unit}\nformula: {rest}")
    for name, text in (("kpis/random.yml", "\n---\n".join(documents)), ("models/shop.yml", MODEL)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    draft, problems = read_draft([CatalogRoot(folder, project=True)])
    assert not problems, [str(problem) for problem in problems]
    return compile_draft(draft)


def phase(shop: Shop, number: int, known: list[Phase]) -> Phase:
    """Return a phase that often follows, repeats or overlaps another one of the same customer, at the same instant."""
    dice = shop.dice
    other = dice.choice(known) if known and dice.random() < 0.5 else None
    midnight = start_of(shop.odd_day, shop.zone)
    edges = [midnight, midnight - timedelta(microseconds=1), asked_at(shop)]  # windows begin and end there
    begins = dice.choice([shop.instant(), *edges]) if other is None else other.ends_at or other.begins_at
    length = timedelta(seconds=dice.choice([-3600, 0, 1, 86400, 86400 * 3, 86400 * 20, 86400 * 45]))
    huge = dice.choice([9_200_000_000_000_000_000, -9_100_000_000_000_000_001])
    odd = dice.choice([None, 0, -700, huge])
    return Phase(
        number,
        other.customer if other else dice.choice([None, "a", "b", "c", "d", f"c{dice.randrange(12)}"]),
        dice.choice([None, "x", "y", "y"]),
        dice.choice([None, "gold", "basic"]),
        shop.local_day(begins),
        begins,
        dice.choice([None, begins + length, begins + length]),
        odd if dice.random() < 0.2 else dice.choice([1000, 2500, 2500, 9900]),
        dice.choice([None, True, False, False]),
    )


def fill(engine: Engine, phases: list[Phase]) -> None:
    instant, text = pa.timestamp("us", "UTC"), pa.string()
    kinds = [pa.int32(), text, text, text, pa.date32(), instant, instant, pa.int64(), pa.bool_()]
    names = [one.name for one in fields(Phase)]
    columns = [pa.array([getattr(one, name) for one in phases], kind) for name, kind in zip(names, kinds, strict=True)]
    engine.connection.register("phases_now", pa.table(columns, names=names))
    engine.execute("create or replace table phases as select * from phases_now")
    engine.connection.unregister("phases_now")


def by_hand(phases: list[Phase], way: str, before: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Return each movement's amount and entities, and the phases without a worth, by looking at every phase."""
    own = [one for one in phases if one.belongs(way) and (one.ends_at is None or one.ends_at > one.begins_at)]
    blank = [one for one in own if one.monthly is None or None in one.entity(way)]
    found: dict[str, tuple[int, int]] = dict.fromkeys(MOVEMENTS, (0, 0))
    for entity in {one.entity(way) for one in own if one not in blank}:
        mine = [one for one in own if one.entity(way) == entity and one not in blank]

        def worth(instant: datetime, mine: list[Phase] = mine) -> int:
            return sum(one.monthly or 0 for one in mine if one.holds(instant))

        start, end = worth(before), worth(until)
        moments = {instant for one in mine for instant in (one.begins_at, one.ends_at) if instant and instant <= before}
        moved: dict[str, int] = {"start": start, "end": end}
        if start <= 0 < end:
            moved["reactivation" if any(worth(instant) > 0 for instant in moments) else "new"] = end - start
        elif end <= 0 < start:
            moved["churn"] = start - end
        elif end != start:
            moved["expansion" if end > start else "contraction"] = abs(end - start)
        for movement, amount in moved.items():
            about = amount > 0 if movement in ("start", "end") else True
            found[movement] = found[movement][0] + amount, found[movement][1] + about
    in_window = [one for one in blank if one.begins_at <= until and (one.ends_at is None or one.ends_at > before)]
    return {**found, "nulls": (len(in_window), 0)}


Span = tuple[date, date]


def told(evaluator: Evaluator, spans: list[Span]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """Return every movement in every way over each window: its number, its entities, the phases without a worth."""
    found: dict[tuple[object, ...], tuple[object, ...]] = {}
    for way, unit, movement, span in product(SETS, ("money", "count"), MOVEMENTS, spans):
        outcome = evaluator.kpi(f"{way}_{unit}_{movement}", Window(*span))
        found[way, unit, movement, span] = outcome.number, outcome.n, outcome.nulls
    return found


@dataclass
class Bench:
    """Phases in a warehouse and in a list, and two ways to ask for them."""

    shop: Shop
    phases: list[Phase]
    engine: Engine
    store: RollupStore
    evaluator: Callable[[Partials], Evaluator]
    at: datetime

    def instants(self, first: date, last: date) -> tuple[datetime, datetime]:
        until = min(self.at, start_of(last + DAY, self.shop.zone) - timedelta(microseconds=1))
        return min(start_of(first, self.shop.zone) - timedelta(microseconds=1), until), until

    def agree(self, spans: list[Span]) -> Counter[str]:
        """Compare every movement over the windows; return how many entities made each."""
        moves: Counter[str] = Counter()
        published = self.evaluator(self.store)
        both = {
            "published": told(published, spans),
            "recomputed": together(self.engine, lambda direct: told(self.evaluator(direct), spans)),
        }
        for way, span in product(SETS, spans):
            expected = by_hand(self.phases, way, *self.instants(*span))
            moves.update({movement: expected[movement][1] for movement in MOVEMENTS})
            for unit, movement in product(("money", "count"), MOVEMENTS):
                amount, n = expected[movement]
                wanted = Fraction(amount, 100) if unit == "money" else Fraction(n), n, expected["nulls"][0]
                for source, found in both.items():
                    assert found[way, unit, movement, span] == wanted, (source, way, unit, movement, span)
            for unit in ("money", "count"):
                assert published.kpi(f"{way}_{unit}_rest", Window(*span)).number == 0, (way, unit, span)
        return moves

    def agree_by_plan(self, span: Span) -> None:
        names = {movement: f"sold_money_{movement}" for movement in MOVEMENTS}
        by_plan = together(
            self.engine,
            lambda direct: {one: breakdown(self.evaluator(direct), name, Window(*span), "plan") for one, name in names.items()},
        )
        for movement, rows in by_plan.items():
            for plan in (None, "gold", "basic"):
                own = [one for one in self.phases if one.plan == plan]
                amount, n = by_hand(own, "sold", *self.instants(*span))[movement]
                row = rows.get(plan)
                assert (row.number, row.n) == (Fraction(amount, 100), n) if row else (amount, n) == (0, 0), (movement, plan)


def asked_at(shop: Shop) -> datetime:
    return start_of(shop.odd_day + 22 * DAY, shop.zone) + timedelta(hours=11)


def windows(shop: Shop, count: int) -> list[tuple[date, date]]:
    found = []
    for _ in range(count):
        first = shop.dice.choice([shop.odd_day, shop.first + timedelta(days=shop.dice.randrange(-5, 55))])
        found.append((first, first + timedelta(days=shop.dice.choice([0, 1, 6, 30, 30, 90]))))
    return found


def test_every_movement_over_any_window_is_what_a_loop_over_the_phases_says(tmp_path: Path) -> None:
    known = catalog(tmp_path)
    moved: Counter[str] = Counter()

    @settings(max_examples=5, phases=PHASES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.integers(0, 2**32), st.sampled_from(PLACES))
    def one_shop(seed: int, place: tuple[str, date]) -> None:
        shop = Shop(*place, random.Random(seed), 0)
        phases: list[Phase] = []
        for number in range(shop.dice.choice([0, 90, 90, 140])):
            phases.append(phase(shop, number, phases))
        project = Project(tmp_path, ProjectFile(timezone=shop.zone, currency="USD"))
        engine = open_warehouse(project)
        try:
            segments: dict[str, list[SegmentRef]] = {}
            made = bench(engine, shop, phases, known, tmp_path, segments, None)
            moved.update(made.agree(windows(shop, 5)))
            made.agree_by_plan(windows(shop, 1)[0])
            for _ in range(2):  # only the days of the phases that changed are read again
                days = sorted({one.begins_on for one in change(shop, phases)})
                made = bench(engine, shop, phases, known, tmp_path, segments, days)
                moved.update(made.agree(windows(shop, 2)))
        finally:
            engine.close()

    one_shop()

    assert min(moved[movement] for movement in MOVEMENTS) >= 3, moved


def change(shop: Shop, phases: list[Phase]) -> list[Phase]:
    """End some phases late, drop some, add some; return them as they were and as they are."""
    dice, touched = shop.dice, []
    for _ in range(min(5, len(phases))):
        place = dice.randrange(len(phases))
        old = phases.pop(place)
        touched.append(old)
        if dice.random() < 0.7:
            facts: dict[str, Any] = {**vars(old), "ends_at": shop.instant()}
            phases.append(Phase(**facts))
    new = phase(shop, 10_000 + len(phases), phases)
    phases.append(new)
    return [*touched, new]


def bench(
    engine: Engine,
    shop: Shop,
    phases: list[Phase],
    known: Catalog,
    folder: Path,
    segments: dict[str, list[SegmentRef]],
    days: list[date] | None,
) -> Bench:
    """Fill the warehouse, lay the partials of the days on those of before, and ask on a day before the last events."""
    fill(engine, phases)
    rollups = plan_rollups(known)
    for rollup in rollups.values():
        for table, rows, spoken, numbers in build_tables(engine, rollup, days, shop.last, segments):
            written = write_segment(folder / "segments", "1", table.name, rows, spoken, numbers)
            segments[table.name] = [*(segments.get(table.name, []) if spoken is not None else []), written]
    store = RollupStore(folder / "segments", [one for stack in segments.values() for one in stack], rollups)
    now = datetime(shop.last.year + 2, 1, 1, tzinfo=UTC)
    at = asked_at(shop)
    judge = Judge(everything_known(known, now), ShopCalendar.of(shop.zone), now)

    def evaluator(partials: Partials) -> Evaluator:
        return Evaluator(known, partials, judge, currencies=Currencies.of("USD"), at=at)

    return Bench(shop, list(phases), engine, store, evaluator, at)
