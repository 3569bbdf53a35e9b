"""The studio's page in a real browser: its room, its sources, its one line and its button."""

import pytest
from playwright.sync_api import expect

from tests.browser.clicks import Clicks
from tests.browser.driving import House, everywhere, open_empty_studio, until
from tests.support.making import prose
from tests.support.sending import MARKDOWN
from tests.support.serving import App, Client

BOX = """(name) => {
  const { top, bottom, height } = document.querySelector(name).getBoundingClientRect();
  return { top, bottom, height };
}"""
SIZES = {"desk": (1280, 800), "wide": (1920, 1080), "phone": (390, 844)}


@pytest.fixture
def open_desk(new_page, house):
    """A function that opens the studio of the owner, with an empty page."""

    def open_page(**options):
        page = new_page(house, permissions=["clipboard-read", "clipboard-write"], **options)
        open_empty_studio(page, house)
        return page

    return open_page


def area(page):
    return page.locator("textarea[name=text]")


def button(page):
    return page.locator("[data-speak]")


def obstacle(page):
    return page.locator("[data-obstacle]")


@pytest.mark.parametrize("size", SIZES)
def test_the_page_to_write_on_fills_what_the_controls_leave(open_desk, size):
    width, height = SIZES[size]
    page = open_desk()
    page.set_viewport_size({"width": width, "height": height})
    before, foot = page.evaluate(BOX, ".page-of-text"), page.evaluate(BOX, ".foot")
    assert before["height"] > 0.42 * height
    assert abs(before["bottom"] - foot["top"]) < 1
    # Room for a player, and on phones for the places, whether they are there or not.
    free = 76 if width > 760 else 124
    assert abs(foot["bottom"] - (height - free)) < 2
    area(page).fill(prose(6000))
    assert page.evaluate(BOX, ".page-of-text")["height"] > 2 * before["height"]
    expect(button(page)).to_be_in_viewport(ratio=1)
    page.evaluate("scrollTo(0, 900)")
    expect(button(page)).to_be_in_viewport(ratio=1)


def test_a_keyboard_on_the_screen_does_not_cover_the_button(open_desk):
    page = open_desk(width="phone")
    area(page).fill(prose(3000))
    page.evaluate(
        """() => {
          Object.defineProperty(visualViewport, "height", { value: 500, configurable: true });
          visualViewport.dispatchEvent(new Event("resize"));
        }"""
    )
    assert page.evaluate(BOX, "[data-speak]")["bottom"] <= 500
    expect(page.get_by_role("button", name="Voice:")).to_be_hidden()


def test_a_button_that_is_off_says_why(open_desk):
    page = open_desk()
    expect(button(page)).to_have_attribute("aria-disabled", "true")
    expect(button(page)).to_have_accessible_description(
        "Write or paste a text first, or import one."
    )
    area(page).press("Control+Enter")
    expect(area(page)).to_be_focused()
    area(page).fill("Hello.")
    expect(button(page)).not_to_have_attribute("aria-disabled", "true")
    expect(obstacle(page)).to_have_text("")


def test_a_text_is_sent_once_however_often_the_button_is_pressed(open_desk):
    page, sent = open_desk(), []
    page.route("**/generate", lambda route: sent.append(route))
    area(page).fill("Once only.")
    button(page).click()
    expect(button(page)).to_have_text("Starting…")
    area(page).press("Control+Enter")
    button(page).click(force=True)
    sent[0].continue_()
    expect(page.locator("[data-desk-note]")).to_contain_text("“Once only.”")
    assert len(sent) == 1


def test_an_error_goes_once_its_cause_is_edited(open_desk):
    page = open_desk()
    area(page).fill("Hello.")
    page.get_by_label("Group").evaluate("field => { field.maxLength = 999; }")
    page.get_by_label("Group").fill("x" * 101)
    button(page).click()
    expect(page.locator("[data-desk-note]")).to_contain_text("101 characters")
    page.get_by_label("Group").fill("Sea")
    expect(page.locator("[data-desk-note]")).to_have_text("")


def test_a_book_takes_two_presses_besides_its_choice(open_desk):
    page = open_desk()
    clicks = Clicks(page.context)
    page.reload()
    until(page, "customElements.get('studio-desk') !== undefined")
    clicks.start()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="File", exact=True).click()
    book = {"name": "lamp.md", "mimeType": "text/markdown", "buffer": MARKDOWN.encode()}
    chooser.value.set_files(book)
    page.wait_for_url("**/documents/*")
    page.locator("[data-speak-book]").click()
    page.wait_for_url("**/files/*")
    assert clicks.count == 2


def test_a_pasted_text_takes_one_press(open_desk):
    page = open_desk()
    clicks = Clicks(page.context)
    page.reload()
    until(page, "customElements.get('studio-desk') !== undefined")
    clicks.start()
    page.evaluate("navigator.clipboard.writeText('It was late.')")
    area(page).press("Control+V")
    button(page).click()
    until(page, "document.querySelector('player-dock')?.player?.sound.time > 0")
    assert clicks.count == 1


@everywhere
def test_an_address_is_typed_and_imported(open_desk, width, theme):
    page = open_desk(width=width, theme=theme)
    page.get_by_text("Web page", exact=True).click()
    field = page.get_by_label("Address of the web page")
    expect(field).to_be_focused()
    field.fill("127.0.0.1/secret")
    page.get_by_role("button", name="Import").click()
    expect(page.locator(".dropped-file")).to_contain_text(
        "You can only import public web addresses"
    )
    page.get_by_role("link", name="Text", exact=True).click()
    expect(area(page)).to_be_focused()
    expect(field).to_be_hidden()


@pytest.mark.parametrize(
    ("pasted", "is_offered"), [("example.org/a", True), ("e.g.", False), ("One two.", False)]
)
def test_an_address_without_its_scheme_is_recognised(open_desk, pasted, is_offered):
    page = open_desk()
    area(page).focus()
    page.evaluate("text => navigator.clipboard.writeText(text)", pasted)
    page.keyboard.press("Control+V")
    expect(page.locator("[data-quote]")).to_contain_text("character")
    offer = page.get_by_role("button", name="Import this page")
    expect(offer).to_have_count(1 if is_offered else 0)
    page.keyboard.type(" and more")
    expect(offer).to_have_count(0)


def test_a_new_speaker_has_a_voice_of_its_own_and_none_is_remembered(open_desk):
    page = open_desk()
    area(page).fill("Anna: The bell rang.\n\nTom: I did not hear it.\n\nAnna: There it is.")
    expect(page.locator("[data-speaker-names]")).to_have_text("Anna, Tom")
    page.get_by_text("Pauses and speakers").click()
    voices = page.locator("[name=speaker_voice]")
    expect(voices).to_have_count(2)
    given = [voice.input_value() for voice in voices.all()]
    main = page.locator("select[name=voice]").input_value()
    assert len({main, "", *given}) == 4 or given == ["", ""], given
    page.get_by_role("button", name="Tom: ").click()
    dialog = page.get_by_role("dialog", name="Choose a voice for Tom")
    engine = main.partition(":")[0]
    shown = dialog.locator("[data-voice]:visible")
    expect(shown.first).to_be_visible()
    assert all(row.get_attribute("data-voice").startswith(engine) for row in shown.all()[:9])
    dialog.get_by_role("button", name="none: read as written").click()
    expect(voices.nth(1)).to_have_value("")
    area(page).press("End")
    area(page).fill(f"{area(page).input_value()}\n\nKeeper: So did I.")
    expect(voices).to_have_count(3)
    expect(voices.nth(1)).to_have_value("")


def test_over_the_quota_the_button_is_off_until_less_is_sent(new_page, tmp_path):
    with App(tmp_path, VOICEVERSE_DAILY_CHARACTERS_PER_USER="40") as app:
        small = House(app, Client(app).set_up())
        page = new_page(small)
        open_empty_studio(page, small)
        area(page).fill("The old lighthouse stood at the end of the pier.")
        expect(obstacle(page)).to_contain_text("40 characters")
        expect(button(page)).to_have_attribute("aria-disabled", "true")
        area(page).fill("The old lighthouse.")
        expect(obstacle(page)).to_have_text("")
        expect(button(page)).not_to_have_attribute("aria-disabled", "true")
