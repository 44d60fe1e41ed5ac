"""Shared KPIs are in force where something uses them, and as if they were not there elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from assay.catalog.loader import CatalogRoot, load_catalog

MODEL = "version: 2\nmodels:\n  - {name: sales, config: {times: [sold_on]}, columns: [{name: sold_on, data_type: DATE}]}\n"
OWN = (
    "kpi: orders\nunit: count\ndirection: up\nowner: me\ndefinition: Orders.\nmodel: sales\ntime: sold_on\nformula: count(*)\n"
)
SHARED = """\
kpi: visits
unit: count
direction: up
owner: me
definition: Visits.
shared: true
model: sales
time: sold_on
formula: count(sold_on)
related: [conversion]
---
kpi: conversion
unit: ratio
direction: up
owner: me
definition: Orders by visit.
shared: true
formula: orders / visits
---
kpi: lonely
unit: count
direction: up
owner: me
definition: Nobody asks.
shared: true
model: sales
time: sold_on
formula: count(distinct sold_on)
"""
USES = {
    "nobody": ({}, set()),
    "a board": ({"boards/b.yml": "board: b\nlabel: B\nsections: [{label: All, tiles: [{kpi: lonely}]}]\n"}, {"lonely"}),
    "a target": ({"targets.yml": "lonely: {min: 1}\n"}, {"lonely"}),
    "a formula, whose related one comes along": (
        {"kpis/x.yml": "kpi: x\nunit: ratio\ndirection: up\nowner: me\ndefinition: X.\nformula: visits / orders\n"},
        {"x", "visits", "conversion"},
    ),
    "an alert of a KPI that is in force": (
        {"alerts.yml": "orders:\n  - {when: value < 5 and conversion < 0.1, severity: high}\n"},
        {"visits", "conversion"},
    ),
}


@pytest.mark.parametrize("use", USES)
def test_a_shared_kpi_is_in_force_where_it_is_named(use: str, tmp_path: Path) -> None:
    files, expected = USES[use]
    for name, text in {"models/sales.yml": MODEL, "kpis/own.yml": OWN, "kpis/shared.yml": SHARED, **files}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    result = load_catalog([CatalogRoot(tmp_path, name="shop")])
    assert result.catalog is not None, result.problems
    assert set(result.catalog.kpis) == {"orders"} | expected
