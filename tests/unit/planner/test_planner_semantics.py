"""What kind of number a formula makes: whether it adds up over days, and in which unit its columns hold it."""

from __future__ import annotations

import pytest

from assay.catalog.contract import Kind, Kpi
from assay.catalog.entry import Catalog, CompiledKpi
from assay.catalog.expression import Aggregate
from assay.catalog.formula import parse_formula
from assay.catalog.models import Column, ModelSchema
from assay.planner.semantics import additivity, minor_power
from assay.units import Unit

SALES = ModelSchema(
    "sales",
    {"amount": Column("BIGINT", Unit.MONEY), "fee": Column("BIGINT", Unit.MONEY), "qty": Column("INTEGER")},
    times=("sold_on",),
)
BASES = {"revenue": "sum(amount)", "orders": "count(*)", "buyers": "count(distinct customer)", "typical": "median(amount)"}


def kpi(name: str, formula: str, kind: Kind = Kind.AGGREGATE) -> CompiledKpi:
    contract = Kpi(kpi=name, unit=Unit.NUMBER, formula=formula, kind=kind, model="sales", time="sold_on")
    return CompiledKpi(contract, parse_formula(formula), "", "", 1, "")


def catalog(formula: str, kind: Kind = Kind.AGGREGATE) -> Catalog:
    kpis = {name: kpi(name, text) for name, text in BASES.items()}
    kpis |= {"rate": kpi("rate", "revenue / orders"), "asked": kpi("asked", formula, kind)}
    return Catalog(kpis, {}, {"sales": SALES}, {}, tuple(kpis))


@pytest.mark.parametrize(
    ("formula", "nature"),
    [
        ("sum(amount)", "additive"),
        ("revenue - sum(fee)", "additive"),
        ("100 * revenue", "additive"),
        ("-revenue / 4", "additive"),
        ("revenue / orders", "ratio"),
        ("avg(amount)", "ratio"),
        ("100 * rate", "ratio"),
        ("100 * (1 - rate)", "ratio"),
        ("rate - 0.5", "ratio"),
        ("rate * (revenue / orders)", "ratio"),
        ("round(100 * rate, 1)", "ratio"),
        ("least(rate, 1)", "ratio"),
        ("typical", "ratio"),
        ("orders / buyers", "ratio"),
        ("1 / orders", "ratio"),
        ("pct_change(revenue, interval 7 days)", "ratio"),
        ("buyers", "other"),
        ("max(amount)", "other"),
        ("revenue + 1", "other"),
        ("revenue + rate", "other"),
        ("revenue * rate", "other"),
        ("revenue * orders", "other"),
        ("abs(revenue)", "other"),
        ("greatest(revenue, 0)", "other"),
        ("avg_over(revenue, interval 7 days)", "other"),
        ("7", "other"),
    ],
)
def test_a_formula_adds_up_or_is_a_ratio_or_neither(formula: str, nature: str) -> None:
    assert additivity("asked", catalog(formula)) == nature


def test_a_state_never_adds_up_over_days() -> None:
    assert additivity("asked", catalog("sum(amount)", Kind.STOCK)) == "other"


@pytest.mark.parametrize(
    ("formula", "power"),
    [
        ("sum(amount)", 1),
        ("median(amount)", 1),
        ("count(amount)", 0),
        ("count(distinct amount)", 0),
        ("sum(qty)", 0),
        ("count(*)", 0),
        ("sum(amount - fee)", 1),
        ("sum(amount * qty)", 1),
        ("sum(-abs(coalesce(amount, 0)))", 1),
        ("sum(case when qty > 1 then amount else 0 end)", 1),
        ("sum(case when amount > 10000 then 1 else 0 end)", 0),
        ("sum(case amount when 0 then qty else 1 end)", 0),
        ("sum(cast(amount > fee as integer))", 0),
        ("avg(cast(fee / amount as decimal(18, 6)))", 0),
        ("avg(cast(amount / qty as decimal(18, 6)))", 1),
        ("avg(cast(qty / amount as decimal(18, 6)))", -1),
        ("max(nullif(amount, 0))", 1),
    ],
)
def test_only_what_measures_money_is_turned_into_major_units(formula: str, power: int) -> None:
    aggregate = parse_formula(formula)
    assert isinstance(aggregate, Aggregate)

    assert minor_power(aggregate, "sales", catalog("7")) == power
