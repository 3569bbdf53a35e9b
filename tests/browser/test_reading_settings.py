"""How a text looks and whether the page follows the voice: at once, and on every device."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import PLAYER, address, until
from tests.browser.test_file import MARKED
from tests.support.making import prose

SIZE = "parseFloat(getComputedStyle(document.querySelector('read-along')).fontSize)"
# Where on the page some words of the middle of the text stand.
WORD = """(() => {
  const range = document.createRange();
  const node = [...document.querySelectorAll("[data-part]")].at(-1).lastChild;
  range.setStart(node, 2000);
  range.setEnd(node, 2010);
  return range.getBoundingClientRect().top;
})()"""
SETTINGS = "fetch('/account/reading', {headers: {Accept: 'application/json'}}).then(a => a.json())"


@pytest.fixture(scope="module")
def piece(house):
    filename = house.owner.generate(prose(6_000, 7), name="Long")["filename"]
    house.owner.until_ready(filename)
    return f"/files/{filename}"


@pytest.fixture
def open_piece(new_page, house, piece):
    def open_page(**options):
        page = new_page(house, reduced_motion="reduce", **options)
        page.goto(address(house.app, piece))
        if options.get("java_script_enabled", True):
            until(page, "customElements.get('reading-settings') !== undefined")
        return page

    yield open_page
    house.owner.post(
        "/account/reading", text_size="usual", typeface="serif", line_height="usual",
        line_width="usual", contrast="usual", follows_voice="1",
    )  # fmt: skip


def choose(page, label, choice):
    if page.locator(".reading-looks").get_attribute("open") is None:
        page.locator(".reading-looks > summary").click()
    page.get_by_role("group", name=label).get_by_label(choice, exact=True).click()


def test_a_choice_shows_at_once_and_on_another_device(open_piece):
    page = open_piece()
    usual = page.evaluate(SIZE)
    choose(page, "Text size", "Extra large")
    assert page.evaluate(SIZE) > usual
    choose(page, "Typeface", "Sans serif")
    choose(page, "Contrast", "High")
    until(page, f"{SETTINGS}.then(all => all.contrast === 'high' && all.typeface === 'sans')")
    phone = open_piece(width="phone")
    assert phone.evaluate(SIZE) > usual
    phone.locator(".reading-looks > summary").click()
    for group, choice in (("Text size", "Extra large"), ("Contrast", "High")):
        choices = phone.get_by_role("group", name=group)
        expect(choices.get_by_label(choice, exact=True)).to_be_checked()
    assert page.problems == phone.problems == []


def test_the_line_that_was_read_stays_where_it_was(open_piece):
    page = open_piece()
    page.locator(".reading-looks > summary").click()
    page.evaluate(f"scrollBy({{top: {WORD} - 110, behavior: 'instant'}})")
    assert 90 < page.evaluate(WORD) < 130
    choose(page, "Text size", "Extra large")
    assert 0 < page.evaluate(WORD) < 250
    choose(page, "Line spacing", "Loose")
    assert 0 < page.evaluate(WORD) < 300


def test_a_choice_is_made_by_keys(open_piece):
    page = open_piece()
    page.locator(".reading-looks > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".piece")).to_have_attribute("data-text-size", "larger")
    page.keyboard.press("Escape")
    expect(page.locator(".reading-looks > summary")).to_be_focused()


def test_without_script_the_choices_are_a_form(open_piece):
    page = open_piece(java_script_enabled=False)
    choose(page, "Line width", "Narrow")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".piece")).to_have_attribute("data-line-width", "narrow")


def test_a_page_that_does_not_follow_stays_and_offers_the_way_back(open_piece):
    page = open_piece()
    choose(page, "Follow the voice", "Off")
    page.keyboard.press("Escape")
    page.get_by_role("main").get_by_role("button", name="Play").click()
    until(page, f"{PLAYER}?.sound.time > 0.2")
    before = page.evaluate("scrollY")
    page.evaluate(f"{PLAYER}.seek({PLAYER}.sound.duration * 0.7)")
    back = page.get_by_role("button", name="Back to the voice")
    expect(back).to_be_visible()
    until(page, f"({MARKED})('spoken').length > 5")
    assert page.evaluate("scrollY") == before
    back.click()
    until(page, "scrollY > 300")
    expect(back).to_be_hidden()
    assert page.problems == []
