"""Voices by language in a real browser: the line that says so, its undo, and the next device."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import address, everywhere, open_empty_studio, until

ENGLISH = (
    "It was late, and the lamp was already lit. The old lighthouse stood on the rock, and the sea "
    "was not to be seen in the night, but it could be heard from the house."
)
GERMAN = (
    "Es war spät, und die Lampe brannte schon. Der alte Leuchtturm stand auf dem Felsen, und das "
    "Meer war in der Nacht nicht zu sehen, aber es war zu hören."
)
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.value;
  }).observe({ type: "layout-shift" });
}"""


@pytest.fixture
def open_desk(new_page, house):
    """A function that opens the studio of the owner, with an empty page and nothing remembered."""

    def open_page(*, is_first=True, **options):
        page = new_page(house, **options)
        if is_first:
            for language in ("de", "en", "sv"):
                house.owner.post("/account/voice/forget", language=language)
            open_empty_studio(page, house)
        else:
            page.goto(address(house.app))
            until(page, "customElements.get('studio-desk') !== undefined")
        return page

    return open_page


def write(page, text):
    page.get_by_role("textbox", name="Text").first.fill(text)


def voice(page):
    return page.locator("select[name=voice]")


def speed(page):
    return page.locator("select[name=speed]")


def line(page):
    return page.locator("[data-voice-line]")


def wait_for_quote(page, text):
    with page.expect_response("**/quote"):
        write(page, text)


def is_draft_of_chosen_voice(answer):
    sent = answer.request.post_data or ""
    return answer.url.endswith("/draft") and 'name="voice_shown"\r\n\r\n\r\n' in sent


@everywhere
def test_german_is_read_by_a_german_voice_and_a_press_takes_it_back(open_desk, width, theme):
    page = open_desk(width=width, theme=theme)
    before = voice(page).input_value()
    page.evaluate(SHIFTS)
    write(page, GERMAN)
    expect(line(page)).to_contain_text("German text, read by ")
    expect(voice(page)).to_have_value("espeak:gmw/de")
    assert page.evaluate("window.shifted") == 0
    line(page).get_by_role("button", name="Undo").click()
    expect(line(page)).to_contain_text("This text looks German; ")
    expect(voice(page)).to_have_value(before)
    wait_for_quote(page, GERMAN + " Und so weiter.")
    expect(voice(page)).to_have_value(before)
    line(page).get_by_role("button", name="Use ").click()
    expect(voice(page)).to_have_value("espeak:gmw/de")
    expect(line(page)).to_have_text("")


def test_another_language_goes_back_to_the_voice_from_before_without_a_word(open_desk):
    page = open_desk()
    before = voice(page).input_value()
    write(page, GERMAN)
    expect(voice(page)).to_have_value("espeak:gmw/de")
    write(page, ENGLISH)
    expect(voice(page)).to_have_value(before)
    expect(line(page)).to_have_text("")


def test_a_voice_picked_by_hand_holds_for_the_text_and_is_there_on_the_next_device(open_desk):
    page = open_desk()
    voice(page).evaluate(
        """(select) => {
          select.value = "espeak:gmw/en-US";
          select.dispatchEvent(new Event("change", { bubbles: true }));
        }"""
    )
    speed(page).select_option("1.25")
    wait_for_quote(page, GERMAN)
    expect(voice(page)).to_have_value("espeak:gmw/en-US")
    expect(line(page)).to_contain_text("This text looks German; ")
    wait_for_quote(page, ENGLISH)
    expect(line(page)).to_have_text("")
    with page.expect_response("**/generate"):
        page.get_by_role("button", name="Generate").click()
    expect(voice(page)).to_have_value("espeak:gmw/en-US")
    other = open_desk(is_first=False, width="phone")
    expect(voice(other)).to_have_value("espeak:gmw/en-US")
    expect(speed(other)).to_have_value("1.25")
    write(other, GERMAN)
    expect(voice(other)).to_have_value("espeak:gmw/de")
    expect(speed(other)).to_have_value("1")
    line(other).get_by_role("button", name="Undo").click()
    expect(voice(other)).to_have_value("espeak:gmw/en-US")


def test_a_reload_keeps_what_was_picked_by_hand(open_desk):
    page = open_desk()
    write(page, GERMAN)
    expect(voice(page)).to_have_value("espeak:gmw/de")
    with page.expect_response(is_draft_of_chosen_voice):
        line(page).get_by_role("button", name="Undo").click()
    page.reload()
    expect(line(page)).to_contain_text("This text looks German; ")
    expect(voice(page)).not_to_have_value("espeak:gmw/de")


def test_the_account_forgets_a_language(open_desk, house):
    page = open_desk()
    house.owner.post("/generate", text=GERMAN, voice="gmw/de", speed="1.5")
    page.goto(address(house.app, "/account"))
    page.get_by_role("button", name="Forget the voice for German").click()
    expect(page.get_by_text("Removed from your history.")).to_be_visible()
    expect(page.get_by_role("button", name="Forget the voice for German")).to_have_count(0)
