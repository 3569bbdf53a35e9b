"""Sharing as people do it: from the page of a piece, as a listener, and by a link."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.driving import House, address, everywhere, player, until
from tests.support.serving import PASSWORD, Client

TEXT = "The lamp was lit. " * 30


@pytest.fixture(scope="module")
def otto(house):
    """The same app with another person signed in."""
    added = house.app.flask("user", "add", "otto", "--password-stdin", stdin=PASSWORD)
    assert added.returncode == 0, added.stderr
    return House(house.app, Client(house.app).log_in("otto"))


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate(TEXT, name="Lighthouse")["filename"]
    house.owner.until_ready(filename)
    house.owner.post("/admin/links", rule="yes")
    return filename


@everywhere
def test_a_piece_is_shared_over_its_page_and_withdrawn(house, otto, piece, new_page, width, theme):
    page = new_page(house, width=width, theme=theme)
    page.goto(address(house.app, f"/files/{piece}"))
    page.locator(".piece-menu summary").first.click()
    page.locator("share-item a").click()
    panel = page.locator(".share-dialog")
    panel.get_by_label("Their name on this server").fill("otto")
    panel.get_by_role("button", name="Share", exact=True).click()
    expect(panel.locator(".shares .name")).to_have_text(["otto"])
    assert otto.owner.json(f"/files/{piece}")["giver"] == "owner"
    panel.get_by_role("button", name="Stop sharing with otto").click()
    expect(panel.locator(".shares")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    assert page.url.endswith(f"/files/{piece}")


def test_a_listener_plays_and_reads_along(house, otto, piece, new_page):
    house.owner.post(f"/files/{piece}/share", listener="otto")
    page = new_page(otto, width="phone")
    page.goto(address(house.app, "/library"))
    page.get_by_role("link", name="Shared with me 1").click()
    page.get_by_role("link", name="Lighthouse", exact=True).click()
    page.locator(".listen-play").click()
    expect(page.locator("h1")).to_have_text("Lighthouse")
    assert player(page, "file?.filename") == piece
    expect(page.get_by_text("Rename")).to_have_count(0)


def test_a_link_plays_on_a_page_of_its_own_and_ends_when_it_is_withdrawn(house, piece, new_page):
    path = f"/files/{piece}/share/links"
    _status, _headers, answer = house.owner.post(path, days="7", accept="application/json")
    link = json.loads(answer)["link"]
    page = new_page(width="phone")
    page.goto(address(house.app, f"/listen{link.partition('/listen')[2]}"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.querySelector('audio').play()")
    until(page, "document.querySelector('audio').currentTime > 0.3")
    page.get_by_role("button", name="+30 s").click()
    (found,) = house.owner.json("/library/shared-by-me")["links"]
    assert found["listens"] >= 1
    house.owner.post(f"/library/links/{found['id']}/revoke")
    page.reload()
    expect(page.locator("h1")).to_have_text("This link does not work")
