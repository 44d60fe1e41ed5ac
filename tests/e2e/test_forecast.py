"""The forecast in the detail: what comes next with its interval and its error, or why that is not said."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site, golden

ADDRESS = "/?kpi=aov&period=yesterday"
PATH = "/api/v1/kpis/aov/forecast"


def section(visitor: Visitor, width: int = 1440) -> Locator:
    """Return the section of the forecast, in view."""
    found = visitor.open(ADDRESS, width).locator("section.forecast")
    found.scroll_into_view_if_needed()
    return found


@pytest.mark.parametrize("width", [1440, 390])
def test_it_says_what_comes_next_and_how_far_off_such_forecasts_were(visitor: Visitor, site: Site, width: int) -> None:
    site.answers[PATH] = (200, golden("forecasts/aov"))
    found = section(visitor, width)
    says(
        found,
        "Forecast of the next 5 days",
        "Mar 19, 2026: about $253.10, 80% likely between $208.44 and $297.76.",
        "such forecasts were off by 10.9% ($28.14) on average. Repeating the week before would have been off by $40.20.",
        "35 days of 40 lay within the interval: 87.5%, where 80% should.",
        "No target or alert uses a forecast.",
    )
    expect(found.locator(".chart svg")).to_be_visible()
    found.get_by_role("button", name="Show as table").click()
    rows = found.get_by_role("table", name="The forecast with its 80% interval").get_by_role("row")
    expect(rows).to_have_count(6)
    expect(rows.last).to_contain_text("$255.64")
    assert found.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_where_it_is_withheld_it_says_why_and_from_when_on_it_can_be_made(visitor: Visitor, site: Site) -> None:
    site.answers[PATH] = (200, golden("forecasts/withheld_gap"))
    says(
        section(visitor), "there are 31. 2026-02-15 has no value.", "sales-ops repairs it with", "Possible from Apr 15, 2026 on"
    )


def test_without_the_extra_one_calm_sentence_stands_there(visitor: Visitor, site: Site) -> None:
    reason = {"code": "not_installed", "sentence": "…", "input": None, "since": None, "owner": None, "repair": "pip install x"}
    site.answers[PATH] = (200, golden("forecasts/withheld_gap") | {"needs": None, "reasons": [reason]})
    found = section(visitor)
    says(found, "Forecasts are not installed here; pip install x adds them.")
    expect(found.locator(".guidance")).to_have_count(0)


def test_it_is_asked_only_when_it_comes_into_view(visitor: Visitor, site: Site) -> None:
    site.answers[PATH] = (200, golden("forecasts/aov"))
    page = visitor.open("/")
    page.locator("[data-kpi=aov] .spark").wait_for()
    assert PATH not in site.asked
    page.goto(f"{site.address}{ADDRESS}")
    page.locator("section.forecast").scroll_into_view_if_needed()
    says(page.locator("section.forecast"), "Forecast of the next 5 days")
    assert site.asked.count(PATH) == 1
