"""Chapters in the player: shown, listed, walked by buttons, keys and the system; slept after."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, everywhere, player, until
from tests.browser.test_accessibility import violations
from tests.support.making import prose
from tests.support.sending import CONTENT_TYPE, multipart

TITLES = ["One", "Two", "Three"]
TEXT = "".join(f"# {title}\n\n{prose(700, n)}\n\n" for n, title in enumerate(TITLES, 1))
STARTS = f"{PLAYER}.chapters.spoken.map(chapter => chapter.start_s)"
ACTIONS = """(() => {
  window.actions = {};
  const { mediaSession } = navigator;
  const set = mediaSession.setActionHandler.bind(mediaSession);
  mediaSession.setActionHandler = (name, act) => { window.actions[name] = act; set(name, act); };
})()"""


@pytest.fixture(scope="module")
def book(house):
    """The filename of a finished audiobook of three chapters."""
    body = multipart([("book.md", TEXT.encode())], csrf_token=house.owner.token())
    sent = {"Content_Type": CONTENT_TYPE, "Accept": "application/json"}
    _status, _headers, answer = house.owner.request("POST", "/documents", body, **sent)
    url = json.loads(answer)["documents"][0]["url"]
    house.owner.post(f"{url}/speak")
    filename = house.owner.json(url)["files"][0]["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def open_book(new_page, house, book):
    """A function that opens the audiobook, with its chapters in the player, which rests."""

    def open_page(**options):
        page = new_page(house, **options)
        page.add_init_script(ACTIONS)
        page.goto(address(house.app, f"/files/{book}"))
        page.locator("main [data-play]").first.click()
        until(page, f"{PLAYER}?.chapters.all.length === 3")
        page.evaluate(f"{PLAYER}.sound.pause()")
        page.evaluate(f"{PLAYER}.seek(0)")
        return page

    return open_page


def note(page):
    return page.locator("[data-note]")


def test_the_dock_names_the_chapter_and_its_list_leads_to_each(open_book):
    page = open_book()
    expect(note(page)).to_have_text("One")
    page.locator(".dock-tools").get_by_role("button", name="Chapters").click()
    sheet = page.locator("#chapters-sheet")
    expect(sheet.get_by_role("button", name="One")).to_be_focused()
    expect(sheet.locator("[aria-current]")).to_have_count(1)
    sheet.get_by_role("button", name="Three").click()
    expect(sheet).to_be_hidden()
    expect(note(page)).to_have_text("Three")
    assert player(page, "sound.time") == pytest.approx(page.evaluate(STARTS)[2], abs=0.3)
    assert page.problems == []


def test_keys_and_the_system_go_from_chapter_to_chapter(open_book):
    page = open_book()
    page.locator("h1").click()
    page.keyboard.press("Shift+N")
    expect(note(page)).to_have_text("Two")
    page.keyboard.press("Shift+P")
    expect(note(page)).to_have_text("One")
    page.evaluate("actions.nexttrack()")
    expect(note(page)).to_have_text("Two")
    until(page, "navigator.mediaSession.metadata.title === 'Two'")
    page.evaluate(f"{PLAYER}.skip(6)")
    page.evaluate("actions.previoustrack()")
    assert player(page, "sound.time") == pytest.approx(page.evaluate(STARTS)[1], abs=0.3)
    page.keyboard.press("c")
    expect(page.locator("#chapters-sheet")).to_be_visible()


def test_the_list_of_keys_names_those_of_chapters(open_book):
    page = open_book()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_contain_text("Previous chapter, next chapter")


def test_the_sound_stops_at_the_end_of_the_chapter(open_book):
    page = open_book()
    page.locator("[popovertarget=sleep-sheet]").click()
    page.get_by_role("button", name="At the end of this chapter").click()
    end = page.evaluate(STARTS)[1]
    page.evaluate(f"{PLAYER}.seek({end} - 1.2)")
    page.evaluate(f"{PLAYER}.resume()")
    until(page, f"{PLAYER}.sound.isPaused")
    expect(note(page)).to_have_text("Two")
    assert player(page, "sound.time") == pytest.approx(end, abs=0.3)
    assert player(page, "sleep.isOn") is False


def test_who_goes_elsewhere_hears_the_chapter_there_to_its_end(open_book):
    page = open_book()
    page.evaluate(f"{PLAYER}.sleep.set('chapter')")
    page.evaluate(f"{PLAYER}.resume()")
    until(page, f"{PLAYER}.sound.time > 0.3")
    page.evaluate(f"{PLAYER}.nextChapter()")
    starts = page.evaluate(STARTS)
    until(page, f"{PLAYER}.sound.time > {starts[1] + 0.6}")
    assert player(page, "sound.isPaused") is False
    assert player(page, "sleep.isOn") is True


def test_a_piece_without_chapters_shows_none(new_page, house):
    filename = house.owner.generate(prose(300), name="Short")["filename"]
    house.owner.until_ready(filename)
    page = new_page(house)
    page.goto(address(house.app, f"/files/{filename}"))
    page.locator("main [data-play]").first.click()
    until(page, f"{PLAYER}?.sound.time > 0.2")
    expect(page.locator(".dock-tools [popovertarget=chapters-sheet]")).to_be_hidden()
    page.locator("[popovertarget=sleep-sheet]").click()
    expect(page.get_by_role("button", name="At the end of this piece")).to_be_visible()
    expect(page.get_by_role("button", name="At the end of this chapter")).to_be_hidden()


def test_the_whole_player_walks_through_the_chapters(open_book):
    page = open_book(width="phone", has_touch=True)
    page.locator("[data-do=pull]").tap()
    line = page.locator(".dock-chapter")
    expect(line).to_contain_text("One 1 of 3")
    line.get_by_role("button", name="Next chapter").tap()
    expect(line).to_contain_text("Two 2 of 3")
    line.get_by_role("button", name="Two").tap()
    page.locator("#chapters-sheet").get_by_role("button", name="Three").tap()
    expect(line).to_contain_text("Three 3 of 3")
    expect(line.get_by_role("button", name="Next chapter")).to_be_disabled()


@pytest.mark.parametrize("size", [(320, 568), (390, 844), (667, 375)])
def test_the_whole_player_fits_and_can_be_pressed_with_a_thumb(open_book, size):
    page = open_book(width="phone")
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    page.locator("[data-do=pull]").click()
    page.wait_for_function("document.querySelector('.dock').matches('.is-whole')")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    buttons = page.locator(".dock-face button:visible").all()
    boxes = [
        button.bounding_box() for button in buttons if button.get_attribute("data-do") != "pull"
    ]
    assert len(boxes) >= 11
    for box in boxes:
        assert min(box["width"], box["height"]) >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size[0]
        assert box["y"] + box["height"] <= size[1]


def test_chapters_of_a_kept_book_are_known_without_the_network(open_book):
    page = open_book()
    page.get_by_role("button", name="Save offline").click()
    expect(page.get_by_role("button", name="Remove from this device")).to_be_visible()
    page.route("**/playback/*", lambda route: route.abort())
    page.evaluate(f"{PLAYER}.close()")
    page.locator("main [data-play]").first.click()
    until(page, f"{PLAYER}?.chapters.all.length === 3")


@everywhere
def test_no_state_of_the_chapters_breaks_a_rule_of_accessibility(open_book, width, theme):
    page = open_book(width=width, theme=theme)
    if width == "phone":
        page.locator("[data-do=pull]").click()
        assert violations(page) == [], "the whole player"
        page.locator(".dock-chapter-name").click()
    else:
        page.locator(".dock-tools").get_by_role("button", name="Chapters").click()
    expect(page.locator("#chapters-sheet")).to_be_visible()
    assert violations(page) == [], "the list of chapters"
