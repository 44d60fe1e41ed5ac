"""A table of cohorts: figures with their shade, dashes with their reason, and room for a year of them on a phone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assay.calendar import add_months, month_end
from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site, board_of, golden

SHADES = "cells => cells.map(cell => getComputedStyle(cell).backgroundColor)"
SCROLLS = "box => box.scrollWidth > box.clientWidth"


def a_year() -> dict[str, Any]:
    """Return cohorts of thirteen months, of which each month keeps nine tenths."""
    answer = golden("answers/cohorts")
    known = answer["cohorts"]["rows"][0]["cells"][0]
    rows = []
    for place in range(13):
        first = add_months(date(2023, 3, 1), place)
        cells = [
            {**known, "since": age, "value": f"{100 * 0.9**age:.6f}", "display": f"{100 * 0.9**age:.1f} %"}
            for age in range(13 - place)
        ]
        cohort = {"name": f"{first:%Y-%m}", "start": f"{first}", "end": f"{month_end(first)}", "size": 1000, "cells": cells}
        rows.append(cohort)
    return {**answer, "cohorts": {**answer["cohorts"], "rows": rows}}


def test_each_cell_is_a_figure_or_a_dash_that_says_why(site: Site, visitor: Visitor) -> None:
    site.board(board_of({"Leads that stay": golden("answers/cohorts")}))
    tile = visitor.open("/boards/states").locator(".tile")
    table = tile.get_by_role("table")
    assert table.get_by_role("rowheader").all_inner_texts() == ["Jan 2024\n8 came", "Feb 2024", "Mar 2024"]
    cells = [[one.inner_text() for one in row.get_by_role("cell").all()] for row in table.get_by_role("row").all()[1:]]
    assert [[text.split("\n")[0] for text in row] for row in cells] == [["87.5", "75.0", "–"], ["–", "–", ""], ["–", "", ""]]
    withheld = table.get_by_role("row").nth(2).get_by_role("cell").first
    assert withheld.get_attribute("title") == "No load says that crm leads are complete for 2024-02-29."
    strong, weaker = table.locator(".cohort-cell").evaluate_all(SHADES)
    assert strong != weaker
    assert tile.get_attribute("data-withheld") is None  # a table with a number in it withholds nothing as a whole


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_year_of_cohorts_scrolls_inside_its_tile_on_a_phone(site: Site, visitor: Visitor, scheme: Any) -> None:
    site.board(board_of({"Leads that stay": a_year()}))
    page = visitor.open("/boards/states", 390, scheme)
    box = page.locator(".cohort-scroll")
    assert box.evaluate(SCROLLS)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    box.evaluate("box => box.scrollTo({left: 9999})")
    name, edge = page.get_by_role("rowheader").first.bounding_box(), box.bounding_box()
    assert name
    assert edge
    assert name["x"] == pytest.approx(edge["x"], abs=4)  # which cohort it is stays in sight


def test_the_detail_shows_the_same_table_in_place_of_a_number_and_its_history(site: Site, visitor: Visitor) -> None:
    site.board(board_of({"Leads that stay": golden("answers/cohorts")}))
    page = visitor.open("/boards/states?kpi=lead_retention_pct&period=3m")
    detail = page.get_by_role("dialog")
    says(detail, "Jan 2024", "87.5", "– The month is not over.")
    assert detail.locator(".value").count() == 0
    assert detail.get_by_role("heading", name="by month").count() == 0
