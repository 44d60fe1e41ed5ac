"""The trust screen of a real project: it names exactly what is withheld, on every surface, and ages without new data."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assay.calendar import Grain, containing
from assay.catalog.contract import Question
from assay.runtime.desk import Desk
from assay.values.trust import TrustReport
from tests.scenarios.server import Server
from tests.scenarios.shop import Stage
from tests.scenarios.test_drift import GOOD, ORDER, land, without

NO_PROBLEM = {"division_by_zero", "no_rows", "not_begun", "no_base", "shorter_period"}


def withheld_tiles(desk: Desk) -> set[str]:
    """Return the KPIs of the tiles that show no number although there is something to compute it from."""
    found = set()
    for board in desk.boards():
        for section in desk.board(board["board"]).sections:
            for tile in section.tiles:
                answer = tile.answer
                if answer.value is None and answer.reasons and answer.reasons[0].code not in NO_PROBLEM:
                    found.add(answer.kpi)
    return found


def withheld_elsewhere(desk: Desk) -> set[str]:
    """Return the KPIs on no board whose last closed period is withheld, or whose state is."""
    snapshot = desk.snapshot()
    today = desk.project.calendar.day_of(desk.clock.now())
    evaluator = desk._evaluator(snapshot, None, allow_estimates=False)
    tiles = {tile.kpi for board in snapshot.catalog.boards.values() for one in board.board.sections for tile in one.tiles}
    found = set()
    for name, kpi in snapshot.catalog.kpis.items():
        if name in tiles:
            continue
        grain: Grain = kpi.contract.grain.value
        closed = containing(containing(today, grain).start - timedelta(days=1), grain).name
        answer = desk.ask(Question(kpi=name, period=grain if evaluator.is_state(name) else closed))
        if answer.value is None and answer.reasons and answer.reasons[0].code not in NO_PROBLEM:
            found.add(name)
    return found


def assert_exact(stage: Stage) -> TrustReport:
    """Check that the report names exactly the numbers that the desk withholds, and return it."""
    desk = stage.desk()
    report = desk.trust()
    named = {one.kpi for incident in report.incidents for one in incident.blocks if one.now}
    on_boards = {one.kpi for incident in report.incidents for one in incident.blocks if one.boards}
    assert on_boards == withheld_tiles(desk)
    assert named - on_boards == withheld_elsewhere(desk)
    assert report.blocked == len(named)
    return report


def blocked(report: TrustReport, code: str) -> list[set[str]]:
    return [{one.kpi for one in incident.blocks} for incident in report.incidents if incident.code == code]


def test_it_names_exactly_what_is_withheld_where_half_of_the_streams_never_came(mixed: Stage) -> None:
    report = assert_exact(mixed)
    missing = {incident.input for incident in report.incidents if incident.code == "no_data"}
    assert "inventory_levels" in missing
    assert "orders" not in missing
    stock = next(incident for incident in report.incidents if incident.input == "inventory_levels")
    assert "critical_inventory_alerts" in {one.kpi for one in stock.blocks if one.now}
    assert stock.owner == "inventory-ops"
    assert stock.repair == "assay import FILE --as inventory_levels"


def test_a_payment_without_an_amount_is_one_incident_for_everything_that_it_withholds_until_it_is_mended(mixed: Stage) -> None:
    land(mixed, "payments", "X1", without("amount"))
    mixed.run()
    report = assert_exact(mixed)
    (incident,) = (one for one in report.incidents if one.code == "check_failed")
    assert "fct_payments" in incident.models
    assert {"gross_revenue", "aov", "total_revenue"} <= {one.kpi for one in incident.blocks}
    assert "total_orders" not in {one.kpi for one in incident.blocks}
    assert incident.since is not None
    failing = [check for check in report.checks if check.status != "passed"]
    assert failing
    assert {check.incident for check in failing if check.blocking} == {incident.id}

    land(mixed, "payments", "X1", GOOD)
    land(mixed, "orders", "Z25", ORDER)
    mixed.run()
    mended = mixed.desk().trust()
    assert not blocked(mended, "check_failed")
    assert incident.id not in {one.id for one in mended.incidents}


def test_numbers_that_nobody_refreshes_are_one_problem(demo: Stage) -> None:
    before = {incident.code for incident in assert_exact(demo).incidents}
    demo.clock.instant += timedelta(days=9)
    report = assert_exact(demo)
    assert "not_refreshed" not in before
    (incident,) = (one for one in report.incidents if one.code == "not_refreshed")
    assert {"total_revenue", "aov", "critical_inventory_alerts"} <= {one.kpi for one in incident.blocks if one.now}
    assert report.incidents[0] == incident
    assert len(blocked(report, "late")) == 0


def test_the_command_says_the_same_and_its_exit_status_does(mixed: Stage) -> None:
    ran = mixed.cli("trust")
    assert ran.status == 3
    report = mixed.desk().trust()
    assert report.sentence in ran.out
    for incident in report.incidents:
        assert incident.sentence in ran.out
        assert incident.repair is None or incident.repair in ran.out
    for row in report.sources:
        assert row.stream[:8] in ran.out
    asked = mixed.cli("trust", "--format", "json")
    assert asked.status == 3
    assert TrustReport.model_validate(asked.json).incidents == report.incidents


def test_the_command_lists_every_number_and_check_if_asked_to(mixed: Stage) -> None:
    ran = mixed.cli("trust", "--all")
    report = mixed.desk().trust()
    assert all(one.kpi in ran.out for incident in report.incidents for one in incident.blocks)
    assert "--all lists them" not in ran.out


def test_before_the_first_load_it_says_what_to_do(tmp_path: Any) -> None:
    from assay.runtime.setup import init

    stage = Stage(tmp_path / "shop")
    init(stage.folder, {"name": "New shop", "timezone": "UTC", "currency": "USD", "packs": ["commerce_ops"]})
    ran = stage.cli("trust")
    assert ran.status == 3
    assert "Nothing has been loaded yet" in ran.out
    assert "assay import FILE" in ran.out
    assert stage.desk().trust().state == "nothing_loaded"


def test_every_board_says_how_many_problems_block_how_many_numbers(mixed: Stage) -> None:
    desk = mixed.desk()
    (notice,) = desk.board("operations").notices
    assert (notice.code, notice.sentence) == ("problems", desk.trust().sentence)
    assert "block" in mixed.cli("board").out


def test_the_notice_ages_with_the_report(demo: Stage) -> None:
    desk = demo.desk()
    before = desk.board("operations")
    demo.clock.instant += timedelta(days=9)
    after = desk.board("operations")
    assert before.notices != after.notices
    assert after.notices[0].sentence == desk.trust().sentence


def test_http_answers_the_same_report(mixed_server: Server) -> None:
    reply = mixed_server.get("/api/v1/trust")
    assert reply.status == 200
    report = TrustReport.model_validate(reply.json)
    assert report.generation == 1
    assert report.incidents
    assert {row.stream for row in report.sources} >= {"orders", "payments", "refunds"}
    told = json.loads(mixed_server.stage.cli("trust", "--format", "json").out)
    assert [one["id"] for one in told["incidents"]] == [one.id for one in report.incidents]
    assert "/api/v1/trust" in mixed_server.get("/api/v1/openapi.json").json["paths"]


def test_the_screen_is_a_page_of_its_own(mixed_server: Server) -> None:
    reply = mixed_server.get("/trust")
    assert reply.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("days", [0, 2, 40])
def test_a_report_holds_at_any_instant(mixed: Stage, days: int) -> None:
    mixed.clock.instant = datetime(2026, 3, 1, 8, 30, tzinfo=UTC) + timedelta(days=days)
    report = assert_exact(mixed)
    assert report.valid_until is None or report.valid_until > report.now
