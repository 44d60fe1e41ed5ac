"""Which partials are kept, and the SQL that fills them."""

from __future__ import annotations

from datetime import date

import pytest

from assay.catalog.contract import Kind, Kpi
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import Aggregate
from assay.catalog.formula import parse_formula
from assay.catalog.models import Column, ModelSchema
from assay.planner.measures import measures_of, parts_of
from assay.planner.rollup import plan_rollups
from assay.planner.tables import days_between, in_days, quoted, tables_of
from assay.units import Unit

SALES = ModelSchema(
    "sales", {"sold_on": Column("DATE", instant="sold_at"), "paid_on": Column("DATE")}, times=("sold_on", "paid_on")
)


def planned(**kpis: dict[str, object]) -> dict[str, list[str]]:
    """Return the tables of every rollup that the KPIs need."""
    compiled = {}
    for name, fields in kpis.items():
        contract = Kpi.model_validate({"kpi": name, "unit": Unit.NUMBER, "model": "sales", **fields})
        compiled[name] = CompiledKpi(contract, parse_formula(contract.formula), "", "", 1, "")
    rollups = plan_rollups(Catalog(compiled, {}, {"sales": SALES}, {}, tuple(compiled)))
    return {
        name: [table.name.removeprefix(f"{name}/").split("/")[0] for table in tables_of(one)] for name, one in rollups.items()
    }


def test_kpis_of_one_model_and_time_share_one_rollup() -> None:
    tables = planned(
        a={"formula": "sum(x)", "time": "sold_on", "dimensions": ["channel"]},
        b={"formula": "sum(x) / count(*)", "time": "sold_on"},
        c={"formula": "count(distinct y)", "time": "paid_on"},
        d={"formula": "a / b"},
    )

    assert tables == {"sales.sold_on": ["total", "by", "slots"], "sales.paid_on": ["total", "distinct"]}


def test_stocks_of_another_carry_are_kept_apart() -> None:
    stock = {"formula": "sum(x)", "time": "sold_on", "kind": Kind.STOCK, "entity": ["sku"]}

    tables = planned(a={**stock, "carry": "24h"}, b={**stock, "carry": "36h"}, c={**stock, "carry": "48h"})

    assert sorted(tables) == ["sales.sold_on.stock_sku_1", "sales.sold_on.stock_sku_2"]


def test_a_kpi_over_all_rows_is_kept_by_the_models_first_day() -> None:
    assert list(planned(a={"formula": "active(due_at, done_at)", "kind": Kind.ACTIVE})) == ["sales.sold_on"]


def test_every_movement_of_one_entity_is_kept_once_and_another_entity_apart() -> None:
    fields = {"time": "sold_on", "kind": Kind.RECURRING, "entity": ["buyer"]}
    start = "recurring(x, y, z, 'start')"

    tables = planned(
        a={**fields, "formula": start},
        b={**fields, "formula": "recurring_entities(x, y, z, 'churn') / recurring_entities(x, y, z, 'start')"},
        c={**fields, "formula": f"{start} filter (where not is_test)"},
        d={**fields, "formula": start, "entity": ["firm"]},
    )

    assert tables == {"sales.sold_on.recurring_buyer": ["recurring"] * 2, "sales.sold_on.recurring_firm": ["recurring"]}


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        ("count(*)", ["rows"]),
        ("count(x)", ["rows", "nonnull"]),
        ("sum(x)", ["rows", "nonnull", "sum"]),
        ("avg(x)", ["rows", "nonnull", "sum"]),
        ("count(distinct x)", ["rows", "nonnull", "distinct"]),
        ("median(x)", ["rows", "nonnull", "values"]),
        ("active(x, y)", ["rows", "active"]),
        ("recurring(x, y, z, 'new')", ["recurring"]),
    ],
)
def test_an_aggregate_is_made_of_its_measures(formula: str, kinds: list[str]) -> None:
    aggregate = parse_formula(formula)
    assert isinstance(aggregate, Aggregate)

    assert [measure.kind for measure in measures_of(aggregate)] == kinds


def test_a_measure_is_named_by_all_that_makes_it() -> None:
    texts = ["sum(x)", "sum(y)", "sum(x) filter (where y > 1)", "sum(x) filter (where y > 2)", "max(x)"]
    aggregates = [parse_formula(text) for text in texts]

    names = {parts_of(one).value.id for one in aggregates if isinstance(one, Aggregate) and parts_of(one).value}  # type: ignore[union-attr]

    assert len(names) == 5


def test_days_are_asked_for_as_ranges() -> None:
    days = [date(2026, 3, 2), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 9), date(2026, 3, 9)]

    assert days_between(days) == [(date(2026, 2, 28), date(2026, 3, 2)), (date(2026, 3, 9), date(2026, 3, 9))]
    assert in_days("d", []) == "false"
    assert in_days("d", None) == "d is not null"


def test_names_are_quoted_so_that_they_stay_names() -> None:
    assert quoted('a"; drop table x; --') == '"a""; drop table x; --"'
