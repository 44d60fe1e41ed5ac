"""The pack `crm` in Assay's warehouse, beside `base`: the same models on raw streams, with the shop's days and money."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.packs.crm import PACK, SEEDS, Said, dbt, seed

ZONE = "Pacific/Honolulu"
RAW = (
    "source VARCHAR, key VARCHAR, event_at TIMESTAMPTZ, received_at TIMESTAMPTZ, batch VARCHAR, sha256 VARCHAR, payload VARCHAR"
)
BUILD = ("build", "--select", "package:crm", "--exclude-resource-type", "unit_test")
LATER = """
    insert into raw.crm_leads
    select source, key, event_at, timestamptz '2024-03-01 00:00:00+00', 'b2', '', replace(payload, '"web"', '"fair"')
    from raw.crm_leads where key = 'L05';
    insert into raw.crm_tickets
    select 'other', key, event_at, received_at, 'b2', '', payload from raw.crm_tickets where key = 'T01';
    insert into raw.crm_satisfaction values ('crm', 'S01', null, timestamptz '2024-03-01 00:00:00+00', 'b2', '', null);
"""


def streams() -> list[str]:
    """Return every raw table that the packs `base` and `crm` declare."""
    files = [PACK / "macros" / "source_definitions.yml", PACK.parent / "base" / "models" / "sources.yml"]
    sources = [source for file in files for source in yaml.safe_load(file.read_text())["sources"]]
    return [table["name"] for source in sources for table in source["tables"]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Said]]:
    """Return a shop in Honolulu with the fixture's records in its streams, after a build, later records and a second build."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "target").mkdir()
    (folder / "models").mkdir()
    (folder / "dbt_packages").mkdir()
    warehouse = folder / "target" / "crm.duckdb"
    target = {"type": "duckdb", "path": str(warehouse), "threads": 2, "keep_open": False, "settings": {"TimeZone": "UTC"}}
    shop = {"assay_zones": [{"from": None, "zone": ZONE}], "assay_currency": "USD", "assay_currency_exponent": 2}
    project = {"name": "shop", "version": "0.1.0", "config-version": 2, "profile": "assay", "vars": shop}
    packages = {"packages": [{"local": str(PACK.parent / name)} for name in ("base", "crm")]}
    profiles = {"assay": {"target": "warehouse", "outputs": {"warehouse": target}}}
    for name, content in (("dbt_project", project), ("packages", packages), ("profiles", profiles)):
        (folder / f"{name}.yml").write_text(yaml.safe_dump(content))
    for name in ("base", "crm"):
        (folder / "dbt_packages" / name).symlink_to(PACK.parent / name)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create schema raw; " + "; ".join(f"create table raw.{stream} ({RAW})" for stream in streams()))
        for name in SEEDS:
            connection.executemany(f"insert into raw.crm_{name} values ('crm', ?, ?, ?, 'b1', '', ?)", records(name))
    return folder, dbt(folder, BUILD, ("sql", "create table before as from assay.changed_days"), ("sql", LATER), BUILD)


def records(name: str) -> list[list[Any]]:
    return [
        [next(iter(row.values())), row["updated_at"], row["updated_at"], json.dumps({k: v for k, v in row.items() if v})]
        for row in seed(PACK, name)
    ]


def rows(shop: tuple[Path, list[Said]], sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop[0] / "target" / "crm.duckdb"), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(sql).fetchall()


def test_the_same_models_build_on_streams(shop: tuple[Path, list[Said]]) -> None:
    first = shop[1][0]
    assert (first.success, first.bad) == (True, {})
    assert {path.stem for path in (PACK / "models").rglob("*.sql")} < set(first.nodes)


def test_no_fixture_is_loaded_into_a_warehouse(shop: tuple[Path, list[Said]]) -> None:
    assert set(SEEDS).isdisjoint(shop[1][0].nodes)
    assert "crm_sla_targets" in shop[1][0].nodes
    tables = {name for (name,) in rows(shop, "select table_name from duckdb_tables() where schema_name = 'main'")}
    assert tables.isdisjoint(SEEDS)


def test_a_day_is_the_shops_day(shop: tuple[Path, list[Said]]) -> None:
    """L09 came at 09:00 UTC on 1 February, which is 31 January in Honolulu."""
    assert rows(shop, "select strftime(created_on, '%Y-%m-%d') from fct_crm_leads where lead_id = 'L09'") == [("2024-01-31",)]
    assert rows(shop, "select month, sum(leads) from pipeline_kpis group by 1 order by 1 limit 1")[0][1] == 9
    assert rows(shop, "select sum(lead_value), sum(amount) from pipeline_kpis") == [(76_500_000, 49_000_000)]


def test_facts_log_only_the_days_that_a_later_record_changed(shop: tuple[Path, list[Said]]) -> None:
    logged = rows(
        shop,
        """select model, time_column, strftime(day, '%Y-%m-%d'), kind from assay.changed_days
           where seq not in (select seq from before) order by all""",
    )
    days = rows(shop, "select strftime(created_on, '%Y-%m-%d') from fct_crm_leads where lead_id = 'L05'")
    assert [row for row in logged if row[0] == "fct_crm_leads"] == [("fct_crm_leads", "created_on", days[0][0], "updated")]
    assert ("fct_crm_satisfaction", "responded_on", "2024-01-09", "deleted") in logged
    assert {row[3] for row in logged if row[0] == "fct_crm_tickets"} == {"deleted"}
    assert rows(shop, "select channel from fct_crm_leads where lead_id = 'L05'") == [("fair",)]


def test_two_sources_that_name_one_ticket_are_told_and_hold_the_tickets_alone(shop: tuple[Path, list[Said]]) -> None:
    told = rows(shop, "select stream, source, row_id, reason from crm_quarantine order by source")
    reason = 'duplicate key: ticket_id "T01"'
    assert told == [("tickets", "crm", "T01", reason), ("tickets", "other", "T01", reason)]
    assert set(shop[1][1].bad) == {"crm_nothing_in_quarantine_tickets"}


def test_a_check_of_quarantine_doubts_its_own_stream(shop: tuple[Path, list[Said]]) -> None:
    """The failing check speaks against what its meta names, which it has to read."""
    described = yaml.safe_load((PACK / "tests" / "properties.yml").read_text())["data_tests"]
    doubts = {one["name"]: one["config"]["meta"]["doubts"] for one in described if "quarantine" in one["name"]}
    assert doubts == {f"crm_nothing_in_quarantine_{name}": [f"stg_{name}"] for name in SEEDS}
    for name, models in doubts.items():
        assert f"ref('{models[0]}')" in (PACK / "tests" / f"{name}.sql").read_text()
