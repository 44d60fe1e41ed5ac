"""The charts of a board: what they draw, their numbers as tables, keys and screen readers, and room for them on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator

from tests.e2e.conftest import Visitor
from tests.e2e.site import Site, golden
from tests.e2e.test_board_page import CUT, findings

COLOUR = "one => getComputedStyle(one).{}"
SCROLLS = "box => box.scrollWidth > box.clientWidth"


def keys(table: Locator) -> list[str]:
    return table.get_by_role("rowheader").all_inner_texts()


@pytest.fixture
def charts(site: Site) -> dict[str, Any]:
    """Serve the board with every shape; the bars are by tier as well, so that both are about the same values."""
    board = golden("boards/charts")
    pie, bars = board["sections"][1]["tiles"][:2]
    bars["answer"] |= {
        "by": "tier",
        "rows": pie["answer"]["rows"] + [{**pie["answer"]["rows"][0], "key": "Lost", "value": "-9000.00"}],
    }
    bars["answer"]["unit"] = pie["answer"]["unit"]
    site.board(board)
    return board


def test_each_shape_says_its_numbers_by_picture_by_key_and_as_a_table(charts: dict[str, Any], visitor: Visitor) -> None:
    page = visitor.open("/boards/charts", bypass_csp=True)

    line = page.locator(".tile[data-kpi='total_revenue']")
    said = line.locator(".chart-said")
    assert said.inner_text() == "By day, 1 withheld; the open dot is this day so far"
    before = line.bounding_box()
    slider = line.get_by_role("slider", name="Total revenue by day, 31 values")
    slider.focus()
    assert said.inner_text() == "Mar 1, 2026: $3,952.93, so far"
    slider.press("ArrowLeft")
    assert said.inner_text() == slider.get_attribute("aria-valuetext") == "Feb 28, 2026: $605.47"
    slider.press("Home")
    assert said.inner_text().startswith("Jan 30, 2026: ")
    assert line.bounding_box() == before  # nothing moves
    assert line.locator(".line-gap").count() == 1
    assert line.locator("path.line-run:not([data-soft])").count() == 2  # broken where a day is withheld
    assert "target $3.33K" in line.inner_text()
    line.get_by_text("Show as table").click()
    rows = line.get_by_role("row").all_inner_texts()
    assert len(rows) == 32
    assert "Feb 9, 2026\t–\twithheld" in rows

    pie = page.locator(".tile[data-shape='pie']").first
    assert pie.locator(".pie-slice").count() == 4
    assert [row.split("\t")[-2:] for row in pie.get_by_role("row").all_inner_texts()[1:]] == [
        ["$96,193.00", "72.2%"],
        ["$29,106.00", "21.8%"],
        ["$6,413.48", "4.8%"],
        ["$1,587.00", "1.2%"],
    ]
    bars = page.locator(".tile[data-shape='bars']").first
    assert bars.get_by_role("rowheader", name="Lost").count() == 1
    colours = [
        pie.locator(".pie-slice").first.evaluate(COLOUR.format("fill")),
        bars.locator(".bar").first.evaluate(COLOUR.format("backgroundColor")),
    ]
    assert colours[0] == colours[1]  # the same tier
    above, below = (bars.locator(".bar").nth(place).bounding_box() for place in (0, -1))
    assert above
    assert below
    assert above["x"] == pytest.approx(below["x"] + below["width"], abs=1)  # both begin at zero
    assert "its parts do not add up to the whole" in page.locator(".tile", has_text="Buyers twice").inner_text()
    gauge = page.get_by_role("img", name="57.1% on a scale from 0% to 100%, target at least 80.0 %")
    assert gauge.is_visible()
    dots = page.get_by_role("slider", name="Customers, 12 dots")
    dots.focus()
    dots.press("End")
    assert page.locator(".joined .chart-said").inner_text() == "c2: Spend $11,254.91, Orders 7"
    assert findings(page) == []


def test_the_table_is_sorted_by_each_column_and_its_rows_lead_to_the_shop(charts: dict[str, Any], visitor: Visitor) -> None:
    charts["sections"][2]["tiles"][0]["answer"]["rows"][1]["key"] = "Header & 1/2"
    page = visitor.open("/boards/charts")
    table = page.get_by_role("table", name="Products")
    assert keys(table) == ["Blower", "Header & 1/2", "Intake", "Gasket", "Decal", "Sticker"]
    sorts = [one.get_attribute("aria-sort") for one in table.get_by_role("columnheader").all()]
    assert sorts == [None, "descending", None, None, None, None]
    margin = table.get_by_role("button", name="Margin")
    margin.click()
    assert keys(table) == ["Decal", "Gasket", "Intake", "Header & 1/2", "Blower", "Sticker"]
    margin.press("Enter")
    assert keys(table) == ["Blower", "Header & 1/2", "Intake", "Gasket", "Decal", "Sticker"]  # what has no number comes last
    assert table.get_by_role("columnheader", name="Margin").get_attribute("aria-sort") == "ascending"
    table.get_by_role("button", name="Title").click()
    assert keys(table) == ["Blower", "Decal", "Gasket", "Header & 1/2", "Intake", "Sticker"]
    link = table.get_by_role("link", name="View details: Header & 1/2")
    assert link.get_attribute("href") == "https://shop.example/admin/products?query=Header%20%26%201%2F2"
    assert link.get_attribute("rel") == "noopener noreferrer"
    empty = table.get_by_role("row").last.get_by_role("cell").nth(2)
    assert empty.get_attribute("title") == "The catalogue does not say what a product that was sold in this period costs."
    below = page.locator(".joined").first.inner_text()
    assert "Sticker: the catalogue does not say" in below
    assert "No load says that inventory levels are complete" in below  # the column that is withheld as a whole


def test_a_phone_shows_charts_side_by_side_and_nothing_reaches_over_the_edge(charts: dict[str, Any], visitor: Visitor) -> None:
    for tile in charts["sections"][0]["tiles"]:
        tile["answer"]["breaches"] = []
    page = visitor.open("/boards/charts", 390, "dark", bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    swipe = page.locator(".tiles[data-swipe]").first
    assert swipe.evaluate(SCROLLS)
    second = swipe.locator(".tile").nth(1).bounding_box()
    assert second
    assert second["x"] < 390  # its edge says that there is more
    assert page.locator(".joined-scroll").evaluate(SCROLLS)
    assert page.evaluate(CUT) == []
    assert findings(page) == []
