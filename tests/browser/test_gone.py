"""A piece that is deleted leaves the player, wherever it was deleted, and all when one logs out."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import (
    PLAYER,
    House,
    address,
    is_advancing,
    log_out,
    player,
    sign_in,
    until,
)
from tests.support.making import prose
from tests.support.serving import Client

KEPT = """name => Object.keys(JSON.parse(
  localStorage.getItem(Object.keys(localStorage).find(key => key.endsWith(`.${name}`))) ?? "{}"))"""
REMEMBERED = "Object.keys(localStorage).filter(key => key.startsWith('voice'))"


@pytest.fixture
def pieces(house):
    made = [house.owner.generate(prose(900, n), name=f"Piece {n}")["filename"] for n in (1, 2)]
    for filename in made:
        house.owner.until_ready(filename)
    return made


def listening(page, house, filename):
    page.goto(address(house.app, f"/files/{filename}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
    return page


@pytest.fixture
def desk(new_page, house, pieces):
    """A page on which the first piece plays and its place is remembered."""
    page = listening(new_page(house), house, pieces[0])
    page.evaluate(f"{PLAYER}.seek(5)")
    page.evaluate(f"{PLAYER}.places.save()")
    assert page.evaluate(KEPT, "places") == [pieces[0]]
    return page


def is_empty(page):
    until(page, f"{PLAYER} && !{PLAYER}.file")
    expect(page.locator("#dock")).to_be_hidden()
    assert page.evaluate(KEPT, "places") == []
    assert player(page, "queue.items") == []


def on_its_page(page, house, filename):
    page.locator("#manage > summary").click()
    page.locator("#manage").get_by_role("button", name="Delete").click()


def in_the_library(page, house, filename):
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()
    page.locator(f"[data-file='{filename}'] .name").focus()
    page.keyboard.press("Delete")


def in_another_tab(page, house, filename):
    other = page.context.new_page()
    other.goto(address(house.app, f"/files/{filename}"))
    on_its_page(other, house, filename)


def on_another_device(page, house, filename):
    house.owner.post(f"/files/{filename}/delete")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("delete", [on_its_page, in_the_library, in_another_tab, on_another_device])
def test_deleting_the_piece_in_the_dock_empties_the_dock(desk, house, pieces, delete):
    delete(desk, house, pieces[0])
    is_empty(desk)
    assert not [problem for problem in desk.problems if "404" not in problem]


def test_the_next_piece_plays_when_the_one_in_the_dock_is_deleted(desk, house, pieces):
    waiting = {"filename": pieces[1], "name": "Piece 2", "status": "ready"}
    desk.evaluate(f"file => {PLAYER}.add([file])", waiting)
    on_its_page(desk, house, pieces[0])
    until(desk, f"{PLAYER}.file?.filename === '{pieces[1]}'")
    is_advancing(desk)
    assert desk.evaluate(KEPT, "places") in ([], [pieces[1]])
    # One that only waited goes as well, and the one that plays is left alone.
    desk.evaluate(f"file => {PLAYER}.add([file])", {**waiting, "filename": "none.mp3"})
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    until(desk, f"{PLAYER}.queue.items.length === 1")
    assert not player(desk, "sound.isPaused")


def test_a_piece_that_is_taken_back_plays_again(desk, house, pieces):
    on_its_page(desk, house, pieces[0])
    is_empty(desk)
    desk.locator("main > .notice[role=status]").get_by_role("button", name="Undo").click()
    expect(desk.locator("main > .notice[role=status]")).to_contain_text("Restored 1 piece.")
    desk.locator(f"[data-file='{pieces[0]}'] [data-play]").first.click()
    is_advancing(desk)


def when_the_session_ends(page, house, filename):
    page.context.clear_cookies(name="voiceverse")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize(
    ("end", "next_page"), [(on_another_device, "Library"), (when_the_session_ends, "Welcome back")]
)
def test_the_pulled_up_player_gives_the_page_back_when_it_is_emptied(
    new_page, house, pieces, end, next_page
):
    page = listening(new_page(house, width="phone"), house, pieces[0])
    page.get_by_role("button", name="Full player").click()
    expect(page.locator("body > [inert]")).not_to_have_count(0)
    end(page, house, pieces[0])
    until(page, f"{PLAYER} && !{PLAYER}.file")
    expect(page.locator("body > [inert]")).to_have_count(0)
    expect(page.locator("#dock")).to_be_hidden()
    page.get_by_role("link", name="Library").first.click()
    expect(page.get_by_role("heading", name=next_page, exact=True)).to_be_visible()


def test_logging_out_empties_the_player_of_the_other_tabs(new_page, house, pieces):
    there = House(house.app, Client(house.app).log_in("owner"))
    page = listening(new_page(there), house, pieces[0])
    other = page.context.new_page()
    other.goto(address(house.app, "/usage"))
    log_out(other)
    until(page, f"{PLAYER} && !{PLAYER}.file")
    expect(page.locator("#dock")).to_be_hidden()
    page.evaluate(f"{PLAYER}.setRate(2)")
    assert page.evaluate(REMEMBERED) == []
    # Whoever has logged in meanwhile is remembered again, from the next page on.
    sign_in(page.context, house.app, house.owner)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()
    page.wait_for_url("**/library")
    until(page, f"Boolean({PLAYER})")
    page.evaluate(f"{PLAYER}.setRate(2)")
    assert page.evaluate(REMEMBERED) != []


@pytest.mark.slow
def test_a_deleted_account_leaves_nothing_in_its_tabs(new_page, house, pieces):
    house.app.flask("user", "add", "anna", "--password-stdin", stdin="a quiet reading room\n")
    anna = Client(house.app).log_in("anna")
    filename = anna.generate(prose(900), name="Rain")["filename"]
    anna.until_ready(filename)
    page = listening(new_page(House(house.app, anna)), house, filename)
    other = page.context.new_page()
    other.goto(address(house.app, "/account"))
    other.get_by_text("Delete my account…").click()
    other.locator("[name=leave_password]").fill("a quiet reading room")
    other.get_by_role("button", name="Delete my account for good").click()
    expect(other.get_by_role("heading", name="Goodbye")).to_be_visible()
    until(page, f"{PLAYER} && !{PLAYER}.file")
    assert page.evaluate(REMEMBERED) == []
