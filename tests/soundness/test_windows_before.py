"""`avg_over` and `sum_over` speak of complete periods before; `pct_change` of the same elapsed part, or of nothing."""

from __future__ import annotations

from datetime import date

from tests.soundness.bench import Bench, at, base, derived


def test_on_a_day_that_is_not_over_the_seven_days_before_are_whole_days(bench: Bench) -> None:
    kpis = base("n", "count(*)"), derived("w", "sum_over(n, interval 7 days)"), derived("a", "avg_over(n, interval 7 days)")
    bench.sell(*[(f"2026-03-{day:02d} {hour}:00", 100) for day in range(1, 11) for hour in (10, 20)])
    bench.publish(bench.catalog(*kpis))
    assert (bench.ask("w").value, bench.ask("a").value) == ("14", "2")


def test_on_a_day_that_is_not_over_the_average_of_a_ratio_is_the_ratio_of_the_sums(bench: Bench) -> None:
    catalog = bench.catalog(
        base("revenue", "sum(amount)", "money"),
        base("pieces", "sum(units)"),
        derived("price", "revenue / pieces", "money"),
        derived("usual", "avg_over(price, interval 2 days)", "money"),
    )
    bench.sell(("2026-03-08 10:00", 100), *[("2026-03-09 10:00", 500)] * 3, ("2026-03-10 10:10", 100))
    bench.publish(catalog)
    assert bench.ask("usual").value == "4.00"  # (1 + 5 + 5 + 5) / 4, not (1 + 5) / 2


def test_a_change_of_distinct_counts_and_one_against_last_year_are_published_on_an_open_day(bench: Bench) -> None:
    catalog = bench.catalog(
        base("buyers", "count(distinct buyer)"),
        derived("week", "pct_change(buyers, interval 7 days)", "percent"),
        derived("year", "pct_change(buyers, interval 1 year)", "percent"),
    )
    bench.sell(("2026-03-10 10:00", 100), ("2026-03-03 10:00", 100), ("2025-03-10 10:00", 100), ("2025-03-10 20:00", 100))
    bench.publish(catalog)
    assert (bench.ask("week").value, bench.ask("year").value) == ("0", "0")


def test_at_noon_of_the_last_of_february_january_is_not_taken_to_its_31st(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"), derived("g", "pct_change(n, interval 1 month)", "percent"))
    days = [f"2026-01-{day:02d} 05:00" for day in range(1, 32)] + [f"2026-02-{day:02d} 05:00" for day in range(1, 29)]
    bench.sell(*[(day, 100) for day in days])
    bench.publish(catalog, now=at("2026-02-28 12:00"))
    assert bench.ask("g", "mtd").value == "0"


def test_thirty_days_of_march_are_not_compared_with_the_twenty_eight_of_february(bench: Bench) -> None:
    catalog = bench.catalog(base("n", "count(*)"), derived("g", "pct_change(n, interval 1 month)", "percent"))
    bench.sell(("2026-02-10 05:00", 100), ("2026-03-10 05:00", 100))
    bench.publish(catalog, now=at("2026-03-30 12:00"))
    answer = bench.ask("g", "mtd")
    assert (answer.value, answer.reasons[0].code) == (None, "shorter_period")


def test_the_days_on_which_a_formula_looks_back_do_not_count_against_the_periods_coverage(bench: Bench) -> None:
    bench.since = at("2026-03-09 00:00")
    bench.sell(("2026-03-10 10:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)"), derived("a", "avg_over(n, interval 7 days)")))
    answer = bench.ask("a")
    assert (answer.value, answer.coverage.covered, answer.coverage.missing) == (None, 1, ())


def test_a_year_to_date_is_compared_with_the_same_dates_whichever_year_is_a_leap_year(bench: Bench) -> None:
    bench.since = at("2022-01-01 00:00")
    bench.sell(("2023-03-15 05:00", 100), ("2024-03-15 05:00", 100), ("2025-03-15 05:00", 100))
    bench.publish(bench.catalog(base("n", "count(*)")))
    for year in (2024, 2025):
        found = bench.ask("n", "ytd", date(year, 3, 15), compare="last_year").comparison
        assert found is not None
        assert (found.value, found.current, found.period.end) == ("1", "1", date(year - 1, 3, 15))
