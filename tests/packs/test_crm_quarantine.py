"""Bad records of the pack `crm`: each is told with its row and reason, counts nowhere, and fails the test of its stream."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packs.crm import SEEDS, Said, rows, seed
from tests.packs.crm_story import BAD, chapter

CLEAN = {"applications", "invoices", "outreach"}


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Said]]:
    """Return the folder with every bad row beside the good ones, and what `seed`, `run` and the data tests came to."""
    spoiled = chapter(tmp_path_factory, "spoiled")
    return spoiled.folder, list(spoiled.said)


def test_bad_records_stop_neither_loading_nor_the_models(crm: tuple[Path, list[Said]]) -> None:
    assert [outcome.bad for outcome in crm[1][:2]] == [{}, {}]


def test_each_bad_record_is_told_with_its_stream_row_and_reason(crm: tuple[Path, list[Said]]) -> None:
    expected = {
        (stream, fields.get(next(iter(seed(crm[0], stream)[0])), model), reason)
        for stream, bad in BAD.items()
        for model, fields, reason in bad
    }
    told = rows(crm[0], "select stream, row_id, reason from crm_quarantine")
    assert set(told) == expected
    # of two rows with one key nobody knows which is right: both are kept out
    assert [row[1] for row in told].count("L01") == 2
    assert len(told) == len(expected) + 1


def test_what_is_in_quarantine_counts_nowhere(crm: tuple[Path, list[Said]]) -> None:
    folder = crm[0]
    good = [row for row in seed(folder, "leads") if row["lead_id"].startswith("L") and row["lead_id"] != "L01"]
    expected = (len(good), sum(round(float(row["value"]) * 100) for row in good))
    assert rows(folder, "select sum(leads), sum(lead_value) from pipeline_kpis") == [expected]
    tickets = "select sum(tickets) from ticket_sla_compliance where facility_id = 'all' and priority = 'all'"
    assert rows(folder, tickets) == [(10,)]
    assert rows(folder, "select sum(responses) from satisfaction_rollups where facility_id = 'all'") == [(10,)]
    assert rows(folder, "select sum(amount) from pipeline_kpis") == [(49_000_000,)]


def test_the_check_of_a_stream_fails_while_its_quarantine_is_not_empty(crm: tuple[Path, list[Said]]) -> None:
    tests = crm[1][2]
    assert not tests.success
    checks = {
        name.removeprefix("crm_nothing_in_quarantine_"): status
        for name, (status, _) in tests.nodes.items()
        if "quarantine" in name
    }
    assert checks == {stream: "pass" if stream in CLEAN else "fail" for stream in SEEDS}


def test_the_other_tests_find_nothing_that_is_wrong_with_what_is_left(crm: tuple[Path, list[Said]]) -> None:
    failed = {name for name, (status, _) in crm[1][2].nodes.items() if status not in ("pass", "warn")}
    assert failed == {f"crm_nothing_in_quarantine_{stream}" for stream in BAD}
    warned = {name for name, (status, _) in crm[1][2].nodes.items() if status == "warn"}
    assert {"unique_leads_lead_id", "relationships_opportunities_lead_id__lead_id__ref_leads_"} <= warned
