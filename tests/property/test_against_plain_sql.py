"""Random tables, formulas and periods: the published numbers and the recomputed ones are what plain SQL says, exactly."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from assay.calendar import ShopCalendar, Window, parse_period
from assay.catalog.compiling import compile_draft
from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, read_draft
from assay.engines.protocol import Engine
from assay.planner.rollup import plan_rollups
from assay.rollups.build import build_tables
from assay.rollups.segments import write_segment
from assay.rollups.store import RollupStore
from assay.runtime.answers.breakdown import breakdown
from assay.runtime.answers.direct import DirectPartials, KeptOrDirect, Wishes
from assay.runtime.answers.evaluation import Evaluator
from assay.runtime.answers.partials import Partials
from assay.runtime.wiring import open_warehouse
from assay.settings import Project, ProjectFile
from assay.trust.verdict import Judge
from assay.units import Currencies
from assay.values.generation import Generation, ModelFacts
from tests.property import kpi_dice, shop_tables
from tests.property.plain_sql import Agg, Node, Plain, PlainKpi, window_of

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # a smaller seed is no simpler shop: nothing to shrink
CURRENCIES = {"USD": 2, "JPY": 0, "KWD": 3}


@dataclass
class Bench:
    """A random shop whose KPIs can be asked three ways: published, recomputed, by hand."""

    shop: shop_tables.Shop
    engine: Engine
    catalog: Catalog
    plain: Plain
    evaluator: Callable[[Partials], Evaluator]
    ways: dict[str, Evaluator]

    def read_together(self, work: Callable[[Evaluator], object]) -> None:
        """Let the recomputed numbers that the work asks for be read in as few passes as possible, not one by one."""
        wishes = Wishes()
        work(self.evaluator(wishes))
        self.ways["recomputed"] = self.evaluator(DirectPartials(self.engine, wishes.asked))

    def agree(self, name: str, text: str, today: date) -> None:
        """Compare one KPI over one period all ways."""
        period = parse_period(text, today)
        days = window_of(text, today)
        assert (period.start, period.end) == days, (text, today)
        expected = self.plain.value(name, days)
        kpi = self.plain.kpis[name]
        for way, evaluator in self.ways.items():
            outcome = evaluator.kpi(name, Window(*days))
            assert not outcome.verdict.blocking
            assert outcome.number == expected, (way, name, kpi.formula.text(), text, today, days)
            if kpi.formula.op == "agg" and kpi.kind != "active":
                assert (outcome.n, outcome.nulls) == self.plain.counts(kpi, kpi.rolled(days)), (
                    way,
                    name,
                    kpi.formula.text(),
                    days,
                )

    def agree_by_key(self, name: str, days: tuple[date, date], by: str) -> None:
        """Compare one KPI by dimension all ways."""
        for way, evaluator in self.ways.items():
            found = breakdown(evaluator, name, Window(*days), by)
            expected = {key: self.plain.value(name, days, (by, key)) for key in found}
            assert {key: one.number for key, one in found.items()} == expected, (way, name, days, by)
            self._no_key_is_missing(name, days, by, set(found))

    def _no_key_is_missing(self, name: str, days: tuple[date, date], by: str, found: set[str | None]) -> None:
        kpi = self.plain.kpis[name]
        rows = self.plain.rows(kpi, kpi.rolled(days), None)
        all_keys = {row[0] for row in self.engine.connection.execute(f"select distinct {by}::varchar {rows}").fetchall()}
        assert all_keys == found


def catalogue(folder: Path, kpis: list[PlainKpi]) -> Catalog:
    """Compile the KPIs from their file. Random formulas break the linter's rules of taste, so it is not asked."""
    shop_tables.write_project(folder, kpi_dice.as_yaml(kpis))
    draft, problems = read_draft([CatalogRoot(folder, project=True)])
    assert not [str(problem) for problem in problems if problem.severity == "error"]
    return compile_draft(draft)


def everything_known(catalog: Catalog, now: datetime) -> Generation:
    """Return a generation that nothing is missing from, so that only the numbers are under test."""
    nothing = {"code_version": "", "catalog": "", "calendar": "", "warehouse": ""}
    models = {model: ModelFacts(model=model, streams=(), promoted_at=now) for model in catalog.models}
    return Generation(id=1, published_at=now, segments=(), models=models, streams={}, **nothing)


def published(engine: Engine, folder: Path, catalog: Catalog, today: date) -> RollupStore:
    """Build, write and open the partials of every rollup."""
    rollups = plan_rollups(catalog)
    built = [built for rollup in rollups.values() for built in build_tables(engine, rollup, None, today)]
    return RollupStore(folder, [write_segment(folder, "1", table.name, rows, days) for table, rows, days, _ in built], rollups)


@contextmanager
def bench(
    shop: shop_tables.Shop, kpis: list[PlainKpi], currency: str, *, by_instant: bool = True, fallback: bool = False
) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = Project(folder, ProjectFile(timezone=shop.zone, currency=currency))
        engine = open_warehouse(project)
        try:
            shop_tables.fill(engine, shop)
            catalog = catalogue(folder, kpis)
            now = datetime(shop.last.year + 2, 1, 1, tzinfo=UTC)
            at = datetime(shop.last.year, shop.last.month, shop.last.day, 11, 7, 3, tzinfo=UTC) - timedelta(days=20)
            store = published(engine, folder / "segments", catalog, shop.last)
            ways: dict[str, Partials] = {
                "published": KeptOrDirect(store, DirectPartials(engine)) if fallback else store,
                "recomputed": DirectPartials(engine),
            }
            judge = Judge(everything_known(catalog, now), ShopCalendar.of(shop.zone), now)

            def evaluator(partials: Partials) -> Evaluator:
                return Evaluator(catalog, partials, judge, currencies=Currencies.of(currency), at=at)

            known = {one.name: one for one in kpis}
            plain = Plain(engine.connection, shop.zone, CURRENCIES[currency], at, known, by_instant)
            yield Bench(shop, engine, catalog, plain, evaluator, {way: evaluator(one) for way, one in ways.items()})
        finally:
            engine.close()


def test_two_thousand_random_questions_have_the_answers_of_plain_sql() -> None:
    compared: Counter[str] = Counter()

    @settings(max_examples=10, phases=PHASES)
    @given(st.integers(0, 2**32), st.sampled_from(shop_tables.PLACES), st.sampled_from([0, 1, 40, 300, 300, 900]))
    def one_shop(seed: int, place: tuple[str, date], rows: int) -> None:
        dice = random.Random(seed)
        shop = shop_tables.Shop(*place, dice, rows)
        over_rows = kpi_dice.bases(dice)
        kpis = [*over_rows, *kpi_dice.stocks_and_actives(dice), *kpi_dice.derived(dice, over_rows)]
        with bench(shop, kpis, dice.choice(list(CURRENCIES)), by_instant=dice.random() < 0.5) as made:
            periods = list(kpi_dice.periods(dice, shop.first, shop.last, 8))
            days = [Window(*window_of(text, today)) for text, today in periods]
            if seed % 3:
                made.read_together(lambda evaluator: [evaluator.kpi(kpi.name, window) for window in days for kpi in kpis])
            for text, today in periods:
                for kpi in kpis:
                    made.agree(kpi.name, text, today)
                    compared[kpi.kind] += 1

    one_shop()

    assert compared.total() >= 2000
    assert min(compared["stock"], compared["active"]) >= 100


def test_breakdowns_by_dimension_are_what_plain_sql_says() -> None:
    @settings(max_examples=4, phases=PHASES)
    @given(st.integers(0, 2**32), st.sampled_from(shop_tables.PLACES))
    def one_shop(seed: int, place: tuple[str, date]) -> None:
        dice = random.Random(seed)
        shop = shop_tables.Shop(*place, dice, 200)
        over_rows = kpi_dice.bases(dice)
        kpis = [*over_rows, *(one for one in kpi_dice.derived(dice, over_rows) if one.nature != "unclear")]
        with bench(shop, kpis, "USD", fallback=True) as made:
            days = [window_of(text, today) for text, today in kpi_dice.periods(dice, shop.first, shop.last, 3)]
            made.read_together(
                lambda evaluator: [breakdown(evaluator, kpi.name, Window(*own), "channel") for own in days for kpi in kpis]
            )
            for own in days:
                for kpi in kpis:
                    made.agree_by_key(kpi.name, own, "channel")

    one_shop()


def test_quantiles_of_many_rows_are_within_one_percent_of_a_neighbour(tmp_path: Path) -> None:
    dice = random.Random(5)
    shop = shop_tables.Shop("America/Los_Angeles", date(2026, 3, 8), dice, 0)
    kpis = [one for n in range(4) for one in _quantiles(n)]
    with bench(shop, kpis, "USD") as made:
        _crowd(made.engine, shop, dice)
        store = published(made.engine, tmp_path, made.catalog, shop.last)
        evaluator = Evaluator(made.catalog, store, made.ways["published"].judge, currencies=Currencies.of("USD"))
        sketched = 0
        for days in [(shop.odd_day, shop.odd_day), (shop.first, shop.last), (shop.odd_day - timedelta(days=2), shop.odd_day)]:
            for kpi in kpis:
                agg = kpi_dice.aggregates_of(kpi.formula)[0]
                ordered = made.plain.ordered(agg, kpi, days)
                outcome = evaluator.kpi(kpi.name, Window(*days))
                assert outcome.number is not None
                assert outcome.n is not None
                assert outcome.n - outcome.nulls == len(ordered)
                if len(ordered) <= 1000:
                    assert outcome.number == made.plain.value(kpi.name, days)
                    continue
                sketched += 1
                assert [reason.code for reason in outcome.verdict.remarks] == ["sketched"]
                assert _near_a_neighbour(outcome.number, ordered, Fraction(agg.quantile or "0.5")), (kpi, days)
        assert sketched >= 12


def _quantiles(n: int) -> list[PlainKpi]:
    quantile = kpi_dice.QUANTILES[n]
    made = []
    for argument, money in (("amount", 1), ("price", 0), ("qty", 0)):
        agg = Agg("quantile", argument, None, quantile, money=money)
        made.append(PlainKpi(f"{argument}_{n}", Node("agg", (agg,)), "ratio"))
    return made


def _crowd(engine: Engine, shop: shop_tables.Shop, dice: random.Random) -> None:
    """Put 3,000 sales on the odd day, and a few hundred on the days around it."""
    made = []
    for day, count in [(0, 3000), (-1, 1000), (-2, 1001), (3, 700)]:
        for _ in range(count):
            sale = shop_tables.sale(shop)
            sale[8] = shop.odd_day + timedelta(days=day)
            sale[0] = datetime(sale[8].year, sale[8].month, sale[8].day, 20, tzinfo=UTC)
            sale[1] = None if dice.random() < 0.05 else int(dice.lognormvariate(8, 2)) * dice.choice([1, 1, 1, -1])
            made.append(sale)
    shop_tables.insert(engine, "sales", made)


def _near_a_neighbour(number: Fraction, ordered: list[Fraction], quantile: Fraction) -> bool:
    place = int(quantile * (len(ordered) - 1))
    neighbours = ordered[place : place + 2]
    return any(abs(number - one) <= abs(one) / 100 for one in neighbours)
