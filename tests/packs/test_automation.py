"""What automation does, from planted files to answers, against arithmetic that shares nothing with the product."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tests.scenarios.shop import Stage

from .faults import found_by
from .planted import RunRow, day, ratio, rounded, runs, shown
from .shop import Shop

ALL = runs()
SPANS = [(date(2026, 2, 10), date(2026, 2, 10)), (date(2026, 2, 28), date(2026, 2, 28)), (date(2026, 2, 4), date(2026, 2, 28))]


def those(span: tuple[date, date]) -> list[RunRow]:
    return [one for one in ALL if span[0] <= day(one.ran_at) <= span[1]]


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_only_runs_that_succeed_avoid_an_action_and_save_time(operations: Stage, span: tuple[date, date]) -> None:
    asked = those(span)
    good = [one for one in asked if one.status == "succeeded"]
    assert 0 < len(good) < len(asked)
    period = f"{span[0]}..{span[1]}"
    assert shown(operations.ask("manual_actions_avoided", period).value) == len(good)
    assert shown(operations.ask("automation_success_rate_pct", period).value) == ratio(len(good), len(asked))
    saved = rounded(Fraction(sum(one.minutes_saved for one in good), 60))
    assert shown(operations.ask("operator_hours_saved", period).value) == saved


def test_hours_are_told_by_operator(operations: Stage) -> None:
    answer = operations.ask("operator_hours_saved", "2026-02-04..2026-02-28", by="operator_id")
    good = [one for one in those(SPANS[-1]) if one.status == "succeeded"]
    assert {row.key: shown(row.value) for row in answer.rows or ()} == {
        name: rounded(Fraction(sum(one.minutes_saved for one in good if one.operator_id == name), 60))
        for name in ("ana", "ben", "dora", None)
    }


def test_the_targets_of_automation_are_judged(operations: Stage) -> None:
    actions = operations.ask("manual_actions_avoided", "2026-02-28")
    rate = operations.ask("automation_success_rate_pct", "2026-02-04..2026-02-28")
    assert actions.target is not None
    assert rate.target is not None
    assert actions.target.status == "missed"  # some twenty runs a day
    assert float(rate.value or 0) < 95
    assert rate.target.status == "missed"


def test_a_run_that_cannot_be_read_is_found(project: Shop) -> None:
    honest = {"run_id": "", "ran_at": "2026-02-10T18:00:00Z", "action": "reply", "operator_id": None, "status": "succeeded"}
    honest["minutes_saved"] = "5"
    faults: dict[str, dict[str, str | None]] = {
        "no time": {"ran_at": None},
        "no action": {"action": None},
        "neither": {"status": "perhaps"},
        "success without minutes": {"minutes_saved": None},
        "minutes lost": {"minutes_saved": "-1"},
    }
    harmless: dict[str, dict[str, str | None]] = {"failure without minutes": {"status": "failed", "minutes_saved": None}}
    assert found_by(project, "automation_runs_are_readable", "automation_runs", honest, faults | harmless) == set(faults)
