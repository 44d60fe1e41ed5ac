"""The pack `crm` as its users have it: files in, numbers out; each expected number is worked out from the files' rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from assay.runtime.setup import init
from tests.scenarios.shop import Stage, Template, keep, share

DATA = Path(__file__).parents[2] / "packs" / "crm" / "data"
FILES = ("leads", "opportunities", "tickets", "satisfaction", "outreach")


def rows(name: str, month: str, time: str) -> list[dict[str, str]]:
    """Return the rows of a fixture file that belong to a month."""
    with (DATA / f"{name}.csv").open() as file:
        return [row for row in csv.DictReader(file) if row[time].startswith(month)]


def share_of(part: Iterable[object], whole: Iterable[object]) -> Decimal:
    return round(100 * Decimal(len(list(part))) / len(list(whole)), 6)


@pytest.fixture(scope="module")
def crm(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A sales team with the two months of the fixture, in the spring after it."""

    def publish(folder: Path) -> Template:
        made = Stage(folder / "stage")
        init(made.folder, {"name": "Sales", "timezone": "UTC", "currency": "USD", "packs": ["crm"]})
        for name in FILES:
            file, covered = str(DATA / f"{name}.csv"), "2024-01-01..2024-02-29"
            taken = made.cli("import", file, "--as", f"crm_{name}", "--covers", covered, "--no-refresh")
            assert taken.status == 0, taken.err
        made.run()
        return keep(made)

    stage = share(tmp_path_factory, "crm", publish).fresh()
    stage.clock.instant = datetime(2026, 3, 1, tzinfo=UTC)
    return stage


@pytest.mark.parametrize("month", ["2024-01", "2024-02"])
def test_each_number_is_what_the_rows_say(crm: Stage, month: str) -> None:
    leads, opened = rows("leads", month, "created_at"), rows("opportunities", month, "opened_at")
    answers = rows("satisfaction", month, "responded_at")
    csat = [int(row["score"]) for row in answers if row["survey_type"] == "csat"]
    nps = [int(row["score"]) for row in answers if row["survey_type"] == "nps"]
    won = {"won": Decimal(1), "lost": Decimal(0), "opportunity": Decimal("0.5") * Decimal("0.6")}
    expected = {
        "pipeline_amount": sum(Decimal(row["amount"]) for row in opened),
        "weighted_pipeline": sum(Decimal(row["amount"]) * won[row["stage"]] for row in opened),
        "leads_created": len(leads),
        "lead_value": sum(Decimal(row["value"]) for row in leads),
        "lead_to_sql_pct": share_of((row for row in leads if row["qualified_at"]), leads),
        "lead_to_won_pct": share_of((row for row in leads if row["stage"] == "won"), leads),
        "csat_score": Decimal(sum(csat)) / len(csat),
        "nps_score": Decimal(100 * (sum(one >= 9 for one in nps) - sum(one <= 6 for one in nps))) / len(nps),
        "tickets_opened": len(rows("tickets", month, "opened_at")),
    }
    shown = {kpi: crm.value(kpi, month) for kpi in expected}
    assert {kpi: None if value is None else Decimal(value) for kpi, value in shown.items()} == expected


def test_the_documented_figures_are_shown(crm: Stage) -> None:
    shown = [crm.value("lead_to_sql_pct", month) for month in ("2024-01", "2024-02")]
    assert [Decimal(str(value)) for value in shown] == [50, 75]
    assert Decimal(str(crm.value("ticket_sla_compliance_pct", "2024-01"))) == Decimal("87.5")
    assert Decimal(str(crm.value("ticket_sla_compliance_pct", "2024-02"))) == 100


def test_a_scenario_is_told_by_the_command_line(crm: Stage) -> None:
    ran = crm.cli("get", "weighted_pipeline", "--period", "2024-01", "--scenario", "optimistic", "--format", "json")
    # 90,000 + 80,000 + 70,000 are won; 100,000 × (0.5 × 1.2) × 0.6
    assert (ran.status, ran.json["kpi"], Decimal(ran.json["value"])) == (0, "weighted_pipeline_optimistic", Decimal(276000))
    unknown = crm.cli("get", "weighted_pipeline", "--period", "2024-01", "--scenario", "rosy")
    assert unknown.status == 2
    assert "Its scenarios are: optimistic, pessimistic." in unknown.err
