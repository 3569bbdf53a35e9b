"""Pronunciations and speakers in a real browser: written, heard, and held to accessibility."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import STATE, address, everywhere, open_empty_studio, until, until_noted
from tests.browser.test_accessibility import violations

TEXT = "Anna: The bell rang again.\n\nTom: I did not hear it.\n\nAnna: There it is."
# What the page itself plays, apart from the player.
LISTEN = """() => {
  window.heard = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    this.addEventListener("playing", () => window.heard.push(this.src), { once: true });
    return play.call(this);
  };
}"""


@pytest.fixture
def desk(new_page, house):
    """The page of an empty dictionary."""
    for entry in house.owner.json("/pronunciations")["pronunciations"]:
        house.owner.post(f"{entry['url']}/delete")
    page = new_page(house)
    page.add_init_script(f"({LISTEN})()")
    page.goto(address(house.app, "/pronunciations"))
    until(page, "customElements.get('pronunciation-desk') !== undefined")
    yield page
    assert page.problems == []


@pytest.fixture
def studio(new_page, house):
    page = new_page(house)
    open_empty_studio(page, house)
    yield page
    assert page.problems == []


def speakers(page):
    return page.locator("[data-speakers] .speaker")


def voice_of(page, name):
    return page.locator("[data-speakers]").get_by_label(name, exact=True)


def take_voice(page, name, voice):
    page.get_by_role("button", name=f"{name}: ").click()
    dialog = page.get_by_role("dialog", name=f"Choose a voice for {name}")
    dialog.locator("[data-pick]").filter(has=page.get_by_text(voice, exact=True)).click()
    expect(dialog).to_be_hidden()


def test_an_entry_is_heard_before_it_is_kept_and_then_listed(desk):
    desk.get_by_label("Word or phrase").fill("Nguyen")
    desk.get_by_label("Pronunciation", exact=True).fill("win")
    desk.get_by_label("Test sentence").fill("Nguyen came in.")
    expect(desk.locator("[data-said]")).to_have_text("Heard: “win came in.”")
    desk.get_by_role("button", name="Play with this rule").click()
    until(desk, "window.heard.length === 1")
    desk.get_by_role("button", name="Play without this rule").click()
    until(desk, "new Set(window.heard).size === 2")
    expect(desk.get_by_text("Nothing here yet.")).to_be_visible()
    desk.get_by_role("button", name="Add", exact=True).click()
    expect(desk.locator(".entry-row")).to_contain_text("Nguyen → is pronounced win")
    desk.get_by_role("button", name="Remove “Nguyen”").click()
    expect(desk.locator(".entry-row")).to_have_count(0)


def test_a_half_written_entry_is_not_scolded(desk):
    desk.clock.install()
    desk.reload()
    until(desk, "customElements.get('pronunciation-desk') !== undefined")
    desk.wait_for_load_state("networkidle")  # what the page itself asks for is none of this
    asked = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.get_by_label("Word or phrase").fill("Nguyen")
    desk.clock.run_for(5_000)
    assert asked == []
    desk.get_by_label("Pronunciation", exact=True).fill("win")
    desk.clock.run_for(5_000)
    expect(desk.locator("[data-said]")).to_have_text("Heard: “win”")
    assert [url.rpartition("/")[2] for url in asked] == ["try"]


def test_what_cannot_be_said_is_told_in_place(desk):
    desk.get_by_label("Test sentence").fill("…")
    expect(desk.locator("[data-said]")).to_contain_text("cannot read anything in this sentence")
    # The console names every answer that refuses, somewhat later.
    until_noted(desk, lambda: desk.problems, "the word of the console")
    desk.problems.clear()


def test_the_same_sentence_is_fetched_once(desk):
    asked = []
    desk.on("request", lambda sent: asked.append(sent.post_data) if "/try" in sent.url else None)
    desk.get_by_label("Test sentence").fill("It was late.")
    for times in (1, 2):
        desk.get_by_role("button", name="Play with this rule").click()
        until(desk, f"window.heard.length === {times}")
        until(desk, "!document.querySelector('.is-playing')")
    assert len([body for body in asked if 'name="act"' not in body]) == 1


def test_speakers_get_voices_when_their_list_is_opened(studio, house):
    studio.locator("textarea[name=text]").fill(TEXT)
    expect(studio.locator("[data-speaker-names]")).to_have_text("Anna, Tom")
    expect(speakers(studio)).to_have_count(0)
    studio.get_by_text("Pauses and speakers").click()
    expect(speakers(studio)).to_have_count(2)
    take_voice(studio, "Anna", "German")
    studio.locator("textarea[name=text]").fill(f"{TEXT}\n\nKeeper: I heard it.")
    expect(speakers(studio)).to_have_count(3)
    expect(voice_of(studio, "Anna")).to_have_value("espeak:gmw/de")
    expect(studio.locator("[data-draft-note]")).to_have_text("Draft saved")
    studio.reload()
    expect(voice_of(studio, "Anna")).to_have_value("espeak:gmw/de")
    studio.get_by_role("button", name="Generate", exact=True).click()
    studio.get_by_role("link", name="Open").click()
    studio.wait_for_url("**/files/*")
    until(studio, f"{STATE}.then(file => file.status === 'ready')")
    filename = studio.url.rpartition("/")[2].partition("?")[0]
    studio.goto(address(house.app, f"/?again={filename}"))
    expect(voice_of(studio, "Anna")).to_have_value("espeak:gmw/de")


def test_speakers_go_when_the_text_is_sent_and_come_back_with_it(studio):
    studio.locator("textarea[name=text]").fill(TEXT)
    studio.get_by_text("Pauses and speakers").click()
    take_voice(studio, "Tom", "French (France)")
    studio.get_by_role("button", name="Generate", exact=True).click()
    expect(speakers(studio)).to_have_count(0)
    studio.get_by_role("button", name="Bring the text back").click()
    expect(voice_of(studio, "Tom")).to_have_value("espeak:roa/fr")


def test_everything_works_without_script(new_page, house):
    page = new_page(house, java_script_enabled=False)
    page.goto(address(house.app, "/pronunciations"))
    page.get_by_label("Word or phrase").fill("GIF")
    page.get_by_label("Pronunciation", exact=True).fill("jif")
    page.get_by_role("button", name="What will be read?").click()
    expect(page.locator("[data-said]")).to_contain_text("Heard: “jif”")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="What “GIF” would change").click()
    expect(page.get_by_text("None of your pieces contains it.")).to_be_visible()
    page.goto(address(house.app))
    page.locator("textarea[name=text]").fill(TEXT)
    page.get_by_role("button", name="Show price").click()
    page.get_by_text("Pauses and speakers").click()
    voice_of(page, "Anna").select_option("espeak:gmw/de")
    page.get_by_role("button", name="Show price").click()
    page.get_by_text("Pauses and speakers").click()
    expect(voice_of(page, "Anna")).to_have_value("espeak:gmw/de")


@everywhere
def test_no_page_of_words_breaks_a_rule_of_accessibility(new_page, house, theme, width):
    filename = house.owner.generate("A picture moved.", name="Pictures")["filename"]
    house.owner.until_ready(filename)
    house.owner.post("/pronunciations", pattern="picture", replacement="pikcher", language="en")
    page = new_page(house, width=width, theme=theme)
    page.goto(address(house.app, "/pronunciations"))
    assert violations(page) == []
    page.locator(".entry-row").filter(has_text="picture").get_by_role("link").first.click()
    page.wait_for_url("**/pronunciations/*")
    assert violations(page) == []
    page.get_by_role("link", name="What would change").click()
    expect(page.locator("mark").first).to_have_text("picture")
    assert violations(page) == []
    page.goto(address(house.app))
    page.locator("textarea[name=text]").fill(TEXT)
    page.locator("summary", has_text="Pauses and speakers").click()  # an icon on phones
    expect(speakers(page)).to_have_count(2)
    assert violations(page) == []
