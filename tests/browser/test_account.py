"""The account, the security log and the admin pages as people see and use them."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address, everywhere
from tests.support.serving import PASSWORD, Client

NEW_PASSWORD = "granite otter umbrella six"
PAGES = (
    "/account",
    "/security",
    "/admin",
    "/admin/jobs",
    "/admin/storage",
    "/admin/voices",
    "/admin/backups",
    "/admin/security",
    "/admin/people/1",
    "/admin/health",
)
IS_WIDE = "document.documentElement.scrollWidth > window.innerWidth"


@pytest.fixture(scope="module")
def guest(house):
    """Another account of the house, named otto."""
    added = house.app.flask("user", "add", "otto", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    return Client(house.app).log_in("otto")


@everywhere
def test_every_page_fits_and_says_nothing_odd(new_page, house, guest, width, theme):
    page = new_page(house, width=width, theme=theme)
    for path in PAGES:
        page.goto(address(house.app, path))
        assert not page.evaluate(IS_WIDE), path
    assert page.problems == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_forgotten_password_is_replaced_by_a_link(new_page, house, guest, width):
    admin = new_page(house, width=width)
    admin.goto(address(house.app, "/admin"))
    admin.get_by_role("link", name="otto").click()
    admin.get_by_role("button", name="Password link").click()
    link = admin.get_by_role("textbox", name="Link").input_value()
    person = new_page(width=width)
    person.goto(link)
    person.get_by_label("New password").fill(NEW_PASSWORD)
    person.get_by_role("button", name="Set password").click()
    person.wait_for_url(address(house.app, "/"))
    person.goto(link)
    expect(person.get_by_text("was already used")).to_be_visible()


def test_an_admin_makes_another_admin(new_page, house, guest):
    page = new_page(house)
    page.goto(address(house.app, "/admin"))
    page.get_by_role("link", name="otto").click()
    page.get_by_role("button", name="Make admin").click()
    expect(page.get_by_text("otto is now an admin.")).to_be_visible()
    page.get_by_role("button", name="Remove admin rights").click()
    expect(page.get_by_text("otto is no longer an admin.")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_security_log_is_sieved(new_page, house, guest, width):
    Client(house.app).post("/login", form="/login", username="otto", password="wrong")
    page = new_page(house, width=width)
    page.goto(address(house.app, "/security"))
    page.get_by_label("Outcome").select_option(label="Refused")
    page.get_by_label("Person").select_option(label="otto")
    page.get_by_role("button", name="Show").click()
    table = page.get_by_role("link", name="Export as CSV")
    expect(table).to_have_attribute("href", re.compile("outcome=refused"))
    events = page.locator(".event .name").all_inner_texts()
    assert set(events) == {"Wrong name or password"}
    with page.expect_download() as download:
        table.click()
    rows = download.value.path().read_text().splitlines()
    assert len(rows) == len(events) + 1
    assert not page.evaluate(IS_WIDE)


def test_everything_comes_as_one_file(new_page, house):
    page = new_page(house)
    page.goto(address(house.app, "/account"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    assert download.value.suggested_filename.endswith(".zip")
    assert download.value.path().read_bytes().startswith(b"PK")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_person_leaves_for_good(new_page, house, width):
    name = f"leaver-{width}"
    added = house.app.flask("user", "add", name, "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0
    page = new_page(width=width)
    page.goto(address(house.app, "/login"))
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(address(house.app, "/"))
    page.goto(address(house.app, "/account"))
    page.get_by_text("Delete my account…").click()
    page.get_by_label("Your password").fill("not this one")
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_text("not your current password")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account for good").click()
    expect(page.get_by_role("heading", name="Goodbye")).to_be_visible()
    page.goto(address(house.app, "/account"))
    assert "/login" in page.url


@pytest.mark.parametrize("has_clipboard", [True, False])
def test_a_link_for_an_invitation_is_copied_by_a_button(new_page, house, has_clipboard):
    page = new_page(house, permissions=["clipboard-read", "clipboard-write"])
    page.goto(address(house.app, "/admin"))
    if not has_clipboard:  # as where there is no https
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Create an invitation").click()
    link = page.get_by_role("textbox", name="Link").input_value()
    expect(page.get_by_text("Nobody else can open this link")).to_be_visible()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    if has_clipboard:
        assert page.evaluate("navigator.clipboard.readText()") == link
    assert page.evaluate("document.activeElement.value") == link
