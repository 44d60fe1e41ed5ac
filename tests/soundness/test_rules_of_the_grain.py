"""A rule that looks at periods before speaks of the KPI's grain; a limit of a ratio holds for every period."""

from __future__ import annotations

from tests.soundness.bench import Bench, base

RULES = (
    "[{when: 'value > 1.2 * avg_over(value, interval 7 days)', severity: high, name: jumps}, "
    "{when: value > 150, severity: high, name: dear}]"
)


def test_thirty_days_are_not_held_against_the_seven_days_before(bench: Bench) -> None:
    bench.sell(*[(f"2026-03-0{day} 10:00", 10000) for day in range(1, 9)], ("2026-03-09 10:00", 30000))
    bench.publish(bench.catalog(base("mean", "avg(amount)", "money", direction="down", alerts=RULES)))
    assert [one.alert for one in bench.ask("mean", "2026-03-09").breaches] == ["jumps", "dear"]
    assert [one.alert for one in bench.ask("mean", "2026-03-08..2026-03-09").breaches] == ["dear"]
