"""The order of boards."""

from __future__ import annotations

from pathlib import Path

from assay.catalog.loader import CatalogRoot, load_catalog

MODEL = "version: 2\nmodels:\n  - {name: sales, config: {times: [sold_on]}, columns: [{name: sold_on, data_type: DATE}]}\n"
KPI = "kpi: orders\nunit: count\nowner: me\ndefinition: Orders.\nmodel: sales\ntime: sold_on\nformula: count(*)\n"


def test_boards_come_by_rank_and_then_by_name(tmp_path: Path) -> None:
    files = {"models/sales.yml": MODEL, "kpis/orders.yml": KPI}
    for name, rank in {"late": "rank: 7\n", "first": "rank: 2\n", "beta": "", "alpha": ""}.items():
        sections = "sections: [{label: All, tiles: [{kpi: orders}]}]\n"
        files[f"boards/{name}.yml"] = f"board: {name}\nlabel: {name}\n{rank}{sections}"
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    catalog = load_catalog([CatalogRoot(tmp_path, project=True)]).catalog
    assert catalog is not None
    assert list(catalog.boards) == ["first", "late", "alpha", "beta"]
