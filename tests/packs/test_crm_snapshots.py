"""The snapshots of the pack `crm`: a version begins when the numbers of its row moved, and holds until they move again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.packs.crm import rows
from tests.packs.crm_story import chapter


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the warehouse after a snapshot of the fixture, of changes to it, of lost rows, and of the fixture as it came."""
    moved = chapter(tmp_path_factory, "moved")
    assert [outcome.bad for outcome in moved.said] == [{}] * len(moved.said)
    return moved.folder


def versions(crm: Path, facility: str, month: str, number: str) -> list[tuple[str, int, bool]]:
    """Return since when each version holds (a day of the records, or `seen`), its number, and whether it still does."""
    found = rows(
        crm,
        f"""select dbt_valid_from, {number}, dbt_valid_to from pipeline_kpi_snapshot
            where facility_id = '{facility}' and month = '{month}-01' order by dbt_valid_from""",
    )
    return [(told(since), value, until is None) for since, value, until in found]


def told(since: datetime) -> str:
    return "seen" if 2026 <= since.year < 2100 else since.strftime("%Y-%m-%d")


def test_the_first_snapshot_takes_the_records_word(crm: Path) -> None:
    first = rows(
        crm,
        """select facility_id, strftime(month, '%Y-%m'), strftime(min(dbt_valid_from), '%Y-%m-%d %H:%M')
           from pipeline_kpi_snapshot group by all order by all""",
    )
    # of L02 and O02, L09 and O05, L08, L10 and O06
    assert first == [
        ("F1", "2024-01", "2024-01-29 12:00"),
        ("F1", "2024-02", "2024-02-27 16:00"),
        ("F2", "2024-01", "2024-01-31 10:00"),
        ("F2", "2024-02", "2024-02-19 13:00"),
    ]


def test_a_version_begins_with_the_newest_record_behind_it(crm: Path) -> None:
    """The opportunity changed at an instant after the first snapshot; going back to the old one has no newer record."""
    found = versions(crm, "F2", "2024-02", "amount")
    assert found == [("2024-02-19", 10_800_000, False), ("2124-03-02", 11_800_000, False), ("2124-03-02", 10_800_000, True)]


def test_what_is_delivered_late_does_not_change_what_was_believed(crm: Path) -> None:
    """The lead moved on 3 March 2024 by its record, but the first snapshot, taken later, has seen it where it was."""
    assert versions(crm, "F1", "2024-01", "leads") == [("2024-01-29", 4, False), ("seen", 5, False), ("seen", 4, True)]


def test_a_record_that_moves_to_another_row_or_is_lost_moves_the_row_that_it_left(crm: Path) -> None:
    found = versions(crm, "F2", "2024-01", "leads")
    assert found == [("2024-01-31", 4, False), ("seen", 3, False), ("seen", 2, False), ("seen", 4, True)]


def test_a_record_that_is_touched_moves_no_version(crm: Path) -> None:
    """L05 was touched on 1 March; the two versions of its row after that are those of the lead that came and left again."""
    assert len(versions(crm, "F1", "2024-01", "lead_value")) == 3
    assert len(versions(crm, "F1", "2024-01", "amount")) == 3


def test_a_row_that_is_gone_ends_and_begins_again_without_overlap(crm: Path) -> None:
    first, second = rows(
        crm,
        """select dbt_valid_from, dbt_valid_to from pipeline_kpi_snapshot
           where facility_id = 'F1' and month = '2024-02-01' order by dbt_valid_from""",
    )
    assert first[0] == datetime(2024, 2, 27, 16, tzinfo=UTC).replace(tzinfo=None)
    assert first[1] is not None
    assert second == (first[1], None)


def test_no_two_versions_of_a_row_hold_at_once(crm: Path) -> None:
    overlapping = """select one.facility_id from pipeline_kpi_snapshot as one join pipeline_kpi_snapshot as other
        on one.facility_id = other.facility_id and one.month = other.month and one.dbt_scd_id <> other.dbt_scd_id
        where one.dbt_valid_from <= other.dbt_valid_from
          and (one.dbt_valid_to is null or one.dbt_valid_to > other.dbt_valid_from)"""
    assert rows(crm, overlapping) == []


def test_what_was_believed_at_a_time_is_one_version_of_each_row(crm: Path) -> None:
    """Asked on 1 February and on 1 March what the pipeline was worth: 17 + 17 of January, and then 4.2 + 10.8 of February."""
    sql = """select count(*), count(distinct (facility_id, month)), sum(amount) from pipeline_kpi_snapshot
             where dbt_valid_from <= timestamp '{0}' and (dbt_valid_to is null or dbt_valid_to > timestamp '{0}')"""
    assert rows(crm, sql.format("2024-02-01")) == [(2, 2, 34_000_000)]
    assert rows(crm, sql.format("2024-03-01")) == [(4, 4, 49_000_000)]


def test_a_version_says_when_it_was_seen_last(crm: Path) -> None:
    """Every version that holds was seen by the last snapshot; those that ended, by an earlier one."""
    found = rows(
        crm,
        """select count(distinct seen_at) filter (where dbt_valid_to is null),
                  max(seen_at) filter (where dbt_valid_to is not null) < max(seen_at) filter (where dbt_valid_to is null)
           from pipeline_kpi_snapshot""",
    )
    assert found == [(1, True)]
