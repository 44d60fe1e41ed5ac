"""Distinct values are numbered once; a number must always find its value again."""

from __future__ import annotations

import pytest

from assay.catalog.contract import Question
from assay.runtime.desk import Desk
from tests.soundness.bench import MODEL, Bench, at, base


def test_a_column_named_id_can_be_counted(bench: Bench) -> None:
    bench.sell(("2026-03-08 10:00", 1000))
    bench.publish(bench.catalog(base("sold", "count(distinct id)")))
    assert bench.ask("sold", "2026-03-08").value == "1"


def test_a_column_that_becomes_finer_keeps_its_values_apart(bench: Bench) -> None:
    bench.model = MODEL.replace("{name: units, data_type: BIGINT}", '{name: units, data_type: "DECIMAL(18,2)"}')
    catalog = bench.catalog(base("sizes", "count(distinct units)"))
    bench.sell(("2026-03-08 10:00", 100), ("2026-03-08 11:00", 100))
    bench.publish(catalog)
    living = Desk(bench.project, bench.clock)  # carries what it has read over to the next generation
    assert living.ask(Question(kpi="sizes", period="2026-03-08")).value == "1"
    bench.engine.execute("alter table sales alter units type decimal(18, 2)")
    bench.engine.execute("update sales set units = case when sold_at < '2026-03-08 10:30:00+00' then 1.25 else 1.5 end")
    bench.log([at("2026-03-08 10:00").date()], kind="built")
    bench.publish(catalog)
    assert bench.ask("sizes", "2026-03-08").value == "2"
    assert living.ask(Question(kpi="sizes", period="2026-03-08")).value == "2"


@pytest.mark.parametrize("odd", [-5, 5_000_000_000, 70_000])
def test_whole_numbers_that_are_their_own_numbers_are_numbered_as_soon_as_one_cannot_be(bench: Bench, odd: int) -> None:
    catalog = bench.catalog(base("sizes", "count(distinct units)"))
    bench.sell(("2026-03-07 10:00", 100), ("2026-03-08 10:00", 100), ("2026-03-08 11:00", 100))
    bench.engine.execute("update sales set units = 3 where sold_at = timestamptz '2026-03-08 11:00:00+00'")
    bench.publish(catalog)
    living = Desk(bench.project, bench.clock)
    assert [living.ask(Question(kpi="sizes", period=day)).value for day in ("2026-03-08", "2026-W10")] == ["2", "2"]
    for value, known in ((odd, "3"), (4, "4")):  # numbered from then on
        bench.sell(("2026-03-08 12:00", 100))
        bench.engine.execute("update sales set units = ? where sold_at = timestamptz '2026-03-08 12:00:00+00'", [value])
        bench.engine.execute("update sales set sold_at = sold_at + interval 1 minute where units = ?", [value])
        bench.publish(catalog)
        for desk in (living, Desk(bench.project, bench.clock)):
            assert [desk.ask(Question(kpi="sizes", period=day)).value for day in ("2026-03-07", "2026-W10")] == ["1", known]
