"""The menu at a sentence in a real browser: how it opens, what it does, and in how many presses."""

import pytest
from playwright.sync_api import expect

from tests.browser.clicks import Clicks
from tests.browser.driving import PLAYER, address, everywhere, player, until
from tests.browser.test_accessibility import violations

TEXT = (
    "The harbour lay quiet in the morning light. Nobody had seen the ferry arrive there. "
    "A dog was asleep on the warm stones of the quay."
)
READY = "customElements.get('sentence-menu') !== undefined"
PLACE = """(word) => {
  const text = document.querySelector("read-along");
  const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let node = nodes.nextNode();
  while (!node.data.includes(word)) node = nodes.nextNode();
  const range = document.createRange();
  const at = node.data.indexOf(word);
  range.setStart(node, at);
  range.setEnd(node, at + word.length);
  const box = range.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}"""


@pytest.fixture
def piece(house):
    filename = house.owner.generate(TEXT, name="Harbour")["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def desk(new_page, house, piece):
    return opened(new_page(house), house, piece)


def opened(page, house, piece):
    page.goto(address(house.app, f"/files/{piece}"))
    until(page, READY)
    return page


def open_menu(page, word, *, button="right"):
    """Open the menu at a word, and wait for what the server says of its sentence."""
    page.mouse.click(*page.evaluate(PLACE, word), button=button)
    menu = page.get_by_role("menu", name="Sentence")
    expect(menu.locator("[data-price]")).to_have_text("free")
    return menu


def open_by_handle(page, word):
    x, y = page.evaluate(PLACE, word)
    page.mouse.move(x - 3, y)
    page.mouse.move(x, y)
    page.get_by_role("button", name="Sentence menu").click()
    menu = page.get_by_role("menu", name="Sentence")
    expect(menu).to_be_visible()
    return menu


def test_a_sentence_is_changed_with_three_presses(new_page, house, piece):
    page = new_page(house)
    clicks = Clicks(page.context)
    opened(page, house, piece)
    clicks.start()
    open_by_handle(page, "ferry").get_by_role("menuitem", name="Change").click()
    field = page.locator("form[data-retake] textarea")
    expect(field).to_have_value("Nobody had seen the ferry arrive there.")
    page.keyboard.press("ControlOrMeta+A")
    field.fill("Somebody had seen it.")
    page.locator("form[data-retake] [value=speak]").click()
    expect(page.locator("read-along")).to_contain_text("Somebody had seen it.")
    assert clicks.count == 3


def test_a_word_is_pronounced_with_three_presses_and_its_sentence_recorded_again(
    new_page, house, piece
):
    page = new_page(house)
    clicks = Clicks(page.context)
    opened(page, house, piece)
    clicks.start()
    open_by_handle(page, "quay").get_by_role("menuitem", name="Pronounce this word").click()
    dialog = page.get_by_role("dialog", name="Pronounce this word")
    expect(dialog.get_by_label("Word or phrase")).to_have_value("quay")
    page.keyboard.type("key")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_have_text(
        "Saved. 1 sentence in this piece contains it · free"
    )
    assert clicks.count == 3
    words = house.owner.json("/pronunciations")["pronunciations"]
    assert [(each["pattern"], each["replacement"]) for each in words] == [("quay", "key")]
    dialog.get_by_role("button", name="Re-record them").click()
    until(page, f"fetch('/files/{piece}/segments').then(r => r.json()).then(a => a.takes === 1)")
    assert page.problems == []


def test_a_word_is_heard_before_it_is_saved(desk):
    open_menu(desk, "ferry").get_by_role("menuitem", name="Pronounce this word").click()
    desk.keyboard.type("fairy")
    with desk.expect_response("**/pronunciations/try") as asked:
        desk.get_by_role("button", name="Listen").click()
    assert asked.value.headers["content-type"] == "audio/mpeg"


def test_a_sentence_is_left_out_and_put_back(desk):
    open_menu(desk, "ferry").get_by_role("menuitem", name="Leave out").click()
    expect(desk.locator("read-along")).not_to_contain_text("Nobody had seen")
    desk.get_by_text("1 sentence left out").click()
    desk.get_by_role("button", name="Restore").click()
    expect(desk.locator("read-along")).to_have_text(TEXT)
    assert desk.problems == []


def test_a_sentence_is_recorded_again(desk, piece):
    open_menu(desk, "ferry").get_by_role("menuitem", name="Re-record").click()
    until(desk, f"fetch('/files/{piece}/segments').then(r => r.json()).then(a => a.takes === 1)")
    expect(desk.locator("read-along")).to_have_text(TEXT)


def test_it_plays_from_the_sentence(desk, piece):
    open_menu(desk, "dog").get_by_role("menuitem", name="Play from here").click()
    until(desk, f"{PLAYER}?.sound.time > 3")
    assert player(desk, "file.filename") == piece


def test_a_bookmark_stands_in_the_list_and_in_the_margin_at_once(desk):
    open_menu(desk, "ferry").get_by_role("menuitem", name="Bookmark").click()
    expect(desk.locator(".mark-flag")).to_have_count(1)
    marks = desk.locator("#bookmarks")
    marks.get_by_text("Bookmarks").click()
    expect(marks).to_contain_text("Nobody had seen the ferry")
    marks.get_by_text("Edit note").click()
    marks.get_by_label("Note").fill("Look this up")
    marks.get_by_role("button", name="Save").click()
    expect(marks.get_by_role("link", name="Look this up")).to_be_visible()
    marks.get_by_role("button", name="Delete").click()
    expect(desk.locator(".mark-flag")).to_have_count(0)
    assert desk.problems == []


def test_keys_open_it_walk_in_it_and_return_to_the_sentence(desk):
    desk.locator("read-along").focus()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    until(desk, "CSS.highlights.has('chosen')")
    desk.keyboard.press("Shift+F10")
    expect(desk.get_by_role("menuitem", name="Play from here")).to_be_focused()
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("menuitem", name="Change")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("read-along")).to_be_focused()
    expect(desk.locator("[data-sentence-told]")).to_have_text(
        "Nobody had seen the ferry arrive there."
    )


def test_a_selection_keeps_the_menu_of_the_browser(desk):
    desk.evaluate("getSelection().selectAllChildren(document.querySelector('read-along'))")
    desk.mouse.click(*desk.evaluate(PLACE, "ferry"), button="right")
    expect(desk.get_by_role("menu", name="Sentence")).to_be_hidden()
    assert desk.evaluate("getSelection().toString()") == TEXT


def test_the_text_of_a_sentence_is_selected_from_it(desk):
    open_menu(desk, "ferry").get_by_role("menuitem", name="Select text").click()
    until(desk, "getSelection().toString() === 'Nobody had seen the ferry arrive there.'")


def test_a_plain_press_on_a_word_still_plays(desk):
    desk.mouse.click(*desk.evaluate(PLACE, "dog"))
    until(desk, f"{PLAYER}?.sound.time > 3")


def test_a_long_press_opens_it_and_plays_nothing(new_page, house, piece):
    page = opened(new_page(house, width="phone", has_touch=True, is_mobile=True), house, piece)
    x, y = page.evaluate(PLACE, "ferry")
    session = page.context.new_cdp_session(page)
    touch = {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}
    session.send("Input.dispatchTouchEvent", touch)
    expect(page.get_by_role("menu", name="Sentence")).to_be_visible()
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("menuitem", name="Change")).to_be_visible()
    assert player(page, "file") is None


def test_what_cannot_be_done_is_off_and_says_why(new_page, house, piece):
    start, end, *_ = house.owner.json(f"/files/{piece}/segments")["segments"][0]
    page = opened(new_page(house), house, piece)
    reason = "Another change is in progress. Wait a moment, then try again."
    told = {"text_start": start, "text_end": end, "start_ms": 0, "words": "", "again": None}
    told["off"] = dict.fromkeys(("change", "leave_out", "again"), reason)
    page.route("**/sentence?at=*", lambda route: route.fulfill(json=told))
    page.mouse.click(*page.evaluate(PLACE, "harbour"), button="right")
    item = page.get_by_role("menuitem", name="Leave out")
    expect(item).to_have_attribute("aria-disabled", "true")
    expect(item).to_contain_text(reason)
    item.click(force=True)
    expect(page.get_by_role("menu", name="Sentence")).to_be_visible()


def test_words_are_found_whatever_their_accents_and_played_from(desk, piece):
    desk.keyboard.press("/")
    field = desk.get_by_role("searchbox", name="Find in this text")
    expect(field).to_be_focused()
    desk.keyboard.type("THÉ")
    told = desk.locator("[data-find-told]")
    expect(told).to_have_text("1 of 6")
    until(desk, "CSS.highlights.has('found')")
    field.press("Enter")
    expect(told).to_have_text("2 of 6")
    field.press("Shift+Enter")
    field.press("Shift+Enter")
    expect(told).to_have_text("6 of 6")
    field.press("Control+Enter")
    until(desk, f"{PLAYER}?.sound.time > 3")
    field.fill("zebra")
    expect(told).to_have_text("No matches")
    assert desk.problems == []


def test_everything_works_without_scripts(new_page, house, piece):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, f"/files/{piece}"))
    page.get_by_role("searchbox").fill("ferry")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".matches mark")).to_have_text(["ferry"])
    page.goto(address(house.app, f"/files/{piece}/sentence?at=50"))
    page.get_by_role("button", name="Bookmark").click()
    expect(page.locator(".notice")).to_have_text("Bookmark added.")
    page.goto(address(house.app, f"/files/{piece}/sentence?at=50"))
    page.get_by_role("button", name="Leave out").click()
    expect(page.locator(".notice")).to_contain_text("Leaving out the sentence.")


@everywhere
def test_menu_dialog_and_pages_break_no_rule_of_accessibility(new_page, house, piece, width, theme):
    page = opened(new_page(house, width=width, theme=theme), house, piece)
    menu = open_menu(page, "ferry")
    assert violations(page) == []
    menu.get_by_role("menuitem", name="Pronounce this word").click()
    assert violations(page) == []
    house.owner.post(f"/files/{piece}/bookmarks", at="50", note="A note")
    for path in ("bookmarks", "find?q=the", "sentence?at=50"):
        page.goto(address(house.app, f"/files/{piece}/{path}"))
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
