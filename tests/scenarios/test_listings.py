"""The newest rows of a model on a board: those of its generation, and what is said where newer ones were not taken."""

from __future__ import annotations

import json
from decimal import Decimal

from tests.scenarios.shop import Stage

LISTING = """\
listing: payments
label: Newest payments
model: fct_payments
time: paid_at
columns:
  payment: {column: payment_id, label: Payment}
  amount: {column: amount, label: Amount}
  at: {column: paid_at, label: Paid}
  test: {column: is_test, label: Test}
state: test
tones: {"false": good, "true": muted}
most: 5
---
board: activity
label: Activity
listings: [payments]
sections: [{label: Money, tiles: [{kpi: gross_revenue, at: yesterday}]}]
"""


def test_a_board_shows_the_newest_rows_of_its_generation(plain: Stage) -> None:
    plain.write("boards/activity.yml", LISTING)
    plain.run()
    found = plain.desk().board("activity").listings[0]
    rows = plain.desk().snapshot().generation.listings["payments"].rows
    assert [row.values for row in found.rows] == list(rows)
    assert len(rows) == 5
    assert [row["at"] for row in rows] == sorted((row["at"] for row in rows), key=str, reverse=True)
    assert {column.name: column.kind for column in found.columns} == {
        "payment": "text",
        "amount": "money",
        "at": "instant",
        "test": "text",
    }
    assert all(Decimal(row["amount"] or "x").as_tuple().exponent == -2 for row in rows)
    assert {row.tone for row in found.rows} == {"good"}
    assert (found.reasons, found.timezone) == ((), "America/Los_Angeles")
    assert found.as_of is not None
    shown = plain.cli("board", "activity")
    assert rows[0]["payment"] is not None
    assert rows[0]["payment"] in shown.out
    told = plain.cli("board", "activity", "--format", "json")
    assert len(json.loads(told.out)["listings"][0]["rows"]) == 5

    plain.write("tests/no_payments_at_all.sql", "select * from {{ ref('fct_payments') }}")
    plain.run()
    held = plain.desk().board("activity").listings[0]
    assert [row.values for row in held.rows] == list(rows), (
        "what a failing check is about is not shown; what was known before is"
    )
    assert "no_payments_at_all" in held.reasons[0].sentence
    assert "Shown is what was known before." in held.reasons[0].sentence
