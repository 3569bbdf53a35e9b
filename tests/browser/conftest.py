"""Fixtures of the browser tests: one browser, apps of their own or shared, pages at both widths.

`SLOW_PAGES=4` in the environment slows the pages' processor to a quarter, so that races show: what
passes then does not rest on a page being quick.
"""

import os

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.driving import (
    ARGUMENTS,
    CHROMIUM,
    WIDTHS,
    House,
    notice_problems,
    sign_in,
)
from tests.support.serving import App, Client

SLOWNESS = float(os.environ.get("SLOW_PAGES", "1"))
# Only what fails waits so long; a machine that does other work as well needs it.
expect.set_options(timeout=15_000 * SLOWNESS)


def slowed(page: Page) -> Page:
    """The page on a processor as slow as was asked for."""
    if SLOWNESS > 1:
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
        page.set_default_timeout(30_000 * SLOWNESS)
    return page


@pytest.fixture(scope="session")
def slowness():
    """How much slower than their machine the pages are."""
    return SLOWNESS


@pytest.fixture(scope="session")
def browser():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def app(tmp_path):
    """A fresh app without an account."""
    with App(tmp_path) as app:
        yield app


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """An app with its owner, shared by the tests of a module."""
    with App(tmp_path_factory.mktemp("house")) as app:
        yield House(app, Client(app).set_up())


@pytest.fixture
def new_page(browser):
    """A function that opens a page in a browser profile of its own, signed in with `house`."""
    contexts = []

    def open_page(house=None, *, width="desk", theme="light", **options):
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = browser.new_context(viewport=size, color_scheme=theme, **options)
        contexts.append(context)
        if house:
            sign_in(context, house.app, house.owner)
        return notice_problems(slowed(context.new_page()))

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(params=WIDTHS)
def page(request, new_page):
    """A page of a stranger, once at each width."""
    return new_page(width=request.param)
