"""A data set is refreshed by itself: its numbers are those of a whole refresh, and nothing else moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from assay.errors import AssayError
from assay.runtime import data_set
from assay.runtime.refresh import refresh
from tests.scenarios.shop import Stage

JOBS = """
data_sets:
  shipping:
    models: [fct_order_fulfillment]
    kpis: [total_orders]
    schedule: "0 * * * *"
    sla: {sla}
    retries: {{attempts: 3, wait: 1m, factor: 4, longest: 3m}}
    checks: [{check}]
"""
DAY, NEXT = "2026-02-28", "2026-03-01"


def prepared(stage: Stage, *, sla: str = "10m", check: str = "orders_reconcile_to_payments") -> Stage:
    """Return the stage a day later, with a data set over orders, payments and fulfillments."""
    stage.write("jobs/shipping.yml", JOBS.format(sla=sla, check=check))
    stage.clock.instant += timedelta(days=1)
    return stage


def test_a_data_set_brings_what_its_streams_make_and_leaves_all_else_as_it_was(small_demo: Stage) -> None:
    stage = prepared(small_demo)
    lines_before = stage.ask("product_revenue", DAY)

    ran = stage.cli("refresh", "--data-set", "shipping", "--format", "json")

    assert (ran.status, ran.json["attempts"], ran.json["late"], ran.json["broken"]) == (0, 1, False, []), ran.err
    orders, captured = stage.value("total_orders", NEXT), stage.value("gross_revenue", NEXT)
    assert orders is not None
    assert captured is not None
    assert stage.codes("refunds", NEXT) == ["not_covered"]
    assert set(stage.codes("product_revenue", NEXT)) == {"not_covered"}
    assert stage.ask("product_revenue", DAY).value == lines_before.value
    assert {check.status for check in stage.desk().snapshot().generation.checks} == {"passed"}

    assert stage.cli("refresh").status == 0

    assert (stage.value("total_orders", NEXT), stage.value("gross_revenue", NEXT)) == (orders, captured)
    assert None not in (stage.value("refunds", NEXT), stage.value("product_revenue", NEXT))


def test_a_data_set_that_is_late_or_whose_check_fails_says_so(small_demo: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = prepared(small_demo, sla="1m", check="orders_and_payments_match")

    def slow(place: Any, *_: object) -> tuple[int, dict[str, Any]]:
        place.clock.instant += timedelta(seconds=61.5)
        return 2, {"generation": 2, "rows": 1, "restated": 0, "pulled": 3, "held": [], "problems": []}

    monkeypatch.setattr(data_set, "_tried", slow)

    ran = stage.cli("refresh", "--data-set", "shipping")

    assert ran.status == 3
    assert "shipping is refreshed at attempt 2: 61.5 s, later than its SLA of 1m." in ran.out


def test_a_refresh_that_fails_is_tried_again_as_the_contract_says(small_demo: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = prepared(small_demo)
    waits: list[float] = []
    failures = iter([AssayError("The disk is full.", "Make room.")] * 2)

    def failing(*arguments: Any) -> dict[str, Any]:
        if (failure := next(failures, None)) is not None:
            raise failure
        return refresh(*arguments)

    monkeypatch.setattr(data_set, "refresh", failing)
    monkeypatch.setattr(data_set, "pause", waits.append)

    ran = stage.cli("refresh", "--data-set", "shipping", "--format", "json")

    assert (ran.status, ran.json["attempts"], waits) == (0, 3, [60, 180])

    failures = iter([AssayError("The disk is full.", "Make room.")] * 3)
    ran = stage.cli("refresh", "--data-set", "shipping")
    assert ran.status == 1
    assert "shipping failed at all of 3 attempts: The disk is full." in ran.err
    assert "Make room." in ran.err


def test_a_data_set_that_there_is_not_is_refused_with_those_that_there_are(small_demo: Stage) -> None:
    ran = prepared(small_demo).cli("refresh", "--data-set", "shiping")
    assert ran.status == 2
    assert 'There is no data set "shiping". Did you mean "shipping"?' in ran.err
    assert "Declared are: shipping." in ran.err
