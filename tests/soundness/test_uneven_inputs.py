"""A number made of others is counted as far as all of them reach: what one source delivered later has no counterpart yet."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from assay.values.answer import Answer
from assay.values.generation import Interval, StreamFacts
from tests.soundness.bench import FIRST_DAY, MODEL, NOON, Bench, at, base, derived

TWO = MODEL.replace(
    "models:",
    """models:
  - name: visits
    config: {materialized: fact, key: [id], times: [seen_on]}
    columns:
      - {name: id, data_type: VARCHAR}
      - {name: seen_on, data_type: DATE, config: {meta: {instant: seen_at}}}
      - {name: seen_at, data_type: TIMESTAMPTZ}
      - {name: shop, data_type: VARCHAR}
      - {name: visitor, data_type: VARCHAR}""",
)
KPIS = (
    base("sold", "count(*)", dimensions="[shop]"),
    derived("visits", "count(*)", model="visits", time="seen_on", dimensions="[shop]"),
    derived("visitors", "count(distinct visitor)", model="visits", time="seen_on"),
    derived("rate", "sold / visits", "ratio", dimensions="[shop]", direction="up", target="{min: 0.1}"),
    derived("per_visitor", "sold / visitors", "ratio"),
    derived("double_rate", "2 * rate", "ratio"),
    derived("fresh_rate", "sold / visits", "ratio", requires="{freshness: 1h}"),
)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path / "shop", model=TWO, streams=("orders", "visits"))
    made.engine.execute("create table visits (id varchar, seen_on date, seen_at timestamptz, shop varchar, visitor varchar)")
    return made


def see(bench: Bench, *instants: str, shop: str = "web") -> None:
    for number, instant in enumerate(instants):
        moment = at(instant)
        day = bench.project.calendar.day_of(moment)
        row = [f"{instant}/{number}/{shop}", day, moment, shop, f"v{number}"]
        bench.engine.execute("insert into visits values (?, ?, ?, ?, ?)", row)
        bench.log([day], "seen_on", "inserted", "visits")


def publish(bench: Bench, orders: datetime, visits: datetime) -> None:
    facts = {
        name: StreamFacts(stream=name, intervals=(Interval(start=FIRST_DAY, end=end),))
        for name, end in (("orders", orders), ("visits", visits))
    }
    rests = {"sales": ["orders"], "visits": ["visits"]}
    bench.publish(bench.catalog(*KPIS), built=("sales", "visits"), facts=facts, rests=rests)


def said(answer: Answer) -> list[str]:
    return [reason.sentence for reason in answer.reasons if reason.code == "uneven"]


def test_days_that_one_input_has_not_reached_do_not_count_for_the_others(bench: Bench) -> None:
    bench.sell(*[(f"2026-03-{day:02} 10:00", 100) for day in range(1, 11)])
    see(bench, *[f"2026-03-{day:02} {hour}:00" for day in range(1, 9) for hour in (10, 11)])
    publish(bench, NOON, at("2026-03-09 00:00"))
    answer = bench.ask("rate", "mtd")
    assert (answer.value, answer.n) == ("0.5", 16)  # 8 sales by 16 visits, not 10 by 16
    assert said(answer) == ["Counted up to the end of 2026-03-08: visits reaches no further."]
    assert answer.as_of == at("2026-03-09 00:00")
    assert (bench.ask("double_rate", "mtd").value, bench.ask("sold", "mtd").value) == ("1", "10")
    assert bench.ask("per_visitor", "7d").value == "0.5"  # 5 sales of the 4th to the 8th by 10 visitors
    assert bench.ask("rate", "mtd", recompute=True).value == "0.5"


def test_hours_that_one_input_has_not_reached_do_not_count_for_the_others(bench: Bench) -> None:
    bench.sell(("2026-03-10 08:00", 100), ("2026-03-10 09:20", 100), ("2026-03-10 11:00", 100))
    see(bench, "2026-03-10 07:00", "2026-03-10 08:30")
    publish(bench, NOON, at("2026-03-10 09:10"))
    answer = bench.ask("rate")
    assert (answer.value, said(answer)) == ("0.5", ["Counted up to 09:00 of 2026-03-10: visits reaches no further."])
    assert bench.ask("per_visitor").value == "0.5"  # what does not add up is asked of the warehouse


def test_each_value_of_a_dimension_is_counted_as_far_as_the_whole(bench: Bench) -> None:
    for shop in ("web", "app"):
        bench.sell(("2026-03-07 10:00", 100), ("2026-03-10 10:00", 100), shop=shop)
        see(bench, "2026-03-07 10:00", "2026-03-07 11:00", shop=shop)
    publish(bench, NOON, at("2026-03-08 00:00"))
    rows = bench.ask("rate", "7d", by="shop").rows
    assert rows is not None
    assert {row.key: row.value for row in rows} == {"web": "0.5", "app": "0.5"}


def test_inputs_that_reach_equally_far_are_counted_up_to_now(bench: Bench) -> None:
    bench.sell(("2026-03-10 11:55", 100))
    see(bench, "2026-03-10 11:50", "2026-03-10 11:52")
    publish(bench, NOON, NOON)
    answer = bench.ask("rate")
    assert (answer.value, said(answer)) == ("0.5", [])


def test_a_day_that_one_input_has_not_begun_and_data_that_is_too_old_are_withheld(bench: Bench) -> None:
    bench.sell(("2026-03-01 10:00", 100), ("2026-03-10 10:00", 100))
    see(bench, "2026-03-01 10:00")
    publish(bench, NOON, at("2026-03-10 00:00"))
    today, stale = bench.ask("rate"), bench.ask("fresh_rate", "mtd")
    assert [today.value, stale.value] == [None, None]
    assert [[reason.code for reason in one.reasons] for one in (today, stale)] == [["not_covered"], ["too_old"]]
    assert bench.ask("rate", "mtd").value == "1"


def test_it_is_compared_with_the_same_part_of_the_period_before(bench: Bench) -> None:
    bench.sell(*[(f"2026-{day} 10:00", 100) for day in ("02-08", "02-09", "03-07", "03-08", "03-09", "03-10")])
    see(bench, *[f"2026-{day} 10:00" for day in ("02-08", "02-09", "02-09", "02-10", "03-07")])
    publish(bench, NOON, at("2026-03-08 00:00"))
    month = bench.ask("rate", "mtd", compare="previous")
    assert month.value == "1"  # one by one: the 7th alone
    assert month.comparison is not None
    assert (month.comparison.value, f"{month.comparison.period.end}") == (None, "2026-02-07")


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_a_count_by_hand_wherever_the_inputs_end(seed: int, bench: Bench) -> None:
    dice = random.Random(seed)
    moments = [[NOON - timedelta(minutes=dice.randrange(9 * 24 * 60)) for _ in range(60)] for _ in range(2)]
    ends = [NOON - timedelta(minutes=dice.randrange(48 * 60)) for _ in range(2)]
    sold, seen = ([one for one in ones if one < end] for ones, end in zip(moments, ends, strict=True))
    bench.sell(*[(f"{one:%Y-%m-%d %H:%M}", 100) for one in sold])
    see(bench, *[f"{one:%Y-%m-%d %H:%M}" for one in seen])
    publish(bench, *ends)
    common = min(ends)
    common -= timedelta(minutes=common.minute % 15)
    kept = [sum(at("2026-03-04 00:00") <= one < common for one in ones) for ones in (sold, seen)]
    value = bench.ask("rate", "7d").value
    assert value is not None
    assert abs(Decimal(value) - Decimal(kept[0]) / kept[1]) < Decimal("0.000001")
