"""The documented commands of the pack `crm`, and every documented number, worked out from the seeds by plain arithmetic."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.packs.crm import rows, seed
from tests.packs.crm_story import COMMANDS, Chapter, chapter

JANUARY, FEBRUARY = "2024-01", "2024-02"
MONTHS = (JANUARY, FEBRUARY)
HOURS = {"critical": (1, 4), "high": (2, 24), "medium": (4, 72), "low": (8, 120)}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Chapter:
    """Return what the documented commands came to, in their order on an empty database."""
    return chapter(tmp_path_factory, "documented")


@pytest.fixture(scope="module")
def crm(story: Chapter) -> Path:
    return story.folder


def one(crm: Path, sql: str) -> Any:
    found = rows(crm, sql)
    assert len(found) == 1, found
    return found[0][0] if len(found[0]) == 1 else found[0]


def of_month(found: list[dict[str, str]], column: str, month: str) -> list[dict[str, str]]:
    return [row for row in found if row[column].startswith(month)]


def exactly(number: Fraction) -> Decimal:
    """Six places, half-even, like the models."""
    return Decimal(round(number * 1_000_000)) / 1_000_000


def percent(part: int, whole: int) -> Decimal:
    return exactly(Fraction(100 * part, whole))


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def checks(ticket: dict[str, str]) -> tuple[bool, bool]:
    """Whether a ticket kept each of its promises; an open one of 2024 has broken what it has not done."""
    opened = instant(ticket["opened_at"])
    ends = (ticket["first_response_at"], ticket["resolved_at"])
    first, second = (
        bool(end) and instant(end) <= opened + timedelta(hours=hours)
        for end, hours in zip(ends, HOURS[ticket["priority"]], strict=True)
    )
    return first, second


def kept(tickets: list[dict[str, str]]) -> int:
    return sum(all(checks(ticket)) for ticket in tickets)


@pytest.mark.parametrize("place", range(len(COMMANDS)), ids=[" ".join(command) for command in COMMANDS])
def test_the_documented_command_exits_with_zero(story: Chapter, place: int) -> None:
    outcome = story.said[place]
    assert (outcome.success, outcome.bad, outcome.exception) == (True, {}, "")


def test_what_the_commands_name_is_what_they_run(story: Chapter) -> None:
    seeds, models, tests, snapshots, _, refreshed = (set(outcome.nodes) for outcome in story.said)
    assert {"leads", "opportunities", "tickets", "satisfaction"} < seeds
    files = (story.pack / "models").rglob("*.sql")
    named = {path.stem for path in files if "enabled=target.name == 'warehouse'" not in path.read_text()}
    assert models == named
    assert {"weighted_pipeline_scenarios", "health_scores", "stg_leads", "combined_kpis"} < models
    assert {"test_conversion_funnel_logic", "test_sla_compliance_rates", "test_health_score_range"} < tests
    assert snapshots == {"pipeline_kpi_snapshot", "conversion_funnel_snapshot", "health_score_snapshot"}
    assert refreshed == {"weighted_pipeline_scenarios"}


def test_the_documentation_is_served(story: Chapter) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "from dbt.cli.main import cli; cli()"
    command = [sys.executable, "-c", program, "docs", "serve", "--no-browser", "--port", str(port)]
    server = subprocess.Popen(command, cwd=story.pack, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert b"dbt" in answer(f"http://127.0.0.1:{port}/", server)
        assert b"weighted_pipeline_scenarios" in answer(f"http://127.0.0.1:{port}/manifest.json", server)
    finally:
        server.terminate()
        server.wait()


def answer(address: str, server: subprocess.Popen[bytes]) -> bytes:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=10) as response:
                return bytes(response.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"{address} did not answer")


def test_the_fixture_is_the_documented_one(crm: Path) -> None:
    leads, opportunities = seed(crm, "leads"), seed(crm, "opportunities")
    sizes = {name: len(seed(crm, name)) for name in ("leads", "opportunities", "tickets", "satisfaction")}
    assert sizes == {"leads": 12, "opportunities": 6, "tickets": 10, "satisfaction": 10}
    assert len({lead["facility_id"] for lead in leads}) == 2
    assert len({lead["rep_id"] for lead in leads}) == 4
    assert {lead["stage"] for lead in leads} == {"lead", "sql", "opportunity", "won", "lost"}
    assert {lead["created_at"][:7] for lead in leads} == set(MONTHS)
    assert sum(Decimal(lead["value"]) for lead in leads) == 765_000
    assert sum(Decimal(row["amount"]) for row in opportunities) == 490_000
    value = {lead["lead_id"]: lead["value"] for lead in leads}
    assert [row["amount"] for row in opportunities] == [value[row["lead_id"]] for row in opportunities]


def test_nothing_of_the_fixture_is_in_quarantine(crm: Path) -> None:
    assert rows(crm, "select * from crm_quarantine") == []


def test_the_pipeline_and_the_opportunities_add_up_to_the_documented_totals(crm: Path) -> None:
    leads = sum(int(Decimal(lead["value"]) * 100) for lead in seed(crm, "leads"))
    opportunities = sum(int(Decimal(row["amount"]) * 100) for row in seed(crm, "opportunities"))
    assert (leads, opportunities) == (76_500_000, 49_000_000)
    assert one(crm, "select sum(lead_value), sum(amount) from pipeline_kpis") == (leads, opportunities)
    assert one(crm, "select sum(value) from conversion_funnel where funnel_stage = 'lead'") == leads


@pytest.mark.parametrize(
    ("month", "leads", "qualified_pct", "won", "won_pct"), [(JANUARY, 8, "50", 3, "37.5"), (FEBRUARY, 4, "75", 1, "25")]
)
def test_leads_convert_as_documented(crm: Path, month: str, leads: int, qualified_pct: str, won: int, won_pct: str) -> None:
    found = of_month(seed(crm, "leads"), "created_at", month)
    qualified = sum(bool(lead["qualified_at"]) for lead in found)
    closed = [lead for lead in found if lead["stage"] == "won"]
    assert all(lead["closed_at"].startswith(month) for lead in closed)
    assert (len(found), len(closed)) == (leads, won)
    assert (percent(qualified, len(found)), percent(len(closed), len(found))) == (Decimal(qualified_pct), Decimal(won_pct))
    funnel = {
        stage: (reached, of)
        for stage, reached, of in rows(
            crm,
            f"select funnel_stage, sum(reached), sum(leads) from conversion_funnel where month = '{month}-01' group by 1",
        )
    }
    opportunities = sum(bool(lead["opportunity_at"]) for lead in found)
    assert {stage: int(reached) for stage, (reached, _) in funnel.items()} == {
        "lead": len(found),
        "sql": qualified,
        "opportunity": opportunities,
        "won": len(closed),
    }
    assert {int(of) for _, of in funnel.values()} == {len(found)}


def test_each_scenario_of_the_pipeline_is_amount_by_probability_by_weight(crm: Path) -> None:
    factors = {"base": Fraction(1), "optimistic": Fraction(6, 5), "pessimistic": Fraction(4, 5)}
    expected: dict[tuple[str, str, str, str], Fraction] = {}
    for row in seed(crm, "opportunities"):
        for scenario, factor in factors.items():
            key = (row["facility_id"], row["rep_id"], row["opened_at"][:7], scenario)
            open_worth = min(Fraction(row["win_probability"] or "0.5") * factor, Fraction(1)) * Fraction(3, 5)
            worth = Fraction(1) if row["stage"] == "won" else open_worth
            expected[key] = expected.get(key, Fraction(0)) + Fraction(row["amount"]) * 100 * worth
    found = rows(
        crm, "select facility_id, rep_id, strftime(month, '%Y-%m'), scenario, weighted_amount from weighted_pipeline_scenarios"
    )
    assert {row[:4]: row[4] for row in found} == expected
    total = {scenario: sum(row[4] for row in found if row[3] == scenario) for scenario in factors}
    # 282,000 is won; 208,000 is open and counts with 0.5 × 0.6 in the base scenario
    assert total == {"base": 34_440_000, "optimistic": 35_688_000, "pessimistic": 33_192_000}


@pytest.mark.parametrize(
    ("month", "tickets", "of_checks", "of_priorities"),
    [(JANUARY, "87.5", "93.75", "95"), (FEBRUARY, "100", "100", "100")],
)
def test_the_three_rates_of_promises_are_those_of_the_ruling(
    crm: Path, month: str, tickets: str, of_checks: str, of_priorities: str
) -> None:
    found = of_month(seed(crm, "tickets"), "opened_at", month)
    by_priority = [[row for row in found if row["priority"] == name] for name in {row["priority"] for row in found}]
    mean = sum((Fraction(100 * kept(some), len(some)) for some in by_priority), Fraction(0)) / len(by_priority)
    single = [check for row in found for check in checks(row)]
    expected = (percent(kept(found), len(found)), percent(sum(single), len(single)), exactly(mean))
    assert expected == (Decimal(tickets), Decimal(of_checks), Decimal(of_priorities))
    read = one(
        crm,
        f"""select ticket_sla_compliance_pct, check_compliance_pct, priority_mean_compliance_pct
            from ticket_sla_compliance where facility_id = 'all' and priority = 'all' and month = '{month}-01'""",
    )
    assert read == expected


def test_nine_of_ten_tickets_kept_their_promises(crm: Path) -> None:
    tickets = seed(crm, "tickets")
    assert (kept(tickets), len(tickets)) == (9, 10)
    sql = "select sum(met), sum(due) from ticket_sla_compliance where facility_id = 'all' and priority = 'all'"
    assert one(crm, sql) == (9, 10)


def test_targets_and_medians_are_those_of_the_priority(crm: Path) -> None:
    found = rows(
        crm,
        """select priority, first_response_target_hours, resolution_target_hours, median_first_response_hours,
                  median_resolution_hours from ticket_sla_compliance
           where facility_id = 'all' and month = '2024-01-01' and priority <> 'all'""",
    )
    assert len(found) == 4
    tickets = of_month(seed(crm, "tickets"), "opened_at", JANUARY)
    for priority, *read in found:
        of_priority = [ticket for ticket in tickets if ticket["priority"] == priority]
        ends = [[row[end] for row in of_priority if row[end]] for end in ("first_response_at", "resolved_at")]
        starts = [[row["opened_at"] for row in of_priority if row[end]] for end in ("first_response_at", "resolved_at")]
        hours = [
            exactly(
                median(
                    Fraction((instant(end) - instant(start)) // timedelta(microseconds=1), 3_600_000_000)
                    for start, end in pairs
                )
            )
            for pairs in (list(zip(*both, strict=True)) for both in zip(starts, ends, strict=True))
        ]
        assert read == [*HOURS[priority], *hours]


@pytest.mark.parametrize(("month", "csat"), [(JANUARY, "4.0"), (FEBRUARY, "4.5")])
def test_satisfaction_is_as_documented(crm: Path, month: str, csat: str) -> None:
    answers = of_month(seed(crm, "satisfaction"), "responded_at", month)
    scores = {kind: [int(row["score"]) for row in answers if row["survey_type"] == kind] for kind in ("csat", "nps")}
    assert Fraction(sum(scores["csat"]), len(scores["csat"])) == Fraction(csat)
    where = f"where facility_id = 'all' and month = '{month}-01' and survey_type ="
    assert one(crm, f"select average_score from satisfaction_rollups {where} 'csat'") == Decimal(csat)
    promoters, detractors = sum(score >= 9 for score in scores["nps"]), sum(score <= 6 for score in scores["nps"])
    expected = (
        len(scores["nps"]),
        percent(promoters, len(scores["nps"])),
        percent(detractors, len(scores["nps"])),
        percent(promoters - detractors, len(scores["nps"])),
    )
    read = one(crm, f"select responses, promoter_rate_pct, detractor_rate_pct, nps from satisfaction_rollups {where} 'nps'")
    assert read == expected


def test_february_is_compared_with_january(crm: Path) -> None:
    sql = """select average_score_change, nps_change from satisfaction_rollups
             where facility_id = 'all' and month = '2024-02-01' and survey_type = '{}'"""
    assert one(crm, sql.format("csat"))[0] == Decimal("0.5")
    assert one(crm, sql.format("nps"))[1] == 50


def health(crm: Path, month: str, facility: str | None = None) -> Fraction:
    """The mean of four components, from the seeds; nothing was reviewed in these months, so that compliance is missing."""

    def rows_of(name: str, column: str) -> list[dict[str, str]]:
        return [row for row in of_month(seed(crm, name), column, month) if facility in (None, row["facility_id"])]

    amounts = [(row["stage"], Fraction(row["amount"])) for row in rows_of("opportunities", "opened_at")]
    weighted = sum((amount if stage == "won" else amount * Fraction(3, 10) for stage, amount in amounts), Fraction(0))
    leads = rows_of("leads", "created_at")
    tickets = rows_of("tickets", "opened_at")
    csat = [int(row["score"]) for row in rows_of("satisfaction", "responded_at") if row["survey_type"] == "csat"]
    parts = (
        weighted / sum((amount for _, amount in amounts), Fraction(0)),
        Fraction(sum(bool(lead["qualified_at"]) for lead in leads), len(leads)),
        Fraction(kept(tickets), len(tickets)),
        (Fraction(sum(csat), len(csat)) - 1) / 4,
    )
    return 100 * sum(parts, Fraction(0)) / 4


@pytest.mark.parametrize(("month", "documented", "ruled"), [(JANUARY, 73, "72.98"), (FEBRUARY, 78, "78.03")])
def test_health_over_both_facilities_is_good_as_documented(crm: Path, month: str, documented: int, ruled: str) -> None:
    expected = health(crm, month)
    assert round(expected) == documented
    assert abs(expected - Fraction(ruled)) <= Fraction(1, 200)
    sql = f"""select overall_score, health_status, compliance_score, components, missing_components
              from health_scores where facility_id = 'all' and month = '{month}-01'"""
    score, *rest = one(crm, sql)
    assert abs(Fraction(score) - expected) < Fraction(1, 1_000_000)
    assert rest == ["good", None, 4, "compliance"]


def test_each_facility_has_its_own_health(crm: Path) -> None:
    for facility in ("F1", "F2"):
        for month in MONTHS:
            sql = f"select overall_score from health_scores where facility_id = '{facility}' and month = '{month}-01'"
            assert abs(Fraction(one(crm, sql)) - health(crm, month, facility)) < Fraction(1, 1_000_000)


def test_a_month_with_one_component_alone_has_no_health(crm: Path) -> None:
    reviewed = of_month(seed(crm, "applications"), "reviewed_at", "2024-03")
    approved = sum(row["status"] == "approved" for row in reviewed)
    sql = """select compliance_score, components, overall_score, health_status from health_scores
             where facility_id = 'all' and month = '2024-03-01'"""
    assert one(crm, sql) == (percent(approved, len(reviewed)), 1, None, None)


def test_a_cohort_loses_its_lead_in_the_month_in_which_it_was_lost(crm: Path) -> None:
    leads = of_month(seed(crm, "leads"), "created_at", JANUARY)
    for facility in ("F1", "F2"):
        of_facility = [lead for lead in leads if lead["facility_id"] == facility]
        lost = [lead for lead in of_facility if lead["stage"] == "lost" and lead["closed_at"].startswith(JANUARY)]
        qualified = [lead for lead in of_facility if lead["qualified_at"].startswith(JANUARY)]
        sql = f"""select leads, retained, reached_sql, retention_rate_pct from cohort_retention
                  where facility_id = '{facility}' and cohort_month = '2024-01-01' and months_since_cohort = 0"""
        retained = len(of_facility) - len(lost)
        assert one(crm, sql) == (len(of_facility), retained, len(qualified), percent(retained, len(of_facility)))


def test_activity_is_counted_by_rep_and_channel(crm: Path) -> None:
    expected: dict[tuple[str, str, str], list[int]] = {}
    for row in seed(crm, "outreach"):
        cell = expected.setdefault((row["rep_id"], row["channel"], row["sent_at"][:7]), [0, 0, 0])
        cell[0] += 1
        cell[1] += bool(row["responded_at"])
        cell[2] += bool(row["converted_at"])
    found = rows(
        crm,
        """select rep_id, channel, strftime(month, '%Y-%m'), sent, responded, converted, response_rate_pct, conversion_rate_pct
           from rep_activity_by_channel""",
    )
    assert {row[:3]: list(row[3:6]) for row in found} == expected
    assert all(row[6:] == (percent(row[4], row[3]), percent(row[5], row[3])) for row in found)


def test_the_other_subjects_add_up_to_their_seeds(crm: Path) -> None:
    invoices = seed(crm, "invoices")
    cents = {row["invoice_id"]: int(Decimal(row["amount"]) * 100) for row in invoices}
    invoiced, paid = sum(cents.values()), sum(cents[row["invoice_id"]] for row in invoices if row["paid_at"])
    sql = "select sum(invoiced), sum(collected), sum(outstanding), sum(overdue) from revenue_kpis"
    assert one(crm, sql) == (invoiced, paid, invoiced - paid, invoiced - paid)
    applications = seed(crm, "applications")
    reviewed = sum(bool(row["reviewed_at"]) for row in applications)
    assert one(crm, "select sum(submitted), sum(reviewed) from compliance_kpis") == (len(applications), reviewed)
    assert one(crm, "select sum(sent) from outreach_kpis") == len(seed(crm, "outreach"))
    months = {(row["facility_id"], row["created_at"][:7]) for row in seed(crm, "leads")}
    combined = rows(
        crm, "select facility_id, strftime(month, '%Y-%m'), leads, invoiced from combined_kpis where leads is not null"
    )
    assert {row[:2] for row in combined} == months
    assert sum(row[2] for row in combined) == len(seed(crm, "leads"))
    assert sum(row[3] for row in combined) == invoiced
