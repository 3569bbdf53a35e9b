"""Changing a sentence in a real browser: choosing it, its price, the new sound, the old take."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, everywhere, player, until
from tests.browser.test_accessibility import violations

TEXT = (
    "The harbour lay quiet in the morning light. Nobody had seen the ferry arrive there. "
    "A dog was asleep on the warm stones of the quay."
)
NEW = "A storm had come up from the sea overnight and taken all of the smaller boats along with it."


@pytest.fixture
def piece(house):
    filename = house.owner.generate(TEXT, name="Harbour")["filename"]
    house.owner.until_ready(filename)
    return filename


@pytest.fixture
def desk(new_page, house, piece):
    page = new_page(house)
    page.goto(address(house.app, f"/files/{piece}"))
    until(page, "customElements.get('read-along') !== undefined")
    return page


def choose_second(page, *, from_first=False):
    # A page of which a passage is being spoken anew is about to be drawn anew itself.
    expect(page.locator("[data-changing]")).to_have_count(0)
    page.locator("read-along").focus()
    for _ in range(1 if from_first else 2):
        page.keyboard.press("ArrowDown")
    until(page, "CSS.highlights.has('chosen')")
    page.get_by_role("link", name="Change a sentence").click()
    return page.get_by_label("New text")


def test_a_chosen_sentence_is_written_anew_and_heard_in_the_player_that_is_open(desk, piece):
    desk.get_by_role("main").get_by_role("button", name="Play").click()
    until(desk, f"{PLAYER}?.sound.time > 0.2")
    desk.evaluate(f"{PLAYER}.toggle()")
    before = player(desk, "sound.duration")
    sentence = choose_second(desk, from_first=True)
    expect(sentence).to_have_value("Nobody had seen the ferry arrive there.")
    sentence.fill(NEW)
    expect(desk.locator("[data-price]")).to_have_text("1 sentence · free")
    sentence.press("Control+Enter")
    expect(desk.locator("read-along")).to_contain_text(NEW)
    until(desk, f"{PLAYER}.sound.duration > {before} + 1")
    assert player(desk, "file.filename") == piece
    assert desk.problems == []


def test_an_earlier_take_is_heard_and_put_back(desk):
    choose_second(desk).fill(NEW)
    desk.get_by_role("button", name="Re-record").click()
    expect(desk.locator("read-along")).to_contain_text(NEW)
    choose_second(desk)
    takes = desk.get_by_role("region", name="Earlier takes")
    expect(takes).to_contain_text("Nobody had seen the ferry arrive there.")
    takes.locator("audio").evaluate("audio => audio.play()")
    until(desk, "document.querySelector('.takes audio').currentTime > 0.1")
    takes.get_by_role("button", name="Restore").click()
    expect(desk.locator("read-along")).to_have_text(TEXT)
    assert desk.problems == []


def test_a_refusal_stands_where_the_price_does(desk):
    choose_second(desk).fill("…")
    expect(desk.locator("[data-price]")).to_contain_text("cannot read anything in this text")


def test_a_sentence_is_changed_without_scripts(new_page, house, piece):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, f"/files/{piece}"))
    page.get_by_role("link", name="Change a sentence").click()
    page.get_by_role("link", name="Next sentence").click()
    page.get_by_label("New text").fill(NEW)
    page.get_by_role("button", name="What would it cost?").click()
    expect(page.locator("[data-price]")).to_have_text("1 sentence · free")
    page.get_by_role("button", name="Re-record").click()
    expect(page.locator(".notice")).to_contain_text("Re-recording")


@everywhere
def test_the_page_of_a_sentence_breaks_no_rule_of_accessibility(
    new_page, house, piece, width, theme
):
    house.owner.post(f"/files/{piece}/retake", start="0", end="44", text="The harbour was loud.")
    page = new_page(house, width=width, theme=theme)
    page.goto(address(house.app, f"/files/{piece}"))
    assert violations(page) == []
    expect(page.locator("read-along")).to_contain_text("The harbour was loud.")
    page.goto(address(house.app, f"/files/{piece}/retake?at=0"))
    assert violations(page) == []
