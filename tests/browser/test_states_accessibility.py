"""WCAG 2.2 AA in the states of player, account, admin and door that come up when somebody acts."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, everywhere, is_advancing, set_up, until
from tests.browser.test_accessibility import violations
from tests.support.making import SENTENCES, prose
from tests.support.serving import PASSWORD, App


@pytest.fixture(scope="module")
def piece(house):
    """The file name of a finished piece of some length."""
    filename = house.owner.generate(prose(2_000), name="Rain", category="Sea")["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def open_at(new_page, house):
    """A function that opens a path at a width and in a theme, signed in unless told otherwise."""

    def open_page(path, width, theme, *, is_stranger=False, **options):
        page = new_page(None if is_stranger else house, width=width, theme=theme, **options)
        page.goto(address(house.app, path))
        return page

    return open_page


def sheet(page, name, what):
    """Open a sheet of the player's, hold it to the rules, close it."""
    page.get_by_role("button", name=name).click()
    assert violations(page) == [], what
    page.keyboard.press("Escape")


@everywhere
def test_the_player_in_its_states_breaks_no_rule(open_at, house, piece, width, theme):
    other = house.owner.generate(SENTENCES, name="Tide")["filename"]
    house.owner.until_ready(other)
    page = open_at(f"/files/{piece}", width, theme)
    page.get_by_role("main").get_by_role("button", name="Play").click()
    is_advancing(page)
    page.evaluate(
        "file => document.dispatchEvent(new CustomEvent('player:add', {detail: file}))",
        {"filename": other, "name": "Tide", "status": "ready"},
    )
    if width == "phone":
        page.get_by_role("button", name="Full player").click()
        assert violations(page) == [], "the whole player"
    sheet(page, "Queue", "the queue")
    sheet(page, "Speed", "the speed")
    page.get_by_role("button", name="Sleep timer").click()
    page.get_by_role("button", name="15 min").click()
    sheet(page, "Sleep timer", "the sleep timer, running")
    page.evaluate(
        f"""() => {{
          const player = {PLAYER};
          player.further = {{device: "Firefox on Linux", position_s: 40, at: 1}};
          player.sound.pause();
        }}"""
    )
    expect(page.locator("[data-offer-text]")).to_contain_text("Firefox on Linux")
    assert violations(page) == [], "another device is further"
    page.evaluate(f"{PLAYER}.answer(false)")
    page.evaluate(f"{PLAYER}.sound.dispatchEvent(new Event('failed'))")
    page.evaluate(f"{PLAYER}.sound.set(1, 1, true)")
    assert violations(page) == [], "a piece that cannot be played"
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert violations(page) == [], "the keys"


@everywhere
def test_menus_and_places_without_anything_break_no_rule(open_at, house, width, theme):
    name = f"new{secrets.token_hex(4)}"
    added = house.app.flask("user", "add", name, "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    page = open_at("/login", width, theme, is_stranger=True)
    for field, value in (("Name", name), ("Password", "not this one at all")):
        page.get_by_label(field, exact=True).fill(value)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert violations(page) == [], "a refused log-in"
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(address(house.app, "/"))
    for path in ("/", "/library", "/library/bin", "/history", "/usage", "/offline", "/admin"):
        page.goto(address(house.app, path))
        assert violations(page) == [], f"{path} of somebody new"
    page.locator("[popovertarget=you]").click()
    expect(page.locator("#you")).to_be_visible()
    assert violations(page) == [], "the person's menu"
    page.goto(address(house.app, "/account"))
    page.get_by_text("Delete my account…").click()
    page.get_by_label("Your password").fill("not this one")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("not your current password")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")  # what lies half under the line of topics is there by chance
    assert violations(page) == [], "a refused farewell"
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Goodbye")).to_be_visible()
    assert violations(page) == [], "the farewell"


@everywhere
def test_what_admins_open_and_hand_out_breaks_no_rule(open_at, house, width, theme):
    name = f"otto{secrets.token_hex(4)}"
    added = house.app.flask("user", "add", name, "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    page = open_at("/admin", width, theme)
    page.get_by_role("link", name=name).click()
    assert violations(page) == [], "what can be done with a person"
    page.get_by_role("button", name="Password link").click()
    link = page.get_by_role("textbox", name="Link").input_value()
    assert violations(page) == [], "a link for a new password"
    page.goto(address(house.app, "/admin"))
    page.get_by_role("button", name="Create an invitation").click()
    invitation = page.get_by_role("textbox", name="Link").input_value()
    assert violations(page) == [], "an invitation"
    page.goto(address(house.app, "/security?outcome=refused"))
    assert violations(page) == [], "a sieved log"
    for path, label in ((link, "New password"), (invitation, "Password")):
        guest = open_at("/login", width, theme, is_stranger=True)
        guest.goto(path)
        assert violations(guest) == [], label
        for field in guest.get_by_role("main").locator("input:not([type=hidden])").all():
            field.fill("short")
        guest.get_by_role("main").get_by_role("button").last.click()
        expect(guest.get_by_role("alert").first).to_be_visible()
        assert violations(guest) == [], f"{label}, refused"


@everywhere
def test_setting_up_breaks_no_rule(new_page, tmp_path, width, theme):
    with App(tmp_path) as app:
        page = new_page(width=width, theme=theme)
        for path in ("/login", f"/setup?token={app.setup_token()}", "/setup?token=wrong"):
            page.goto(address(app, path))
            assert violations(page) == [], path
        page.goto(address(app, f"/setup?token={app.setup_token()}"))
        page.get_by_label("Name").fill("owner")
        page.get_by_label("Password", exact=True).fill("short")
        page.get_by_role("main").locator("button.lamp").click()
        expect(page.get_by_role("alert").first).to_be_visible()
        assert violations(page) == [], "a refused account"
        set_up(page, app)
        assert violations(page) == [], "the first page of all"


@everywhere
def test_a_piece_on_its_way_breaks_no_rule(open_at, house, width, theme):
    filename = house.owner.generate(prose(400_000, 3), name="Long")["filename"]
    page = open_at(f"/files/{filename}", width, theme)
    is_advancing(page)
    assert violations(page) == [], "while it is made"
    page.goto(address(house.app, "/library"))
    assert violations(page) == [], "in the library while it is made"
    page.goto(address(house.app, "/admin/jobs"))
    assert violations(page) == [], "in the list of work"
    page.goto(address(house.app, f"/files/{filename}"))
    page.get_by_role("main").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert violations(page) == [], "stopped"
    house.owner.post(f"/files/{filename}/delete")


@everywhere
def test_long_texts_and_loading_places_break_no_rule(open_at, house, width, theme):
    page = open_at("/", width, theme, service_workers="block")
    page.route("**/draft", lambda route: route.fulfill(status=204))
    page.locator("textarea.manuscript").fill("A line to begin with.")
    until(page, "document.querySelector('[data-quote]').textContent.includes('·')")
    assert violations(page) == [], "a quote"
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.querySelector("textarea.manuscript").dispatchEvent(
            new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        prose(80_000),
    )
    expect(page.locator("[data-long]")).to_be_visible()
    assert violations(page) == [], "a long text"
    page.route("**/voices", lambda route: None)
    page.get_by_role("button", name="Voice:").click()
    expect(page.locator(".ghost").first).to_be_visible()
    assert violations(page) == [], "voices that are still to come"
