"""The compiled catalogue: the same after a round trip, and readable by a cold process without parsers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assay.catalog.compiled import dump, load
from assay.catalog.entry import Catalog
from assay.catalog.loader import CatalogRoot, load_catalog
from assay.errors import UsageError

FIXTURES = Path(__file__).parents[2] / "fixtures" / "catalog"
FULL = """
kpi: orders
label: Orders
unit: count
direction: up
model: orders
time: created_on
owner: sales
dimensions: [channel]
formula: count(*) filter (where not is_test)
requires: {freshness: 26h, checks: [payments_reconcile]}
target:
  - {min: 250.50, note: at first}
  - {from: 2026-01-01, between: ["1.1 * shift(orders, interval 7 days)", 900]}
  - {from: 2027-01-01, goal: 1000, over: year, tiers: [{name: bronze, from: 1.5}]}
  - {from: 2028-01-01, milestones: {q2: 10.50, q4: 20}}
alerts: [{when: "value < 0.9 * avg_over(orders, interval 7 days)", severity: low}]
estimate: 2 * late
examples:
  - {name: one, rows: [{order_id: o1, created_on: 2026-03-02, is_test: false, hours_open: 1.50}], value: 1}
---
kpi: late
unit: count
model: orders
time: created_on
owner: sales
formula: count(*) filter (where is_late)
---
kpi: new_mrr
unit: money
kind: recurring
model: phases
time: begins_on
entity: [customer_id]
owner: sales
formula: recurring(monthly, begins_at, ends_at, 'new')
---
board: shop
label: Shop
sections: [{label: Sales, tiles: [{kpi: orders, by: channel, top: 3}]}]
"""

JOBS = """
data_sets:
  sales:
    models: [orders]
    kpis: [orders, late]
    schedule: "30 0 * * *"
    sla: 1h
    criticality: high
    retries: {attempts: 4, wait: 1m, factor: 3, longest: 5m}
"""


def catalog(folder: Path, text: str, jobs: str | None = None) -> Catalog:
    (folder / "kpis").mkdir()
    if jobs is not None:
        (folder / "jobs").mkdir()
        (folder / "jobs" / "sales.yml").write_text(jobs)
    (folder / "kpis" / "shop.yml").write_text(text)
    (folder / "models").mkdir()
    (folder / "models" / "marts.yml").write_text((FIXTURES / "models" / "marts.yml").read_text())
    result = load_catalog([CatalogRoot(folder, project=True)])
    assert result.catalog is not None, [str(problem) for problem in result.problems]
    return result.catalog


def test_a_catalogue_is_the_same_after_a_round_trip(tmp_path: Path) -> None:
    made = catalog(tmp_path, FULL, JOBS)

    assert load(dump(made)) == made
    assert dump(load(dump(made))) == dump(made)


def test_the_kpis_of_a_data_set_are_due_when_it_is_unless_they_say_so_themselves(tmp_path: Path) -> None:
    (tmp_path / "refresh.yml").write_text("late: {schedule: continuous, sla: 5m}\n")
    made = catalog(tmp_path, FULL, JOBS)

    due = {
        name: (kpi.contract.refresh.schedule, kpi.contract.refresh.sla)
        for name, kpi in made.kpis.items()
        if kpi.contract.refresh
    }
    assert due == {"orders": ("30 0 * * *", "1h"), "late": ("continuous", "5m")}
    assert made.data_sets["sales"].retries.waits() == (60, 180, 300)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("data_sets: {sales: {models: [orders]}}", 'The field "schedule" is missing'),
        ("data_sets: {sales: {models: [orders], schedule: hourly}}", "five fields"),
        ('data_sets: {sales: {models: [], schedule: "0 * * * *"}}', "models is"),
        ('data_sets: {sales: {models: [orders], schedule: "0 * * * *", retries: {attempts: 0}}}', "attempts is"),
        ('data_sets: {sales: {models: [orders], schedule: "0 * * * *"}}\ndatadog: {api_key: 0123abc}', "env:SLACK_WEBHOOK"),
    ],
)
def test_a_refresh_configuration_that_is_wrong_says_how_it_would_be_right(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "marts.yml").write_text((FIXTURES / "models" / "marts.yml").read_text())
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "sales.yml").write_text(written)
    result = load_catalog([CatalogRoot(tmp_path, project=True)])
    assert result.catalog is None
    assert said in "\n".join(str(problem) for problem in result.problems)
    assert {problem.file for problem in result.problems} == {"jobs/sales.yml"}


def test_a_cold_process_reads_150_kpis_without_yaml_and_sqlglot(tmp_path: Path) -> None:
    head = "kpi: k{0}\nunit: count\nowner: x\nmodel: orders\ntime: created_on\n"
    template = head + "formula: count(*) filter (where not is_test and length(channel) > {0})\n"
    made = catalog(tmp_path, "---\n".join(template.format(i) for i in range(150)))
    (tmp_path / "catalog.json").write_bytes(dump(made))
    program = (
        "import sys, time, pathlib\n"
        "from assay.catalog.compiled import load\n"
        "content = pathlib.Path(sys.argv[1]).read_bytes()\n"
        "start = time.perf_counter()\n"
        "catalog = load(content)\n"
        "print(len(catalog.kpis), sorted({'yaml', 'sqlglot'} & set(sys.modules)), time.perf_counter() - start)\n"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "catalog.json")], capture_output=True, text=True, check=True
    )

    print(ran.stdout)
    assert ran.stdout.startswith("150 [] ")


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 99}', b'{"format": 1, "kpis": [1]}', b"\xff"])
def test_other_bytes_are_refused_with_what_to_do(content: bytes) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load(content)
