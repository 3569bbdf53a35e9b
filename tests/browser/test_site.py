"""What surrounds the pages: colours, language, the menu, moving about, the rules of the page."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, WIDTHS, address, everywhere, is_advancing, log_out, until
from tests.support.making import prose
from tests.support.serving import Client

PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(250, 247, 240)", "rgb(17, 20, 27)"
PATHS = ("/", "/library", "/history", "/usage", "/account", "/security", "/admin", "/offline")


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate(prose(2_000), name="Lighthouse")["filename"]
    house.owner.until_ready(filename)
    return filename


def open_menu(page):
    page.locator("[popovertarget=you]").click()
    return page.locator("#you")


@pytest.mark.parametrize("width", WIDTHS)
def test_colours_follow_the_system_until_chosen_and_the_server_remembers(new_page, house, width):
    page = new_page(house, width=width, theme="dark")
    page.goto(address(house.app))
    assert page.evaluate(PAPER) == DARK
    with page.expect_response("**/theme"):
        open_menu(page).get_by_role("button", name="Light").click()
    assert page.evaluate(PAPER) == LIGHT
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    source = page.request.get(address(house.app)).text()
    assert 'data-theme="light"' in source
    page.reload()
    assert page.evaluate(PAPER) == LIGHT
    with page.expect_response("**/theme"):
        open_menu(page).get_by_role("button", name="System").click()
    assert page.evaluate(PAPER) == DARK


def test_another_language_is_read_at_once_and_the_sound_goes_on(new_page, house, piece):
    page = new_page(house)
    page.goto(address(house.app, f"/files/{piece}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
    page.evaluate("window.isSame = true")
    open_menu(page).get_by_role("button", name="Deutsch").click()
    until(page, "document.documentElement.lang === 'de'")
    assert page.evaluate("window.isSame")
    assert page.url.endswith(piece)
    expect(page.get_by_role("navigation").get_by_role("link", name="Bibliothek")).to_be_visible()
    until(page, f"{PLAYER}?.sound.isPaused === false")
    is_advancing(page)
    page.locator("[popovertarget=you]").click()
    page.locator("#you").get_by_role("button", name="English").click()
    until(page, "document.documentElement.lang === 'en'")
    assert page.problems == []


@everywhere
def test_no_page_breaks_its_own_rules_or_scrolls_sideways(new_page, house, piece, width, theme):
    page = new_page(house, width=width, theme=theme)
    for path in (*PATHS, f"/files/{piece}"):
        page.goto(address(house.app, path))
        until(page, "document.querySelector('player-dock')?.player !== undefined")
        wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, path
    assert page.problems == []


def test_pages_change_without_a_reload_and_back_again(new_page, house, piece):
    page = new_page(house)
    page.goto(address(house.app))
    until(page, "window.Turbo !== undefined")
    page.evaluate("window.isSame = true")
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    page.locator(f"main a[href$='{piece}']").first.click()
    expect(page.get_by_role("heading", name="Lighthouse")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()
    page.go_back()
    expect(page.locator("studio-desk")).to_be_visible()
    expect(page).to_have_url(address(house.app))
    assert page.evaluate("window.isSame")
    assert page.problems == []


def test_a_session_that_ended_leads_to_the_login_page_alone(new_page, house):
    page = new_page(house)
    page.goto(address(house.app))
    until(page, "window.Turbo !== undefined")
    page.context.clear_cookies(name="voiceverse")
    page.get_by_role("link", name="Usage").click()
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    until(page, "window.Turbo === undefined && !document.querySelector('player-dock')")


def test_logging_out_leaves_nothing_of_a_person_in_the_browser(new_page, house, piece):
    page = new_page()
    context_owner = Client(house.app).log_in("owner")
    page.context.add_cookies(
        [
            {"name": name, "value": value, "url": address(house.app)}
            for name, value in context_owner.cookies.items()
        ]
    )
    page.goto(address(house.app, f"/files/{piece}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
    assert page.evaluate("localStorage.length") > 0
    log_out(page)
    assert page.evaluate("Object.keys(localStorage).filter(key => key !== 'x')") == []
    assert (
        page.evaluate("caches.keys().then(names => names.some(n => n.startsWith('kept')))") is False
    )


def test_the_keyboard_reaches_the_page_first_and_the_menu_by_tab(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/usage"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("[popovertarget=you]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#you")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator("#you a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#you")).to_be_hidden()
    expect(page.locator("[popovertarget=you]")).to_be_focused()


def test_colours_and_language_are_chosen_without_script(browser, house):
    context = browser.new_context(java_script_enabled=False, color_scheme="light")
    client = Client(house.app).log_in("owner")
    context.add_cookies(
        [
            {"name": name, "value": value, "url": address(house.app)}
            for name, value in client.cookies.items()
        ]
    )
    page = context.new_page()
    page.goto(address(house.app, "/usage"))
    open_menu(page).get_by_role("button", name="Dark").click()
    page.wait_for_url("**/usage")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    open_menu(page).get_by_role("button", name="Deutsch").click()
    page.wait_for_url("**/usage")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    context.close()
