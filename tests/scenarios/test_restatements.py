"""A closed number that changes says so: what it was, what it is, and why; what was published then stays to be asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.scenarios.data import HEADINGS
from tests.scenarios.shop import Stage, Template

CHANGED = "c0,2026-02-20T20:00:00+00:00,{},paid,false,"
BEFORE = "2026-03-01T12:00:00+00:00"


def later(stage: Stage, hours: int = 6) -> None:
    stage.clock.instant += timedelta(hours=hours)


def add_late_order(stage: Stage) -> None:
    """An order of the twentieth arrives six hours after the month was published."""
    later(stage)
    stage.take("late.csv", f"{HEADINGS}\nL1,{CHANGED.format('30.00')}\n", "orders")
    stage.run()


@pytest.fixture(scope="module")
def late(plain_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The shop after the late order; for tests that only read."""
    stage = plain_template.copy(tmp_path_factory.mktemp("late") / "shop")
    add_late_order(stage)
    return stage


def test_late_data_restate_every_period_that_holds_the_day_with_their_cause(late: Stage) -> None:
    found = [row for row in late.restatements() if row[0] == "gross_revenue"]
    assert ("gross_revenue", "day", "2026-02-20", "170.00", "200.00", "late data") in found
    # February by hand: 28 x 150 + (1 + ... + 28) = 4200 + 406
    assert ("gross_revenue", "month", "2026-02-01", "4606.00", "4636.00", "late data") in found
    assert {row[1] for row in found} == {"day", "week", "month"}
    assert {row[5] for row in late.restatements()} == {"late data"}


def test_a_day_that_the_late_row_does_not_touch_is_not_restated(late: Stage) -> None:
    days = {row[2] for row in late.restatements() if row[:2] in (("gross_revenue", "day"), ("paid_orders", "day"))}
    assert days == {"2026-02-20"}


def test_a_changed_row_is_a_correction(plain: Stage) -> None:
    later(plain)
    plain.take("corrected.csv", f"{HEADINGS}\nA20,{CHANGED.format('100.00')}\n", "orders")
    plain.run()
    assert ("gross_revenue", "day", "2026-02-20", "170.00", "150.00", "correction") in plain.restatements()
    assert "late data" not in {row[5] for row in plain.restatements() if row[0] == "gross_revenue"}


REDEFINED = """
kpi: total_revenue
label: Total revenue
definition: Money captured less a tenth for the marketplace, less money given back.
unit: money
direction: up
formula: 0.9 * gross_revenue - refunds
owner: sales-ops
criticality: high
"""


def test_a_project_that_replaces_a_formula_restates_it_as_a_definition_change(plain: Stage) -> None:
    later(plain)
    plain.write("kpis/total_revenue.yml", REDEFINED)
    assert plain.run()["problems"] == []
    assert plain.value("total_revenue", "2026-02-20") == "153.00"
    found = plain.restatements()
    assert ("total_revenue", "day", "2026-02-20", "170.00", "153.00", "definition change") in found
    assert {row[5] for row in found} == {"definition change"}
    assert "gross_revenue" not in {row[0] for row in found}


def test_the_command_lists_the_restatements_newest_first(plain: Stage, late: Stage) -> None:
    assert "No closed number has changed" in plain.cli("restatements").out
    said = late.cli("restatements", "gross_revenue", "--format", "json").json
    assert {(row["kpi"], row["cause"]) for row in said} == {("gross_revenue", "late data")}
    assert "gross_revenue  2026-02-20  170.00 → 200.00  late data  (generation 2)" in late.cli("restatements").out


def test_what_was_published_then_can_be_asked_for_and_compared(late: Stage) -> None:
    question = ("get", "gross_revenue", "--period", "2026-02-20", "--format", "json")
    assert late.cli(*question).json["value"] == "200.00"
    then = late.cli(*question, "--as-of", BEFORE).json
    assert (then["value"], then["generation"]) == ("170.00", 1)
    assert late.cli(*question, "--recompute").json["value"] == "200.00"
    differing = late.cli(*question, "--as-of", BEFORE, "--diff").json["note"]
    assert (differing["published"], differing["recomputed_now"], differing["difference"]) == ("170.00", "200.00", "30.00")
    assert not differing["same"]
    assert late.cli(*question, "--diff").json["note"]["same"]


def test_before_the_first_publication_nothing_was_published(plain: Stage) -> None:
    ran = plain.cli("get", "gross_revenue", "--period", "2026-02-20", "--as-of", "2026-02-25", "--format", "json")
    assert ran.status == 3
    assert ran.json["value"] is None
    assert [reason["code"] for reason in ran.json["reasons"]] == ["not_published_then"]


def test_a_refresh_without_news_restates_nothing_and_writes_nothing(plain: Stage) -> None:
    before = plain.ledger()
    assert plain.run()["restated"] == 0
    assert plain.ledger() == before
    assert plain.restatements() == []
