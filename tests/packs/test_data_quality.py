"""Checks, ages and empty cells of a project's data, from the refresh that finds them to the KPI, against a pencil."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packs.measured import HEADINGS, at, orders, project, warehouse
from tests.scenarios.shop import Stage

QUICK = """kpi: quick_orders
definition: Orders, which should be at most two hours old.
unit: count
direction: up
model: fct_orders
time: created_on
formula: count(*)
owner: sales-ops
requires: {freshness: 2h}
"""
CONTACTS = {
    "models/fct_contacts.sql": "select * from (values ('a', date '2026-03-01', 'x'), ('b', date '2026-03-01', null), "
    "('c', date '2026-03-01', 'y'), ('d', date '2026-03-01', 'z')) as t(contact_id, made_on, email)",
    "models/fct_contacts.yml": "version: 2\nmodels:\n  - name: fct_contacts\n"
    "    config: {materialized: fact, key: [contact_id], times: [made_on]}\n    columns:\n"
    "      - {name: contact_id, data_type: VARCHAR}\n      - {name: made_on, data_type: DATE}\n"
    "      - {name: email, data_type: VARCHAR, config: {meta: {critical: true}}}\n",
    "tests/contacts_have_mail.sql": "select * from {{ ref('fct_contacts') }} where email is null",
}
GOOD = orders(("o1", "2026-03-01", "10.00"), ("o2", "2026-03-02", "20.00"))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = project(tmp_path / "shop")
    stage.write("kpis/quick.yml", QUICK)
    return stage


def test_a_table_falls_out_of_time_by_the_clock_and_comes_back_with_its_data(stage: Stage) -> None:
    at(stage, 0, 30, day=3).take("orders.csv", GOOD, "orders")  # complete up to the end of the 2nd
    stage.run()
    known = int(stage.value("known_tables") or 0)
    streams = [row[0] for row in warehouse(stage, "select stream from main.fct_assay_freshness order by 1")]
    assert known == len(streams)
    assert "orders" in streams
    # Orders may be two hours old, and are acceptable for three: until three in the night. The others may be 26 hours old.
    at(stage, 2, 59, day=3)
    assert stage.value("data_freshness_score_pct") == "100"
    at(stage, 3, 0, day=3)
    lost = sum(row[0] <= 2 for row in warehouse(stage, "select expected_hours from main.fct_assay_freshness"))
    assert lost >= 1
    assert stage.value("tables_in_time") == str(known - lost)
    answer = stage.ask("data_freshness_score_pct")
    assert answer.n == known
    assert float(answer.value or 0) == pytest.approx(100 * (known - lost) / known, abs=1e-5)
    # New data come at noon of the 4th, and nobody measured in between.
    more = "\n".join([GOOD.strip(), "o3,c1,2026-03-03T20:00:00+00:00,5.00,paid,false,"]) + "\n"
    at(stage, 1, 0, day=4).take("more.csv", more, "orders", replace=True)
    stage.run()
    assert stage.value("data_freshness_score_pct") == "100"
    assert float(stage.value("data_freshness_score_pct", "2026-03-03") or 0) == pytest.approx(
        100 * (known - lost) / known, abs=1e-5
    )
    assert stage.restatements() == []


def test_a_check_that_fails_is_an_issue_in_the_same_refresh_and_until_it_passes(stage: Stage) -> None:
    for name, text in CONTACTS.items():
        stage.write(name, text)
    at(stage, 9, 30, day=3).take("orders.csv", GOOD, "orders")
    stage.run()
    assert stage.value("data_quality_issues") == "1"
    (named,) = stage.ask("data_quality_issues").reasons
    assert (named.code, named.sentence) == ("checks_fail", "Failing at the last refresh: contacts_have_mail.")
    by_name = stage.ask("data_quality_issues", by="check_name").rows or ()
    assert [row.key for row in by_name if row.value != "0"] == ["contacts_have_mail"]
    stage.write(
        "tests/contacts_have_mail.sql", "{{ config(severity='warn') }} select * from {{ ref('fct_contacts') }} where false"
    )
    at(stage, 9, 31, day=3).run()
    assert stage.value("data_quality_issues") == "0"
    assert stage.ask("data_quality_issues").reasons == ()
    (stage.folder / "tests" / "contacts_have_mail.sql").unlink()
    at(stage, 9, 32, day=3).run()
    results = "select status, strftime(began_at, '%H:%M') from main.fct_assay_checks"
    assert warehouse(stage, f"{results} where check_name = 'contacts_have_mail' order by 2") == [
        ("failed", "17:30"),
        ("passed", "17:31"),
        ("removed", "17:32"),
    ]
    assert stage.value("data_quality_issues") == "0"


def test_a_hint_that_fails_is_no_issue(stage: Stage) -> None:
    at(stage, 9, 30, day=3).take("orders.csv", GOOD, "orders")
    lonely = "fulfillment_id,order_id,fulfilled_at,status\nf1,nobody,2026-03-02T21:00:00+00:00,success\n"
    stage.take("fulfillments.csv", lonely, "fulfillments")
    stage.run()
    listed = "select status, blocking from main.fct_assay_checks where check_name = 'fulfillments_have_orders'"
    assert warehouse(stage, listed) == [("failed", False)]
    assert stage.value("data_quality_issues") == "0"


def test_empty_cells_of_critical_fields_are_counted_over_all_rows(stage: Stage) -> None:
    for name, text in CONTACTS.items():
        if not name.startswith("tests/"):
            stage.write(name, text)
    at(stage, 9, 30, day=3).take("orders.csv", GOOD, "orders")
    stage.run()
    fields = dict(warehouse(stage, "select field, row_count from main.fct_assay_missing_fields"))
    assert fields["fct_contacts.email"] == 4
    assert fields["fct_orders.created_on"] == 2
    by_hand = sum(warehouse(stage, f"select count(*) from main.{field.split('.')[0]}")[0][0] for field in fields)
    assert stage.value("worst_field_missing_pct") == "25"
    assert float(stage.value("missing_data_pct") or 0) == pytest.approx(100 / by_hand, abs=1e-5)
    # The state of a day holds while nothing newer is known, and no longer.
    at(stage, 9, 30, day=4)
    assert stage.value("worst_field_missing_pct", "2026-03-03") is None  # not covered to its end
    stage.run()
    assert stage.value("worst_field_missing_pct", "2026-03-03") == "25"
    assert stage.value("worst_field_missing_pct", "2026-03-02") is None
    assert HEADINGS not in str(fields)
