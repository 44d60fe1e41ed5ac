"""A target on the page: its tier and pace on the tile, every period in the detail, and nothing said that is withheld."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import Site, board_of, golden


def opened(site: Site, visitor: Visitor, answer: dict[str, Any], width: int = 1440, *, detail: bool = False) -> Page:
    """Serve a board with this answer, and open it or its detail."""
    site.board(board_of({"Revenue": answer}))
    site.answers[f"/api/v1/kpis/{answer['kpi']}/definition"] = (200, golden("definitions/aov") | {"answer": answer})
    site.answers[f"/api/v1/kpis/{answer['kpi']}/history"] = (200, golden("histories/aov"))
    page = visitor.open(f"/boards/states?kpi={answer['kpi']}&period=yesterday" if detail else "/boards/states", width)
    if detail:
        page.get_by_role("heading", name="Receipt").wait_for()
    return page


def paced(**changes: Any) -> dict[str, Any]:
    """Return the golden answer with a goal, its target changed."""
    answer = golden("answers/paced")
    return answer | {"target": answer["target"] | changes}


def tile(page: Page) -> Locator:
    return page.get_by_role("article")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Tier: Growth ($1M–$5M), next: Scale at $5,000,000"),
        ({"next_tier": None, "next_tier_from": None}, "Tier: Growth ($1M and more)"),
        ({"tier": None, "tier_from": None}, "No tier yet, next: Scale at $5,000,000"),
    ],
)
def test_the_tier_is_named_with_its_range_and_the_next(
    site: Site, visitor: Visitor, changes: dict[str, Any], said: str
) -> None:
    expect(tile(opened(site, visitor, paced(**changes))).locator(".tier")).to_have_text(said)


def test_without_tiers_nothing_is_said_of_them(site: Site, visitor: Visitor) -> None:
    none = dict.fromkeys(("tier", "tier_from", "next_tier", "next_tier_from"))
    assert tile(opened(site, visitor, paced(**none))).locator(".tier").count() == 0


@pytest.mark.parametrize(("status", "said"), [("ahead", "ahead"), ("behind", "behind"), ("on_track", "on track")])
def test_the_tile_says_where_the_goals_own_period_lands(site: Site, visitor: Visitor, status: str, said: str) -> None:
    month, year = golden("answers/paced")["target"]["pacing"]
    page = opened(site, visitor, paced(pacing=[month, year | {"status": status}]))
    expect(tile(page).locator(".pace")).to_have_text(f"On pace for $9.41M of $10M by Dec 31, {said}")


def test_what_is_just_behind_does_not_read_as_the_plan_itself(site: Site, visitor: Visitor) -> None:
    month, year = golden("answers/paced")["target"]["pacing"]
    page = opened(site, visitor, paced(pacing=[month, year | {"projected": "9790000.00", "projected_pct_of_plan": "97.9"}]))
    expect(tile(page).locator(".pace")).to_have_text("On pace for $9.79M of $10M by Dec 31, behind")


def test_where_the_years_pace_is_withheld_the_tile_says_the_months_and_the_detail_says_why(
    site: Site, visitor: Visitor
) -> None:
    month, year = golden("answers/paced")["target"]["pacing"]
    reason = golden("answers/withheld_not_covered")["reasons"][0] | {
        "code": "history_short",
        "sentence": "The history begins later.",
    }
    silent = dict.fromkeys(("projected", "projected_pct_of_plan", "status", "method"))
    page = opened(site, visitor, paced(pacing=[month, year | silent | {"reason": reason}]), detail=True)
    expect(tile(page).locator(".pace")).to_have_text("On pace for $860K of $871K by Mar 31, on track")
    says(page.get_by_role("dialog"), "2026: 77 complete days. The history begins later.")


def test_a_target_without_a_goal_has_no_pace(site: Site, visitor: Visitor) -> None:
    page = opened(site, visitor, paced(pacing=[]), detail=True)
    assert page.locator(".pace").count() == 0
    assert page.get_by_role("heading", name="Pacing").count() == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_the_detail_has_every_period_its_plan_and_how_it_was_projected(site: Site, visitor: Visitor, width: int) -> None:
    dialog = opened(site, visitor, paced(), width, detail=True).get_by_role("dialog")
    says(dialog, "Mar 2026", "$871,402.12", "$498,310.40", "$860,114.90", "98.7%", "on track", "−3.4%")
    says(dialog, "$10,000,000.00", "$1,984,220.15", "$9,412,345.68", "94.1%", "behind")
    says(dialog, "18 complete days at 1.094 times the same weekdays a year before", "was 3.4% too low")


def test_a_milestone_is_shown_with_its_days(site: Site, visitor: Visitor) -> None:
    _, year = golden("answers/paced")["target"]["pacing"]
    quarter = year | {"period": {"name": "2026-01-01..2026-03-31", "start": "2026-01-01", "end": "2026-03-31"}}
    reason = {"code": "period_open", "sentence": "The quarter of the milestone is not over."}
    changes = {"status": None, "text": "at least 25.0 % by 2026-03-31", "pacing": [quarter, year], "reason": reason}
    page = opened(site, visitor, paced(**changes), detail=True)
    says(tile(page), "Target at least 25.0 % by 2026-03-31. Not judged: the quarter of the milestone is not over.")
    says(page.get_by_role("dialog"), "Jan 1 – Mar 31")
