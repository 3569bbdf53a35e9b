"""The page of a piece in a real browser: reading along, playing from a sentence, its states."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, everywhere, is_advancing, player, until
from tests.support.making import prose

TEXT = (
    "The rain had stopped before the evening came. 😀 A boat came in with the tide and nobody "
    "was on board of it. The keeper lit the lamp as on every other day of the year. "
    "Then he went down to the water and waited for the dawn to come."
)
MARKED = """name => {
  const [range] = CSS.highlights.get(name) ?? [];
  return range ? range.startContainer.data.slice(range.startOffset, range.endOffset) : "";
}"""
PRESS = """words => {
  const node = document.querySelector("read-along [data-part]").firstChild;
  const range = document.createRange();
  const start = node.data.indexOf(words);
  range.setStart(node, start);
  range.setEnd(node, start + words.length);
  const box = range.getClientRects()[0];
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate(TEXT, name="Rain", category="Novel")["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def desk(new_page, house, piece):
    page = new_page(house)
    page.goto(address(house.app, f"/files/{piece}"))
    until(page, "customElements.get('read-along') !== undefined")
    # What is clicked at a point of the page must not move away from it.
    until(page, "document.fonts.status === 'loaded'")
    return page


def marked(page, name="spoken"):
    return page.evaluate(MARKED, name)


@everywhere
def test_the_sentence_and_the_word_that_sound_are_marked(new_page, house, piece, width, theme):
    page = new_page(house, width=width, theme=theme)
    page.goto(address(house.app, f"/files/{piece}"))
    page.get_by_role("main").get_by_role("button", name="Play").click()
    until(page, f"{PLAYER}?.sound.time > 0.2")
    page.evaluate(f"{PLAYER}.toggle()")
    page.evaluate(f"{PLAYER}.seek(1)")
    until(page, f"({MARKED})('spoken') === 'The rain had stopped before the evening came.'")
    until(page, f"['rain', 'had', 'stopped', 'before'].includes(({MARKED})('spoken-word'))")
    page.evaluate(f"{PLAYER}.seek({PLAYER}.sound.duration - 2)")
    last = "Then he went down to the water and waited for the dawn to come."
    until(page, f"({MARKED})('spoken') === '{last}'")
    assert page.problems == []


def test_a_click_on_a_sentence_plays_from_it(desk, piece):
    x, y = desk.evaluate(PRESS, "every other day")
    desk.mouse.click(x, y)
    until(desk, f"{PLAYER}?.file && !{PLAYER}.sound.isPaused")
    until(desk, f"({MARKED})('spoken').startsWith('The keeper lit')")
    assert player(desk, "file.filename") == piece
    assert player(desk, "sound.time") > 3


def test_text_can_be_selected_without_playing(desk):
    x, y = desk.evaluate(PRESS, "nobody")
    desk.mouse.dblclick(x, y)
    assert desk.evaluate("getSelection().toString().trim()") == "nobody"


def test_a_sentence_is_chosen_and_played_by_keys(desk):
    desk.locator("read-along").focus()
    told = desk.locator("[data-sentence-told]")
    desk.keyboard.press("ArrowDown")
    expect(told).to_have_text("The rain had stopped before the evening came.")
    assert marked(desk, "chosen") == "The rain had stopped before the evening came."
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(told).to_contain_text("The keeper lit the lamp")
    chosen = marked(desk, "chosen")
    expect(told).to_have_text(chosen)
    desk.keyboard.press("Enter")
    until(desk, f"({MARKED})('spoken') === {chosen!r}")


@pytest.mark.slow
def test_the_page_follows_the_voice_down_a_long_text(new_page, house):
    filename = house.owner.generate(prose(5_000, 7), name="Long")["filename"]
    house.owner.until_ready(filename)
    page = new_page(house, reduced_motion="reduce")
    page.goto(address(house.app, f"/files/{filename}"))
    page.get_by_role("main").get_by_role("button", name="Play").click()
    until(page, f"{PLAYER}?.sound.time > 0.2")
    page.evaluate(f"{PLAYER}.seek({PLAYER}.sound.duration / 2)")
    until(page, "scrollY > 300")


def test_a_piece_shows_its_facts_and_what_can_be_taken_along(desk, house, piece):
    beside = desk.get_by_role("complementary", name="About this piece")
    for words in ("Length", "English (Great Britain)", f"{len(TEXT)}", "free", "Novel"):
        expect(beside).to_contain_text(words)
    desk.get_by_role("main").get_by_role("button", name="Play").click()
    is_advancing(desk)
    desk.evaluate(f"{PLAYER}.queue.set('repeat', 'one')")  # so that it lasts as long as the test
    downloads = desk.locator("#downloads")
    downloads.get_by_text("Download", exact=True).click()
    with desk.expect_download() as download:
        downloads.get_by_role("button", name="MP3", exact=True).click()
    assert download.value.suggested_filename == "Rain.mp3"
    for link in ("Captions, WebVTT", "Captions, SubRip", "Plain text"):
        with desk.expect_download() as download:
            downloads.get_by_role("link", name=link, exact=True).click()
        assert download.value.failure() is None
    assert download.value.suggested_filename == "Rain.txt"
    assert download.value.path().read_text("utf-8") == TEXT
    desk.evaluate(f"{PLAYER}.seek(0)")
    is_advancing(desk)
    beside.get_by_role("link", name="Novel").click()
    expect(desk.get_by_role("heading", name="Novel")).to_be_visible()


def test_a_piece_is_renamed_moved_and_put_into_the_bin_on_its_page(desk, house, piece):
    menu = desk.locator("#manage")
    menu.get_by_label("More for Rain").click()
    menu.get_by_text("Rename").first.click()
    menu.get_by_label("Name").fill("Rain and tide")
    menu.get_by_role("button", name="Rename").click()
    expect(desk.get_by_role("heading", name="Rain and tide")).to_be_visible()
    menu.get_by_label("More for Rain and tide").click()
    menu.get_by_text("Move to a group…").click()
    menu.get_by_label("Group").fill("Sea")
    menu.get_by_role("button", name="Move").click()
    expect(desk.get_by_role("complementary").get_by_role("link", name="Sea")).to_be_visible()
    menu.get_by_label("More for Rain and tide").click()
    menu.get_by_role("button", name="Delete").click()
    notice = desk.locator("main > .notice")
    expect(notice).to_contain_text("“Rain and tide” moved to the bin.")
    notice.get_by_role("button", name="Undo").click()
    expect(notice).to_contain_text("Restored 1 piece.")
    house.owner.post(f"/files/{piece}/rename", name="Rain")
    house.owner.post(f"/files/{piece}/move", category="Novel")


def test_a_piece_is_stopped_and_spoken_on(new_page, house):
    filename = house.owner.generate(prose(400_000, 3), name="Endless")["filename"]
    page = new_page(house)
    page.goto(address(house.app, f"/files/{filename}"))
    expect(page.locator("[data-making-note]")).to_have_text(re.compile("generated"))
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.locator(".state")).to_contain_text("The audio generated so far is kept.")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-making]")).to_be_visible()
    house.owner.post(f"/files/{filename}/delete")


def test_a_long_text_is_read_on_in_parts_without_script(new_page, house):
    filename = house.owner.generate(prose(120_000, 5), name="Parts")["filename"]
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, f"/files/{filename}"))
    page.get_by_role("link", name="Continue reading").click()
    expect(page.get_by_role("link", name="From the beginning")).to_be_visible()
    expect(page.locator("[data-part]")).to_have_count(3)
    page.get_by_role("link", name="The whole text on one page").click()
    expect(page.locator("[data-part]").nth(19)).to_be_attached()
    house.owner.post(f"/files/{filename}/delete")
