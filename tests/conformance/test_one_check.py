"""To add a check is one dbt test: a KPI names it, and is withheld while it fails."""

from __future__ import annotations

from tests.scenarios.shop import Stage

CHECK = "{{ config(severity='%s') }} select order_id from {{ ref('fct_orders') }} where total_amount > 12600"
KPI = """
kpi: proud_orders
label: Proud orders
definition: Orders, but only as long as none of them is large.
unit: count
direction: up
model: fct_orders
time: created_on
formula: count(*)
owner: me
requires: {checks: [no_large_orders]}
---
kpi: doubled_orders
label: Twice the proud orders
definition: Two for one.
unit: count
direction: up
formula: 2 * proud_orders
owner: me
---
kpi: humble_orders
label: Humble orders
definition: Orders, whatever their size.
unit: count
direction: up
model: fct_orders
time: created_on
formula: count(order_id)
owner: me
"""


def with_check(stage: Stage, severity: str) -> None:
    stage.write("kpis/proud.yml", KPI)
    stage.write("tests/no_large_orders.sql", CHECK % severity)
    assert stage.run()["problems"] == []


def test_a_failing_check_withholds_the_kpis_that_name_it_and_no_others(plain: Stage) -> None:
    with_check(plain, "warn")  # it says nothing about the model: only who asks for it heeds it
    for kpi in ("proud_orders", "doubled_orders"):
        answer = plain.ask(kpi, "2026-02-10")
        assert answer.value is None
        assert [(reason.code, reason.input) for reason in answer.reasons] == [("check_failed", "no_large_orders")]
    assert plain.value("humble_orders", "2026-02-10") == "2"
    assert plain.value("total_orders", "2026-02-10") == "2"
    assert plain.value("gross_revenue", "2026-02-10") == "160.00"


def test_a_new_check_that_fails_holds_its_whole_model_for_the_published_days_never_passed_it(plain: Stage) -> None:
    with_check(plain, "error")
    for kpi in ("proud_orders", "humble_orders", "total_orders"):
        answer = plain.ask(kpi, "2026-02-10")
        assert answer.value is None
        assert "no_large_orders" in answer.reasons[0].sentence
    assert plain.value("gross_revenue", "2026-02-10") == "160.00"


def test_a_check_that_passes_again_brings_them_back(plain: Stage) -> None:
    with_check(plain, "warn")
    plain.write("tests/no_large_orders.sql", (CHECK % "warn").replace("12600", "99999"))
    plain.run()
    assert (plain.value("proud_orders", "2026-02-10"), plain.value("doubled_orders", "2026-02-10")) == ("2", "4")
    assert plain.restatements() == []


def test_a_check_that_does_not_exist_is_a_mistake_in_the_file(plain: Stage) -> None:
    plain.write("kpis/proud.yml", KPI)
    ran = plain.cli("check")
    assert ran.status == 1
    assert "no_large_orders" in ran.out
