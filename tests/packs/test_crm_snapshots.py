"""The snapshots of the pack `crm`: a version begins when the numbers of its row moved, and holds until they move again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.packs.crm import copy_pack, dbt, rows

pytestmark = pytest.mark.slow
CLOCK = {"crm_as_of": "2024-04-01T00:00:00Z"}
HEAVIER = {**CLOCK, "crm_stage_weights": {"opportunity": 0.7, "won": 1, "lost": 0}}
TOUCHED = """
    update leads set channel = 'fair', updated_at = '2024-03-01T00:00:00Z' where lead_id = 'L05';
    update opportunities set amount = '118000.00', updated_at = '2024-03-02T08:00:00Z' where opportunity_id = 'O06';
    update leads set facility_id = 'F1', updated_at = '2024-03-03T08:00:00Z' where lead_id = 'L07';
"""
GONE = "delete from leads where lead_id in ('L09', 'L11'); delete from opportunities where opportunity_id = 'O05'"


def build(variables: Mapping[str, object], *before: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    stated = ("--vars", json.dumps(variables))
    dbt_commands = (*before, ("run", "--select", "+pipeline_kpis"), ("snapshot", "--select", "pipeline_kpi_snapshot"))
    return tuple((*command, *stated) for command in dbt_commands)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the pack with a snapshot after each chapter: as it came, changes, lost rows and a new weight, as it came."""
    folder = copy_pack(tmp_path_factory.mktemp("crm") / "crm")
    story = (
        *build(CLOCK, ("seed",)),
        ("sql", TOUCHED),
        *build(CLOCK),
        ("sql", GONE),
        *build(HEAVIER),
        *build(HEAVIER, ("seed",)),
    )
    for outcome in dbt(folder, *story):
        assert (outcome.success, outcome.bad) == (True, {})
    return folder


def versions(crm: Path, facility: str, month: str, number: str) -> list[tuple[str, int, bool]]:
    """Return since when each version holds, its number, and whether it still does."""
    return [
        (since.strftime("%Y-%m-%d"), value, until is None)
        for since, value, until in rows(
            crm,
            f"""select dbt_valid_from, {number}, dbt_valid_to from pipeline_kpi_snapshot
                where facility_id = '{facility}' and month = '{month}-01' order by dbt_valid_from""",
        )
    ]


def test_a_record_that_is_touched_moves_no_version(crm: Path) -> None:
    found = versions(crm, "F1", "2024-01", "leads")
    assert found[0] == ("2024-01-29", 4, False)
    assert "2024-03-01" not in [since for since, _, _ in found]


def test_a_version_begins_with_the_record_that_moved_the_number(crm: Path) -> None:
    assert versions(crm, "F2", "2024-02", "amount")[:2] == [
        ("2024-02-19", 10_800_000, False),
        ("2024-03-02", 11_800_000, False),
    ]


def test_a_record_that_moves_to_another_row_moves_both(crm: Path) -> None:
    assert versions(crm, "F1", "2024-01", "leads")[1] == ("2024-03-03", 5, False)
    # the row that it left has no newer record: it is the moment at which that was seen
    assert versions(crm, "F2", "2024-01", "leads")[1] == ("2024-04-01", 3, False)


def test_a_weight_that_is_changed_moves_the_rows_that_rest_on_it(crm: Path) -> None:
    assert ("2024-04-01", 4_130_000, False) in versions(crm, "F2", "2024-02", "weighted_amount")  # 118,000 × 0.5 × 0.7
    assert len(versions(crm, "F1", "2024-02", "weighted_amount")) == 2  # all won: it is gone and comes back, and moves no more


def test_a_row_that_is_gone_ends_and_begins_again_without_overlap(crm: Path) -> None:
    first, second = rows(
        crm,
        """select dbt_valid_from, dbt_valid_to from pipeline_kpi_snapshot
           where facility_id = 'F1' and month = '2024-02-01' order by dbt_valid_from""",
    )
    assert first[0] == datetime(2024, 2, 27, 16, tzinfo=UTC).replace(tzinfo=None)
    assert first[1] is not None
    assert second == (first[1], None)


def test_what_was_believed_at_a_time_is_one_version_of_each_row(crm: Path) -> None:
    """Asked on 1 March and on 3 March what the pipeline of both months was worth."""
    sql = """select count(*), count(distinct (facility_id, month)), sum(amount) from pipeline_kpi_snapshot
             where dbt_valid_from <= timestamp '{0}' and (dbt_valid_to is null or dbt_valid_to > timestamp '{0}')"""
    assert rows(crm, sql.format("2024-03-01")) == [(4, 4, 49_000_000)]
    assert rows(crm, sql.format("2024-03-03")) == [(4, 4, 50_000_000)]
