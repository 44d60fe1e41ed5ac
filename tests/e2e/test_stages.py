"""A young company's way: costs recorded by hand, over HTTP and in the page, and the endpoints that its documents name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site
from tests.e2e.test_board_page import findings
from tests.packs.planted_startup import NOW
from tests.packs.test_startup import young
from tests.scenarios.server import Server, serving, wait_for
from tests.scenarios.shop import Template

__all__ = ["young"]
EARLY = ("cac", "clv", "clv_cac_ratio", "cac_payback", "gross_margin", "burn_rate", "net_burn", "cash", "runway")
MID = ("retention_rate", "churn_rate", "arpu", "nrr", "expansion_revenue", "sales_efficiency")


@pytest.fixture(scope="module")
def server(young: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The planted company, served at noon of 1 March."""
    stage = young.copy(tmp_path_factory.mktemp("served") / "shop")
    stage.clock.instant = NOW
    with serving(stage) as server:
        yield server


@pytest.fixture
def site(server: Server) -> Site:
    """The real thing in place of the prepared answers."""
    return Site(address=server.address)


def exact(body: bytes) -> Any:
    """Return JSON with its numbers as they are written."""
    return json.loads(body, parse_float=Decimal, parse_int=Decimal)


def refreshed(server: Server, job: int) -> None:
    """Wait until the worker has done a job."""
    wait_for(lambda: server.stage.rows("select state from job where id = ?", job) == [("done",)])


def test_each_stage_holds_the_documented_numbers_as_the_boards_have_them(server: Server) -> None:
    everything = exact(server.get("/api/kpi/all", period_days=30).body)["data"]
    assert list(everything) == ["early_stage", "mid_stage"]
    for stage, names in (("early_stage", EARLY), ("mid_stage", MID)):
        own = exact(server.get(f"/api/kpi/{stage.replace('_', '-')}").body)
        assert own == {"success": True, "data": everything[stage]}
        assert set(names) <= set(own["data"]["data_quality"])
        assert set(own["data"]["kpis"]) == {
            name for name, one in own["data"]["data_quality"].items() if one != "insufficient_data"
        }
        board = exact(server.get(f"/api/v1/boards/{stage}").body)
        shown = {tile["title"]: tile["answer"]["value"] for section in board["sections"] for tile in section["tiles"]}
        same = {one["label"]: f"{one['value']}" for one in own["data"]["kpis"].values()}
        assert {title: value for title, value in shown.items() if value is not None} == same
    early = everything["early_stage"]["kpis"]
    assert (early["burn_rate"]["unit"], early["gross_margin"]["unit"], early["clv_cac_ratio"]["unit"]) == (
        "USD/month",
        "%",
        "ratio",
    )
    assert early["clv_cac_ratio"]["target"] == 3


def test_a_cost_that_is_recorded_is_in_the_next_numbers_and_the_books_tell_it(server: Server) -> None:
    before = exact(server.get("/api/kpi/early-stage").body)["data"]["kpis"]["burn_rate"]["value"]
    body = {"cost_date": "2026-02-19", "cost_type": "marketing", "amount": 5000.0, "description": "Fair", "channel": "events"}
    done = server.send("POST", "/api/kpi/costs", body)
    assert done.status == 201
    refreshed(server, done.json["data"]["job"])
    after = exact(server.get("/api/kpi/early-stage").body)["data"]["kpis"]["burn_rate"]["value"]
    assert after > before
    listed = server.get("/api/kpi/costs", days=30, cost_type="marketing").json["data"]["costs"]
    assert [one["amount"] for one in listed if one["description"] == "Fair"] == [5000.0]


def test_a_snapshot_is_what_is_published_and_history_finds_it(server: Server) -> None:
    taken = server.send("POST", "/api/kpi/snapshot")
    assert taken.status in (201, 202)
    if taken.status == 202:  # a slow machine: the answer names the job, and history has its snapshots
        refreshed(server, taken.json["data"]["job"])
        taken = server.get("/api/kpi/historical", days=1)
    rows = exact(taken.body)["data"]["snapshots"]
    assert {(row["company_stage"], row["kpi_type"]) for row in rows} >= {("early_stage", name) for name in EARLY}
    assert {row["snapshot_date"] for row in rows} == {"2026-03-01"}
    found = exact(server.get("/api/kpi/historical", days=90, kpi_type="cac", stage="early_stage").body)["data"]["snapshots"]
    assert next(row for row in rows if row["kpi_type"] == "cac") in found
    assert {row["kpi_type"] for row in found} == {"cac"}


@pytest.mark.parametrize("width", [1440, 390])
def test_costs_are_recorded_corrected_and_taken_back_in_the_page(server: Server, visitor: Visitor, width: int) -> None:
    page = visitor.open("/record/operating_costs", width, bypass_csp=True)
    note = f"Laptop {width}"
    page.get_by_label("Cost type").select_option("infrastructure")
    page.get_by_label("Amount").fill("12,34")
    page.get_by_label("Description").fill(note)
    page.get_by_role("button", name="Record").click()
    says(page.get_by_role("alert"), "an amount that is not a plain number")
    page.get_by_label("Amount").fill("1234.5")
    page.get_by_role("button", name="Record").click()
    row = page.locator("tr", has_text=note)
    says(row, "1,234.50", "infrastructure", "2026-03-01")
    assert findings(page) == []
    row.get_by_role("button", name="Correct").click()
    page.get_by_label("Amount").fill("1300")
    page.get_by_role("button", name="Save the correction").click()
    says(row, "1,300.00")
    row.get_by_role("button", name="Remove").click()
    row.get_by_role("button", name="Remove it").click()
    expect(row).to_have_count(0, timeout=60_000)
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    noted = [one["values"]["description"] for one in server.get("/api/v1/entries/operating_costs").json]
    assert note not in noted
