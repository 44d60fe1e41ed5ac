"""Recording by hand over HTTP: who may, what is refused, what is durable when it is acknowledged, and where it is listed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from assay.api.app import make_app
from assay.clock import FixedClock
from assay.settings import Project, ProjectFile
from assay.sources.landing import LandingZone
from assay.state.reader import StateReader
from assay.state.store import StateStore
from tests.asgi import sent
from tests.unit.sources.test_entries import COST, COSTS

NOW = datetime(2026, 3, 20, 19, tzinfo=UTC)
JSON = {b"content-type": b"application/json"}


@dataclass
class Shop:
    """A project whose costs are recorded by hand, and its application."""

    project: Project
    app: Any

    def ask(
        self, method: str, path: str, body: Any = None, query: str = "", headers: dict[str, bytes] | None = None
    ) -> tuple[int, Any]:
        """Return status and JSON of one request; a body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        extra = {name.encode(): value for name, value in (headers or {}).items()}
        status, _, answer = sent(self.app, path, query, JSON | extra, method, content)
        return status, json.loads(answer)

    def jobs(self) -> int:
        """Return how many refreshes wait."""
        return len(StateReader(self.project.state).jobs(100))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "costs.yml").write_text(yaml.safe_dump(COSTS | {"endpoint": "costs"}))
    project = Project(tmp_path, ProjectFile(timezone="America/Los_Angeles", currency="USD", packs=()))
    StateStore(project.state).close()
    return Shop(project, make_app(project, FixedClock(NOW)))


def test_an_entry_is_durable_when_it_is_acknowledged_and_a_refresh_waits_for_the_worker(shop: Shop) -> None:
    status, done = shop.ask("POST", "/api/v1/entries/costs", COST | {"cost_date": "2026-03-02"})
    assert (status, done["entry"]["day"], done["complete_from"]) == (201, "2026-03-02", "2026-03-02")
    assert len(LandingZone(shop.project.landing).batches("by_hand", "costs")) == 1
    shop.ask("POST", "/api/v1/entries/costs", COST)
    assert (done["job"], shop.jobs()) == (1, 1), "a refresh that has not begun serves both"


def test_entries_are_listed_corrected_and_taken_back(shop: Shop) -> None:
    assert shop.ask("PUT", "/api/v1/entries/costs/march-ads", COST)[0] == 200
    assert shop.ask("PUT", "/api/v1/entries/costs/march-ads", COST | {"amount": "70.5"})[0] == 200
    shop.ask("PUT", "/api/v1/entries/costs/old", COST | {"cost_date": "2026-01-02"})
    status, found = shop.ask("GET", "/api/v1/entries/costs")
    assert (status, [(one["id"], one["values"]["amount"]) for one in found]) == (
        200,
        [("march-ads", "70.50"), ("old", "5000.00")],
    )
    assert [one["id"] for one in shop.ask("GET", "/api/v1/entries/costs", query="days=30")[1]] == ["march-ads"]
    status, done = shop.ask("DELETE", "/api/v1/entries/costs/old")
    assert (status, done["entry"], done["complete_from"]) == (200, None, "2026-03-20")
    assert shop.ask("DELETE", "/api/v1/entries/costs/old")[0] == 404


def test_what_can_be_recorded_is_told_with_its_fields(shop: Shop) -> None:
    status, found = shop.ask("GET", "/api/v1/entries")
    kind = next(one for one in found if one["kind"] == "costs")
    assert (status, kind["time"], kind["complete_from"]) == (200, "cost_date", None)
    assert {one["name"]: one["required"] for one in kind["fields"]} == {
        "cost_date": False,
        "cost_type": True,
        "amount": True,
        "description": False,
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"[" * 20_000, 400),
        (b'{"amount": NaN, "cost_type": "sales"}', 400),
        (b'{"amount": 1, "amount": 2, "cost_type": "sales"}', 400),
        (b'{"amount": {"value": 5}, "cost_type": "sales"}', 400),
        (b'{"amount": "\xff", "cost_type": "sales"}', 400),
        (b'{"amount": 1e400, "cost_type": "sales"}', 400),
        (b'{"amount": 12.345, "cost_type": "sales"}', 400),
        (b'{"amount": -5, "cost_type": "sales"}', 400),
        (b'{"amount": 5, "cost_type": "bribes"}', 400),
        (b'{"description": "' + b"x" * 70_000 + b'"}', 413),
    ],
)
def test_a_wrong_body_is_refused_and_nothing_lands(shop: Shop, body: bytes, status: int) -> None:
    found, answer = shop.ask("POST", "/api/v1/entries/costs", body)
    assert found == status
    assert answer["error"]["problem"]
    assert LandingZone(shop.project.landing).batches() == []
    assert shop.jobs() == 0


def test_numbers_keep_the_digits_that_were_sent(shop: Shop) -> None:
    _, done = shop.ask("POST", "/api/v1/entries/costs", b'{"amount": 9007199254740993.01, "cost_type": "sales"}')
    assert done["entry"]["values"]["amount"] == "9007199254740993.01"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": b"https://evil.example"},
        {"origin": b"null"},
        {"sec-fetch-site": b"cross-site"},
        {"sec-fetch-site": b"same-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/api/v1/entries/costs"), ("DELETE", "/api/v1/entries/costs/c1")])
def test_a_page_of_another_site_may_change_nothing(shop: Shop, method: str, path: str, headers: dict[str, bytes]) -> None:
    assert shop.ask(method, path, COST, headers=headers)[0] == 403
    assert LandingZone(shop.project.landing).batches() == []


def test_our_own_page_may_record(shop: Shop) -> None:
    own = {"origin": b"http://127.0.0.1:4400", "sec-fetch-site": b"same-origin"}
    assert shop.ask("POST", "/api/v1/entries/costs", COST, headers=own)[0] == 201


def test_a_form_that_needs_no_leave_of_ours_is_refused(shop: Shop) -> None:
    assert shop.ask("POST", "/api/v1/entries/costs", COST, headers={"content-type": b"text/plain"})[0] == 415


def test_an_unknown_kind_is_named_beside_those_that_there_are(shop: Shop) -> None:
    status, answer = shop.ask("POST", "/api/v1/entries/cots", COST)
    assert (status, answer["error"]["problem"]) == (404, 'There is no kind of entries "cots". Did you mean "costs"?')
    assert "costs: " in answer["error"]["remedy"]
    assert shop.ask("POST", "/api/v1/entries/..%2Fcosts", COST)[0] == 404


def test_the_documented_endpoint_records_and_lists_the_same_entries(shop: Shop) -> None:
    body = b'{"cost_date": "2026-02-19", "cost_type": "marketing", "amount": 5000.0, "description": "Google Ads campaign"}'
    status, answer = shop.ask("POST", "/api/kpi/costs", body)
    assert (status, answer["success"]) == (201, True)
    assert answer["data"]["amount"] == 5000.0
    assert (answer["data"]["cost_date"], answer["data"]["complete_from"]) == ("2026-02-19", "2026-02-19")
    shop.ask("POST", "/api/kpi/costs", COST | {"cost_type": "sales"})
    status, answer = shop.ask("GET", "/api/kpi/costs", query="days=30&cost_type=marketing")
    assert (status, [one["description"] for one in answer["data"]["costs"]]) == (200, ["Google Ads campaign"])
    status, answer = shop.ask("GET", "/api/kpi/costs", query="days=10")
    assert [one["cost_type"] for one in answer["data"]["costs"]] == ["sales"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("days=0", "days is"),
        ("days=x", "days is"),
        ("cost_type=bribes", "marketing, sales"),
        ("cost_typ=sales", "cost_type"),
    ],
)
def test_wrong_parameters_of_the_documented_endpoint_are_422_with_what_would_be_right(
    shop: Shop, query: str, said: str
) -> None:
    status, answer = shop.ask("GET", "/api/kpi/costs", query=query)
    assert (status, answer["success"]) == (422, False)
    assert said in json.dumps(answer["error"])


def test_a_wrong_entry_at_the_documented_endpoint_is_422(shop: Shop) -> None:
    status, answer = shop.ask("POST", "/api/kpi/costs", {"cost_type": "marketing", "amount": -1})
    assert (status, answer["success"]) == (422, False)
    assert "negative amount" in answer["error"]["problem"]


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("costs", b"[]", 400, "no JSON object"),
        ("costs", b'{"amount": 1, "amount": 2, "cost_type": "sales"}', 400, "a field is there twice"),
        ("costs", b'{"description": "' + b"x" * 70_000 + b'"}', 413, "65,536 bytes"),
        ("costs", {"cost_type": "sales", "amount": 5, "description": "x" * 10_240}, 422, "10,240 characters"),
        ("costs", {"cost_type": "sales", "amount": 5, "description": "a\0b"}, 422, "NUL"),
        ("costs", {"cost_type": "sales", "amount": 5, "cost_date": "2026-03-25"}, 422, "in the future"),
        ("costs", {"cost_type": "bribes", "amount": 5}, 422, "not one of marketing"),
        ("costs", {"cost_type": "sales", "amount": "5,00"}, 422, "not a plain number"),
        ("costs", {}, 422, "The entry has no"),
        ("cost", {"cost_type": "sales", "amount": 5}, 404, "/api/kpi/costs, and every kind that GET /api/v1/entries names"),
    ],
)
def test_what_cannot_be_recorded_at_the_documented_endpoint_says_so_in_its_shape(
    shop: Shop, path: str, body: Any, status: int, said: str
) -> None:
    found, answer = shop.ask("POST", f"/api/kpi/{path}", body)
    assert (found, answer["success"], set(answer["error"])) == (status, False, {"problem", "remedy"})
    assert said in " ".join(answer["error"].values())
    assert LandingZone(shop.project.landing).batches() == []
