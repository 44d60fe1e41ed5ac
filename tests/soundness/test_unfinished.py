"""A number of a part of its period is neither judged by its target nor a breach, unless the rest cannot change that."""

from __future__ import annotations

from datetime import date

import pytest

from assay.values.answer import Answer
from tests.soundness.bench import Bench, at, base

RULES = {"target": "{min: 10}", "alerts": "[{when: value < 5, severity: high}]"}


def judged(answer: Answer) -> tuple[str | None, int]:
    assert answer.target is not None
    return answer.target.status, len(answer.breaches)


def test_a_past_day_asked_at_nine_in_the_morning_is_not_judged_as_a_whole_day(bench: Bench) -> None:
    bench.sell(*[("2026-03-08 10:00", 100)] * 20)
    bench.publish(bench.catalog(base("n", "count(*)", direction="up", **RULES)))
    assert judged(bench.ask("n", "day", at("2026-03-08 09:00"))) == (None, 0)
    assert judged(bench.ask("n", "day", date(2026, 3, 8))) == ("met", 0)


def test_ten_days_of_a_past_month_are_not_judged_as_the_month(bench: Bench) -> None:
    bench.sell(("2026-02-05 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)", direction="up", grain="month", **RULES)))
    assert judged(bench.ask("n", "mtd", date(2026, 2, 10))) == (None, 0)
    assert judged(bench.ask("n", "2026-02")) == ("missed", 1)


@pytest.mark.parametrize(("formula", "direction"), [("count(distinct buyer)", "up"), ("count(*)", "range")])
def test_whatever_grows_during_the_day_is_not_missed_before_its_end(bench: Bench, formula: str, direction: str) -> None:
    bench.sell(("2026-03-10 05:00", 100))
    bench.publish(bench.catalog(base("n", formula, direction=direction, **RULES)))
    assert judged(bench.ask("n")) == (None, 0)


def test_a_target_that_grows_during_the_day_is_not_met_before_its_end(bench: Bench) -> None:
    bench.sell(("2026-03-10 05:00", 100), ("2026-03-03 05:00", 100), ("2026-03-03 20:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)", direction="up", target='{min: "shift(n, interval 7 days)"}')))
    assert judged(bench.ask("n")) == (None, 0)


def test_a_count_that_reached_its_target_is_met_at_once_and_one_that_broke_its_ceiling_is_missed_at_once(bench: Bench) -> None:
    bench.sell(*[("2026-03-10 05:00", 100)] * 12)
    limits = {"direction": "down", "target": "{max: 5}", "alerts": "[{when: value > 5, severity: high}]"}
    bench.publish(bench.catalog(base("n", "count(*)", direction="up", **RULES), base("m", "count(*)", **limits)))
    assert judged(bench.ask("n")) == ("met", 0)
    assert judged(bench.ask("m")) == ("missed", 1)


def test_a_sum_that_reached_its_target_is_not_met_before_its_end_for_a_refund_can_take_it_back(bench: Bench) -> None:
    bench.sell(*[("2026-03-10 05:00", 100)] * 12)
    bench.publish(bench.catalog(base("n", "sum(units)", direction="up", **RULES)))
    assert judged(bench.ask("n")) == (None, 0)
