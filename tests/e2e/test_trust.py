"""The trust screen: every problem once, with what it blocks; reached from the tiles that it withholds, on every screen."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site, golden
from tests.e2e.test_board_page import PAINTED, findings

STATES = ("blocked", "well", "nothing_loaded")
CUT = """() => [...document.querySelectorAll('.incident *, .panel *, .message *')]
  .filter(e => !e.closest('.unseen') && !e.closest('svg') && !e.closest('thead') && e.clientWidth > 0
    && getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""


def show(site: Site, name: str = "blocked", **changes: Any) -> dict[str, Any]:
    """Let the site answer with this report."""
    report = golden(f"trust/{name}") | changes
    site.answers["/api/v1/trust"] = (200, report)
    return report


def incident(page: Page, words: str) -> Any:
    return page.locator(".incident", has_text=words)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_scrolls_sideways_and_nothing_is_cut_off(site: Site, visitor: Visitor, width: int, state: str) -> None:
    show(site, state)
    page = visitor.open("/trust", width)
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(
    site: Site, visitor: Visitor, width: int, state: str, scheme: Literal["light", "dark"]
) -> None:
    show(site, state)
    page = visitor.open("/trust", width, scheme, bypass_csp=True)  # axe itself is injected
    for summary in page.locator("summary").all():
        summary.click()
    assert findings(page) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_each_problem_says_since_when_whose_it_is_how_to_repair_it_and_what_it_blocks(visitor: Visitor, width: int) -> None:
    page = visitor.open("/trust", width)
    says(page.locator("main"), "3 problems block 7 numbers.", "published 6:40 AM, 4 min ago")
    hole = incident(page, "No load says that fulfillments are complete")
    says(hole, "Wed, Mar 18, 12:00 AM, 31 h ago", "fulfilment", "assay import FILE --as fulfillments --covers 2026-03-18")
    says(hole, "Blocks 2 numbers", "Fulfillment rate", "Fulfilled share", "Also withholds other periods of 1 number")
    hole.locator("summary").click()
    says(hole, "Average days to fulfill")
    says(incident(page, "12, where 38 to 71 are usual"), "It blocks nothing.")


def test_problems_come_in_the_order_of_the_answer_and_only_those_of_critical_numbers_are_red(visitor: Visitor) -> None:
    page = visitor.open("/trust")
    titles = page.locator(".incident-title")
    expect(titles).to_have_count(4)
    for place, one in enumerate(golden("trust/blocked")["incidents"]):
        expect(titles.nth(place)).to_have_text(one["sentence"])
    expect(page.locator(".incident[data-grave]")).to_have_count(2)


def test_every_source_and_shard_says_how_far_it_is_complete_and_how_fresh(visitor: Visitor) -> None:
    page = visitor.open("/trust")
    rows = page.get_by_role("table", name="Sources").get_by_role("row")
    says(rows.filter(has_text="orders"), "Fresh", "expected within 26 hours", "6:40 AM", "18,240")
    says(rows.filter(has_text="fresno"), "Far too old", "Tue, Mar 17, 12:00 AM", "171,100")
    says(rows.filter(has_text="oakland"), "retired")
    says(rows.filter(has_text="fulfillments"), "1 day missing")
    says(rows.filter(has_text="chargebacks"), "nothing loaded yet")


def test_every_check_is_there_and_those_that_fail_come_first(visitor: Visitor) -> None:
    page = visitor.open("/trust")
    failing = page.get_by_role("table", name="Checks that fail")
    says(failing.get_by_role("row").nth(1), "orders_reconcile_to_payments", "Fails", "3", "yes", "2:30 AM", "fct_refunds")
    page.get_by_text("4 others passed").click()
    says(page.get_by_role("table", name="Checks that passed"), "unique_fct_orders_order_id", "Passed")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_withheld_tile_leads_to_the_problem_that_withholds_it(site: Site, visitor: Visitor, width: int) -> None:
    page = visitor.open(width=width)
    page.locator("[data-kpi=fulfillment_rate_pct]").get_by_role("link", name="See the problem and all that it blocks").click()
    expect(page).to_have_url(f"{site.address}/trust?blocked=fulfillment_rate_pct")
    expect(incident(page, "No load says that fulfillments are complete")).to_be_focused()
    expect(page.locator("[data-pointed]")).to_have_count(1)


def test_a_blocked_number_leads_back_to_its_tile(site: Site, visitor: Visitor) -> None:
    page = visitor.open("/trust")
    incident(page, "2 checks fail").get_by_role("link", name="Average order value").click()
    expect(page).to_have_url(f"{site.address}/boards/operations?kpi=aov&period=yesterday")
    page.get_by_role("heading", name="Receipt").wait_for()


def test_the_board_says_how_many_problems_block_how_many_numbers_and_leads_there(site: Site, visitor: Visitor) -> None:
    notice = {"code": "problems", "sentence": "3 problems block 7 numbers.", "input": None, "since": None, "owner": None}
    site.board(golden("boards/operations") | {"notices": [{**notice, "repair": "assay trust"}]})
    page = visitor.open()
    says(page.locator(".message"), "3 problems block 7 numbers.")
    page.get_by_role("link", name="See what is wrong and how to repair it").click()
    page.get_by_role("heading", name="Trust", exact=True).wait_for()


def test_the_screen_is_one_click_away_from_every_board(site: Site, visitor: Visitor) -> None:
    page = visitor.open()
    page.get_by_role("navigation").get_by_role("link", name="Trust").click()
    expect(page).to_have_url(f"{site.address}/trust")
    expect(page).to_have_title("Trust · Demo Hot Rods")
    expect(page.get_by_role("navigation").locator("[aria-current=page]")).to_have_text("Trust")


def test_where_all_is_well_it_says_what_was_looked_at_and_when_without_red(site: Site, visitor: Visitor) -> None:
    show(site, "well")
    page = visitor.open("/trust")
    says(
        page.locator(".message"), "Every number can be believed.", "4 checks ran 6:40 AM (4 min ago) and passed.", "92 numbers"
    )
    red = page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--bad').trim()")
    used = page.evaluate("() => [...document.querySelectorAll('body *')].map(e => getComputedStyle(e).color)")
    assert page.evaluate(PAINTED, red) not in used


def test_before_the_first_load_it_says_what_to_do_and_what_will_be_here(site: Site, visitor: Visitor) -> None:
    show(site, "nothing_loaded")
    page = visitor.open("/trust")
    says(
        page.locator("main"),
        "Nothing has been loaded yet",
        "assay import FILE --as KIND",
        "What you will see here",
        "orders, payments",
    )


def test_an_error_says_what_to_do_and_a_retry_mends_it(site: Site, visitor: Visitor) -> None:
    site.refuse("/api/v1/trust", 503, "The worker does not answer.", "Wait a moment.")
    page = visitor.open("/trust")
    says(page.get_by_role("alert"), "The worker does not answer.")
    show(site)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".incident")).to_have_count(4)


def test_a_problem_that_is_mended_goes_by_itself(site: Site, visitor: Visitor) -> None:
    show(site, now="2026-03-19T13:44:00Z", valid_until="2026-03-19T13:44:02Z")
    page = visitor.open("/trust")
    show(site, "well")
    says(page.locator("main"), "Every number can be believed.")


def test_forty_numbers_of_one_problem_stay_one_problem(site: Site, visitor: Visitor) -> None:
    report = golden("trust/blocked")
    one = report["incidents"][0]
    many = [one["blocks"][0] | {"kpi": f"kpi_{n}", "label": f"Number {n}"} for n in range(40)]
    show(site, incidents=[one | {"blocks": many, "withheld": 40}], sentence="1 problem blocks 40 numbers.")
    page = visitor.open("/trust", 390)
    expect(page.locator(".incident")).to_have_count(1)
    says(page.locator(".incident"), "Blocks 40 numbers", "Number 0")
    page.get_by_role("button", name=re.compile("Show 28 more")).click()
    expect(page.locator(".chip")).to_have_count(40)


def test_text_from_data_is_text_and_never_markup(site: Site, visitor: Visitor) -> None:
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    report = golden("trust/blocked")
    report["incidents"][0] |= {"sentence": attack, "owner": attack, "repair": f"Mend `{attack}`."}
    report["incidents"][0]["blocks"][0] |= {"label": attack}
    report["sources"][0] |= {"stream": attack}
    show(site, **report)
    page = visitor.open("/trust")
    says(page.locator(".incident").first, attack)
    page.wait_for_timeout(100)
    assert page.locator("main img, main script").count() == 0
    expect(page).to_have_title("Trust · Demo Hot Rods")


def test_what_is_touched_is_large_enough(visitor: Visitor) -> None:
    page = visitor.open("/trust", 390, has_touch=True)
    for target in page.locator("button, nav a, .brand, .chip:visible, summary").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
