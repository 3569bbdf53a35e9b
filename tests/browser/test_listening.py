"""Going on with what one is in the middle of, and marking pieces as finished."""

import pytest
from playwright.sync_api import expect

from tests.browser.clicks import Clicks
from tests.browser.driving import address, until
from tests.support.making import prose

TIME_S = "document.querySelector('player-dock').player.sound.time"


@pytest.fixture(scope="module")
def made(house):
    """A piece and its length in seconds."""
    filename = house.owner.generate(prose(900, 3), name="The tide")["filename"]
    return filename, house.owner.until_ready(filename)["duration"]


@pytest.fixture
def piece(house, made):
    """The piece, of which four fifths were heard on another device."""
    filename, length = made
    house.owner.post(f"/files/{filename}/unheard")
    body = house.owner.post(f"/playback/{filename}", accept="application/json")[2]
    number = str(int("".join(filter(str.isdigit, body.decode()))))
    house.owner.post(f"/playback/{filename}", id=number, position_s=str(length * 0.8))
    return made


def test_the_last_piece_goes_on_with_one_press(house, piece, new_page):
    page = new_page(house)
    clicks = Clicks(page.context)
    page.goto(address(house.app, "/"))
    clicks.start()
    page.get_by_role("link", name="The tide").first.click()
    until(page, f"{TIME_S} > {piece[1] * 0.79}")
    assert clicks.count == 1
    assert page.problems == []


def test_the_first_page_offers_nothing_where_nothing_has_begun(house, piece, new_page):
    house.owner.post("/library/finish", filename=piece[0])
    page = new_page(house)
    page.goto(address(house.app, "/"))
    expect(page.get_by_text("Continue listening")).to_have_count(0)


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_piece_is_marked_by_its_menu_and_by_ticking(house, piece, new_page, width):
    house.owner.post("/library/unheard", filename=piece[0])
    page = new_page(house, width=width)
    page.goto(address(house.app, "/library"))
    row = page.locator(f'[data-file="{piece[0]}"]')
    row.locator("[data-more]").click()
    expect(page.locator("[data-act=unheard]")).to_be_hidden()
    page.get_by_role("menuitem", name="Mark as finished").click()
    expect(row.locator(".left")).to_have_text("Finished")
    expect(row.locator("svg.finished")).to_be_visible()
    expect(page.locator("[data-toast]")).to_contain_text("Marked 1 piece as finished.")
    row.locator("label.tick").click()
    page.get_by_role("button", name="Mark as not listened").click()
    expect(row.locator(".left")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []


def test_covers_take_their_place_before_they_arrive(house, piece, new_page):
    page = new_page(house)
    page.route("**/covers/**", lambda route: route.abort())
    page.goto(address(house.app, "/library"))
    box = page.locator(".row-cover").first.bounding_box()
    assert (box["width"], box["height"]) == (44, 44)
