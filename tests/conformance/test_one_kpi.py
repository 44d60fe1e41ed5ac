"""To add a KPI or a board is one file: it appears in answers and on boards, and no code knows it."""

from __future__ import annotations

from tests.scenarios.shop import Stage

KPI = """
kpi: guest_share_pct
label: Guests' share
definition: Payments without a customer, in percent of all payments.
unit: percent
direction: down
formula: 100 * guest_payments / all_payments
owner: me
---
kpi: guest_payments
label: Guests' payments
definition: Payments without a customer.
unit: count
direction: down
model: fct_payments
time: paid_on
formula: count(*) filter (where customer_id is null)
owner: me
---
kpi: all_payments
label: Payments
definition: All payments.
unit: count
direction: up
model: fct_payments
time: paid_on
formula: count(*)
owner: me
"""
BOARD = """
board: toys
label: Toys
description: What the test adds.
sections:
  - label: Guests
    tiles:
      - {kpi: guest_share_pct, period: day, at: yesterday}
      - {kpi: guest_payments, period: day, at: yesterday, compare: same_day_last_week}
"""


def test_a_kpi_file_and_a_board_file_are_all_that_a_new_number_needs(plain: Stage) -> None:
    plain.write("kpis/guests.yml", KPI)
    plain.write("boards/toys.yml", BOARD)
    assert plain.cli("check").status == 0
    assert plain.run()["problems"] == []
    ran = plain.cli("get", "guest_share_pct", "--period", "2026-02-10", "--format", "json")
    assert (ran.status, ran.json["value"]) == (0, "50")
    shown = plain.cli("board", "toys", "--format", "json").json
    assert [tile["answer"]["kpi"] for tile in shown["sections"][0]["tiles"]] == ["guest_share_pct", "guest_payments"]
    assert [tile["answer"]["value"] for tile in shown["sections"][0]["tiles"]] == ["50", "1"]
    assert {"operations", "toys"} <= {board["board"] for board in plain.desk().boards()}
    assert plain.cli("history", "guest_payments", "--format", "json").json["points"][-1]["value"] == "1"


def test_a_kpi_that_is_taken_away_leaves_the_others_as_they_were(plain: Stage) -> None:
    board = plain.board()
    file = plain.write("kpis/guests.yml", KPI)
    plain.run()
    file.unlink()
    plain.run()
    assert plain.cli("get", "guest_share_pct").status == 2
    assert plain.board() == board
    assert plain.restatements() == []
