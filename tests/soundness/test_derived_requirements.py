"""What a contract requires holds for a KPI that is made of others as well."""

from __future__ import annotations

from assay.values.check import Check
from tests.soundness.bench import MODEL, Bench, at, base, derived


def test_a_failing_check_withholds_a_derived_kpi_that_requires_it(bench: Bench) -> None:
    bench.model = MODEL + "data_tests: [{name: rows_are_sound}]\n"
    catalog = bench.catalog(base("n", "count(*)"), derived("half", "n / 2", "number", requires="{checks: [rows_are_sound]}"))
    bench.sell(("2026-03-08 10:00", 100))
    failed = Check(name="rows_are_sound", models=("sales",), status="failed", failures=3, blocking=False, checked_at=bench.now)
    bench.publish(catalog, checks=[failed])
    assert (bench.ask("n", "2026-03-08").value, bench.ask("half", "2026-03-08").value) == ("1", None)


def test_data_too_old_for_a_derived_kpi_withholds_its_open_periods(bench: Bench) -> None:
    long, short = "{freshness: 30d}", "{freshness: 1h}"
    catalog = bench.catalog(base("n", "count(*)", requires=long), derived("half", "n / 2", "number", requires=short))
    bench.sell(("2026-03-10 01:00", 100))
    bench.publish(catalog, until=at("2026-03-10 02:00"))
    answer = bench.ask("half")
    assert (answer.value, answer.freshness, answer.reasons[0].code) == (None, "critical", "too_old")
    assert bench.ask("half", "2026-03-09").value == "0"
