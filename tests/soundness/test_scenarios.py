"""A scenario is a KPI of its own: asked for by its name in the KPI whose what-if it is, and as proved as any other."""

from __future__ import annotations

import pytest

from assay.errors import UsageError
from assay.runtime.answers.answering import in_scenario
from tests.soundness.bench import Bench, base


def test_a_scenario_is_answered_by_its_own_kpi(bench: Bench) -> None:
    catalog = bench.catalog(
        base("sold", "sum(amount)", "money", scenarios="{doubled: sold_twice}"),
        base("sold_twice", "2 * sum(amount)", "money"),
    )
    bench.sell(("2026-03-08 10:00", 1000))
    bench.publish(catalog)
    assert bench.ask("sold", "2026-03-08").value == "10.00"
    assert bench.ask(in_scenario("sold", "doubled", catalog), "2026-03-08").value == "20.00"


@pytest.mark.parametrize(
    ("kpi", "scenario", "problem", "remedy"),
    [
        ("sold", "doubld", 'sold has no scenario "doubld". Did you mean "doubled"?', "Its scenarios are: doubled, halved."),
        ("sold_twice", "doubled", 'sold_twice has no scenario "doubled".', "A KPI lists its own under `scenarios:`."),
        ("solt", "doubled", 'There is no KPI "solt"', "List the KPIs"),
    ],
)
def test_a_scenario_that_there_is_not_is_refused(bench: Bench, kpi: str, scenario: str, problem: str, remedy: str) -> None:
    catalog = bench.catalog(
        base("sold", "sum(amount)", "money", scenarios="{doubled: sold_twice, halved: sold_half}"),
        base("sold_twice", "2 * sum(amount)", "money"),
        base("sold_half", "sum(amount) / 2", "money"),
    )
    with pytest.raises(UsageError) as refused:
        in_scenario(kpi, scenario, catalog)
    assert problem in refused.value.problem
    assert remedy in refused.value.remedy
