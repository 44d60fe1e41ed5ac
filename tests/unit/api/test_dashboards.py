"""Boards with an endpoint: what the document's shape holds, digit for digit, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from assay.api.app import make_app
from assay.api.documents import Exact, body
from assay.api.routes.dashboards import _dashboard, _until
from assay.catalog.contract import Board
from assay.clock import FixedClock
from assay.runtime import jobs
from assay.settings import Project, ProjectFile
from assay.state.store import StateStore
from assay.values.answer import BoardAnswer
from tests.asgi import sent

NOW = datetime(2026, 3, 20, 19, tzinfo=UTC)
GOLDEN = sorted((Path(__file__).parents[2] / "golden" / "boards").glob("*.json"))
BOARDS = """\
board: plain
label: No endpoint
sections: [{label: Money, tiles: [{kpi: gross_revenue}]}]
---
board: money
label: Money
endpoint: money_today
cache: 5m
sections: [{label: Money, tiles: [{kpi: gross_revenue, name: revenue}]}]
---
board: products
label: Products
endpoint: top_products
sections: [{label: Products, tiles: [{kpi: product_revenue, period: 30d, by: sku, top: 5, name: by_revenue}]}]
---
board: early
label: Early
stage: early_stage
sections: [{label: Money, tiles: [{kpi: gross_revenue, name: revenue, per: month}]}]
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application of a project whose boards have endpoints, before anything is published."""
    folder = tmp_path_factory.mktemp("shop")
    (folder / "boards").mkdir()
    (folder / "boards" / "own.yml").write_text(BOARDS)
    return make_app(Project(folder, ProjectFile(timezone="UTC", currency="USD")), FixedClock(NOW))


def asked(app: Any, path: str, query: str = "") -> tuple[int, Any]:
    status, _, answer = sent(app, path, query)
    return status, json.loads(answer)


def board_of(answer: BoardAnswer, **fields: Any) -> Board:
    """Return a board that asks what the answer answers, in the same places."""
    sections = [
        {
            "label": section.label,
            "tiles": [{"kpi": tile.answer.kpi, "name": f"tile_{place}_{at}"} for at, tile in enumerate(section.tiles)],
        }
        for place, section in enumerate(answer.sections)
    ]
    return Board.model_validate(
        {"board": answer.board, "label": answer.label, "sections": sections, "endpoint": "own", **fields}
    )


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_tile_is_there_and_every_number_keeps_its_digits(path: Path) -> None:
    answer = BoardAnswer.model_validate_json(path.read_bytes())
    said = json.loads(body(_dashboard("own", board_of(answer), answer)), parse_float=Decimal, parse_int=Decimal)
    tiles = [tile.answer for section in answer.sections for tile in section.tiles]
    single = [one for one in tiles if one.rows is None]
    assert [one["value"] for one in said["metrics"].values()] == [one.value and Decimal(one.value) for one in single]
    assert [one["data_quality"] for one in said["metrics"].values()] == [one.data_quality.value for one in single]
    lists = [[(row.key, row.value and Decimal(row.value)) for row in one.rows] for one in tiles if one.rows is not None]
    assert [[(row["key"], row["value"]) for row in one["rows"]] for one in said["lists"].values()] == lists
    for name, withheld in zip(said["metrics"], single, strict=True):
        if withheld.value is None:
            assert said["metrics"][name]["reasons"], name


def test_an_exact_number_is_written_digit_for_digit() -> None:
    assert body({"a": Exact("9007199254740993.01"), "b": "9.10", "c": [True, None]}) == (
        b'{"a": 9007199254740993.01, "b": "9.10", "c": [true, null]}'
    )


def test_an_answer_is_given_again_no_longer_than_the_board_says_and_the_verdict_holds() -> None:
    answer = BoardAnswer.model_validate_json(GOLDEN[0].read_bytes())
    far, near = (answer.model_copy(update={"valid_until": NOW + timedelta(minutes=one)}) for one in (60, 2))
    assert _until(board_of(answer, cache="5m"), far, NOW) == NOW + timedelta(minutes=5)
    assert _until(board_of(answer, cache="5m"), near, NOW) == NOW + timedelta(minutes=2)
    assert _until(board_of(answer), far, NOW) is None


def test_before_anything_is_loaded_each_number_says_what_enables_it(app: Any) -> None:
    status, answer = asked(app, "/api/v1/dashboard/money-today")
    assert (status, answer["metrics"]["revenue"]["value"]) == (200, None)
    assert answer["metrics"]["revenue"]["reasons"][0]["repair"]
    status, answer = asked(app, "/api/kpi/early-stage")
    assert (status, answer["data"]["kpis"], answer["data"]["data_quality"]) == (200, {}, {"revenue": "insufficient_data"})
    assert answer["data"]["guidance"]["revenue"][0]["enable"]
    assert answer["data"]["message"]
    assert asked(app, "/api/kpi/all")[1]["data"]["early_stage"]["stage"] == "early_stage"
    assert asked(app, "/api/kpi/historical")[1]["data"] == {"days": 90, "snapshots": []}


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/api/v1/dashboard/top-products", "timeframe=7x", "7x"),
        ("/api/v1/dashboard/top-products", "limit=0", "limit is"),
        ("/api/v1/dashboard/top-products", "limit=many", "limit is"),
        ("/api/v1/dashboard/money-today", "timeframe=7d", "timeframe"),
        ("/api/v1/dashboard/plain", "", "money-today"),
        ("/api/v1/dashboard/top-product", "", 'Did you mean "top-products"'),
        ("/api/kpi/early-stage", "period_days=-1", "period_days is"),
        ("/api/kpi/early-stage", "period_days=x", "period_days is"),
        ("/api/kpi/early-stage", "period_day=7", 'Did you mean "period_days"'),
        ("/api/kpi/early-stage", "allow_estimates=maybe", "allow_estimates is"),
        ("/api/kpi/late-stage", "", "early-stage"),
        ("/api/kpi/all", "period_days=0", "period_days is"),
        ("/api/kpi/all", "days=7", "period_days"),
        ("/api/kpi/historical", "stage=late_stage", "early_stage"),
        ("/api/kpi/historical", "kpi_type=cack", "revenue"),
        ("/api/kpi/historical", "days=0", "days is"),
    ],
)
def test_what_is_asked_wrongly_is_422_with_what_would_be_right(app: Any, path: str, query: str, said: str) -> None:
    status, answer = asked(app, path, query)
    assert (status, answer["success"]) == (422, False)
    assert said in json.dumps(answer["error"], ensure_ascii=False).replace("\\", "")


ORDERS = """\
listing: newest_orders
label: Newest orders
model: fct_orders
time: created_at
columns: {order: {column: order_id, label: Order}}
endpoint: live_orders
"""


def test_a_listing_has_an_endpoint_too_and_says_what_it_misses(tmp_path: Path) -> None:
    (tmp_path / "boards").mkdir()
    (tmp_path / "boards" / "own.yml").write_text(ORDERS)
    own = make_app(Project(tmp_path, ProjectFile(timezone="UTC", currency="USD")), FixedClock(NOW))
    status, answer = asked(own, "/api/v1/dashboard/live-orders", "limit=20")
    assert (status, answer["rows"], answer["reasons"][0]["code"]) == (200, [], "no_data")
    assert asked(own, "/api/v1/listings/newest_orders")[1]["rows"] == []
    assert asked(own, "/api/v1/dashboard/live-orders", "timeframe=7d")[0] == 422
    assert asked(own, "/api/v1/dashboard/live-order", "")[1]["error"]["problem"].endswith('Did you mean "live-orders"?')
    assert asked(own, "/api/v1/listings/nope")[0] == 404


@pytest.mark.parametrize(("ended", "status"), [("2", 409), ("1", 503)])
def test_a_snapshot_whose_refresh_fails_says_what_failed_and_what_to_do(
    app: Any, monkeypatch: pytest.MonkeyPatch, ended: str, status: int
) -> None:
    """409 where the project has to be mended first, else 503; the job's own record is not shown."""

    def fails(project: Project, clock: FixedClock, kind: str, arguments: dict[str, Any]) -> int:
        state = StateStore(project.state)
        number = state.add_job(kind, arguments, clock.now())
        problem = {"problem": "The disk is full.", "remedy": "Make room.", "status": ended, "trace": "File …"}
        state.finish_job(number, clock.now(), problem=problem)
        state.close()
        return number

    monkeypatch.setattr(jobs, "queue_job", fails)
    found, _, answer = sent(app, "/api/kpi/snapshot", method="POST")
    said = "The refresh for the snapshot failed, and nothing was published: The disk is full."
    assert (found, json.loads(answer)) == (status, {"success": False, "error": {"problem": said, "remedy": "Make room."}})
