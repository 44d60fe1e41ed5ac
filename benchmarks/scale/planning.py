"""Planning: from the catalogue to the text of every query, without running one."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import yaml

from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, load_catalog
from assay.planner.rollup import plan_rollups
from assay.planner.tables import table_sql, tables_of
from benchmarks.scale import data
from benchmarks.scale.figures import Report, median_ms
from benchmarks.scale.shop import Shop, documents

MANY = 150


def measure(shop: Shop, report: Report) -> None:
    """Time the plan of one KPI and of 150, the first time in this process and again."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = many(shop, Path(folder))
    began = time.perf_counter()
    plan(catalog)
    first = (time.perf_counter() - began) * 1000
    report.add(f"planning {len(catalog.kpis)} KPIs, the first time", first, goal=120)
    report.add("planning them again", median_ms(lambda: plan(catalog)))
    report.add("planning, for each KPI", first / len(catalog.kpis), goal=1)


def plan(catalog: Catalog) -> list[str]:
    """Return the SQL that fills every table of partials that the catalogue needs."""
    return [table_sql(one, table, None) for one in plan_rollups(catalog).values() for table in tables_of(one)]


def many(shop: Shop, folder: Path) -> Catalog:
    """Return a catalogue of 150 KPIs: those of the benchmark, and as many of the same over other rows as it takes."""
    kpis = [one for path in sorted((shop.folder / "kpis").glob("*.yml")) for one in documents(path)]
    base = [one for one in kpis if "model" in one and "/" not in one["formula"] and one.get("kind") is None]
    for number in range(len(kpis), MANY):
        one = base[number % len(base)]
        rest = f"{data.KEYS[one['model']][0]} % 1000 = {number}"
        call, _, condition = one["formula"].partition(" filter (where ")
        formula = f"{call} filter (where {rest} and {condition or 'true)'}"
        kpis.append(one | {"kpi": f"{one['kpi']}_{number}", "formula": formula})
    (folder / "kpis").mkdir()
    (folder / "kpis" / "many.yml").write_text(yaml.safe_dump_all(kpis))
    (folder / "models").symlink_to(shop.folder / "models")
    result = load_catalog([CatalogRoot(folder, project=True)])
    if result.catalog is None:
        raise RuntimeError("\n".join(map(str, result.errors)))
    return result.catalog
