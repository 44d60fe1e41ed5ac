"""The benchmark's board, small: every number of it is what the hand-written query says, kept and recomputed."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from assay.planner.rollup import plan_rollups
from assay.rollups.build import build_tables
from assay.rollups.segments import write_segment
from assay.runtime.answers.direct import together
from assay.runtime.publishing.generations import Snapshot
from benchmarks.scale import data
from benchmarks.scale.board import ask, different
from benchmarks.scale.company import END
from benchmarks.scale.naive import NAIVE, SCAN
from benchmarks.scale.questions import KIND_OF
from benchmarks.scale.shop import Shop
from tests.property.test_against_plain_sql import everything_known

LINES = 4_000


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("scale"))
    made.make(lambda path: data.make(path, LINES, lambda _: None))
    yield made
    made.close()


@pytest.fixture(scope="module")
def snapshot(shop: Shop) -> Snapshot:
    """The partials of every rollup under a generation from which nothing is missing: proving three years takes a minute."""
    segments = [
        write_segment(shop.project.segments, "1", table.name, rows, days)
        for rollup in plan_rollups(shop.catalog).values()
        for table, rows, days, _ in build_tables(shop.engine, rollup, None, data.LAST)
    ]
    whole = everything_known(shop.catalog, END).model_copy(update={"segments": tuple(segments)})
    return Snapshot(shop.project, whole, shop.catalog)


def test_the_benchmark_asks_300_numbers_of_46_kpis(shop: Shop) -> None:
    assert len(shop.catalog.kpis) == 46
    assert len(shop.questions) == 300
    assert set(shop.catalog.kpis) == set(NAIVE) == set(KIND_OF)
    assert set(SCAN) == set(data.KEYS)


def test_every_number_of_the_board_is_what_a_query_written_by_hand_says(shop: Shop, snapshot: Snapshot) -> None:
    kept = shop.numbers(snapshot, snapshot.store, shop.questions)
    assert different(shop.questions, kept, [ask(shop, one) for one in shop.questions]) == []
    assert sum(number is not None for number in kept) > 290


def test_every_number_without_rollups_is_the_same_and_every_row_is_read_a_few_times_at_most(
    shop: Shop, snapshot: Snapshot
) -> None:
    with patch.object(shop.engine, "query", wraps=shop.engine.query) as query:
        found = together(shop.engine, lambda partials: shop.numbers(snapshot, partials, shop.questions))
    assert different(shop.questions, found, [ask(shop, one) for one in shop.questions]) == []
    assert query.call_count == 14  # sums of 6 tables, 3 things that are counted once, 4 that are put in order, what recurs


def test_the_customers_history_is_what_the_orders_say(shop: Shop) -> None:
    by_hand = """
      with paid as (select * from orders where is_paid and customer_id is not null),
        ranked as (select *, row_number() over (partition by customer_id order by created_on, order_id) as place from paid)
      select one.customer_id, one.created_on, two.created_on, one.amount,
        exists (select 1 from paid p where p.customer_id = one.customer_id
          and datediff('month', one.created_on, p.created_on) = 3)
      from ranked one left join ranked two on two.customer_id = one.customer_id and two.place = 2 where one.place = 1
    """
    kept = "select customer_id, first_on, second_on, first_amount, month_3 from customers"
    assert shop.engine.query(f"({by_hand}) except ({kept})").num_rows == 0
    assert shop.engine.query(f"({kept}) except ({by_hand})").num_rows == 0
