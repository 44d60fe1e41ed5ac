"""The whole way: a published project, `assay serve` as a process, and a person who looks at it in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site
from tests.e2e.test_board_page import CUT, OUTSIDE, findings
from tests.scenarios.server import Server, serving
from tests.scenarios.shop import Template


@pytest.fixture(scope="module")
def server(demo_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Forty days of the demo company, served."""
    with serving(demo_template.copy(tmp_path_factory.mktemp("served") / "shop")) as server:
        yield server


@pytest.fixture
def site(server: Server) -> Site:
    """The real thing in place of the prepared answers."""
    return Site(address=server.address)


def tiles_of(server: Server) -> list[dict[str, Any]]:
    board = server.get("/api/v1/boards/operations").json
    return [tile for section in board["sections"] for tile in section["tiles"]]


def open_detail(visitor: Visitor, kpi: str, width: int = 1440, **more: Any) -> Page:
    page = visitor.open(width=width, **more)
    page.locator(f"[data-kpi={kpi}] a").first.click()
    page.get_by_role("heading", name="Receipt").wait_for()
    return page


@pytest.mark.parametrize("width", [1440, 390])
def test_every_tile_shows_what_the_interface_answers(server: Server, visitor: Visitor, width: int) -> None:
    page = visitor.open(width=width)
    shown = {tile.inner_text().splitlines()[0]: tile.inner_text() for tile in page.locator(".tile").all()}
    wanted = tiles_of(server)
    assert len(shown) == len(wanted)
    for tile in wanted:
        answer = tile["answer"]
        text = shown[tile["title"]]
        if answer["rows"] is not None:
            for row in answer["rows"][:3]:  # a tile shows the first ones, and how many more there are
                assert row["display"] in text, tile["title"]
        elif answer["value"] is not None:
            figure = f"{abs(Decimal(answer['value'])):,.{answer['unit']['decimals']}f}"
            if answer["unit"]["kind"] in ("days", "hours", "minutes"):  # `1 day`, not `1.0 days`
                figure = figure.removesuffix(".0")
            assert figure in text, tile["title"]
        else:
            assert answer["reasons"][0]["sentence"] in text, tile["title"]


@pytest.mark.parametrize("path", ["/", "/?kpi=aov&period=yesterday"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_scrolls_sideways_is_cut_off_or_keeps_people_out(visitor: Visitor, width: int, path: str) -> None:
    page = visitor.open(path, width, bypass_csp=True)
    if "kpi=" in path:
        page.get_by_role("heading", name="Receipt").wait_for()
        page.locator(".chart svg").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(CUT) == []
    assert page.evaluate(OUTSIDE) == []
    assert findings(page) == []


@pytest.mark.parametrize("kpi", ["total_revenue", "aov", "avg_days_of_cover"])
def test_a_click_opens_formula_sql_inputs_and_receipt(server: Server, visitor: Visitor, kpi: str) -> None:
    page = open_detail(visitor, kpi)
    dialog = page.get_by_role("dialog")
    found = server.get(f"/api/v1/kpis/{kpi}/definition").json
    definition_hash = found["receipt"]["definition"]
    says(dialog, found["definition"], found["formula"], found["sql"][0].split("\n")[0], definition_hash)
    assert {one["stream"] for one in found["inputs"]} <= set(dialog.inner_text().split())


def test_the_detail_says_the_number_of_its_tile_and_its_receipt(server: Server, visitor: Visitor) -> None:
    answer = next(tile["answer"] for tile in tiles_of(server) if tile["answer"]["kpi"] == "gross_revenue")
    page = open_detail(visitor, "gross_revenue", 390)
    dialog = page.get_by_role("dialog")
    says(dialog.locator(".value").first, answer["display"])
    says(dialog, f":gross_revenue:{answer['period']['start']}:")
