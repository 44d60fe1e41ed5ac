"""The board: it fits the screen, says first what matters, keeps itself up to date, and trusts no text."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, says
from tests.e2e.site import GOLDEN, ROOT, Site, board_of, golden

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
CUT = """() => [...document.querySelectorAll('.tile *, .board-head *, .top *, .message *, dialog *')]
  .filter(e => !e.closest('.unseen') && !e.closest('svg') && !e.closest('.chart') && e.clientWidth > 0
    && !e.matches('.boards .links')  // what wraps out of the line of boards stands in the menu
    && (e.scrollWidth > e.clientWidth + 1
      || (e.scrollHeight > e.clientHeight + 1 && getComputedStyle(e).overflowY === 'hidden')))
  .filter(e => getComputedStyle(e).display !== 'inline')
  .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""
OUTSIDE = """() => [...document.querySelectorAll('.tile *')].filter(e => !e.closest('.unseen') && !e.closest('svg'))
  .filter(e => { const t = e.closest('.tile').getBoundingClientRect(), r = e.getBoundingClientRect()
    return r.width > 0 && (r.right > t.right + 1 || r.bottom > t.bottom + 1 || r.left < t.left - 1) })
  .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""

PLACES = """() => [...document.querySelectorAll('.tile')].map(e => {
  const { x, y, width, height } = e.getBoundingClientRect()
  return [x, y, width, height] })"""
PAINTED = """(colour) => {
  const probe = document.createElement('i')
  probe.style.color = colour
  document.body.append(probe)
  const painted = getComputedStyle(probe).color
  probe.remove()
  return painted }"""


def all_states(site: Site) -> None:
    names = sorted(path.stem for path in (GOLDEN / "answers").glob("*.json"))
    site.board(board_of({name.replace("_", " "): golden(f"answers/{name}") for name in names}))


def findings(page: Page) -> list[str]:
    """Return what axe finds to be serious or critical."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("() => axe.run()")
    grave = [rule for rule in found["violations"] if rule["impact"] in {"serious", "critical"}]
    return [f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}" for rule in grave for node in rule["nodes"]]


def tiles(page: Page) -> list[str]:
    return [tile.get_attribute("data-kpi") or "" for tile in page.locator(".tile").all()]


@pytest.mark.parametrize("path", ["/", "/boards/states", "/?kpi=aov&period=yesterday"])
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_scrolls_sideways_and_nothing_is_cut_off(site: Site, visitor: Visitor, width: int, path: str) -> None:
    all_states(site)
    page = visitor.open(path, width)
    if "kpi=" in path:
        page.get_by_role("heading", name="Receipt").wait_for()
        page.locator(".chart svg").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate(CUT) == []
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/boards/states", "/?kpi=aov&period=yesterday", "/boards/nowhere"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(
    site: Site, visitor: Visitor, width: int, path: str, scheme: Literal["light", "dark"]
) -> None:
    all_states(site)
    page = visitor.open(path, width, scheme, bypass_csp=True)  # axe itself is injected
    if "kpi=" in path:
        page.get_by_role("heading", name="Receipt").wait_for()
    assert findings(page) == []


def test_a_wide_screen_keeps_the_order_of_the_file(visitor: Visitor) -> None:
    wanted = [tile["answer"]["kpi"] for section in golden("boards/operations")["sections"] for tile in section["tiles"]]
    assert tiles(visitor.open()) == wanted


def test_a_phone_shows_breaches_first_then_withheld_critical_numbers_then_the_order_of_the_file(visitor: Visitor) -> None:
    shown = tiles(visitor.open(width=390))
    assert shown[:5] == ["total_revenue", "critical_inventory_alerts", "aov", "revenue_growth_wow_pct", "fulfillment_rate_pct"]
    file = [tile["answer"]["kpi"] for section in golden("boards/operations")["sections"] for tile in section["tiles"]]
    assert shown[5:] == [kpi for kpi in file if kpi not in shown[:5]]


def test_the_board_says_in_one_sentence_how_things_stand(site: Site, visitor: Visitor) -> None:
    says(visitor.open().locator("main"), "4 numbers need somebody now, 1 number withheld. The other 13 are fine.")
    site.board(board_of({"Total orders": golden("answers/actual")}))
    says(visitor.open("/boards/states").locator("main"), "Nothing needs you now.")


def test_a_missed_target_and_old_data_are_not_called_fine(site: Site, visitor: Visitor) -> None:
    missed = golden("answers/target_missed_with_breaches") | {"breaches": []}
    site.board(
        board_of(
            {
                "missed": missed,
                "stale": golden("answers/stale"),
                "none": golden("answers/null_division_by_zero"),
                "actual": golden("answers/actual"),
            }
        )
    )
    text = visitor.open("/boards/states").locator(".summary").inner_text()
    assert text == "1 number off target, 1 number out of date, 1 number without a value. The other one is fine."


def test_a_healthy_board_has_no_red(site: Site, visitor: Visitor) -> None:
    site.board(board_of({"Total orders": golden("answers/actual")}))
    page = visitor.open("/boards/states")
    red = page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--bad').trim()")
    colour = page.evaluate(PAINTED, red)
    used = page.evaluate("() => [...document.querySelectorAll('body *')].map(e => getComputedStyle(e).color)")
    assert colour not in used


def test_dark_and_light_follow_the_system(visitor: Visitor) -> None:
    page = visitor.open()
    background = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(background) != light


def test_text_from_data_is_text_and_never_markup(site: Site, visitor: Visitor) -> None:
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    answer = golden("answers/target_missed_with_breaches")
    answer["breaches"][0]["sentence"] = attack
    listed = golden("answers/list")
    listed["rows"][0]["key"] = attack
    site.board(board_of({attack: answer, "list": listed}, label=attack, project=attack))
    page = visitor.open("/boards/states")
    expect(page.locator("h1")).to_have_text(attack)
    expect(page).to_have_title(f"{attack} · {attack}")
    says(page.locator(".tile").first, attack)
    page.wait_for_timeout(100)
    assert page.locator("main img, main script").count() == 0
    assert page.title() == f"{attack} · {attack}"


def test_the_board_asks_again_when_its_verdict_may_change_and_nothing_jumps(site: Site, visitor: Visitor) -> None:
    board = golden("boards/operations")
    board["now"], board["valid_until"] = "2026-03-19T13:44:00Z", "2026-03-19T13:44:02Z"
    site.board(board)
    page = visitor.open()
    before = page.evaluate(PLACES)
    changed = golden("boards/operations")
    changed["sections"][0]["tiles"][0]["answer"]["value"] = "10271.02"
    site.board(changed)
    page.locator("[data-kpi=total_revenue] .value", has_text="10,271.02").wait_for()
    assert page.evaluate(PLACES) == before


def test_numbers_that_are_no_longer_updated_are_told_to_be_old(site: Site, visitor: Visitor) -> None:
    board = golden("boards/operations")
    board["valid_until"] = board["now"]
    site.board(board)
    page = visitor.open()
    site.refuse("/api/v1/boards/operations", 400, "The catalogue is being replaced.", "Wait.")
    page.get_by_text("These numbers are no longer being updated.").wait_for()
    expect(page.locator("[data-kpi=total_revenue]")).to_have_count(1)


def test_ages_go_by_the_server_and_not_by_the_readers_clock(visitor: Visitor) -> None:
    says(visitor.open().locator(".published"), "published 6:40 AM, 4 min ago")


def test_the_boards_of_the_project_are_one_click_away(site: Site, visitor: Visitor) -> None:
    all_states(site)
    page = visitor.open()
    navigation = page.get_by_role("navigation", name="Boards")
    assert navigation.locator("[aria-current=page]").inner_text() == "Operations"
    navigation.get_by_role("link", name="States").click()
    page.get_by_role("heading", name="States", exact=True).wait_for()
    expect(page).to_have_url(f"{site.address}/boards/states")
    page.go_back()
    page.get_by_role("heading", name="Operations", exact=True).wait_for()


def test_many_boards_take_one_line_and_the_rest_stands_in_a_menu(site: Site, visitor: Visitor) -> None:
    for number in range(2, 15):
        site.board(golden("boards/operations") | {"board": f"board_{number}", "label": f"Another board {number}"})
    for width, entries in ((1440, 7), (390, 14)):
        page = visitor.open("/boards/board_14", width, has_touch=width == 390)
        value = page.locator(".tile .value").first.bounding_box()
        assert value is not None
        assert value["y"] + value["height"] < 844, "the first number is below the first screen"
        menu = page.locator(".board-menu")
        expect(menu.locator(".menu-name")).to_have_text("Another board 14")
        menu.locator("summary").click()
        links = menu.get_by_role("link").all()
        assert len(links) >= entries
        for target in [menu.locator("summary"), *links]:
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44
        page.keyboard.press("Escape")
        expect(menu.get_by_role("link")).to_have_count(0)
        expect(menu.locator("summary")).to_be_focused()
        page.keyboard.press("Enter")
        menu.get_by_role("link", name="Another board 13").click()
        expect(page).to_have_url(f"{site.address}/boards/board_13")
        expect(menu.locator(".menu-name")).to_have_text("Another board 13")
        expect(menu.get_by_role("link")).to_have_count(0)


def test_what_is_touched_is_large_enough(visitor: Visitor) -> None:
    page = visitor.open("/?kpi=aov&period=yesterday", 390, has_touch=True)
    page.get_by_role("button", name="Show as table").wait_for()
    for target in page.locator("button, nav a, .brand").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
