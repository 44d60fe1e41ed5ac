"""Every state of a number reads as what it is, on a wide screen and on a phone."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import GOLDEN, Site, board_of, golden

STATES = sorted(path.stem for path in (GOLDEN / "answers").glob("*.json"))
SAID = {
    "actual": ["1,052", "+6.9% on the same day last week", "Target at least the same day last week: met", "Actual"],
    "provisional": ["17", "Today so far", "both until 06:40", "Provisional, settles in 41 h"],
    "estimated": [
        "≈",
        "$312.40",
        "Not compared: an estimate is not compared",
        "Refunds of the marketplace are estimated",
        "Estimated",
    ],
    "stale": ["$9,583.42", "Mon, Mar 16", "Last night's build failed", "Stale"],
    "withheld_not_covered": [
        "–",
        "last good 96.2%, Tue, Mar 17",
        "The shipments of Wed 18 Mar have not been loaded.",
        "fulfilment repairs it with assay import shipments-2026-03-18.csv --as fulfillments",
        "Withheld",
    ],
    "withheld_check_failed": [
        "–",
        "last good $11,389.07",
        "Orders and payments do not add up",
        "finance repairs it with",
        "Withheld",
    ],
    "withheld_no_data": ["–", "No stock count has ever been loaded.", "nothing loaded yet", "Withheld"],
    "null_division_by_zero": ["–", "No order was paid on this day, so there is no average.", "No value"],
    "target_missed_with_breaches": [
        "+75.0% on the same day last week, worse",
        "Target 0: missed",
        "Act now: 7 products are out of stock or have less than 3 days left.",
        "Look at this: More products are critical than last week.",
    ],
    "other_grain": ["$71,442.18", "Last 7 days", "+4.9% on the 7 days before", "Not judged: the target holds for single days."],
    "paced": [
        "$1,984,220.15",
        "Target at least $2,109,589.04 of $10,000,000.00 a year: missed",
        "Tier: Growth ($1M–$5M), next: Scale at $5,000,000",
        "On pace for $9.41M of $10M by Dec 31, behind",
    ],
    "cohorts": ["Jan 2024", "8 came", "87.5", "75.0", "– The month is not over.", "– No load says that crm leads are complete"],
    "list": ["HR-CARB-650", "$18,211.50", "and 131 more"],
    "list_empty": ["Nothing is on this list."],
}


@pytest.fixture
def states(site: Site) -> Site:
    site.board(board_of({name: golden(f"answers/{name}") for name in STATES}))
    return site


@pytest.mark.parametrize("width", [1440, 390])
def test_each_state_says_what_it_is(states: Site, visitor: Visitor, width: int) -> None:
    page = visitor.open("/boards/states", width)
    assert set(SAID) == set(STATES)
    for name, sentences in SAID.items():
        tile = page.get_by_role("article").filter(has=page.get_by_role("link", name=name, exact=True))
        text = " ".join(tile.inner_text().split())
        for sentence in sentences:
            assert sentence in text, f"{name}: {sentence!r} is not in {text!r}"


def test_a_withheld_number_shows_no_number_in_its_place(states: Site, visitor: Visitor) -> None:
    page = visitor.open("/boards/states")
    withheld = page.locator("[data-withheld] .value")
    assert withheld.count() == 3
    for value in withheld.all():
        size = float(
            value.evaluate("e => parseFloat(getComputedStyle(e.querySelector('.last-good') ?? e.lastElementChild).fontSize)")
        )
        assert value.locator("> span").first.inner_text().strip() == "–"
        assert size <= 14 or value.locator(".last-good").count() == 0


def test_percentages_change_in_points(visitor: Visitor) -> None:
    page = visitor.open()
    says(page.locator("[data-kpi=fast_moving_sku_share_pct]"), "+0.7 points on the same day last week")


def test_numbers_and_dates_are_written_as_the_reader_writes_them(visitor: Visitor) -> None:
    page = visitor.open(locale="de-DE")
    says(page.locator("[data-kpi=total_revenue]"), "9.271,02", "−15,0\u00a0%")


def test_a_value_of_many_digits_loses_none(site: Site, visitor: Visitor) -> None:
    huge = golden("answers/stale") | {"value": "9007199254740993.37", "freshness": "fresh", "reasons": []}
    site.board(board_of({"huge": huge}))
    page = visitor.open("/boards/states", 390)
    value = page.locator(".value")
    assert value.inner_text().strip().replace("\n", "") == "$9,007,199,254,740,993.37"
    assert value.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_nothing_loaded_yet_says_what_to_do_next(site: Site, visitor: Visitor) -> None:
    site.board(golden("boards/empty"))
    page = visitor.open("/boards/operations")
    says(page.locator("main"), "Nothing has been loaded yet", "assay import orders.csv --as orders")
    assert page.locator(".tile").count() == 0


def test_an_error_says_what_to_do_and_a_retry_mends_it(site: Site, visitor: Visitor) -> None:
    board = site.answers["/api/v1/boards/operations"]
    site.refuse("/api/v1/boards/operations", 503, "The worker does not answer.", "Wait a moment.")
    page = visitor.open()
    says(page.get_by_role("alert"), "The worker does not answer.")
    site.answers["/api/v1/boards/operations"] = board
    page.get_by_role("button", name="Try again").click()
    page.locator("[data-kpi=total_revenue]").wait_for()


def test_no_permission_is_told_as_such(site: Site, visitor: Visitor) -> None:
    site.refuse("/api/v1/boards/operations", 403, "Forbidden.", "Ask an administrator.")
    page = visitor.open()
    says(page.get_by_role("alert"), "You are not allowed to see this.")


@pytest.mark.parametrize("path", ["/boards/nowhere", "/nowhere", "/boards/%E0%A4%A"])
def test_an_address_that_names_nothing_leads_back(visitor: Visitor, path: str) -> None:
    page = visitor.open(path)
    says(page.locator("main"), "There is nothing at this address.")
    page.get_by_role("link", name="Go to the first board").click()
    page.locator("[data-kpi=total_revenue]").wait_for()


def test_a_skeleton_of_the_same_size_stands_where_tiles_will_be(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    page.route("**/api/v1/boards/operations", lambda route: None)
    page.reload()
    page.locator(".tile.skeleton").first.wait_for()
    page.wait_for_function("document.querySelector('.tile.skeleton').getBoundingClientRect().height >= 232")
    says(page.get_by_role("status"), "The board is loading.")
