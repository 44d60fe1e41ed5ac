"""Distinct values are numbered once; a number must always find its value again."""

from __future__ import annotations

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
