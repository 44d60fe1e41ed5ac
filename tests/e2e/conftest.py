"""A browser, the site it visits, and the two screens that the page is designed for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.e2e.site import PAGE, Site, serve, standard
from tests.scenarios.conftest import demo_template

__all__ = ["demo_template"]  # the same published company as the scenarios have

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
SCREENS = {1440: 900, 390: 844}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not (PAGE / "index.html").exists():
        pytest.fail("The page is not built: run `npm ci` and `npm run build` in web/.", pytrace=False)
    if (found := next(filter(None, map(shutil.which, BROWSERS)), None)) is None:
        pytest.fail("There is no browser: `python3 dev.py test` installs one.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """The operations board; a test changes what it needs before it opens the page."""
    site = standard()
    server = serve(site)
    yield site
    server.shutdown()
    server.server_close()


def says(place: Locator, *texts: str) -> None:
    """Fail unless each text comes to stand there; a page that is still being drawn is given the time for it."""
    for text in texts:
        expect(place).to_contain_text(text, use_inner_text=True, timeout=60_000)


@dataclass
class Visitor:
    """Opens the site as a person with this screen would; every fault of the page fails the test at its end."""

    browser: Browser
    site: Site
    faults: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self, path: str = "/", width: int = 1440, scheme: Literal["light", "dark"] = "light", locale: str = "en-US", **more: Any
    ) -> Page:
        """Open the address and wait until the board, the trust screen, a form, or what stands in its place is drawn."""
        context = self.browser.new_context(
            viewport={"width": width, "height": SCREENS[width]},
            color_scheme=scheme,
            locale=locale,
            reduced_motion="reduce",
            **more,
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Security Policy" in message.text else None)
        page.goto(self.site.address + path)
        page.locator(".tile:not(.skeleton), .incident:not(.skeleton), .message:not(dialog .message), form").first.wait_for()
        return page


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Visitor]:
    visitor = Visitor(browser, site)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.faults == []
