"""The detail of a number: opened and closed by keyboard, linked by address, holding everything the number rests on."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site, board_of, golden

FOCUSED = "(text) => document.activeElement.textContent === text"


def open_by_keyboard(page: Page) -> None:
    page.get_by_role("link", name="Average order value", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Average order value").wait_for()


def test_enter_opens_it_esc_closes_it_and_the_focus_returns(visitor: Visitor) -> None:
    page = visitor.open()
    open_by_keyboard(page)
    expect(page).to_have_url(re.compile(r"\?kpi=aov&period=yesterday$"))
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    expect(page).not_to_have_url(re.compile("kpi="))
    page.wait_for_function(FOCUSED, arg="Average order value")


def test_the_focus_stays_inside_while_it_is_open(visitor: Visitor) -> None:
    page = visitor.open()
    open_by_keyboard(page)
    page.get_by_role("heading", name="Receipt").wait_for()
    for _ in range(25):
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement === document.body || !!document.activeElement.closest('dialog')")


def test_a_click_anywhere_on_the_tile_opens_it_and_back_closes_it(visitor: Visitor) -> None:
    page = visitor.open()
    page.locator("[data-kpi=aov] .spark").click(force=True)  # the link lies over the whole tile
    page.get_by_role("dialog").wait_for()
    page.go_back()
    page.get_by_role("dialog").wait_for(state="detached")


def test_a_click_beside_it_closes_it(visitor: Visitor) -> None:
    page = visitor.open("/?kpi=aov&period=yesterday")
    page.get_by_role("dialog").wait_for()
    page.mouse.click(100, 400)
    page.get_by_role("dialog").wait_for(state="detached")
    expect(page).to_have_url(re.compile("/$"))


def test_its_address_opens_it(visitor: Visitor) -> None:
    page = visitor.open("/boards/operations?kpi=aov&period=yesterday")
    dialog = page.get_by_role("dialog", name="Average order value")
    dialog.get_by_role("heading", name="Receipt").wait_for()
    says(
        dialog,
        "$195.58",
        "Act soon: The average order is below $200.00.",
        "Captured revenue per paid order.",
        "gross_revenue / paid_orders",
        "FROM main.fct_payments",
        "orders_reconcile_to_payments",
        "high: value < 200",
        "Definition hash",
        "1 of 1 day complete · stands on 49 rows",
    )


def test_the_definition_is_asked_for_the_very_days_of_the_tile(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/?kpi=aov&period=yesterday")
    page.get_by_role("heading", name="Receipt").wait_for()
    assert "/api/v1/kpis/aov/definition?period=2026-03-18&at=2026-03-18" in site.asked


def test_the_tile_and_its_detail_say_the_same_number(visitor: Visitor, site: Site) -> None:
    older = golden("definitions/aov")
    older["answer"]["value"] = "1.00"
    site.answers["/api/v1/kpis/aov/definition"] = (200, older)
    page = visitor.open("/?kpi=aov&period=yesterday")
    page.get_by_role("heading", name="Receipt").wait_for()
    says(page.locator("dialog .value"), "$195.58")


def test_the_chart_has_its_table_behind_a_button(visitor: Visitor) -> None:
    page = visitor.open("/?kpi=aov&period=yesterday")
    page.locator(".chart svg").wait_for()
    page.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("table", name="The values of the chart")
    expect(table.locator("tbody tr")).to_have_count(len(golden("histories/aov")["points"]))
    assert table.locator("tbody tr").first.inner_text().split("\t") == ["Mar 18, 2026", "$195.58", "provisional"]
    says(table, "withheld")


def test_the_chart_library_is_not_loaded_for_the_board(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    assert not [path for path in site.asked if "HistoryChart" in path]
    open_by_keyboard(page)
    page.locator(".chart svg").wait_for()
    assert [path for path in site.asked if "HistoryChart" in path]


def test_all_reasons_of_a_withheld_number_are_told(site: Site, visitor: Visitor) -> None:
    answer = golden("answers/withheld_not_covered")
    answer["reasons"].append(golden("answers/withheld_check_failed")["reasons"][0])
    site.board(board_of({"Fulfillment rate": answer}))
    page = visitor.open("/boards/states?kpi=fulfillment_rate_pct&period=yesterday")
    says(page.get_by_role("dialog"), "The shipments of Wed 18 Mar have not been loaded.", "Orders and payments do not add up")


def test_a_definition_that_cannot_be_had_leaves_the_number_standing(visitor: Visitor) -> None:
    page = visitor.open("/?kpi=refunds&period=yesterday")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("alert").first.wait_for()
    says(dialog, "$312.40")


def test_a_related_number_takes_its_place_and_closing_leads_back_to_the_board(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    open_by_keyboard(page)
    page.get_by_role("dialog").get_by_role("link", name="total_revenue").click()
    page.get_by_role("dialog", name="Total revenue").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    expect(page).to_have_url(f"{site.address}/")
