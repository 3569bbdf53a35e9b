"""WCAG 2.2 AA in the states of studio, library and piece that only open when somebody acts."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, everywhere, until
from tests.browser.test_accessibility import violations
from tests.support.making import SENTENCES


@pytest.fixture(scope="module")
def furnished(house):
    """The house with two pieces in a group and one in the bin; the page of a piece."""
    names = [
        house.owner.generate(SENTENCES, name=name, category="Sea")["filename"]
        for name in ("Rain", "Tide", "Gone")
    ]
    for filename in names:
        house.owner.until_ready(filename)
    house.owner.post(f"/files/{names[2]}/delete")
    return house, f"/files/{names[0]}"


@pytest.fixture
def open_at(new_page, furnished):
    """A function that opens a path at a width and in a theme."""

    def open_page(path, width, theme):
        page = new_page(furnished[0], width=width, theme=theme)
        page.goto(address(furnished[0].app, path))
        return page

    return open_page


@everywhere
def test_the_library_in_its_states_breaks_no_rule(open_at, width, theme):
    page = open_at("/library?group=Sea", width, theme)
    page.get_by_label("Change the group Sea").click()
    assert violations(page) == [], "the group's sheet"
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").fill("boat")
    expect(page.locator("mark")).to_have_count(2)
    assert violations(page) == [], "a search"
    page.get_by_label("More for Rain").click()
    assert violations(page) == [], "the menu of a row"
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    assert violations(page) == [], "the choice of a group"
    page.keyboard.press("Escape")
    page.locator("[data-tick]").first.check()
    assert violations(page) == [], "ticked pieces"
    page.get_by_role("button", name="Add to queue").click()
    expect(page.locator("[data-toast]")).to_be_visible()
    assert violations(page) == [], "what was done"
    page.get_by_role("searchbox").fill("zebra")
    expect(page.locator(".empty")).to_be_visible()
    assert violations(page) == [], "nothing found"


@everywhere
def test_the_studio_in_its_states_breaks_no_rule(open_at, width, theme):
    page = open_at("/", width, theme)
    page.get_by_role("button", name="Voice:").click()
    expect(page.locator("[data-voice]").first).to_be_visible()
    page.locator("[data-compare]").first.check()
    assert violations(page) == [], "the voices"
    page.keyboard.press("Escape")
    expect(page.locator("[data-obstacle]")).to_contain_text("Write or paste a text first")
    assert violations(page) == [], "a button that is off"


@everywhere
def test_bin_voices_and_a_sounding_piece_break_no_rule(open_at, furnished, width, theme):
    page = open_at("/library/bin", width, theme)
    assert violations(page) == [], "the bin"
    page.goto(address(furnished[0].app, "/voices"))
    assert violations(page) == [], "the voices"
    page.goto(address(furnished[0].app, furnished[1]))
    page.get_by_role("main").get_by_role("button", name="Play").click()
    until(page, f"{PLAYER}?.sound.time > 0.1")
    assert violations(page) == [], "a piece"
