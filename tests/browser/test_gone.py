"""A piece that is deleted leaves the player, wherever it was deleted."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, is_advancing, player, until
from tests.making import prose
from tests.serving import Client

KEPT = """name => Object.keys(JSON.parse(
  localStorage.getItem(Object.keys(localStorage).find(key => key.endsWith(`.${name}`))) ?? "{}"))"""


@pytest.fixture
def pieces(house):
    made = [house.owner.generate(prose(900, n), name=f"Piece {n}")["filename"] for n in (1, 2)]
    for filename in made:
        house.owner.until_ready(filename)
    return made


@pytest.fixture
def desk(new_page, house, pieces):
    """A page on which the first piece plays and its place is remembered."""
    page = new_page(house)
    page.goto(address(house.app, f"/files/{pieces[0]}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
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
    page.get_by_role("region", name="Change this piece").get_by_role(
        "button", name="Delete"
    ).click()


def in_the_library(page, house, filename):
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Library").click()
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
    desk.locator("main > .notice").get_by_role("button", name="Undo").click()
    expect(desk.locator("main > .notice")).to_contain_text("1 piece is back.")
    desk.locator(f"[data-file='{pieces[0]}'] [data-play]").first.click()
    is_advancing(desk)


@pytest.mark.slow
def test_a_deleted_account_leaves_nothing_in_its_tabs(new_page, house, pieces):
    house.app.flask("user", "add", "anna", "--password-stdin", stdin="a quiet reading room\n")
    anna = Client(house.app).log_in("anna")
    filename = anna.generate(prose(900), name="Rain")["filename"]
    anna.until_ready(filename)
    page = new_page(type(house)(house.app, anna))
    page.goto(address(house.app, f"/files/{filename}"))
    page.locator("main [data-play]").first.click()
    is_advancing(page)
    other = page.context.new_page()
    other.goto(address(house.app, "/account"))
    other.get_by_text("Delete my account…").click()
    other.locator("[name=leave_password]").fill("a quiet reading room")
    other.get_by_role("button", name="Delete my account for good").click()
    expect(other.get_by_role("heading", name="Farewell")).to_be_visible()
    until(page, f"{PLAYER} && !{PLAYER}.file")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('voice'))") == []
